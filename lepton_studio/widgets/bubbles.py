"""A conversation as bubbles: who says what, one below the other, those of the answering party on the other side.

Try it: `python -m lepton_studio.widgets.bubbles`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.direction import is_right_to_left
from lepton_studio.widgets.layouts import clear, column, words
from lepton_studio.widgets.marked_text.finding import searched
from lepton_studio.widgets.plain_text import Markup, filled, joined
from lepton_studio.widgets.theme import BODY, CAPTION, line_width, text_font

_RADIUS = 10
_LINE_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Bubble:
    """`is_answer`: said by the party whose next words are wanted."""

    who: str
    text: str
    is_answer: bool


class _BubbleFrame(QWidget):
    """One bubble; its ground is painted, so that it follows the palette."""

    def __init__(self, bubble: Bubble) -> None:
        super().__init__()
        self._text = bubble.text
        self._is_answer = bubble.is_answer
        self._said = words(bubble.text, wrap=True)
        self._said.setFont(text_font(BODY + 2))
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if is_right_to_left(bubble.text):
            self._said.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        lines = QFontMetrics(self._said.font()).size(0, bubble.text).width() + 4
        self._natural = min(lines, line_width(_LINE_LENGTH, size=BODY + 2))
        parts = [words(bubble.who, size=CAPTION, muted=True)] if bubble.who else []
        self.setLayout(column(*parts, self._said, gap=2, margins=(12, 8, 12, 8)))

    def mark_searched(self, found: Sequence[str]) -> None:
        """Tint these words."""
        places = searched(self._text, found)
        if places:
            self._said.set_markup(self._tinted(places))
        elif self._said.textFormat() != Qt.TextFormat.PlainText:
            self._said.set_plain(self._text)

    def _tinted(self, places: Sequence[tuple[int, int]]) -> Markup:
        palette = colors(self.palette())
        look = f"background: {palette.mark.name()}; color: {palette.text.name()}"
        parts: list[Markup] = []
        reached = 0
        for start, end in places:
            parts.append(filled("{text}", text=self._text[reached:start]))
            parts.append(filled("<span style='{look}'>{text}</span>", look=look, text=self._text[start:end]))
            reached = end
        parts.append(filled("{text}", text=self._text[reached:]))
        return joined(parts, inside="<div style='white-space: pre-wrap'>{parts}</div>")

    def fit(self, width: int) -> None:
        """Take at most this width, and the height that the text then needs."""
        of_text = max(40, min(self._natural, width - 24))
        self._said.setFixedWidth(of_text)
        self._said.setFixedHeight(self._said.heightForWidth(of_text))

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(palette.border)
        painter.setBrush(palette.accent_soft if self._is_answer else palette.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)


class Bubbles(QScrollArea):
    """Shows `show_turns(bubbles)`, scrolled to the last. `most`: it is as high as its turns, up to so many pixels."""

    accessible_role = QAccessible.Role.Document

    def __init__(self, parent: QWidget | None = None, *, most: int | None = None) -> None:
        super().__init__(parent)
        self._most = most
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Conversation"))
        self._frames: list[_BubbleFrame] = []
        inside = QWidget()
        self._turns = QVBoxLayout(inside)
        self._turns.setContentsMargins(0, 0, 8, 0)
        self._turns.setSpacing(8)
        self.setWidget(inside)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _low, high: bar.setValue(high))

    def show_turns(self, bubbles: Sequence[Bubble]) -> None:
        """Show another conversation."""
        clear(self._turns)
        self._frames = []
        self._turns.addStretch(1)
        for bubble in bubbles:
            line = QHBoxLayout()
            line.setContentsMargins(32 if bubble.is_answer else 0, 0, 0 if bubble.is_answer else 32, 0)
            side = Qt.AlignmentFlag.AlignRight if bubble.is_answer else Qt.AlignmentFlag.AlignLeft
            self._frames.append(_BubbleFrame(bubble))
            line.addWidget(self._frames[-1], 0, side)
            self._turns.addLayout(line)
        self.setAccessibleDescription("\n".join(f"{one.who}: {one.text}" for one in bubbles)[:4000])
        self._fit()

    def mark_searched(self, found: Sequence[str]) -> None:
        """Tint these words in all turns, those that a person searches for."""
        for frame in self._frames:
            frame.mark_searched(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for frame in self._frames:
            frame.fit(self.viewport().width() - 40)
        if self._most is not None:
            self._turns.activate()
            self.setFixedHeight(min(self._most, self._turns.sizeHint().height()))


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    view = Bubbles()
    said = ("Hello, my card was swallowed by the machine in Bond Street an hour ago, and I fly to Rome tomorrow.",
            "I am sorry to hear that. Was it our own machine?", "Yes, the one beside your branch.")  # fmt: skip
    view.show_turns([Bubble(("customer", "agent")[i % 2], text, i % 2 == 1) for i, text in enumerate(said)])
    view.resize(520, 420)
    view.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
