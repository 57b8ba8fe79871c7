"""Names with counts as bars: how many samples each label has. A row is a door to what it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QWidget,
)

from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.row_model import RowModel
from lepton_studio.widgets.theme import BODY, CAPTION, SPACE, text_font

ROW = 28


@dataclass(frozen=True, slots=True)
class BarRow:
    """`key` is what `row_clicked` emits. `color` is "#rrggbb" of the dot and bar, "" for the accent.

    `part`: how much of `count` is drawn full; the rest is drawn faint (labelled out of all). `note` stands after
    the count.
    """

    key: object
    title: str
    count: int
    color: str = ""
    part: int | None = None
    note: str = ""

    @property
    def in_words(self) -> str:
        """Its name, its count and what stands behind it."""
        return f"{self.title}: {self.count:,} {self.note}".strip()


class BarRows(QListView):
    """Bars on one common scale. Enter, Space or a click emits `row_clicked(key)`. Scrolls; any number of rows."""

    row_clicked = Signal(object)

    def __init__(self, rows: Sequence[BarRow] = (), *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = _RowsModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_BarDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: palette(window); }")
        self.clicked.connect(self._emit_row)
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[BarRow]) -> None:
        """Show these rows; the current one stays current where its key is still there."""
        current = self.current_key()
        self._model.set_rows(rows)
        for position, row in enumerate(rows):
            if current is not None and row.key == current:
                self.setCurrentIndex(self._model.index(position))

    def rows(self) -> tuple[BarRow, ...]:
        """What is shown."""
        return self._model.rows

    def current_key(self) -> object | None:
        """The key of the current row."""
        row = self.currentIndex().row()
        return self._model.rows[row].key if 0 <= row < len(self._model.rows) else None

    def figures(self) -> list[dict[str, object]]:
        """What is shown, a row for each bar."""
        return [{"title": row.title, "count": row.count, "part": row.part, "note": row.note} for row in self.rows()]

    def full_height(self) -> int:
        """The height, in pixels, at which nothing needs scrolling."""
        return ROW * len(self._model.rows) + 2

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self._emit_row(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _emit_row(self, index: QModelIndex) -> None:
        self.row_clicked.emit(self._model.rows[index.row()].key)


class _RowsModel(RowModel[BarRow]):
    largest = 1

    def measure(self) -> None:
        self.largest = max([1, *(row.count for row in self.rows)])


class _BarDelegate(CellDelegate):
    """Name on the left (at most half), count on the right, a thin bar under both."""

    size = QSize(120, ROW)

    def paint_cell(self, cell: Cell) -> None:
        model: _RowsModel = cell.model
        row, theme, painter, inner = model.rows[cell.row], cell.theme, cell.painter, cell.inner
        color = QColor(row.color) if row.color else theme.accent
        painter.setPen(Qt.PenStyle.NoPen)
        if cell.is_hovered or cell.is_selected:
            painter.setBrush(theme.accent_soft if cell.is_current else theme.hover)
            painter.drawRoundedRect(cell.box, 4, 4)
        painter.setBrush(color)
        painter.drawEllipse(QRectF(inner.left(), cell.box.center().y() - 6, 8, 8))
        note_wide = self._figures(painter, inner, row, muted=theme.muted, ink=theme.text)
        cell.write(row.title, inner.adjusted(16, 0, -note_wide - SPACE, -4), ink=theme.text)
        track = QRectF(inner.left() + 16, cell.box.bottom() - 6, inner.width() - 16, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.hover)
        painter.drawRoundedRect(track, 1.5, 1.5)
        self._bar(painter, track, share=row.count / model.largest, color=color, alpha=1.0 if row.part is None else 0.35)
        if row.part is not None:
            self._bar(painter, track, share=row.part / model.largest, color=color, alpha=1.0)

    @staticmethod
    def _figures(painter: QPainter, inner: QRectF, row: BarRow, *, muted: QColor, ink: QColor) -> float:
        painter.setFont(text_font(CAPTION))
        painter.setPen(muted)
        right = inner.adjusted(0, 0, 0, -4)
        wide = QFontMetricsF(painter.font()).horizontalAdvance(row.note) + 6 if row.note else 0.0
        painter.drawText(right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.note)
        painter.setFont(text_font(BODY, tabular=True))
        painter.setPen(ink if row.count else muted)
        figures = f"{row.count:,}"
        painter.drawText(
            right.adjusted(0, 0, -wide, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figures
        )
        return wide + QFontMetricsF(painter.font()).horizontalAdvance(figures)

    @staticmethod
    def _bar(painter: QPainter, track: QRectF, *, share: float, color: QColor, alpha: float) -> None:
        if share <= 0:
            return
        filled = QColor(color)
        filled.setAlphaF(alpha)
        painter.setBrush(filled)
        painter.drawRoundedRect(QRectF(track.left(), track.top(), max(3.0, track.width() * share), 3), 1.5, 1.5)


def sample_rows() -> BarRows:
    """Six labels of an invented project."""
    names = ("card stuck", "lost card", "refund", "cash machine", "a label with quite a long name indeed", "信用卡丢失")
    hues = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
    return BarRows(
        [BarRow(n, name, 400 >> n, hue) for n, (name, hue) in enumerate(zip(names, hues, strict=True))], name="Labels"
    )


if __name__ == "__main__":
    from lepton_studio.widgets.chart_style import show_alone

    show_alone(sample_rows)
