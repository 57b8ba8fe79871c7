"""The table of predictions: a row a sample, relabelled in place by key."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lepton_studio.language import tr
from lepton_studio.project.records import LabelId, PredictedSample
from lepton_studio.ui.pages.inspect_model import CONFIDENCE, LABEL, PREDICTION, TEXT, Index, PredictionsModel
from lepton_studio.widgets.chart_colors import chart_colors
from lepton_studio.widgets.tables import dress_table, paint_ground
from lepton_studio.widgets.theme import BODY, CAPTION, SPACE, Colors, colors, mixed, text_font

ROW = 32
_TEXT_LEAST, _LABEL, _LABEL_LEAST, _CONFIDENCE = 120, 132, 84, 56


class PredictionsTable(QTableView):
    """A label's key emits `label_pressed(id)`, Enter `accept_asked()`, "/" and the menu key `choose_asked()`."""

    label_pressed = Signal(int)
    accept_asked = Signal()
    choose_asked = Signal()
    menu_asked = Signal(object)
    """QPoint on the screen."""
    current_changed = Signal()

    def __init__(self, model: PredictionsModel, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Predictions"))
        self.predictions = model
        self.setModel(model)
        self.setItemDelegate(_PredictionDelegate(self))
        self.setStyleSheet("QTableView, QHeaderView, QHeaderView::section { background: palette(window); }")
        dress_table(self, row=ROW)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        heading = self.horizontalHeader()
        heading.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        heading.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(CONFIDENCE, _CONFIDENCE)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.current_changed.emit())

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = (self.viewport().width() - _TEXT_LEAST - _CONFIDENCE) // 2
        for column in (LABEL, PREDICTION):
            self.setColumnWidth(column, max(_LABEL_LEAST, min(_LABEL, room)))
        super().resizeEvent(event)

    def current(self) -> PredictedSample | None:
        """The prediction of the current row."""
        row = self.currentIndex().row()
        return self.predictions.rows[row] if 0 <= row < len(self.predictions.rows) else None

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
        elif plain and typed == "/":
            self.choose_asked.emit()
        elif plain and typed and (label := self.key_labels().get(typed)) is not None:
            self.label_pressed.emit(label)
        elif plain and typed.isprintable() and typed.strip():
            event.ignore()  # no search by typing: letters are labels and keys of the page
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current() is not None:
            self.menu_asked.emit(event.globalPos())


class _PredictionDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view: QWidget = option.widget
        model = index.model()
        assert isinstance(model, PredictionsModel)
        row, column = model.rows[index.row()], index.column()
        theme = colors(view.palette())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = paint_ground(painter, option)
        inner = box.adjusted(SPACE, 0, -SPACE, 0)
        wrong = row.prediction.predicted != model.label_of(row.sample)
        if column == TEXT:
            if row.fixed:
                inner.setRight(inner.right() - _paint_fixed(painter, inner, theme))
            _write(painter, inner, str(index.data()), ink=theme.text)
        elif column == CONFIDENCE:
            painter.setFont(text_font(BODY, tabular=True))
            painter.setPen(theme.muted)
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        else:
            label = row.prediction.predicted if column == PREDICTION else model.label_of(row.sample)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(model.color_of(label) or theme.muted))
            painter.drawEllipse(QRectF(inner.left(), box.center().y() - 4, 8, 8))
            ink = chart_colors(view.palette()).wrong if column == PREDICTION and wrong else theme.text
            _write(painter, inner.adjusted(14, 0, 0, 0), str(index.data()), ink=ink)
        painter.restore()


def _write(painter: QPainter, box: QRectF, text: str, *, ink: QColor) -> None:
    painter.setFont(text_font(BODY))
    painter.setPen(ink)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(box.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def _paint_fixed(painter: QPainter, box: QRectF, theme: Colors) -> float:
    """The word "fixed" at the right end; returns the room it took."""
    words = tr("fixed")
    painter.setFont(text_font(CAPTION, bold=True))
    width = painter.fontMetrics().horizontalAdvance(words) + 12
    badge = QRectF(box.right() - width, box.center().y() - 9, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.good, theme.window, 0.16))
    painter.drawRoundedRect(badge, 9, 9)
    painter.setPen(theme.good)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
    return width + SPACE
