"""What import-linter cannot see: the data types load without Qt and torch, nothing imports main."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ", ".join(
    (
        *(f"editor.document.{path.stem}" for path in (ROOT / "editor/document").glob("[a-z]*.py")),
        "editor.engine.compositing.placement",
        "editor.engine.jobs",
        "editor.session.open_document",
        "editor.session.undo",
        "editor.command_line.commands",
    )
)


def test_documents_load_without_qt_and_torch() -> None:
    code = f"import sys; sys.modules['PySide6'] = sys.modules['torch'] = None; import {DATA}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_nothing_imports_main() -> None:
    for folder in ("editor", "widgets", "models", "resources", "foundation"):
        for file in (ROOT / folder).rglob("*.py"):
            lines = file.read_text(encoding="utf-8").splitlines()
            assert not any(line.strip() in ("import main", "from main import") for line in lines), (
                file
            )


def test_files_and_classes_stay_small_enough_to_be_read() -> None:
    for folder in ("editor", "widgets", "models", "resources", "foundation", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert len(text.splitlines()) <= 600, file
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ClassDef):
                    names = [part.name for part in node.body if isinstance(part, ast.FunctionDef)]
                    own = [n for n in names if not n.startswith("_") and not n.endswith("vent")]
                    assert len(own) <= 40, f"{file}: {node.name} (Qt's events are not counted)"
