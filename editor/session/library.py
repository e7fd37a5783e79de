"""What a user keeps from photo to photo: presets and discovered sliders, in a folder of theirs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from filelock import FileLock
from PySide6.QtCore import QObject, Signal

from editor.document.errors import EngineError, EngineFailure
from editor.document.files import Budget, write_failure
from editor.document.presets import (
    LONGEST_NAME,
    PresetError,
    file_name,
    read_favourites,
    read_preset,
    renamed,
    write_favourites,
    write_preset,
)
from editor.document.style_sliders import (
    LONGEST_LABEL,
    StyleSliderError,
    read_sliders,
    write_sliders,
)
from editor.session.preset_pictures import read_picture, write_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from editor.document.presets import AttributePreset
    from editor.document.style_sliders import StyleSlider
    from editor.session.background import Background

    Picture = NDArray[np.uint8]

_PATIENCE = 5.0  # seconds for another window's change of the same file; it takes milliseconds
_MOST_PIXELS, _SECONDS = 64 << 20, 10.0  # of all pictures; that reading them may take


class Shelf:
    """The files and what is in them; used by one thread only.

    Attributes:
        presets: by name.
        pictures: by the name of their preset; replaced as a whole.
        favourites: names of presets; some may be gone.
        sliders: by id, in the order they were kept.
    """

    def __init__(self, folder: Path | None) -> None:
        """Empty until ``load``; without a folder, nothing is read or written."""
        self.presets: dict[str, AttributePreset] = {}
        self.pictures: Mapping[str, Picture] = {}
        self.favourites: frozenset[str] = frozenset()
        self.sliders: dict[str, StyleSlider] = {}
        self._presets_folder = folder / "presets" if folder else None
        self._files: dict[str, Path] = {}  # of the presets, by name
        self._favourites_file = folder / "favourite-presets.json" if folder else None
        self._sliders_file = folder / "style-sliders.json" if folder else None

    def load(self) -> list[EngineError]:
        """Read all there is; what cannot be read is named and not lost.

        A damaged file of sliders is put aside as ``….damaged``, so that the next slider that is
        kept does not overwrite it; one that is merely unreadable is not written to.
        """
        errors: list[EngineError] = []
        paths = sorted(self._presets_folder.glob("*.json")) if self._presets_folder else []
        for path in paths:
            try:
                found = read_preset(path)
            except PresetError as error:
                errors.append(EngineError("bad_request", error.title, error.advice))
                continue
            if found.name in self.presets:  # a copy: its file has a name of its own
                found = replace(found, name=path.stem[:LONGEST_NAME].strip() or found.name)
            if found.name not in self.presets:
                self.presets[found.name], self._files[found.name] = found, path
        if self._favourites_file is not None:
            try:
                self.favourites = read_favourites(self._favourites_file)
            except PresetError as error:
                self._favourites_file = None  # it stays as it is, for the user to mend
                title = f"{error.title} Favourites that you choose now last until you quit."
                errors.append(EngineError("bad_request", title, error.advice))
        if self._sliders_file is not None:
            try:
                sliders = read_sliders(self._sliders_file)
                self.sliders = {slider.id: slider for slider in sliders}
            except StyleSliderError as error:
                errors.append(self._put_aside(self._sliders_file, error))
        return errors

    def load_pictures(self) -> list[EngineError]:
        """Read the pictures of the presets that are there, within a budget for all of them."""
        errors: list[EngineError] = []
        budget = Budget(0, _MOST_PIXELS, _SECONDS)
        found: dict[str, Picture] = {}
        for name, path in self._files.items():
            try:
                picture = read_picture(_picture_of(path), budget)
            except PresetError as error:
                errors.append(EngineError("bad_request", error.title, error.advice))
                continue
            if picture is not None:
                found[name] = picture
        self.pictures = found
        return errors

    def _put_aside(self, path: Path, error: StyleSliderError) -> EngineError:
        aside = _unused(path.with_name(f"{path.name}.damaged"))
        try:
            if error.damaged:
                path.rename(aside)
                title = f"{error.title} It was put aside as {aside}."
                return EngineError("bad_request", title, error.advice)
        except OSError:
            pass  # then it stays where it is
        self._sliders_file = None
        title = f"{error.title} Sliders that you keep now last until you quit."
        return EngineError("bad_request", title, error.advice)

    def put(self, preset: AttributePreset, picture: Picture | None = None) -> None:
        """Keep a preset, in the place of an older one of its name and of that one's picture.

        Args:
            preset: goes into a file.
            picture: of the face that it was made on, goes into another one beside it.

        Raises:
            EngineFailure: a file cannot be written; so for the verbs below. The preset is kept
                where only its picture cannot.
        """
        folder, name = self._presets_folder, preset.name
        if folder is not None:
            path = self._files.get(name) or _unused(folder / file_name(name), with_picture=True)
            self._write(preset, path)
            self._files[name] = path
        self.presets[name] = preset
        self._drop_picture(name)
        if picture is not None:
            self.put_picture(name, picture)

    def put_picture(self, name: str, picture: Picture) -> None:
        """Keep a picture beside a preset, unless that is gone by now."""
        if name not in self.presets:
            return
        path = self._files.get(name)
        if path is not None:
            try:
                write_picture(picture, _picture_of(path))
            except PresetError as error:
                raise _not_written(error.title, error.advice) from error
        self.pictures = {**self.pictures, name: picture}

    def _drop_picture(self, name: str) -> None:
        path = self._files.get(name)
        if path is not None:
            path = _picture_of(path)
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise _not_written(*write_failure(error, path)) from error
        if name in self.pictures:
            self.pictures = {key: kept for key, kept in self.pictures.items() if key != name}

    def rename(self, name: str, wanted: str) -> None:
        """Give a preset another name, and so perhaps another folder; its file stays where it is.

        Raises:
            EngineFailure: another preset has that name, or the file cannot be written.
            PresetError: it cannot be a name.
        """
        preset = self.presets.get(name)
        if preset is None:
            return
        other = renamed(preset, wanted)
        if other.name == name:
            return
        if other.name in self.presets:
            title = f"There is a preset “{other.name}” already."
            raise EngineFailure(EngineError("bad_request", title, "Choose another name."))
        path = self._files.get(name)
        if path is not None:
            self._write(other, path)
            self._files[other.name] = self._files.pop(name)
        del self.presets[name]
        self.presets[other.name] = other
        if name in self.pictures:
            self.pictures = {(other.name if k == name else k): p for k, p in self.pictures.items()}
        if name in self.favourites:
            self._put_favourites(gone={name}, new={other.name})

    def _write(self, preset: AttributePreset, path: Path) -> None:
        _written(path, lambda: write_preset(preset, path))

    def drop(self, name: str) -> None:
        """Delete a preset with its picture and its file."""
        self._drop_picture(name)  # first: what shows a person is not to stay behind
        path = self._files.get(name)
        if path is not None:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise _not_written(*write_failure(error, path)) from error
            del self._files[name]
        self.presets.pop(name, None)
        self._put_favourites(gone={name})

    def mark(self, name: str, *, favourite: bool) -> None:
        """Make a preset a favourite, or one like the others."""
        if name in self.presets:
            self._put_favourites(new={name}) if favourite else self._put_favourites(gone={name})

    def _put_favourites(self, gone: Collection[str] = (), new: Collection[str] = ()) -> None:
        """Change those that are in the file by now: other windows mark theirs there, too."""
        path = self._favourites_file
        names = self.favourites.difference(gone).union(new)
        if path is None or names == self.favourites:
            self.favourites = names
            return

        def write() -> None:
            with _alone(path):
                self.favourites = read_favourites(path).difference(gone).union(new)
                write_favourites(self.favourites, path)

        _written(path, write)

    def add(self, preset: AttributePreset) -> None:
        """Keep a preset beside an older one of its name: it gets a number."""
        names = (f"{preset.name[: LONGEST_NAME - 5]} ({k})" for k in count(2))
        name = next(n for n in chain([preset.name], names) if n not in self.presets)
        self.put(replace(preset, name=name))

    def keep(self, slider: StyleSlider) -> None:
        """Keep a slider, or give it another label."""
        self._put_sliders(lambda sliders: sliders | {slider.id: slider})

    def forget(self, id: str) -> None:
        """Keep it no longer."""
        self._put_sliders(
            lambda sliders: {key: slider for key, slider in sliders.items() if key != id}
        )

    def _put_sliders(
        self, change: Callable[[dict[str, StyleSlider]], dict[str, StyleSlider]]
    ) -> None:
        """Change those that are in the file by now: other windows keep theirs there, too."""
        path = self._sliders_file
        if path is None:
            self.sliders = change(self.sliders)
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _alone(path):
                sliders = change({slider.id: slider for slider in read_sliders(path)})
                write_sliders(sliders.values(), path)
        except StyleSliderError as error:
            raise _not_written(error.title, error.advice) from error
        except OSError as error:
            raise _not_written(*write_failure(error, path.parent)) from error
        self.sliders = sliders


class UserLibrary(QObject):
    """The shelf as the window sees it: files are read and written in the background.

    Attributes:
        folder: where all of it lies; None: nowhere.

    Signals:
        presets_changed(tuple[AttributePreset, ...]): by name.
        favourites_changed(frozenset[str]): names of presets; some may be gone.
        pictures_changed(Mapping[str, NDArray]): of presets by name, uint8 sRGB (h, w, 3).
        sliders_changed(tuple[StyleSlider, ...]): of any generator, in the order they were kept.
        failed(EngineError): what could not be read or written; the rest is as it was.
    """

    presets_changed = Signal(object)
    favourites_changed = Signal(object)
    pictures_changed = Signal(object)
    sliders_changed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, folder: Path | None, background: Background, parent: QObject | None = None
    ) -> None:
        """Begin to read ``folder``; None: what is kept lasts until the program ends."""
        super().__init__(parent)
        self.folder = folder
        self._background = background
        self._shelf = Shelf(folder)
        self.presets: tuple[AttributePreset, ...] = ()
        self.favourites: frozenset[str] = frozenset()
        self.pictures: Mapping[str, Picture] = {}
        self.sliders: tuple[StyleSlider, ...] = ()
        self._do(self._shelf.load)
        self._do(self._shelf.load_pictures)

    def put_preset(
        self,
        make: Callable[[], AttributePreset],
        picture: Callable[[], Picture] | None = None,
    ) -> None:
        """Make a preset in the background, and its picture, and keep both.

        ``make`` may raise PresetError.
        """
        self._do(lambda: self._shelf.put(make(), picture() if picture is not None else None))

    def put_picture(self, name: str, make: Callable[[], Picture]) -> None:
        """Make the picture of a preset that is kept already in the background, and keep it too."""
        self._do(lambda: self._shelf.put_picture(name, make()))

    def import_preset(self, path: Path) -> None:
        """Keep the preset of a file; one whose name is taken gets a number."""
        self._do(lambda: self._shelf.add(read_preset(path)))

    def export_preset(self, preset: AttributePreset, path: Path) -> None:
        """Write a preset to a file that can be given away."""
        self._do(lambda: write_preset(preset, path))

    def drop_preset(self, name: str) -> None:
        """Delete a preset with its picture and its file."""
        self._do(lambda: self._shelf.drop(name))

    def rename_preset(self, name: str, wanted: str) -> None:
        """Give a preset another name, and so perhaps another folder."""
        self._do(lambda: self._shelf.rename(name, wanted))

    def mark_preset(self, name: str, *, favourite: bool) -> None:
        """Make a preset a favourite, or one like the others."""
        self._do(lambda: self._shelf.mark(name, favourite=favourite))

    def keep_slider(self, slider: StyleSlider, label: str) -> None:
        """Keep a slider, or give it another label."""
        label = " ".join(label.split())[:LONGEST_LABEL] or slider.label
        self._do(lambda: self._shelf.keep(replace(slider, label=label)))

    def forget_slider(self, id: str) -> None:
        """Keep it no longer."""
        self._do(lambda: self._shelf.forget(id))

    def _do(self, change: Callable[[], list[EngineError] | None]) -> None:
        def work() -> _Contents:
            try:
                errors = change() or []
            except EngineFailure as failure:
                errors = [failure.error]
            except PresetError as error:
                errors = [EngineError("bad_request", error.title, error.advice)]
            shelf = self._shelf
            presets = sorted(shelf.presets.values(), key=lambda p: p.name.casefold())
            sliders = tuple(shelf.sliders.values())
            return _Contents(tuple(presets), shelf.favourites, shelf.pictures, sliders, errors)

        self._background.submit(work, self._on_done)

    def _on_done(self, done: Future[_Contents]) -> None:
        now = done.result()
        if now.favourites != self.favourites:
            self.favourites = now.favourites
            self.favourites_changed.emit(now.favourites)
        if now.pictures is not self.pictures:
            self.pictures = now.pictures
            self.pictures_changed.emit(now.pictures)
        if now.presets != self.presets:
            self.presets = now.presets
            self.presets_changed.emit(now.presets)
        if now.sliders != self.sliders:
            self.sliders = now.sliders
            self.sliders_changed.emit(now.sliders)
        for error in now.errors:
            self.failed.emit(error)


@dataclass(frozen=True, slots=True)
class _Contents:
    """Of the shelf after a change, and what went wrong."""

    presets: tuple[AttributePreset, ...]
    favourites: frozenset[str]
    pictures: Mapping[str, Picture]
    sliders: tuple[StyleSlider, ...]
    errors: list[EngineError]


def _alone(path: Path) -> FileLock:
    """While it is held, no other window changes that file; its Timeout is an OSError."""
    return FileLock(path.with_name(f".{path.name}.lock"), timeout=_PATIENCE)


def _unused(path: Path, *, with_picture: bool = False) -> Path:
    """The path, numbered when there is a file of that name, or one where its picture would be."""
    names = (path.with_stem(f"{path.stem} ({k})") for k in count(2))
    return next(
        p
        for p in chain([path], names)
        if not p.exists() and not (with_picture and _picture_of(p).exists())
    )


def _picture_of(path: Path) -> Path:
    """Where the picture of a preset's file lies."""
    return path.with_suffix(".png")


def _written(path: Path, write: Callable[[], object]) -> None:
    """Write a file of the user's, in a folder that may be missing yet; what fails is told."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write()
    except PresetError as error:
        raise _not_written(error.title, error.advice) from error
    except OSError as error:
        raise _not_written(*write_failure(error, path.parent)) from error


def _not_written(title: str, advice: str) -> EngineFailure:
    return EngineFailure(EngineError("not_writable", title, advice))
