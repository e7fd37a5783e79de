"""The photo as a printer or another screen would show it: a soft proof on the canvas."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from editor.document.proof import Proof, ProofSettings
from editor.session.background import Background
from editor.session.studio import engine_error
from widgets import dialogs
from widgets.picture import Picture
from widgets.translation import marked, tr

if TYPE_CHECKING:
    from concurrent.futures import Future

    from PySide6.QtCore import QSettings

    from editor.document.formats.content import Intent
    from editor.document.photo import Pyramid
    from editor.engine.jobs import Patch
    from editor.session.session import EditSession
    from widgets.canvas import PhotoCanvas

_Layer = Literal["composite", "preview"]
_INTENTS: dict[Intent, str] = {
    "relative": marked("&Relative colorimetric"),
    "perceptual": marked("&Perceptual"),
    "saturation": marked("&Saturation"),
    "absolute": marked("&Absolute colorimetric"),
}


_SHORT: dict[Intent, str] = {
    "relative": marked("relative"),
    "perceptual": marked("perceptual"),
    "saturation": marked("saturation"),
    "absolute": marked("absolute"),
}


@dataclass(slots=True, eq=False)
class _Run:
    """A photo that is proofed with one choice of profile.

    Attributes:
        picture: what the canvas draws, once the photo is in it.
        proof: read with the first work of the background, which does one after the other.
        newest: number of the newest patch of each layer; older ones need not be made any more.
    """

    picture: Picture = field(default_factory=Picture)
    proof: Proof | None = None
    newest: dict[_Layer, int] = field(default_factory=dict[_Layer, int])


class SoftProof(QObject):
    """Shows the photo and its edits through a chosen profile, which the settings keep.

    Pixels are converted in the background, in the order in which the session showed them: the
    canvas goes on showing what it showed before until they are there. Exports are not touched.

    Signals:
        on_changed(bool): whether the photo is to be shown so.
        told(str, str): what the status bar says of it, and its tooltip; "" while it is off.
        failed(EngineError): the profile cannot be used; the proof is off.
    """

    on_changed = Signal(bool)
    told = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self,
        session: EditSession,
        canvas: PhotoCanvas,
        stored: QSettings | None,
        parent: QWidget,
    ) -> None:
        """Begin as ``stored`` remembers; None remembers nothing beyond this run."""
        super().__init__(parent)
        self._session, self._canvas, self._stored, self._parent = session, canvas, stored, parent
        self._background = background = Background("proof", self)
        self.destroyed.connect(partial(background.close, wait=False))
        self._numbers = itertools.count()
        self._run: _Run | None = None
        self._shown: dict[_Layer, Patch | None] = {"composite": None, "preview": None}
        self.settings = _remembered(stored)
        self.is_on = self.settings is not None and stored is not None and _flag(stored, "on")
        self._make_choices()
        session.photo_opened.connect(self._on_photo)
        session.composite_changed.connect(self._on_composite)
        session.preview_changed.connect(self._on_preview)

    # ------------------------------------------------------------ choices

    def _make_choices(self) -> None:
        self.choices = QMenu(tr("Soft proof &of"), self._parent)
        choose = self.choices.addAction(tr("Printer or screen &profile…"))
        choose.triggered.connect(self.ask_profile)
        self.choices.addSeparator()
        intents = QActionGroup(self)
        chosen = self.settings.intent if self.settings else "relative"
        self.intents: dict[Intent, QAction] = {}
        for intent, text in _INTENTS.items():
            action = self.choices.addAction(tr(text))
            action.setCheckable(True)
            action.setChecked(intent == chosen)
            action.triggered.connect(partial(self._choose_intent, intent))
            intents.addAction(action)
            self.intents[intent] = action
        self.choices.addSeparator()
        self.paper = self.choices.addAction(tr("Show paper &white and ink black"))
        self.paper.setCheckable(True)
        self.paper.setChecked(self.settings is not None and self.settings.paper)
        self.paper.toggled.connect(self._choose_paper)

    @Slot(bool)
    def set_on(self, on: bool) -> None:
        """Show the photo through the profile, which is asked for if there is none yet."""
        if on == self.is_on:
            return
        if on and self.settings is None:
            self.ask_profile()
            if not self.is_on:
                self.on_changed.emit(False)  # the menu's tick goes
            return
        self._turn(on)

    @Slot()
    def ask_profile(self) -> None:
        """Choose the profile, and show the photo through it."""
        folder = "" if self.settings is None else str(self.settings.profile.parent)
        path = dialogs.ask_profile(self._parent, folder)
        if path is not None:
            chosen: list[Intent] = [
                name for name, action in self.intents.items() if action.isChecked()
            ]
            intent = chosen[0] if chosen else "relative"
            self.use(ProofSettings(path, intent, self.paper.isChecked()))

    def use(self, settings: ProofSettings) -> None:
        """Show the photo so."""
        self.settings = settings
        self._turn(True)

    def _choose_intent(self, intent: Intent, checked: bool = True) -> None:
        del checked
        if self.settings is not None:
            self.settings = replace(self.settings, intent=intent)
            self._turn(self.is_on)

    @Slot(bool)
    def _choose_paper(self, on: bool) -> None:
        if self.settings is not None:
            self.settings = replace(self.settings, paper=on)
            self._turn(self.is_on)

    def _turn(self, on: bool) -> None:
        self.is_on = on
        if self._stored is not None and self.settings is not None:
            self._stored.setValue("proof/on", int(on))
            self._stored.setValue("proof/profile", str(self.settings.profile))
            self._stored.setValue("proof/intent", self.settings.intent)
            self._stored.setValue("proof/paper", int(self.settings.paper))
        self.on_changed.emit(on)
        self._begin()

    # ------------------------------------------------------------ pixels

    @Slot()
    def _on_photo(self) -> None:
        self._shown = {"composite": None, "preview": None}
        self._begin()

    def _begin(self) -> None:
        """Proof what is open anew, or no more."""
        self._run = None
        pyramid = self._session.pyramid
        if not self.is_on:
            self._canvas.show_proof(None)
        elif pyramid is not None and self.settings is not None:
            run = self._run = _Run()
            work = partial(self._work_on_photo, run, self.settings, pyramid)
            self._background.submit(work, partial(self._on_pyramid, run))
            for layer, patch in self._shown.items():
                if patch is not None:
                    self._on_patch(layer, patch)
        self.tell()

    def _work_on_photo(
        self, run: _Run, settings: ProofSettings, pyramid: Pyramid
    ) -> Pyramid | None:
        if run is not self._run:
            return None  # another photo or profile was chosen meanwhile
        proof = Proof.of(settings)
        proofed = proof.pyramid(pyramid)
        run.proof = proof
        return proofed

    def _on_pyramid(self, run: _Run, future: Future[Pyramid | None]) -> None:
        if run is not self._run:
            return
        error = future.exception()
        if error is not None:
            self._turn(False)
            self.failed.emit(engine_error(error))
            return
        run.picture.show_photo(future.result())
        self._canvas.show_proof(run.picture)
        self.tell()

    @Slot(object)
    def _on_composite(self, patch: Patch | None) -> None:
        self._on_patch("composite", patch)

    @Slot(object)
    def _on_preview(self, patch: Patch | None) -> None:
        self._on_patch("preview", patch)

    def _on_patch(self, layer: _Layer, patch: Patch | None) -> None:
        self._shown[layer] = patch
        run = self._run
        if run is None:
            return
        number = run.newest[layer] = next(self._numbers)

        def is_old() -> bool:
            return run is not self._run or run.newest[layer] != number

        def work() -> Patch | None:
            if patch is None or run.proof is None or is_old():
                return None
            smaller = tuple(run.proof.shown(pixels) for pixels in patch.smaller)
            return replace(patch, pixels=run.proof.shown(patch.pixels), smaller=smaller)

        def done(future: Future[Patch | None]) -> None:
            if is_old():
                return
            error = future.exception()
            if error is not None:
                self._turn(False)
                self.failed.emit(engine_error(error))
                return
            show = run.picture.show_composite if layer == "composite" else run.picture.show_preview
            show(future.result())
            self._canvas.update()

        self._background.submit(work, done)

    def tell(self) -> None:
        """Say what is shown, to whoever shows it."""
        if not self.is_on or self.settings is None:
            self.told.emit("", "")
            return
        run = self._run
        verb = tr("Proofing") if run is not None and run.picture.is_empty else tr("Proof")
        self.told.emit(
            f"{verb}: {_described(self.settings)}",
            tr(
                "The photo is shown as with {profile}; exports are not changed.",
                profile=self.settings.profile,
            ),
        )


def _described(settings: ProofSettings) -> str:
    """For the status bar: ``"press, relative"``."""
    parts = [settings.profile.stem, tr(_SHORT[settings.intent])]
    return ", ".join([*parts, tr("paper white")] if settings.paper else parts)


def _flag(stored: QSettings, name: str) -> bool:
    return str(stored.value(f"proof/{name}", "0")) == "1"


def _remembered(stored: QSettings | None) -> ProofSettings | None:
    profile = stored.value("proof/profile") if stored is not None else None
    if stored is None or not isinstance(profile, str) or not profile:
        return None
    kept = str(stored.value("proof/intent", ""))
    known: list[Intent] = [name for name in _INTENTS if name == kept]
    return ProofSettings(Path(profile), known[0] if known else "relative", _flag(stored, "paper"))
