"""A file while it is looked into; whatever is wrong with it becomes one kind of error."""

from __future__ import annotations

import hashlib
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.checkpoints import CheckpointError
from models.importing.bounded import Budget, MalformedError, shown
from models.importing.containers import look_into

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import BinaryIO

    from models.importing.containers import Contents

LARGEST_FILE = 8 << 30
AGAIN = "Check that the download is complete (its size, its checksum), then open it again."


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open.

    Attributes:
        contents: what is in it; its numbers can be read as long as it is open.
        sha256: of it.
        budget: what reading may still cost.
        name: of the file, fit to be shown.
    """

    contents: Contents
    sha256: str
    budget: Budget
    name: str

    def refuse_programs(self) -> None:
        """Nothing in it asks to be run.

        Raises:
            CheckpointError: something does; nothing was run.
        """
        names = self.contents.unexpected
        if names:
            listed = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
            raise CheckpointError(
                f"{self.name} asks to run {listed}, which no such file needs. Nothing was run.",
                "Do not open it with other programs unless you trust its maker; ask them for the "
                "tensors alone (a state dict or safetensors).",
            )


@contextmanager
def opened(path: Path, budget: Budget | None = None) -> Generator[Opened]:
    """Open a file and look into it.

    Raises:
        CheckpointError: it cannot be read or is of no known kind; also in place of a
            ``MalformedError`` or ``OSError`` in the block.
    """
    name = shown(path.name)
    budget = budget or Budget()
    try:
        # Asked first: to open a pipe or a device may never end.
        mode = path.stat()
        if not stat.S_ISREG(mode.st_mode):
            raise MalformedError("is a folder, not a file" if path.is_dir() else "is no file")
        if mode.st_size > LARGEST_FILE:
            raise MalformedError("is larger than any StyleGAN2 checkpoint")
        with path.open("rb") as file:
            digest = _digest(file, budget)
            yield Opened(look_into(file, mode.st_size, budget), digest, budget, name)
    except MalformedError as error:
        raise CheckpointError(f"{name} {error}.", AGAIN) from None
    except OSError as error:
        reason = shown(error.strerror or str(error))
        raise CheckpointError(
            f"{name} cannot be read ({reason}).", "Choose another file."
        ) from error


def _digest(file: BinaryIO, budget: Budget) -> str:
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
        budget.step(16)
    return digest.hexdigest()
