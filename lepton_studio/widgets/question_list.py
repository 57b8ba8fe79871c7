"""Questions below each other, each with what is said to it; one of them is the one being worked on."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors, ink_on
from lepton_studio.widgets.elided_label import ElidedLabel
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.theme import CAPTION, text_font

_BADGE = 22


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question as it is shown. `said` is its answer, or what is suggested, in words; `color` is "#rrggbb"."""

    question: str
    said: str
    color: str
    is_open: bool


class QuestionList(QScrollArea):
    """Emits `chosen(place)` for a question that was clicked. Takes no focus."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[_Row] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self.setWidget(inside)

    def show_lines(self, lines: Sequence[QuestionLine], *, current: int) -> None:
        """Show these questions; the one at the place `current` stands out and is brought into view."""
        while len(self._rows) < len(lines):
            made = _Row(len(self._rows))
            made.pressed.connect(self.chosen)
            self._rows.append(made)
            self._column.insertWidget(len(self._rows) - 1, made)
        for place, shown in enumerate(self._rows):
            shown.setVisible(place < len(lines))
            if place < len(lines):
                shown.show_line(lines[place], is_current=place == current)
        if 0 <= current < len(lines):
            self._column.activate()
            self.ensureWidgetVisible(self._rows[current], 0, 8)
        self.updateGeometry()

    def height_at(self, width: int) -> int:
        """The height that shows every question."""
        return sum(one.heightForWidth(width) + 2 for one in self._rows if not one.isHidden())

    def sizeHint(self) -> QSize:
        return QSize(400, self.height_at(max(200, self.viewport().width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 48)


class _Row(QWidget):
    pressed = Signal(int)

    def __init__(self, place: int) -> None:
        super().__init__()
        self._place = place
        self._line = QuestionLine("", "", "#7f7f7f", is_open=True)
        self._is_current = False
        self._question = words("", wrap=True)
        self._said = ElidedLabel()
        texts = column(self._question, self._said, gap=1)
        self.setLayout(row(_BADGE + 4, texts, gap=8, margins=(8, 5, 8, 5)))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_line(self, line: QuestionLine, *, is_current: bool) -> None:
        self._line, self._is_current = line, is_current
        self._question.setText(line.question)
        self._said.show_text(line.said or tr("unanswered"), from_right=_reads_from_right(line.question))
        self.setAccessibleName(f"{line.question} {line.said or tr('unanswered')}")
        self.updateGeometry()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit(self._place)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._is_current:
            painter.setBrush(theme.accent_soft)
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        badge = QRectF(8, 6, _BADGE, _BADGE)
        color = QColor(self._line.color)
        painter.setBrush(Qt.BrushStyle.NoBrush if self._line.is_open else color)
        if self._line.is_open:
            painter.setPen(color)
            badge.adjust(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(badge, 4, 4)
        painter.setFont(text_font(CAPTION, bold=True, tabular=True))
        painter.setPen(theme.text if self._line.is_open else ink_on(color))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(self._place + 1))


def _reads_from_right(text: str) -> bool:
    """Whether its first letter belongs to a script that is written from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
