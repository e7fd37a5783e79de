"""Names that are typed without their suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from tests.end_to_end.desktop import answering
from widgets import dialogs

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

KINDS = {
    ".sip": dialogs.ask_project, ".json": dialogs.ask_preset_file, ".png": dialogs.ask_mask_file
}  # fmt: skip


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("typed", ["wedding", "wedding.final"])
@pytest.mark.parametrize("agrees", [True, False])
def test_a_file_is_never_replaced_unasked_because_its_suffix_was_left_out(
    suffix: str,
    typed: str,
    agrees: bool,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    named = (str(tmp_path / typed), "Grey PNG, 16 bit (*.png)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answering(named))
    buttons = QMessageBox.StandardButton
    asked: list[object] = []

    def question(*about: object) -> QMessageBox.StandardButton:
        asked.append(about[2])
        return buttons.Yes if agrees else buttons.No

    monkeypatch.setattr(QMessageBox, "question", question)

    def chosen() -> Path | None:
        found = KINDS[suffix](parent, tmp_path)
        return found[0] if isinstance(found, tuple) else found

    whole = tmp_path / f"{typed}{suffix}"
    assert chosen() == whole
    assert not asked
    whole.write_bytes(b"older work")
    assert chosen() == (whole if agrees else None)
    assert whole.name in str(asked)
    named = (str(whole), "")  # about which the dialog itself has asked
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answering(named))
    assert chosen() == whole
    assert len(asked) == 1
