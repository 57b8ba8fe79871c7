"""One text in large type, to be read: lines of a good length, found words marked, any script, any length.

The text stays in Python; nothing is ever read back from Qt. Long texts are laid out piece by piece between events.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.direction import is_right_to_left
from lepton_studio.widgets.marked_text.finding import searched
from lepton_studio.widgets.theme import SAMPLE, colors, line_width, text_font

_PIECE = 3000
"""Code points laid out as one block at most; a longer paragraph is cut at a space."""
_AT_ONCE = 12_000
"""Code points laid out before the first paint; the rest follows between events."""
_PITCH = 1.7
"""From line to line, as a multiple of the size of type: the same in every script, unless its letters are taller."""
_LINE_LENGTH = 70


@dataclass
class _Block:
    layout: QTextLayout
    top: float
    height: float


class SampleView(QAbstractScrollArea):
    """Shows `set_text(text)`; `set_marks(words)` marks each occurrence, whatever its case."""

    def __init__(self, parent: QWidget | None = None, *, size: int = SAMPLE) -> None:
        super().__init__(parent)
        self._font = text_font(size)
        self._text = ""
        self._marks: tuple[str, ...] = ()
        self._pieces: list[str] = []
        self._blocks: list[_Block] = []
        self._height = 0.0
        self._more = QTimer(self)
        self._more.setInterval(0)
        self._more.timeout.connect(self._lay_out_more)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Sample"))
        self.viewport().setBackgroundRole(QPalette.ColorRole.NoRole)
        self.viewport().setAutoFillBackground(False)

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text, from its beginning."""
        self._text = text
        self.setAccessibleDescription(text[:4000])
        self._pieces = list(_cut(text))
        self._start()
        self.verticalScrollBar().setValue(0)

    def set_marks(self, found: Sequence[str]) -> None:
        """Mark these words; the empty ones are left out."""
        marks = tuple(word for word in found if word)
        if marks != self._marks:
            self._marks = marks
            self._start()

    def text_width(self) -> int:
        """The width of a full line, at most what the window gives."""
        return max(80, min(line_width(_LINE_LENGTH, size=self._font.pixelSize()), self.viewport().width()))

    def content_height(self) -> int:
        """The height of what has been laid out so far."""
        return round(self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setPen(colors(self.palette()).text)
        offset = self.verticalScrollBar().value()
        for block in self._blocks:
            top = block.top - offset
            if top > self.viewport().height():
                break
            if top + block.height >= 0:
                block.layout.draw(painter, QPointF(0, top))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Copy the text"), lambda: QGuiApplication.clipboard().setText(self._text))
        menu.popup(event.globalPos())

    def _start(self) -> None:
        self._blocks.clear()
        self._height = 0.0
        self._lay_out(_AT_ONCE)
        self.viewport().update()

    def _lay_out_more(self) -> None:
        self._lay_out(_AT_ONCE)

    def _lay_out(self, budget: int) -> None:
        width = self.text_width()
        while len(self._blocks) < len(self._pieces) and budget > 0:
            piece = self._pieces[len(self._blocks)]
            budget -= max(len(piece), 40)
            layout, height = self._layout_of(piece, width)
            height = height if piece else 0.6 * self._font.pixelSize()
            self._blocks.append(_Block(layout, self._height, height))
            self._height += height + 0.25 * self._font.pixelSize()
        if len(self._blocks) < len(self._pieces):
            self._more.start()
        else:
            self._more.stop()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(self._height) - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(24)

    def _layout_of(self, piece: str, width: float) -> tuple[QTextLayout, float]:
        layout = QTextLayout(piece, self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        is_rtl = is_right_to_left(piece)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft)
        layout.setTextOption(option)
        layout.setFormats(self._formats(piece))
        layout.beginLayout()
        y = 0.0
        while (text_line := layout.createLine()).isValid():
            text_line.setLineWidth(width)
            pitch = max(text_line.height(), _PITCH * self._font.pixelSize())
            text_line.setPosition(QPointF(0, y + (pitch - text_line.height()) / 2))
            y += pitch
        layout.endLayout()
        return layout, y

    def _formats(self, piece: str) -> list[QTextLayout.FormatRange]:
        palette = colors(self.palette())
        ranges = []
        for start, end in searched(piece, self._marks):
            one = QTextLayout.FormatRange()
            one.start = utf16_length(piece[:start])
            one.length = utf16_length(piece[start:end])
            look = QTextCharFormat()
            look.setBackground(palette.mark)
            look.setForeground(palette.text)
            one.format = look
            ranges.append(one)
        return ranges


def utf16_length(text: str) -> int:
    """How many UTF-16 units, as Qt counts them, the code points of `text` take."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def _cut(text: str) -> list[str]:
    pieces = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        rest = paragraph
        while len(rest) > _PIECE:
            at = rest.rfind(" ", _PIECE // 2, _PIECE) + 1 or _PIECE
            pieces.append(rest[:at])
            rest = rest[at:]
        pieces.append(rest)
    return pieces
