"""How every table of the window looks and moves."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyle, QStyleOptionViewItem, QTableView, QWidget

from lepton_studio.widgets.theme import colors, mixed


def dress_table(table: QTableView, *, row: int) -> None:
    """Whole rows to choose, no frame, no grid, nothing to edit; Tab leads out of it. `row`: the height of a row."""
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(row)
    table.horizontalHeader().setHighlightSections(False)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> QRectF:
    """The ground of a cell that paints itself: the colour of a chosen row, a thin line below. Returns its box."""
    view: QWidget = option.widget
    state: QStyle.StateFlag = option.state
    theme, box = colors(view.palette()), QRectF(option.rect)
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(box, theme.accent_soft if view.hasFocus() else theme.hover)
    painter.fillRect(QRectF(box.left(), box.bottom(), box.width(), 1), mixed(theme.text, theme.window, 0.07))
    return box
