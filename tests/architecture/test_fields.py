"""Fields that the wheel would change while the page scrolls by are made in one way only (`widgets/steady.py`)."""

from __future__ import annotations

import ast
from pathlib import Path

STEADY = {"QComboBox", "QSpinBox", "QDoubleSpinBox", "QSlider", "QDial", "QDateEdit", "QTimeEdit", "QDateTimeEdit"}


def test_every_box_and_slider_is_one_that_the_wheel_passes_over(checkout: Path) -> None:
    made = [
        f"{file.relative_to(checkout)}:{node.lineno} {node.func.id}"
        for file in (checkout / "lepton_studio").rglob("*.py")
        if file.name != "steady.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in STEADY
    ]
    assert not made
