"""What stands below the labels where a text leaves room: samples like it with their labels, the words that count, and
the next texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.fold import Fold
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.resized import Resized
from lepton_studio.widgets.theme import BODY, CAPTION, text_font

_ROWS = 3
_LINE = 26
_GAP = 16
_LEAST = 130
"""Pixels that it needs below the gap; with less it is not there."""
_LABEL = 0.4
"""Of a line, at most, for the label."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text in one line; `label` and `color` of the annotation that it has, if it is one to take; `after`: a few
    characters behind it."""

    sample: int
    text: str
    label: str = ""
    color: str = ""
    after: str = ""


class LineButton(QAbstractButton):
    """One line to click on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = Line(0, "")
        self.setFont(text_font(BODY, tabular=True))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def line(self) -> Line:
        """What it shows."""
        return self._line

    def show_line(self, line: Line) -> None:
        """Show another one."""
        self._line = line
        self.setAccessibleName(f"{line.label}: {line.text}" if line.label else line.text)
        set_tool_tip(self, line.text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, _LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, line = colors(self.palette()), self._line
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.hover)
            painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        metrics, side = QFontMetrics(self.font()), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        room = self.rect().adjusted(6, 0, -6, 0)
        if line.color:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(line.color))
            painter.drawEllipse(QPointF(room.left() + 4, self.height() / 2), 4, 4)
            room.setLeft(room.left() + 14)
        if line.label:
            label = metrics.elidedText(line.label, Qt.TextElideMode.ElideRight, round(room.width() * _LABEL))
            painter.setPen(palette.text)
            painter.drawText(room, side, label)
            room.setLeft(room.left() + metrics.horizontalAdvance(label) + 10)
        painter.setPen(palette.muted)
        if line.after:
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.after)
            room.setRight(room.right() - metrics.horizontalAdvance(line.after) - 10)
        painter.drawText(room, side, metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, room.width()))


class _Lines(QWidget):
    """A heading and some lines; not there without any."""

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = words("", size=CAPTION, muted=True)
        self.lines = [LineButton() for _ in range(_ROWS)]
        for one in self.lines:
            one.clicked.connect(lambda _on=False, line=one: self.wanted.emit(line.line.sample))
        heading = row(6, self._title, None, gap=0)
        self.setLayout(column(heading, 2, *self.lines, None, gap=0))
        self.hide()

    def show_lines(self, title: str, lines: Sequence[Line]) -> None:
        self._title.setText(title)
        for place, shown in enumerate(self.lines):
            shown.setVisible(place < len(lines))
            if place < len(lines):
                shown.show_line(lines[place])
        self.setVisible(bool(lines))


class BesidePanel(Resized):
    """Takes the room that is left and needs none: whatever it shows, nothing else moves.

    `sample_wanted`: a line was clicked on. `folded`: the person opened or closed it.
    """

    sample_wanted = Signal(int)
    folded = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._near, self._next = _Lines(), _Lines()
        for lines in (self._near, self._next):
            lines.wanted.connect(self.sample_wanted)
        self._words_title = words("", size=CAPTION, muted=True)
        self._words = words("", wrap=True)
        self._counting = QWidget()
        self._counting.setLayout(column(self._words_title, 6, self._words, None, gap=0))
        self._counting.hide()
        content = QWidget()
        inside = row(self._near, self._counting, self._next, gap=24)
        for place, share in enumerate((5, 2, 4)):
            inside.setStretch(place, share)
        content.setLayout(inside)
        self.fold = Fold(tr("At a glance"), content=content)
        self.fold.opened.connect(lambda _opened: self.folded.emit(not self.fold.is_open()))
        self.setLayout(column(_GAP, self.fold, None, gap=0))
        self.resized.connect(self._show_what_fits)
        self._show_what_fits()

    @property
    def near(self) -> list[Line]:
        """The samples like this one that it shows."""
        return [one.line for one in self._near.lines if self._near.isVisibleTo(self) and one.isVisibleTo(self._near)]

    @property
    def words(self) -> str:
        """The words that count, as it shows them."""
        return self._words.text() if self._counting.isVisibleTo(self) else ""

    @property
    def next(self) -> list[Line]:
        """The texts that come next, as it shows them."""
        return [one.line for one in self._next.lines if self._next.isVisibleTo(self) and one.isVisibleTo(self._next)]

    def show_near(self, lines: Sequence[Line], *, key: str) -> None:
        """Samples like the one in view, the nearest first; `key` takes the label of that."""
        self._near.show_lines(tr("Similar, labelled · {key} takes the first label", key=key), lines[:_ROWS])
        self._show_what_fits()

    def show_words(self, found: Sequence[str], *, label: str) -> None:
        """The words of the text that speak for `label`, or for what is suggested where that is ""."""
        self._words_title.setText(tr("Words for {label}", label=label) if label else tr("Words that count"))
        self._words.setText(" · ".join(found))
        self._counting.setVisible(bool(found))
        self._show_what_fits()

    def show_next(self, lines: Sequence[Line]) -> None:
        """The texts that come next."""
        self._next.show_lines(tr("Up next"), lines[:_ROWS])
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        has_any = any(one.isVisibleTo(self.fold) for one in (self._near, self._counting, self._next))
        self.fold.setVisible(has_any and self.height() >= _GAP + _LEAST)
