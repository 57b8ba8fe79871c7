"""One text in large type, to be read and copied from: lines of a good length, found words marked, any length.

The text stays in Python; nothing is ever read back from Qt. Long texts are laid out piece by piece between events.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
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
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.direction import is_right_to_left
from lepton_studio.widgets.marked_text.finding import searched
from lepton_studio.widgets.signed_bars import side_color, tinted
from lepton_studio.widgets.theme import SAMPLE, line_width, text_font
from lepton_studio.widgets.zoom import zoom_of_texts

_PIECE = 3000
"""Code points laid out as one block at most; a longer paragraph is cut at a space."""
_AT_ONCE = 12_000
"""Code points laid out before the first paint; the rest follows between events."""
_PITCH = 1.7
"""From line to line, as a multiple of the size of type: the same in every script, unless its letters are taller."""
_LINE_LENGTH = 70


@dataclass(frozen=True, slots=True)
class Tint:
    """Code points `start` to `end` (exclusive) speak for something, `weight` 0..1, or against it, -1..0."""

    start: int
    end: int
    weight: float


@dataclass
class _Block:
    layout: QTextLayout
    top: float
    height: float


class SampleView(QAbstractScrollArea):
    """Shows `set_text(text)`; `set_marks(words)` marks each occurrence, as a search finds it; `set_tints(tints)` says
    by colour and line what speaks for something and what against it. The mouse selects text.

    It takes no focus: whoever holds it offers its keys to `scroll_by_key`, and copies `selected_text`.
    """

    accessible_role = QAccessible.Role.Document

    def __init__(self, parent: QWidget | None = None, *, size: int = SAMPLE) -> None:
        super().__init__(parent)
        self._size = size
        self._zoom = zoom_of_texts()
        self._zoom.changed.connect(self._take_zoom)
        self._font = text_font(self._zoom.size(size))
        self._text = ""
        self._marks: tuple[str, ...] = ()
        self._tints: tuple[Tint, ...] = ()
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._selected: tuple[int, int] = (0, 0)  # from where the mouse was pressed to where it is; code points
        self._is_pressed = False
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
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)

    @property
    def text(self) -> str:
        """The text as it was given."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text, from its beginning."""
        self._text = text
        self.setAccessibleDescription(text[:4000])
        cut = _cut(text)
        self._starts, self._pieces = [start for start, _ in cut], [piece for _, piece in cut]
        self._selected = (0, 0)
        self._tints = ()
        self._start()
        self.verticalScrollBar().setValue(0)

    def set_marks(self, found: Sequence[str]) -> None:
        """Mark these words; the empty ones are left out."""
        marks = tuple(word for word in found if word)
        if marks != self._marks:
            self._marks = marks
            self._start()

    def set_tints(self, tints: Sequence[Tint]) -> None:
        """Tint these parts, which do not overlap: a full line under those for, dashes under those against."""
        self._tints = tuple(sorted(tints, key=lambda one: one.start))
        self._start()

    def text_width(self) -> int:
        """The width of a full line, at most what the window gives."""
        return max(80, min(line_width(_LINE_LENGTH, size=self._font.pixelSize()), self.viewport().width()))

    def content_height(self) -> int:
        """The height of what has been laid out so far."""
        return round(self._height)

    @property
    def selected_text(self) -> str:
        """What the mouse has selected, "" for nothing."""
        return self._text[slice(*sorted(self._selected))]

    def select(self, start: int, end: int) -> None:
        """Select these code points."""
        self._selected = (start, end)
        self.viewport().update()

    def scroll_by_key(self, event: QKeyEvent) -> bool:
        """Scroll by arrows up and down, Page Up, Page Down, Home and End; False for other keys, and at an end."""
        bar = self.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -2 * bar.singleStep(),
            Qt.Key.Key_Down: 2 * bar.singleStep(),
            Qt.Key.Key_PageUp: -bar.pageStep() * 9 // 10,
            Qt.Key.Key_PageDown: bar.pageStep() * 9 // 10,
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.key() == Qt.Key.Key_End:
            self._lay_out(len(self._text) + 40 * len(self._pieces))
            step = bar.maximum()
        bar.setValue(bar.value() + step)
        return True

    def position_at(self, point: QPointF) -> int:
        """The place between code points that is nearest to a point of the viewport."""
        y = point.y() + self.verticalScrollBar().value()
        place = next((place for place, block in enumerate(self._blocks) if y < block.top + block.height), None)
        if place is None or not self._blocks:
            return self._starts[len(self._blocks)] if len(self._blocks) < len(self._starts) else len(self._text)
        block, piece = self._blocks[place], self._pieces[place]
        if y < block.top or not block.layout.lineCount():
            return self._starts[place]
        lines = [block.layout.lineAt(i) for i in range(block.layout.lineCount())]
        below = [line for line in lines if line.y() <= y - block.top]
        units = (below[-1] if below else lines[0]).xToCursor(point.x())
        return self._starts[place] + code_points(piece, units)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        at = self.position_at(event.position())
        self._is_pressed = True
        extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.select(self._selected[0] if extends else at, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_pressed:
            y, bar = event.position().y(), self.verticalScrollBar()
            beyond = min(y, 0) + max(y - self.viewport().height(), 0)
            bar.setValue(round(bar.value() + beyond))
            self.select(self._selected[0], self.position_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_pressed = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.position_at(event.position())
        words = (found.span() for found in re.finditer(r"\w+|\S", self._text[max(0, at - 200) : at + 200]))
        first = max(0, at - 200)
        start, end = next(((start, end) for start, end in words if first + start <= at <= first + end), (0, 0))
        self.select(first + start, first + end)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setPen(colors(self.palette()).text)
        offset = self.verticalScrollBar().value()
        for place, block in enumerate(self._blocks):
            top = block.top - offset
            if top > self.viewport().height():
                break
            if top + block.height >= 0:
                block.layout.draw(painter, QPointF(0, top), self._selection_in(place))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if selected := self.selected_text:
            menu.addAction(tr("Copy selection"), lambda: QGuiApplication.clipboard().setText(selected))
        menu.addAction(tr("Copy text"), lambda: QGuiApplication.clipboard().setText(self._text))
        menu.popup(event.globalPos())

    def _selection_in(self, place: int) -> list[QTextLayout.FormatRange]:
        piece, first = self._pieces[place], self._starts[place]
        low, high = (min(max(0, one - first), len(piece)) for one in sorted(self._selected))
        if low == high:
            return []
        look = QTextCharFormat()
        look.setBackground(self.palette().highlight())
        look.setForeground(self.palette().highlightedText())
        return [_format_range(piece, low, high, look)]

    def _take_zoom(self) -> None:
        self._font = text_font(self._zoom.size(self._size))
        self._start()
        self.updateGeometry()

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
            layout, height = self._layout_of(piece, self._starts[len(self._blocks)], width)
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

    def _layout_of(self, piece: str, first: int, width: float) -> tuple[QTextLayout, float]:
        layout = QTextLayout(piece, self._font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        is_rtl = is_right_to_left(piece)
        option.setTextDirection(Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight)
        option.setAlignment(Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft)
        layout.setTextOption(option)
        layout.setFormats([*self._formats(piece), *self._tinted(piece, first)])
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
            look = QTextCharFormat()
            look.setBackground(palette.mark)
            look.setForeground(palette.text)
            ranges.append(_format_range(piece, start, end, look))
        return ranges

    def _tinted(self, piece: str, first: int) -> list[QTextLayout.FormatRange]:
        theme, ranges = colors(self.palette()), []
        for tint in self._tints:
            start, end = max(0, tint.start - first), min(len(piece), tint.end - first)
            if start < end and tint.weight:
                look = QTextCharFormat()
                look.setBackground(tinted(theme, tint.weight))
                look.setForeground(theme.text)
                is_for = tint.weight > 0
                style = QTextCharFormat.UnderlineStyle
                look.setUnderlineStyle(style.SingleUnderline if is_for else style.DashUnderline)
                look.setUnderlineColor(side_color(theme, is_for=is_for))
                ranges.append(_format_range(piece, start, end, look))
        return ranges


def _format_range(piece: str, start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    one = QTextLayout.FormatRange()
    one.start, one.length, one.format = utf16_length(piece[:start]), utf16_length(piece[start:end]), look
    return one


def utf16_length(text: str) -> int:
    """How many UTF-16 units, as Qt counts them, the code points of `text` take."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def code_points(text: str, units: int) -> int:
    """How many code points of `text` its first `units` UTF-16 units are."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def _cut(text: str) -> list[tuple[int, str]]:
    """The pieces, without ends of lines, each after the code point at which it begins."""
    pieces = []
    start = 0
    for paragraph in re.split("(\r\n|\r|\n)", text):
        if paragraph in ("\r\n", "\r", "\n"):
            start += len(paragraph)
            continue
        rest = paragraph
        while len(rest) > _PIECE:
            at = rest.rfind(" ", _PIECE // 2, _PIECE) + 1 or _PIECE
            pieces.append((start, rest[:at]))
            start, rest = start + at, rest[at:]
        pieces.append((start, rest))
        start += len(rest)
    return pieces
