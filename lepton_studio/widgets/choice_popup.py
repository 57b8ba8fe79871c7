"""A list to choose one from, under a button; with a line to narrow it when it is long."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.theme import CAPTION

_NARROW_FROM = 10
_SHOWN = 10
_WIDTH_WITH_TIPS = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: its value, its words, and a colour for a dot before them ("" for none). `tip`: a sentence on when to
    take it, which stands below the list while the line is the current one.
    """

    value: Hashable
    words: str
    color: str = ""
    tip: str = ""


class ChoicePopup(QFrame):
    """Closes and deletes itself after a choice or a click elsewhere. Arrows, Enter and Escape work from the line."""

    chosen = Signal(object)

    def __init__(self, choices: Sequence[Choice], *, parent: QWidget, hint: str = "") -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("role", "card")
        self._choices = choices
        self._line = QLineEdit()
        self._line.setPlaceholderText(hint or tr("Type to filter"))
        self._line.setAccessibleName(hint or tr("Type to filter"))
        self._line.textChanged.connect(self._narrow)
        self._line.installEventFilter(self)
        self._list = QListWidget()
        self._list.setAccessibleName(tr("Choices"))
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._take)
        self._list.itemActivated.connect(self._take)
        self._tip = words("", size=CAPTION, muted=True, wrap=True)
        self._has_tips = any(one.tip for one in choices)
        self._list.currentItemChanged.connect(lambda item, _before: self._show_tip(item))
        self._list.setMouseTracking(True)
        self._list.itemEntered.connect(self._show_tip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self._line)
        layout.addWidget(self._list)
        layout.addWidget(self._tip)
        # Only here, where it has a parent: shown before, it is a window of its own, which takes the focus and so closes
        # every popup.
        self._line.setVisible(len(choices) > _NARROW_FROM or bool(hint))
        self._tip.setVisible(self._has_tips)
        self._narrow("")

    def open_below(self, anchor: QWidget) -> None:
        """Show it under `anchor`, kept on the screen."""
        rows = min(_SHOWN, len(self._choices))
        hint = self._list.sizeHintForRow(0)
        self._list.setFixedHeight(rows * max(hint, 20) + 4)
        least = _WIDTH_WITH_TIPS if self._has_tips else 200
        width = max(least, anchor.width(), min(360, self._list.sizeHintForColumn(0) + 32))
        self._list.setFixedWidth(width)
        self._leave_room_for_tips(width)
        self.adjustSize()
        spot = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
        room = anchor.screen().availableGeometry()
        spot.setX(max(room.left(), min(spot.x(), room.right() - self.width())))
        if spot.y() + self.height() > room.bottom():
            spot.setY(max(room.top(), anchor.mapToGlobal(QPoint(0, 0)).y() - self.height() - 4))
        self.move(spot)
        self.show()
        (self._line if self._line.isVisible() else self._list).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._list.setCurrentRow(max(0, min(self._list.count() - 1, self._list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.currentItem() is not None:
                self._take(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, typed: str) -> None:
        self._list.clear()
        for index, choice in enumerate(self._choices):
            if typed.casefold() in choice.words.casefold():
                item = QListWidgetItem(choice.words)
                item.setData(Qt.ItemDataRole.UserRole, index)
                if choice.color:
                    item.setIcon(_dot(choice.color))
                self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _show_tip(self, item: QListWidgetItem | None) -> None:
        tip = "" if item is None else self._choices[item.data(Qt.ItemDataRole.UserRole)].tip
        self._tip.setText(tip)
        self._list.setAccessibleDescription(tip)

    def _leave_room_for_tips(self, width: int) -> None:
        """For the longest of them, so that the list stays where it is."""
        metrics = QFontMetrics(self._tip.font())
        area = QRect(0, 0, width, 1000)
        heights = [metrics.boundingRect(area, Qt.TextFlag.TextWordWrap, one.tip).height() for one in self._choices]
        self._tip.setFixedSize(width, max(heights, default=0) + 4)

    def _take(self, item: QListWidgetItem) -> None:
        value = self._choices[item.data(Qt.ItemDataRole.UserRole)].value
        self.close()
        self.chosen.emit(value)


def _dot(color: str) -> QIcon:
    pixmap = QPixmap(24, 24)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(2, 2, 8, 8)
    painter.end()
    return QIcon(pixmap)
