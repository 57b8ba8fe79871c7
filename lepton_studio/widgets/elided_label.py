"""One line of words that is cut at its end where there is no room for all."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from lepton_studio.widgets.color import colors
from lepton_studio.widgets.plain_text import PlainLabel, set_tool_tip
from lepton_studio.widgets.theme import BODY, text_font


class ElidedLabel(PlainLabel):
    """One muted line that takes what room there is; its tool tip says all of it."""

    def __init__(self, *, size: int = BODY) -> None:
        super().__init__()
        self._words, self._from_right = "", False
        self.setProperty("muted", True)
        self.setFont(text_font(size))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str, *, from_right: bool = False) -> None:
        """`from_right`: the script is written from right to left."""
        self._words, self._from_right = " ".join(text.split()), from_right
        set_tool_tip(self, self._words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, QFontMetrics(self.font()).height())

    def minimumSizeHint(self) -> QSize:
        return QSize(20, QFontMetrics(self.font()).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(colors(self.palette()).muted)
        cut = QFontMetrics(self.font()).elidedText(self._words, Qt.TextElideMode.ElideRight, self.width())
        side = Qt.AlignmentFlag.AlignRight if self._from_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, cut)
