"""Soft proofs of what the canvas shows: which profile, and pixels as its device would show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from editor.document.colour import ProofError, soft_proof
from editor.document.files import BudgetError, read_failure, read_file
from editor.document.photo import Pyramid, halves

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.formats.content import Intent

_LARGEST = 64 << 20  # bytes of a profile
_LONGEST = 1024  # pixels of the smallest level, as a pyramid has it


@dataclass(frozen=True, slots=True)
class ProofSettings:
    """What is proofed.

    Attributes:
        profile: file of the device's ICC profile.
        intent: of the way into it.
        paper: its white and black are shown as they are, not as white and black.
    """

    profile: Path
    intent: Intent = "relative"
    paper: bool = False

    @property
    def described(self) -> str:
        """For the status bar: ``"press, relative"``."""
        return f"{self.profile.stem}, {self.intent}{', paper white' if self.paper else ''}"


def read_profile(path: Path) -> bytes:
    """The ICC profile in a file.

    Raises:
        ProofError: it cannot be read, or is none.
    """
    try:
        icc = read_file(path, _LARGEST)
    except OSError as error:
        raise ProofError(*read_failure(error, path)) from error
    except BudgetError as error:
        raise ProofError(
            f"{path.name} is no ICC profile: {error}.", "Choose a .icc or .icm file."
        ) from error
    if icc[36:40] != b"acsp":
        raise ProofError(f"{path.name} is no ICC profile.", "Choose a .icc or .icm file.")
    return icc


@dataclass(frozen=True, slots=True)
class Proof:
    """A profile that was read, and how it is used."""

    settings: ProofSettings
    device: bytes

    @classmethod
    def of(cls, settings: ProofSettings) -> Proof:
        """Read the profile.

        Raises:
            ProofError: as ``read_profile``.
        """
        return cls(settings, read_profile(settings.profile))

    def pyramid(self, pyramid: Pyramid) -> Pyramid:
        """A photo's display sizes as the device would show them.

        It is made of the sRGB of the screen, as edits are: there is no seam around them. Colours
        beyond sRGB, which a screen of sRGB cannot show, go into the device as sRGB's most vivid.

        Raises:
            ProofError: the profile cannot be used so.
        """
        level = self.shown(pyramid.levels[0])
        return Pyramid((level, *halves(level, _LONGEST)))

    def shown(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """sRGB pixels (h, w, 3) as the device would show them, read-only.

        Raises:
            ProofError: the profile cannot be used so.
        """
        out = soft_proof(pixels, None, self.device, self.settings.intent, paper=self.settings.paper)
        out.setflags(write=False)
        return out
