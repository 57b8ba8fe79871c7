"""The table of predictions: a row a sample, put right in place by key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from lepton_studio.language import tr
from lepton_studio.project.records import LabelId, PredictedSample, SampleId
from lepton_studio.ui.inspect.model import (
    CONFIDENCE,
    ERRORS,
    LABEL,
    PREDICTION,
    QUALITY,
    TEXT,
    PredictionsModel,
)
from lepton_studio.widgets.cells import Cell, CellDelegate
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.color import Colors, mixed, readable
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, CAPTION, SPACE, text_font

ROW = 32
_TEXT_LEAST, _LABEL, _LABEL_LEAST, _CONFIDENCE = 120, 132, 84, 84
_VALUES_TEXT_LEAST, _QUALITY, _ERRORS = 168, 72, 132
_VALUE_LEAST, _MEASURED = 64, 50
"""Pixels; rows whose values say how wide their columns are."""


class PredictionsTable(QTableView):
    """Enter emits `accept_asked()`; other plain keys are for the editor of the sample below: `key_pressed(event)`.

    `by_key`: a value is one label, and its key emits `label_pressed(id)`, "/" `choose_asked()`.
    """

    label_pressed = Signal(int)
    key_pressed = Signal(object)
    """QKeyEvent; who takes it accepts it."""
    accept_asked = Signal()
    choose_asked = Signal()
    menu_asked = Signal(object)
    """QPoint on the screen."""
    current_changed = Signal()

    def __init__(self, model: PredictionsModel, *, by_key: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Predictions"))
        self.predictions = model
        self.by_key = by_key
        self.setModel(model)
        self.setItemDelegate(_PredictionDelegate(self))
        self.setStyleSheet("QTableView, QHeaderView, QHeaderView::section { background: palette(window); }")
        dress_table(self, row=ROW)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        heading = self.horizontalHeader()
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        heading.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(ERRORS, _ERRORS)
        self.setColumnWidth(QUALITY, _QUALITY)
        self.setColumnWidth(CONFIDENCE, _CONFIDENCE)
        model.modelReset.connect(self._fit)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.current_changed.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """What says least goes where there is no room for all."""
        width = self.viewport().width()
        if self.by_key:
            room = (width - _TEXT_LEAST - _CONFIDENCE) // 2
            for column in (ERRORS, QUALITY):
                self.setColumnHidden(column, True)
            for column in (LABEL, PREDICTION):
                self.setColumnWidth(column, max(_LABEL_LEAST, min(_LABEL, room)))
            return
        room = width - _VALUES_TEXT_LEAST - 2 * _LABEL_LEAST
        several = len(self.predictions.task.kinds) > 1
        for column, needed, wanted in (
            (ERRORS, _ERRORS, several),
            (CONFIDENCE, _CONFIDENCE, True),
            (QUALITY, _QUALITY, True),
        ):
            self.setColumnHidden(column, not wanted or room < needed)
            room -= 0 if self.isColumnHidden(column) else needed
        most = _LABEL_LEAST + max(0, room) // 2
        for column in (LABEL, PREDICTION):
            self.setColumnWidth(column, max(_VALUE_LEAST, min(most, self._width_of_values(column))))

    def _width_of_values(self, column: int) -> int:
        """What the values of the first rows need."""
        model = self.predictions
        words = [str(model.headerData(column, Qt.Orientation.Horizontal))]
        words += [str(model.index(row, column).data()) for row in range(min(_MEASURED, len(model.rows)))]
        metrics = QFontMetrics(text_font(BODY))
        return max(metrics.horizontalAdvance(one[:200]) for one in words) + 3 * SPACE

    def current(self) -> PredictedSample | None:
        """The prediction of the current row."""
        row = self.currentIndex().row()
        return self.predictions.rows[row] if 0 <= row < len(self.predictions.rows) else None

    def chosen(self) -> tuple[SampleId, ...]:
        """The samples of the rows that are selected, ascending."""
        rows = self.predictions.rows
        return tuple(sorted(rows[one.row()].sample.id for one in self.selectionModel().selectedRows()))

    def choose_row(self, row: int) -> None:
        """Make a row the current one, where there is such a row."""
        if 0 <= row < len(self.predictions.rows):
            self.setCurrentIndex(self.predictions.index(row, 0))
        elif not self.predictions.rows:
            self.current_changed.emit()

    def next_row(self) -> None:
        """Go on to the next row, reading on where needed."""
        row = self.currentIndex().row() + 1
        if row >= len(self.predictions.rows) and self.predictions.canFetchMore(QModelIndex()):
            self.predictions.fetchMore(QModelIndex())
        self.choose_row(row)

    def key_labels(self) -> dict[str, LabelId]:
        """The label behind each key."""
        return {label.key.casefold(): label.id for label in self.predictions.labels.values() if label.key}

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        typed = event.text().casefold()
        if self.current() is None:
            super().keyPressEvent(event)
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_asked.emit()
        elif self.by_key and plain and typed == "/":
            self.choose_asked.emit()
        elif self.by_key and plain and typed and (label := self.key_labels().get(typed)) is not None:
            self.label_pressed.emit(label)
        elif plain and typed.isprintable() and typed.strip():
            event.ignore()  # no search by typing: letters are labels, and keys of the editor and the page
            self.key_pressed.emit(event)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current() is not None:
            self.menu_asked.emit(event.globalPos())


class _PredictionDelegate(CellDelegate):
    size = QSize(60, ROW)

    def __init__(self, table: PredictionsTable) -> None:
        super().__init__(table)
        self._by_key = table.by_key

    def paint_cell(self, cell: Cell) -> None:
        model: PredictionsModel = cell.model
        row, column, inner, theme = model.rows[cell.row], cell.column, cell.inner, cell.theme
        charts = chart_colors(cell.view.palette())
        cell.fill_if_selected()
        cell.line_below()
        if column == TEXT:
            if row.fixed:
                inner.setRight(inner.right() - _paint_fixed(cell.painter, inner, theme))
            cell.write(cell.text, inner, ink=theme.text)
        elif column == ERRORS:
            _paint_chips(cell.painter, inner, model.error_chips(row), ink=charts.wrong, theme=theme)
        elif column in (QUALITY, CONFIDENCE):
            cell.write(cell.text, inner, ink=theme.muted, at_right=True, tabular=True)
        else:
            if self._by_key:
                label = row.prediction.predicted if column == PREDICTION else model.label_of(row.sample)
                cell.dot(inner, QColor(model.color_of(label) or theme.muted))
                inner.adjust(14, 0, 0, 0)
            wrong = column == PREDICTION and bool(model.reading(row).errors)
            cell.write(cell.text, inner, ink=readable(charts.wrong, on=theme.window) if wrong else theme.text)


def _paint_fixed(painter: QPainter, box: QRectF, theme: Colors) -> float:
    """The word "fixed" at the right end; returns the room it took."""
    words = tr("fixed")
    painter.setFont(text_font(CAPTION, bold=True))
    width = painter.fontMetrics().horizontalAdvance(words) + 12
    _paint_badge(
        painter, QRectF(box.right() - width, box.center().y() - 9, width, 18), words, ink=theme.good, theme=theme
    )
    return width + SPACE


def _paint_chips(painter: QPainter, box: QRectF, chips: Sequence[str], *, ink: QColor, theme: Colors) -> None:
    """Words in badges from the left; those that do not fit are counted in a last one."""
    painter.setFont(text_font(CAPTION, bold=True))
    left, metrics = box.left(), painter.fontMetrics()
    for place, words in enumerate(chips):
        rest = f"+{len(chips) - place}"
        width = metrics.horizontalAdvance(words) + 12
        last = place == len(chips) - 1
        if left + width > box.right() - (0 if last else metrics.horizontalAdvance(rest) + 16):
            words = rest if place else metrics.elidedText(words, Qt.TextElideMode.ElideRight, round(box.width()) - 12)
            width, last = metrics.horizontalAdvance(words) + 12, True
        _paint_badge(painter, QRectF(left, box.center().y() - 9, width, 18), words, ink=ink, theme=theme)
        left += width + 4
        if last:
            break


def _paint_badge(painter: QPainter, badge: QRectF, words: str, *, ink: QColor, theme: Colors) -> None:
    ground = mixed(ink, theme.window, 0.16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(badge, 9, 9)
    painter.setPen(readable(ink, on=ground))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
