"""Names with what speaks for something and what against it: bars to the right and to the left of a middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.color import Colors, mixed
from lepton_studio.widgets.row_model import RowModel
from lepton_studio.widgets.theme import BODY, SPACE, text_font

ROW = 26
_NAME_SHARE = 0.46
_FOR, _AGAINST = QColor("#0072b2"), QColor("#d55e00")  # of Okabe and Ito: told apart by every eye


def side_color(theme: Colors, *, is_for: bool) -> QColor:
    """Blue for, orange against, as it is seen on light and on dark."""
    color = _FOR if is_for else _AGAINST
    return mixed(QColor("#ffffff"), color, 0.3) if theme.dark else color


def tinted(theme: Colors, weight: float) -> QColor:
    """The colour behind a word: `weight` -1..1 is how strongly it speaks for or against. Text is read well on it."""
    return mixed(side_color(theme, is_for=weight > 0), theme.base, 0.06 + 0.39 * min(1.0, abs(weight)))


@dataclass(frozen=True, slots=True)
class SignedRow:
    """`value` is drawn, `said` is it in figures with its sign."""

    title: str
    value: float
    said: str

    @property
    def in_words(self) -> str:
        """Its name and its figure."""
        return f"{self.title}, {self.said}"


class SignedBars(QListView):
    """Rows that are read and not chosen, on one common scale; it scrolls."""

    def __init__(self, rows: Sequence[SignedRow] = (), *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = _RowsModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_SignedDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[SignedRow]) -> None:
        """Show these, from the first."""
        self._model.set_rows(rows)
        self.scrollToTop()

    def rows(self) -> tuple[SignedRow, ...]:
        """What is shown."""
        return self._model.rows


class _RowsModel(RowModel[SignedRow]):
    largest = 1e-9

    def measure(self) -> None:
        self.largest = max([1e-9, *(abs(row.value) for row in self.rows)])


class _SignedDelegate(CellDelegate):
    """Name on the left, the bar from the middle of its track, the figure on the right."""

    size = QSize(200, ROW)

    def paint_cell(self, cell: Cell) -> None:
        model: _RowsModel = cell.model
        row, inner, theme = model.rows[cell.row], cell.inner, cell.theme
        figures = QFontMetricsF(text_font(BODY, tabular=True)).horizontalAdvance("+00.00")
        name = QRectF(inner.left(), inner.top(), inner.width() * _NAME_SHARE, inner.height())
        cell.write(row.title, name, ink=theme.text)
        track = QRectF(name.right() + SPACE, 0, inner.right() - figures - name.right() - 2 * SPACE, inner.height())
        middle, reach = track.center().x(), row.value / model.largest * track.width() / 2
        cell.painter.fillRect(QRectF(middle, inner.top(), 1, inner.height()), theme.border)
        bar = QRectF(min(middle, middle + reach), inner.center().y() - 4, max(1.0, abs(reach)), 8)
        cell.painter.fillRect(bar, side_color(theme, is_for=row.value > 0))
        box = QRectF(inner.right() - figures, inner.top(), figures, inner.height())
        cell.write(row.said, box, ink=theme.text, at_right=True, tabular=True)


def sample_rows() -> SignedBars:
    """Words of a complaint."""
    weights = (("swallowed", 1.31), ("refund", -0.84), ("card", 0.52), ("Monday", -0.04), ("信用卡", 0.31))
    return SignedBars([SignedRow(name, one, f"{one:+.2f}") for name, one in weights], name="Words")


if __name__ == "__main__":
    from lepton_studio.widgets.chart_style import show_alone

    show_alone(sample_rows)
