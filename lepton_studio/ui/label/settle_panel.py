"""The answers of several people on the sample in view, side by side; a key or a click takes one of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.studio.answer_words import ShownAnswer
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import CAPTION

SETTLE_KEYS = ("Alt+1", "Alt+2", "Alt+3", "Alt+4", "Alt+5", "Alt+6")


class _Dot(QWidget):
    """The colour of a label."""

    def __init__(self, color: str) -> None:
        super().__init__()
        self._color = QColor(color)
        self.setFixedSize(10, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color)
        painter.drawEllipse(QPointF(5, 9), 4, 4)


class SettlePanel(QWidget):
    """`taken(place)`: this answer is to be the annotation."""

    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answers: list[ShownAnswer] = []
        self._title = words("", size=CAPTION, muted=True)
        self._cards = QHBoxLayout()
        self._cards.setSpacing(12)
        self.setLayout(column(self._title, self._cards, gap=6))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    def show_answers(self, answers: Sequence[ShownAnswer], *, title: str, now: object | None) -> None:
        """`now` is the value that the sample has."""
        self.answers = list(answers[: len(SETTLE_KEYS)])
        self._title.setText(title)
        clear(self._cards)
        for place, one in enumerate(self.answers):
            self._cards.addWidget(self._card(place, one, is_now=one.value == now), 1)
        self.show()

    def _card(self, place: int, one: ShownAnswer, *, is_now: bool) -> QFrame:
        who = ", ".join(name or tr("unknown") for name in one.people)
        take = button(
            tr("Take ({key})", key=key_name(SETTLE_KEYS[place])), name=tr("Take the answer of {who}", who=who)
        )
        take.clicked.connect(lambda: self.taken.emit(place))
        said = words(one.words, wrap=True)
        answer = row(_Dot(one.color), said) if one.color else row(said)
        answer.setStretch(answer.count() - 1, 1)
        below = " · ".join(part for part in (one.how, tr("kept now") if is_now else "") if part)
        frame = QFrame()
        frame.setProperty("role", "card")
        inside = column(
            words(who, size=CAPTION, bold=True, wrap=True),
            answer,
            None,
            row(take, None, words(below, size=CAPTION, muted=True)),
            gap=6,
            margins=(12, 10, 12, 10),
        )
        frame.setLayout(inside)
        return frame
