"""Who labels now, as a letter in the header; a click lets another person take over."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import CAPTION, text_font

_SIDE, _RING = 32, 26
"""Pixels: as large as the buttons beside it, and the circle inside."""


class PersonMark(QAbstractButton):
    """The first letter of a name in a circle; the whole name in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(text_font(CAPTION, bold=True))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(_SIDE, _SIDE)

    def show_person(self, name: str) -> None:
        """Whose decisions these are from now on."""
        self.setText(name[:1].upper() or "?")
        said = tr("Labelling as {name}", name=name or tr("unknown"))
        self.setAccessibleName(said)
        set_tool_tip(self, said)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, gap = colors(self.palette()), (_SIDE - _RING) / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(palette.accent if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(palette.hover if self.underMouse() else palette.accent_soft)
        painter.drawEllipse(QRectF(self.rect()).adjusted(gap, gap, -gap, -gap))
        painter.setPen(palette.text)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
