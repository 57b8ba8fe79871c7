"""The tasks as cards to choose from: an icon, the name and one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.resources import resource_path
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.icons import pixmap
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import BODY, CAPTION, text_font

_HEIGHT, _TALL = 74, 88
_NARROW = 530
"""Pixels; in less the sentences take three lines."""
_ICON = 24
_COLUMNS = 2


class TaskCard(QAbstractButton):
    """One task. Checked: it is the one chosen."""

    def __init__(self, task: Task[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task_id = task.id
        self._summary = tr(task.summary)
        self._icon = icon_of(task.id)
        self.setText(tr(task.title))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self._summary)
        set_tool_tip(self, self._summary)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setMinimumSize(180, _HEIGHT)

    def sizeHint(self) -> QSize:
        return QSize(264, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        edge = palette.accent if on or self.hasFocus() else palette.border
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.setBrush(palette.accent_soft if on else palette.hover if self.underMouse() else palette.base)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        ink = palette.accent if on else palette.muted
        picture = pixmap(self._icon, color=ink, size=_ICON, ratio=self.devicePixelRatioF())
        painter.drawPixmap(14, 14, picture)
        room = self.rect().adjusted(14 + _ICON + 12, 10, -12, -8)
        painter.setPen(palette.text)
        painter.setFont(text_font(BODY, bold=True))
        painter.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setPen(palette.muted)
        painter.setFont(text_font(CAPTION))
        top = QFontMetrics(text_font(BODY, bold=True)).height() + 3
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(QRect(room.left(), room.top() + top, room.width(), room.height() - top), flags, self._summary)


class TaskCards(QWidget):
    """Cards of which one is chosen; the arrow keys move the choice. `chosen(task id)`."""

    chosen = Signal(str)

    def __init__(self, tasks: Sequence[Task[Any]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Task"))
        self._group = QButtonGroup(self)
        self.cards = [TaskCard(task) for task in tasks]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for place, card in enumerate(self.cards):
            grid.addWidget(card, place // _COLUMNS, place % _COLUMNS)
            self._group.addButton(card)
            card.toggled.connect(lambda on, one=card: self._choose(one) if on else None)
        self.cards[0].setChecked(True)

    @property
    def choice(self) -> str:
        """The id of the task chosen."""
        return next(card.task_id for card in self.cards if card.isChecked())

    def _choose(self, chosen: TaskCard) -> None:
        for card in self.cards:  # Tab comes to the chosen one, the arrows lead to the others
            card.setFocusPolicy(Qt.FocusPolicy.StrongFocus if card is chosen else Qt.FocusPolicy.ClickFocus)
        self.chosen.emit(chosen.task_id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for card in self.cards:
            card.setMinimumHeight(_TALL if self.width() < _NARROW else _HEIGHT)

    def choose(self, task_id: str) -> None:
        """Choose a task; the signal comes too."""
        for card in self.cards:
            if card.task_id == task_id:
                card.setChecked(True)


def icon_of(task_id: str) -> str:
    """The icon of a task: `icons/task-ID.svg`, or that of tasks as such."""
    own = f"task-{task_id}"
    return own if (resource_path("icons") / f"{own}.svg").is_file() else "task"
