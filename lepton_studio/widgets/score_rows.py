"""Names with scores and how sure these are, on one scale: a point on its interval, what goes on beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.color import mixed
from lepton_studio.widgets.row_model import RowModel
from lepton_studio.widgets.theme import CAPTION, SPACE, text_font

ROW = 26
_MOST_ROWS = 8
_NAME_SHARE, _NOTE_SHARE = 0.34, 0.30


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """`value` lies between `low` and `high`; None: not known yet. `said` is the value in words, `note` what goes on,
    `tip` more of it. `is_out`: it takes no further part; `is_first`: it is the one that was taken. `share` of what is
    at work is done, 0 for nothing.
    """

    title: str
    value: float | None = None
    low: float = 0.0
    high: float = 1.0
    said: str = ""
    note: str = ""
    tip: str = ""
    is_out: bool = False
    is_first: bool = False
    share: float = 0.0

    @property
    def in_words(self) -> str:
        """All that it says."""
        return ", ".join(one for one in (self.title, self.said, self.note, self.tip) if one)


class ScoreRows(QListView):
    """Rows that are read and not chosen; as high as its rows up to eight, then it scrolls."""

    def __init__(self, rows: Sequence[ScoreRow] = (), *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._model = _RowsModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_ScoreDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: palette(window); }")
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[ScoreRow]) -> None:
        """Show these."""
        if tuple(rows) != self._model.rows:
            self._model.set_rows(rows)
        self.setFixedHeight(ROW * min(len(rows), _MOST_ROWS) + 2)

    def rows(self) -> tuple[ScoreRow, ...]:
        """What is shown."""
        return self._model.rows


class _RowsModel(RowModel[ScoreRow]):
    low, high = 0.0, 1.0

    def measure(self) -> None:
        known = [row for row in self.rows if row.value is not None]
        self.low = min([row.low for row in known], default=0.0)
        self.high = max([row.high for row in known], default=1.0)

    def place(self, value: float) -> float:
        """Along the scale, 0..1."""
        return (value - self.low) / max(1e-9, self.high - self.low)


class _ScoreDelegate(CellDelegate):
    """Name on the left, the interval with its point in the middle, then the value and what goes on."""

    size = QSize(200, ROW)

    def paint_cell(self, cell: Cell) -> None:
        model: _RowsModel = cell.model
        row, theme, inner = model.rows[cell.row], cell.theme, cell.inner
        ink = theme.muted if row.is_out else theme.text
        wide = inner.width()
        name = QRectF(inner.left(), inner.top(), wide * _NAME_SHARE - SPACE, inner.height())
        note = QRectF(inner.right() - wide * _NOTE_SHARE, inner.top(), wide * _NOTE_SHARE, inner.height())
        figures = QFontMetricsF(text_font(CAPTION)).horizontalAdvance("00.0% ") + 2 * SPACE
        track = QRectF(
            name.right() + SPACE, inner.top(), note.left() - name.right() - figures - 2 * SPACE, inner.height()
        )
        cell.write_name(row.title, name, color=theme.accent.name() if row.is_first else "", ink=ink)
        if row.value is not None:
            self._interval(cell, row, track, color=theme.accent if not row.is_out else theme.muted)
            cell.write(row.said, QRectF(track.right(), inner.top(), figures, inner.height()), ink=ink, at_right=True)
        if row.share:
            self._progress(cell, note, share=row.share)
        cell.write(row.note, note.adjusted(SPACE, 0, 0, 0), ink=theme.muted)

    @staticmethod
    def _interval(cell: Cell, row: ScoreRow, track: QRectF, *, color: QColor) -> None:
        model: _RowsModel = cell.model
        assert row.value is not None
        middle = track.center().y()
        ends = [track.left() + model.place(one) * track.width() for one in (row.low, row.high)]
        cell.painter.fillRect(
            QRectF(ends[0], middle - 1, max(1.0, ends[1] - ends[0]), 2), mixed(color, cell.theme.window, 0.5)
        )
        cell.painter.setPen(Qt.PenStyle.NoPen)
        cell.painter.setBrush(color)
        at = track.left() + model.place(row.value) * track.width()
        cell.painter.drawEllipse(QRectF(at - 4, middle - 4, 8, 8))

    @staticmethod
    def _progress(cell: Cell, box: QRectF, *, share: float) -> None:
        line = QRectF(box.left() + SPACE, box.bottom() - 4, box.width() - SPACE, 2)
        cell.painter.fillRect(line, cell.theme.hover)
        cell.painter.fillRect(QRectF(line.left(), line.top(), line.width() * min(1.0, share), 2), cell.theme.accent)


def sample_rows() -> ScoreRows:
    """A race as it may stand."""
    return ScoreRows(
        [
            ScoreRow("Few labels (pairs of texts)", 0.63, 0.52, 0.74, "63%", "3 of 5 folds", share=0.4),
            ScoreRow("Quick model", 0.51, 0.40, 0.62, "51%", "5 of 5 folds"),
            ScoreRow("Word statistics", 0.31, 0.2, 0.42, "31%", "out: behind", is_out=True),
            ScoreRow("Full fine-tuning + a long name of another one", note="waiting"),
        ],
        name="Methods",
    )


if __name__ == "__main__":
    from lepton_studio.widgets.chart_style import show_alone

    show_alone(sample_rows)
