"""Short ways to build rows, columns, lines and texts on the 8-pixel grid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from lepton_studio.widgets.plain_text import PlainLabel, set_tool_tip
from lepton_studio.widgets.theme import BODY, set_type

Item = QWidget | QLayout | int | None
"""A widget, a layout, a gap in pixels, or None for a stretch."""


def row(*items: Item, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Items side by side."""
    layout = QHBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def column(*items: Item, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Items below each other."""
    layout = QVBoxLayout()
    _fill(layout, items, gap, margins)
    return layout


def _fill(layout: QBoxLayout, items: tuple[Item, ...], gap: int, margins: tuple[int, int, int, int]) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    for item in items:
        if isinstance(item, QWidget):
            layout.addWidget(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        elif item is None:
            layout.addStretch(1)
        else:
            layout.addSpacing(item)


def line(*, vertical: bool = False) -> QFrame:
    """A thin separator."""
    frame = QFrame()
    frame.setProperty("role", "line")
    if vertical:
        frame.setFixedWidth(1)
    else:
        frame.setFixedHeight(1)
    return frame


def words(
    text: str = "", *, size: int = BODY, bold: bool = False, muted: bool = False, wrap: bool = False
) -> PlainLabel:
    """Plain text in one of the four sizes; never rich text, so a sample's "<b>" stays what it is."""
    label = PlainLabel(text)
    label.setWordWrap(wrap)
    set_type(label, size, bold=bold, muted=muted)
    if not wrap:
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return label


def button(text: str, *, role: str = "", tip: str = "", name: str = "") -> QPushButton:
    """A push button of a role of the style sheet ("primary", "quiet", "link" or "")."""
    made = QPushButton(text)
    made.setProperty("role", role)
    made.setAutoDefault(True)  # Return presses the button that has the focus, as Space does
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName(name or text)
    if tip:
        set_tool_tip(made, tip)
    return made


def clear(layout: QLayout) -> None:
    """Take out and delete everything in a layout."""
    while (item := layout.takeAt(0)) is not None:
        inner = item.layout()
        if inner is not None:
            clear(inner)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


@contextmanager
def quiet(widget: QWidget) -> Iterator[None]:
    """Change a widget without its signals."""
    before = widget.blockSignals(True)
    try:
        yield
    finally:
        widget.blockSignals(before)
