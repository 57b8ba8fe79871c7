"""Everything that can be done, found by typing a few letters (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.actions import Action
from lepton_studio.widgets.color import colors

KEY_ROLE = Qt.ItemDataRole.UserRole + 1


class KeyAtTheRight(QStyledItemDelegate):
    """The command's key at the end of its line."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        view = cast(QWidget, self.parent())
        rect: QRect = option.rect
        painter.setPen(colors(view.palette()).muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -12, 0), right, index.data(KEY_ROLE))


class CommandPalette(Overlay):
    """Lists the actions that are enabled now; the best match first. Enter runs the marked one."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560, top=80)
        self._actions: Sequence[Action] = ()
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("What do you want to do?"))
        self.line.setAccessibleName(tr("What do you want to do?"))
        self.line.textChanged.connect(self._narrow)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Commands"))
        self.list.setItemDelegate(KeyAtTheRight(self.list))
        self.list.setFixedHeight(320)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._run)
        self.card_layout.setContentsMargins(12, 12, 12, 12)
        self.card_layout.addWidget(self.line)
        self.card_layout.addWidget(self.list)

    def open_with(self, actions: Sequence[Action]) -> None:
        """Open it on these actions."""
        self._actions = [action for action in actions if action.enabled()]
        self.line.clear()
        self._narrow("")
        self.open_over()
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.list.count():
                self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.list.currentItem() is not None:
                    self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, typed: str) -> None:
        self.list.clear()
        ranked = [(rank, action) for action in self._actions if (rank := match_rank(typed, action.title)) is not None]
        for _rank, action in sorted(ranked, key=lambda pair: pair[0]):
            item = QListWidgetItem(action.title)
            item.setData(Qt.ItemDataRole.UserRole, action.id)
            item.setData(KEY_ROLE, QKeySequence(action.main_key).toString(QKeySequence.SequenceFormat.NativeText))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self, item: QListWidgetItem) -> None:
        chosen = item.data(Qt.ItemDataRole.UserRole)
        self.close_over()
        next(action for action in self._actions if action.id == chosen).run()


def match_rank(typed: str, title: str) -> int | None:
    """How well the title fits what was typed (0 best); None when its letters do not occur in this order."""
    wanted, text = typed.casefold().strip(), title.casefold()
    if text.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in text.split()):
        return 1
    if wanted in text:
        return 2
    rest = iter(text)
    return 3 if all(letter in rest for letter in wanted if letter != " ") else None
