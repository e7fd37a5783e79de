"""The export dialog: every choice of the command line, its presets, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QMessageBox

from editor.document.export_presets import (
    ExportPreset,
    ExportPresets,
    named,
    read_export_preset,
    template_of,
    write_export_preset,
)
from editor.document.photo import Photo
from editor.document.photo_export import ExportOptions
from editor.document.presets import PresetError
from widgets import export_dialog, settings
from widgets.export_dialog import ExportDialog, export_suggestion
from widgets.theme import apply_theme

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication, QComboBox
    from pytestqt.qtbot import QtBot


def test_the_export_dialog_takes_a_free_name_and_warns_of_losses(
    qtbot: QtBot, tmp_path: Path
) -> None:
    source = tmp_path / "face.tif"
    photo = Photo(np.zeros((4, 4, 3), np.uint16), path=source, file_format="TIFF")
    (tmp_path / "face-edited.tif").touch()
    assert export_suggestion(photo) == tmp_path / "face-edited-2.tif"
    dialog = ExportDialog(photo)
    qtbot.addWidget(dialog)
    assert dialog.chosen_path == tmp_path / "face-edited-2.tif"
    assert "exactly" in dialog.note.text()
    assert not dialog.quality.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findData("JPEG"))
    dialog.format.activated.emit(dialog.format.currentIndex())
    assert dialog.chosen_path == tmp_path / "face-edited-2.jpg"
    assert "16 bit" in dialog.note.text()
    dialog.quality.set_value(80)
    dialog.metadata.setChecked(False)
    assert dialog.options == replace(dialog.options, quality=80, keep_metadata=False)
    assert dialog.options.ai_mark
    dialog.ai_mark.click()
    assert not dialog.options.ai_mark
    dialog.format.setCurrentIndex(dialog.format.findData("JXL"))
    dialog.format.activated.emit(dialog.format.currentIndex())
    assert dialog.chosen_path == tmp_path / "face-edited-2.jxl"
    assert dialog.quality.isEnabled()
    dialog.path.setText(str(tmp_path / "face.gif"))
    assert not dialog.accept_button.isEnabled()


@pytest.mark.parametrize(("dtype", "own"), [(np.uint8, 8), (np.uint16, 16)])
def test_every_depth_says_whether_it_is_the_photos_or_always_that(
    dtype: type[np.uint8 | np.uint16], own: int, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = ExportDialog(
        Photo(np.zeros((4, 4, 3), dtype), path=tmp_path / "face.tif", file_format="TIFF")
    )
    qtbot.addWidget(dialog)
    depth = dialog.bit_depth
    assert [depth.itemText(row) for row in range(depth.count())] == [
        f"As the photo (here {own} bits)",
        "Always 8 bits",
        "Always 16 bits",
    ]


def choose(box: QComboBox, value: object) -> None:
    box.setCurrentIndex(box.findData(value))


def photo_at(path: Path, kind: str = "JPEG") -> Photo:
    path.touch()
    return Photo(np.zeros((300, 400, 3), np.uint8), path=path, file_format=kind)


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    made = ExportDialog(photo_at(tmp_path / "face.jpg"), presets=tmp_path / "presets")
    qtbot.addWidget(made)
    return made


CHOSEN = ExportOptions(
    quality=70,
    chroma="4:2:0",
    profile="display-p3",
    intent="perceptual",
    longest=1200,
    sharpen=30,
    leave_out=frozenset({"place"}),
    ai_mark=False,
)


def test_every_option_of_the_command_line_can_be_chosen(dialog: ExportDialog) -> None:
    dialog.use(ExportPreset("x", ".jpg", "{stem}-web", "number", CHOSEN))
    assert dialog.options == CHOSEN
    assert dialog.chosen_path.name == "face-web.jpg"
    dialog.use(ExportPreset("y", ".tif", options=ExportOptions(tiff_compression="lzw", depth=16)))
    assert dialog.options == ExportOptions(tiff_compression="lzw", depth=16)
    assert not dialog.quality.isEnabled()
    assert dialog.layers.isEnabled()
    choose(dialog.profile, "srgb")
    dialog.longest.setValue(100)
    dialog.layers.setChecked(True)
    assert dialog.options == ExportOptions(tiff_compression="lzw", layers=True)
    assert not dialog.profile.isEnabled()
    assert not dialog.longest.isEnabled()
    assert "layers" in dialog.note.text()


def test_what_changes_the_whole_photo_is_told(dialog: ExportDialog) -> None:
    dialog.path.setText(str(dialog.chosen_path.with_suffix(".png")))
    assert "exactly as they were" in dialog.note.text()
    dialog.longest.setValue(200)
    assert "200 × 150" in dialog.note.text()
    assert "whole photo is changed" in dialog.note.text()


def test_presets_are_kept_for_the_next_photo(
    dialog: ExportDialog, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog.use(ExportPreset("x", ".jpg", "{stem}-web", "replace", CHOSEN))

    def named_web(*_: object) -> str:
        return "For the web"

    monkeypatch.setattr(export_dialog, "ask_name", named_web)
    dialog.save_preset.click()
    assert dialog.preset.currentText() == "For the web"
    (path,) = (tmp_path / "presets").iterdir()
    assert read_export_preset(path) == ExportPreset(
        "For the web", ".jpg", "{stem}-web", "replace", CHOSEN
    )
    (tmp_path / "presets" / "foreign.json").write_text("{}")
    other = ExportDialog(photo_at(tmp_path / "other.png", "PNG"), presets=tmp_path / "presets")
    qtbot.addWidget(other)
    assert other.options == ExportOptions()
    other.preset.setCurrentIndex(1)
    other.preset.activated.emit(1)
    assert other.options == CHOSEN
    assert other.chosen_path == tmp_path / "other-web.jpg"
    assert other.conflict.currentData() == "replace"
    other.drop_preset.click()
    assert [p.name for p in (tmp_path / "presets").iterdir()] == ["foreign.json"]


def test_a_file_that_is_there_is_asked_about_numbered_or_replaced(
    dialog: ExportDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(_parent: object, _title: str, text: str, *_: object) -> object:
        asked.append(text)
        return QMessageBox.StandardButton.No

    monkeypatch.setattr(QMessageBox, "question", answer)
    there = tmp_path / "there.jpg"
    there.touch()
    dialog.path.setText(str(there))
    dialog.accept()
    assert len(asked) == 1
    assert not dialog.result()
    choose(dialog.conflict, "number")
    assert dialog.target == tmp_path / "there-2.jpg"
    choose(dialog.conflict, "replace")
    dialog.path.setText(str(tmp_path / "face.jpg"))
    dialog.accept()
    assert "the photo you opened" in asked[-1], "it is never replaced unasked"
    assert not dialog.result()
    dialog.path.setText(str(there))
    dialog.accept()
    assert dialog.result()
    assert dialog.target == there
    assert len(asked) == 2


def test_what_cannot_succeed_is_refused_in_the_dialog(qtbot: QtBot, tmp_path: Path) -> None:
    project = tmp_path / "work.png"
    dialog = ExportDialog(photo_at(tmp_path / "face.jpg"), inputs=[project])
    qtbot.addWidget(dialog)
    project.touch()
    for path, word in (
        (tmp_path / "no" / "a.jpg", "does not exist"),
        (project, "made from"),
        (tmp_path, "no format"),
    ):
        dialog.path.setText(str(path))
        dialog.accept()
        assert word in dialog.note.text()
        assert not dialog.result()


def test_the_dialog_fits_a_small_screen(
    dialog: ExportDialog, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply_theme(qapp)
    try:
        dialog.show()
        size = dialog.sizeHint()
        assert size.width() <= 1000
        assert size.height() <= 700
    finally:
        qapp.setStyleSheet("")


# ------------------------------------------------------------------ files of presets


def test_a_preset_is_read_as_it_was_written(tmp_path: Path) -> None:
    preset = ExportPreset("Druck – A3", ".tif", "{folder}-{number:03}", "ask", CHOSEN)
    write_export_preset(preset, tmp_path / "a.json")
    assert read_export_preset(tmp_path / "a.json") == preset


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"quality": 70', '"quality": 0'),
        ('"chroma": "4:2:0"', '"chroma": "4:1:1"'),
        ('"sharpen": 30', '"sharpen": 30.5'),
        ('"place"', '"all of it"'),
        ('"{stem}-web"', '"{stem.__class__}"'),
        ('"{stem}-web"', '"../{stem}"'),
        ('".jpg"', '".exe"'),
        ('"ask"', '"never"'),
        ('"version": 1', '"version": 2'),
        ('"ai_mark": false', '"ai_mark": "no"'),
        ("export preset", "preset"),
        ("{", "["),
    ],
)
def test_a_damaged_or_foreign_preset_is_refused(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_export_preset(ExportPreset("x", ".jpg", "{stem}-web", "ask", CHOSEN), path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(PresetError) as caught:
        read_export_preset(path)
    assert caught.value.advice
    assert ExportPresets(tmp_path).names == []


def test_a_name_becomes_a_template_and_back(tmp_path: Path) -> None:
    for stem, name, template in (
        ("face", "face-web", "{stem}-web"),
        ("face", "my {best} face", "my {{best}} {stem}"),
        ("face", "other", "other"),
    ):
        assert template_of(name, stem) == template
        assert named(template, tmp_path / f"{stem}.jpg", 1) == name


def test_enter_does_what_the_ring_is_on(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = Photo(np.zeros((4, 4, 3), np.uint8), path=tmp_path / "face.png")
    dialog = ExportDialog(photo, presets=tmp_path / "presets")
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.focusWidget() is dialog.accept_button
    assert dialog.accept_button.isDefault()
    asked: list[object] = []

    def ask(*question: object) -> None:
        asked.append(question)

    monkeypatch.setattr(export_dialog, "ask_name", ask)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.save_preset.setFocus()
    qtbot.keyClick(dialog.save_preset, Qt.Key.Key_Return)
    assert len(asked) == 1
    assert dialog.isVisible()
    dialog.path.setFocus()
    qtbot.keyClick(dialog.path, Qt.Key.Key_Return)
    assert dialog.result() == dialog.DialogCode.Accepted


def test_the_folder_that_was_chosen_is_proposed_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)
    monkeypatch.setattr(settings, "stored", lambda: kept)
    beside, chosen = tmp_path / "photos", tmp_path / "out"
    beside.mkdir()
    chosen.mkdir()
    photo = Photo(np.zeros((4, 4, 3), np.uint8), path=beside / "a.png", file_format="PNG")

    def proposed() -> ExportDialog:
        dialog = ExportDialog(photo)
        qtbot.addWidget(dialog)
        return dialog

    first = proposed()
    assert first.chosen_path.parent == beside
    first.path.setText(str(chosen / "b.png"))
    first.accept()
    second = proposed()
    assert second.chosen_path == chosen / "a-edited.png"
    second.path.setText(str(beside / "b.png"))
    second.accept()
    assert proposed().chosen_path.parent == beside
    first.accept()
    chosen.rmdir()
    assert proposed().chosen_path.parent == beside, "that folder is gone"
