"""Where and how to write the edited photograph; the same choices as on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from editor.document.export_presets import (
    ExportPreset,
    ExportPresets,
    free_path,
    named,
    template_of,
)
from editor.document.files import same_file
from editor.document.output_pixels import PROFILES, size_of
from editor.document.photo import PhotoError
from editor.document.photo_export import SUFFIXES, ExportOptions, check_export, keeps_pixels
from editor.document.presets import PresetError
from widgets.dialogs import ask_name
from widgets.settings import export_folder, remember_export
from widgets.sliders import NamedSlider
from widgets.theme import styled
from widgets.translation import marked, tr, translated_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from editor.document.photo import Photo

_SUFFIX = {
    "JPEG": ".jpg", "PNG": ".png", "TIFF": ".tif", "WEBP": ".webp", "AVIF": ".avif", "JXL": ".jxl",
}  # fmt: skip
_NAMES = {
    "JPEG": "JPEG", "PNG": marked("PNG, lossless"), "TIFF": marked("TIFF, lossless"),
    "WEBP": "WebP", "AVIF": "AVIF", "JXL": "JPEG XL",
}  # fmt: skip
_LOSSY = ("JPEG", "WEBP", "AVIF", "JXL")
_EIGHT_BITS = ("JPEG", "WEBP", "AVIF")
_INTENTS = {
    "relative": marked("Relative colorimetric"),
    "perceptual": marked("Perceptual"),
    "saturation": marked("Saturation"),
    "absolute": marked("Absolute colorimetric"),
}
_PACKINGS = {
    "deflate": marked("Deflate (small)"),
    "lzw": "LZW",
    "zstd": "Zstandard",
    "none": marked("None"),
}
_CHROMA = {"4:4:4": marked("4:4:4, full"), "4:2:2": "4:2:2", "4:2:0": marked("4:2:0, small")}
_CONFLICTS = {
    "ask": marked("Ask"),
    "number": marked("Add a number"),
    "replace": marked("Replace it"),
}


def export_suggestion(photo: Photo) -> Path:
    """A name that is not taken, in the folder that was chosen last, or else beside the photo."""
    path = photo.path or Path.home() / "portrait"
    suffix = _SUFFIX.get(photo.file_format, ".png")
    if path.suffix.lower() in SUFFIXES and photo.path:
        suffix = path.suffix
    folder = export_folder() or path.parent
    return free_path(folder / f"{path.stem}-edited{suffix}")


class ExportDialog(QDialog):
    """Everything about one export, and presets of it.

    What cannot succeed is told here, before anything is computed.
    """

    def __init__(
        self,
        photo: Photo,
        parent: QWidget | None = None,
        *,
        presets: Path | None = None,
        inputs: Sequence[Path] = (),
    ) -> None:
        """Ask about a photograph.

        Args:
            photo: what is exported.
            parent: the window.
            presets: the folder of the user's; None: none are kept.
            inputs: files that must not be replaced.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Export the photo"))
        self.setMinimumWidth(760)
        self._photo = photo
        self._inputs = inputs
        self._presets = ExportPresets(presets)
        self._make_widgets()
        self._lay_out()
        self.path.textChanged.connect(self._on_path)
        self.format.activated.connect(self._on_format)
        self.preset.activated.connect(self._on_preset)
        for box in (self.bit_depth, self.profile, self.compression, self.chroma, self.intent):
            box.currentIndexChanged.connect(self._refresh)
        for check in (self.layers, self.metadata, self.without_place, self.without_camera):
            check.toggled.connect(self._refresh)
        self.longest.valueChanged.connect(self._refresh)
        self.sharpen.committed.connect(self._refresh)
        self._list_presets()
        self._on_path()
        self.accept_button.setDefault(True)  # now: before, there was no dialog to know of it
        self.accept_button.setFocus()  # Enter exports, wherever no other button has the ring

    def _make_widgets(self) -> None:
        self.preset = _named(QComboBox(), tr("Preset"))
        self.save_preset = QPushButton(tr("Save as…"))
        self.save_preset.clicked.connect(self._on_save_preset)
        self.drop_preset = QPushButton(tr("Delete"))
        self.drop_preset.clicked.connect(self._on_drop_preset)
        self.path = _named(QLineEdit(str(export_suggestion(self._photo))), tr("File"))
        self.browse = QPushButton(tr("Browse…"))
        self.browse.clicked.connect(self._browse)
        self.conflict = _choices(tr("If the file is there"), _CONFLICTS)
        self.format = _choices(tr("Format"), _NAMES)
        self.quality = NamedSlider(
            tr("Quality"), 1, 100, 95, tip=tr("95 keeps all; 90 is for the web")
        )
        self.chroma = _choices(
            tr("Chroma"),
            _CHROMA,
        )
        own = "16" if self._photo.sixteen_bit else "8"
        self.bit_depth = _choices(
            tr("Depth"),
            {
                0: tr("As the photo (here {bits} bits)", bits=own),
                8: marked("Always 8 bits"),
                16: marked("Always 16 bits"),
            },
        )
        self.compression = _choices(tr("Compression"), _PACKINGS)
        self.layers = QCheckBox(tr("Layers: the photo, and each edit with its mask"))
        self.profile = _choices(tr("Profile"), PROFILES | {"photo": marked("Keep the photo's")})
        self.intent = _choices(tr("Intent"), _INTENTS)
        self.longest = _named(QSpinBox(), tr("Longer side at most"))
        self.longest.setRange(0, 100_000)
        self.longest.setSingleStep(100)
        self.longest.setSuffix(" px")
        self.longest.setSpecialValueText(tr("As the photo"))
        self.longest.setKeyboardTracking(False)
        self.sharpen = NamedSlider(tr("Sharpen"), 0, 100, 0, tip=tr("For the size that is written"))
        self.metadata = QCheckBox(tr("Keep camera data, captions and resolution (EXIF, XMP, IPTC)"))
        self.metadata.setChecked(True)
        self.without_place = QCheckBox(tr("Leave out the place"))
        self.without_camera = QCheckBox(tr("Leave out the camera"))
        self.ai_mark = QCheckBox(tr("Say in the file that an AI model changed the picture"))
        self.ai_mark.setToolTip(
            tr("IPTC digital source type: compositeWithTrainedAlgorithmicMedia")
        )
        self.ai_mark.setChecked(True)
        self.note = styled(QLabel(wordWrap=True), "quiet")
        self.note.setMinimumHeight(2 * self.note.fontMetrics().height())
        self.buttons = QDialogButtonBox()
        self.accept_button = self.buttons.addButton(
            tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        top = QFormLayout()
        top.setSpacing(10)
        top.addRow(tr("Preset"), _row(self.preset, self.save_preset, self.drop_preset))
        top.addRow(tr("File"), _row(self.path, self.browse))
        top.addRow(tr("If it is there"), _row(self.conflict))
        left, right = QFormLayout(), QFormLayout()
        for form in (left, right):
            form.setSpacing(8)
        left.addRow(styled(QLabel(tr("FORMAT")), "heading"))
        left.addRow(tr("Format"), self.format)
        left.addRow(self.quality)
        left.addRow(tr("Chroma"), self.chroma)
        left.addRow(tr("Depth"), self.bit_depth)
        left.addRow(tr("Compression"), self.compression)
        left.addRow(self.layers)
        right.addRow(styled(QLabel(tr("COLOUR AND SIZE")), "heading"))
        right.addRow(tr("Profile"), self.profile)
        right.addRow(tr("Intent"), self.intent)
        right.addRow(tr("Longer side"), self.longest)
        right.addRow(self.sharpen)
        below = QGridLayout()
        below.setSpacing(8)
        below.addWidget(styled(QLabel(tr("METADATA")), "heading"), 0, 0, 1, 3)
        below.addWidget(self.metadata, 1, 0)
        below.addWidget(self.without_place, 1, 1)
        below.addWidget(self.without_camera, 1, 2)
        below.addWidget(self.ai_mark, 2, 0, 1, 3)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addLayout(columns)
        layout.addLayout(below)
        layout.addWidget(self.note)
        layout.addWidget(self.buttons)

    # ------------------------------------------------------------ what was chosen

    @property
    def chosen_path(self) -> Path:
        """Where to write, before a number is added."""
        return Path(self.path.text().strip()).expanduser()

    @property
    def target(self) -> Path:
        """Where to write."""
        path = self.chosen_path
        return free_path(path) if self.conflict.currentData() == "number" else path

    @property
    def options(self) -> ExportOptions:
        """How to write; what the format does not know is as usual."""
        kind, usual = self._kind, ExportOptions()
        groups = (("place", self.without_place), ("camera", self.without_camera))
        chosen: dict[str, Any] = {
            "quality": self.quality.value,
            "keep_metadata": self.metadata.isChecked(),
            "leave_out": frozenset(name for name, box in groups if box.isChecked()),
            "ai_mark": self.ai_mark.isChecked(),
            "longest": self.longest.value(),
            "sharpen": self.sharpen.value,
            "profile": self.profile.currentData(),
            "intent": self.intent.currentData(),
            "chroma": self.chroma.currentData() if kind == "JPEG" else usual.chroma,
            "depth": 0 if kind in _EIGHT_BITS else self.bit_depth.currentData(),
        }
        if kind == "TIFF":
            chosen["tiff_compression"] = self.compression.currentData()
            chosen["layers"] = self.layers.isChecked()
        unknown = ("profile", "intent") if kind == "JXL" else ()
        if chosen.get("layers"):
            unknown = ("profile", "intent", "longest", "sharpen", "depth")
        return ExportOptions(**{k: v for k, v in chosen.items() if k not in unknown})

    @property
    def _kind(self) -> str | None:
        """The format that the name ends in, if it is one."""
        suffix = self.chosen_path.suffix.lower().replace("jpeg", "jpg").replace("tiff", "tif")
        return next((kind for kind, own in _SUFFIX.items() if own == suffix), None)

    def accept(self) -> None:
        """Refuse what cannot succeed, and ask before a file is replaced."""
        path = self.target
        try:
            check_export(path, (self._photo.width, self._photo.height), self._inputs, self.options)
        except PhotoError as error:
            self.note.setText(translated_error(error))
            return
        own = self._photo.path is not None and same_file(path, self._photo.path)
        if path.exists() and (own or self.conflict.currentData() == "ask"):
            replaces = (
                tr("{name} is the photo you opened and would be replaced.", name=path.name)
                if own
                else tr("{name} is a file and would be replaced.", name=path.name)
            )
            answer = QMessageBox.question(
                self,
                tr("Replace the file?"),
                replaces,
                QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
                QMessageBox.StandardButton.No,
            )
            if answer != QMessageBox.StandardButton.Yes:
                return
        remember_export(path, self._photo.path)
        super().accept()

    @Slot()
    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self,
            tr("Export the photo"),
            self.path.text(),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self.path.setText(name)

    @Slot()
    def _on_path(self) -> None:
        kind = self._kind
        if kind is not None:
            self.format.setCurrentIndex(self.format.findData(kind))
        self._refresh()

    @Slot()
    def _on_format(self) -> None:
        path = self.chosen_path
        stem = path.stem if path.suffix.lower() in SUFFIXES else path.name
        self.path.setText(str(path.with_name(f"{stem}{_SUFFIX[self.format.currentData()]}")))

    @Slot()
    def _refresh(self) -> None:
        kind = self._kind
        self.accept_button.setEnabled(kind is not None)
        self.quality.setEnabled(kind in _LOSSY)
        self.chroma.setEnabled(kind == "JPEG")
        self.compression.setEnabled(kind == "TIFF")
        self.layers.setEnabled(kind == "TIFF")
        plain = not (kind == "TIFF" and self.layers.isChecked())
        self.bit_depth.setEnabled(plain and kind not in _EIGHT_BITS)
        self.profile.setEnabled(plain and kind != "JXL")
        self.intent.setEnabled(plain and kind != "JXL" and self.profile.currentData() != "photo")
        for widget in (self.longest, self.sharpen):
            widget.setEnabled(plain)
        for box in (self.without_place, self.without_camera):
            box.setEnabled(self.metadata.isChecked())
        self.note.setText(self._told(kind))

    def _told(self, kind: str | None) -> str:
        """What becomes of the photo."""
        if kind is None:
            return tr("End the name in .jpg, .png, .tif, .webp, .avif or .jxl.")
        photo, options = self._photo, self.options
        size = size_of(photo.width, photo.height, options.longest)
        text = tr("{width} × {height} pixels.", width=size[0], height=size[1]) + " "
        if kind == "TIFF" and options.layers:
            return text + (
                tr(
                    "16 bits, in the photo's size and colours. Photoshop, Affinity Photo and Krita "
                    "open the layers; other programs the finished picture."
                )
            )
        lost: list[str] = []
        if kind in _EIGHT_BITS or (options.depth == 8 and photo.sixteen_bit):
            lost += [tr("fine tones of 16 bit")] if photo.sixteen_bit else []
        if kind == "JPEG" and photo.alpha is not None:
            lost.append(tr("transparency"))
        if lost:
            name = _NAMES[kind].split(",")[0]
            return text + tr("{name} loses {lost} so.", name=name, lost=tr(" and ").join(lost))
        if keeps_pixels(photo, self.chosen_path, options):
            return text + tr("Pixels outside your regions stay exactly as they were.")
        if keeps_pixels(photo, self.chosen_path, replace(options, depth=0)):  # 16 bits from 8
            return text + tr("Pixels outside your regions stay as they were, in 16 bits.")
        if kind in ("PNG", "TIFF"):
            return text + tr("The whole photo is changed by that, outside your regions too.")
        return text + tr("The whole photo is compressed anew; PNG and TIFF keep it exactly.")

    # ------------------------------------------------------------ presets

    @property
    def _as_preset(self) -> ExportPreset:
        path = self.chosen_path
        stem = self._photo.path.stem if self._photo.path else "portrait"
        return ExportPreset(
            self.preset.currentText(),
            _SUFFIX[self._kind or "PNG"],
            template_of(path.stem, stem),
            self.conflict.currentData(),
            self.options,
        )

    def _list_presets(self, chosen: str = "") -> None:
        with QSignalBlocker(self.preset):
            self.preset.clear()
            self.preset.addItem("—")
            for name in self._presets.names:
                self.preset.addItem(name)
            self.preset.setCurrentIndex(max(0, self.preset.findText(chosen)))
        self.preset.setEnabled(self.preset.count() > 1)
        self.drop_preset.setEnabled(self.preset.currentIndex() > 0)

    @Slot()
    def _on_preset(self) -> None:
        self.drop_preset.setEnabled(self.preset.currentIndex() > 0)
        preset = self._presets.found(self.preset.currentText())
        if preset is not None:
            self.use(preset)

    def use(self, preset: ExportPreset) -> None:
        """Show a preset's choices, with a name after its template."""
        options = preset.options
        photo = self._photo.path or Path.home() / "portrait"
        suffix = preset.suffix or self.chosen_path.suffix
        folder = self.chosen_path.parent
        self.path.setText(str(folder / f"{named(preset.template, photo, 1)}{suffix}"))
        for box, value in (
            (self.conflict, preset.conflict), (self.chroma, options.chroma),
            (self.bit_depth, options.depth), (self.compression, options.tiff_compression),
            (self.profile, options.profile), (self.intent, options.intent),
        ):  # fmt: skip
            box.setCurrentIndex(max(0, box.findData(value)))
        self.quality.set_value(options.quality)
        self.sharpen.set_value(options.sharpen)
        self.longest.setValue(options.longest)
        self.layers.setChecked(options.layers)
        self.metadata.setChecked(options.keep_metadata and "all" not in options.leave_out)
        self.without_place.setChecked("place" in options.leave_out)
        self.without_camera.setChecked("camera" in options.leave_out)
        self.ai_mark.setChecked(options.ai_mark)
        self._refresh()

    @Slot()
    def _on_save_preset(self) -> None:
        now = self.preset.currentText() if self.preset.currentIndex() > 0 else ""
        name = ask_name(self, tr("Save the preset"), tr("Name of these choices:"), now)
        if not name:
            return
        try:
            self._presets.put(replace(self._as_preset, name=name[:80]))
        except PresetError as error:
            self.note.setText(translated_error(error))
            return
        self._list_presets(name[:80])

    @Slot()
    def _on_drop_preset(self) -> None:
        try:
            self._presets.drop(self.preset.currentText())
        except PresetError as error:
            self.note.setText(translated_error(error))
            return
        self._list_presets()


def _named(widget: Any, name: str) -> Any:
    widget.setAccessibleName(name)
    return widget


def _choices(name: str, texts: dict[Any, str]) -> QComboBox:
    box = cast("QComboBox", _named(QComboBox(), name))
    for value, text in texts.items():
        box.addItem(tr(text), value)
    return box


def _row(*widgets: QWidget) -> QHBoxLayout:
    """The first as wide as there is room."""
    row = QHBoxLayout()
    row.setSpacing(8)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 0 if number else 1)
    return row
