"""Cells of tables and lists that paint themselves: one delegate, and what is painted in most of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from lepton_studio.widgets.color import Colors, colors, mixed
from lepton_studio.widgets.theme import BODY, SPACE, text_font

Index = QModelIndex | QPersistentModelIndex

_DOT, _BEHIND_DOT = 8, 16


@dataclass(frozen=True, slots=True)
class Cell:
    """What a delegate paints. `model`, `row` and `column` are those of the model itself, behind any sorting."""

    painter: QPainter
    view: QWidget
    theme: Colors
    box: QRectF
    model: Any
    row: int
    column: int
    index: Index
    is_selected: bool
    is_hovered: bool

    @property
    def text(self) -> str:
        """What the model shows there."""
        said = self.index.data()
        return "" if said is None else str(said)

    @property
    def is_current(self) -> bool:
        """Selected in a table that has the focus."""
        return self.is_selected and self.view.hasFocus()

    @property
    def inner(self) -> QRectF:
        """The box without its margins at both sides."""
        return self.box.adjusted(SPACE, 0, -SPACE, 0)

    def fill_if_selected(self) -> None:
        """The colour of a chosen row."""
        if self.is_selected:
            self.painter.fillRect(self.box, self.theme.accent_soft if self.is_current else self.theme.hover)

    def line_below(self) -> None:
        """A thin line between this row and the next."""
        thin = QRectF(self.box.left(), self.box.bottom(), self.box.width(), 1)
        self.painter.fillRect(thin, mixed(self.theme.text, self.theme.window, 0.07))

    def dot(self, box: QRectF, color: QColor) -> None:
        """A dot at the left of a box, in the middle of its height: a label's, a run's."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(color)
        self.painter.drawEllipse(QRectF(box.left(), box.center().y() - _DOT / 2, _DOT, _DOT))

    def write(self, text: str, box: QRectF, *, ink: QColor, at_right: bool = False, tabular: bool = False) -> None:
        """Text on one line; what is too long is cut."""
        self.painter.setFont(text_font(BODY, tabular=tabular))
        self.painter.setPen(ink)
        shown = self.painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(box.width()))
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        self.painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def write_name(self, name: str, box: QRectF, *, color: str, ink: QColor) -> None:
        """A name, with room before it for the dot of its label; `color` "#rrggbb", "" for no dot."""
        if color:
            self.dot(box, QColor(color))
        self.write(name, box.adjusted(_BEHIND_DOT, 0, 0, 0), ink=ink)


class CellDelegate(QStyledItemDelegate):
    """Paints each cell by `paint_cell`. `size`: what a cell asks for."""

    size = QSize(60, 32)

    def paint_cell(self, cell: Cell) -> None:
        """Paint what stands in the cell; the painter is given back as it was."""
        raise NotImplementedError

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: QWidget = option.widget
        state: QStyle.StateFlag = option.state
        shown = index.model()
        place = shown.mapToSource(index) if isinstance(shown, QSortFilterProxyModel) else index
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_cell(
            Cell(
                painter,
                view,
                theme=colors(view.palette()),
                box=QRectF(option.rect),
                model=place.model(),
                row=place.row(),
                column=place.column(),
                index=index,
                is_selected=bool(state & QStyle.StateFlag.State_Selected),
                is_hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            )
        )
        painter.restore()
