"""The table of samples: chips above, rows below; Enter opens a sample, the menu changes many at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import SPLITS, Filter, Label, Labels, Sample, SampleId, Split
from lepton_studio.ui.data.samples_model import COLOR_ROLE, SamplesModel
from lepton_studio.ui.labelling.filter_row import FilterRow
from lepton_studio.ui.session import Session
from lepton_studio.ui.wording import amount, split_name
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.plain_text import menu_words
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, CAPTION, colors, text_font

_ROW = 34


class LabelDelegate(QStyledItemDelegate):
    """A dot of the label's colour before its name."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        if index.data(COLOR_ROLE):
            option.text = f"    {option.text}"

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        color = index.data(COLOR_ROLE)
        if color:
            rect = option.rect
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(color))
            painter.drawEllipse(QPointF(rect.left() + 12.0, rect.center().y() + 0.5), 4, 4)
            painter.restore()


class SamplesView(QTableView):
    """Rows to choose; `opened(row)` on Enter or a double click."""

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Samples"))
        dress_table(self, row=_ROW)
        self.setFont(text_font(BODY))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        model = self.model()
        if model is not None and not model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(colors(self.palette()).muted)
            sentence = tr("Nothing in the project fits these chips and this search.")
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif event.text() in ("/", "?"):
            event.ignore()
        else:
            super().keyPressEvent(event)


class SamplesTable(QWidget):
    """Shows the samples of a filter. `opened(Sample)`: the person wants to see one in large."""

    opened = Signal(object)
    filter_changed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._labels: Labels = ()
        self._counted: tuple[Filter, int] | None = None
        self.model = SamplesModel(session.project, session.task, self)
        self.filters = FilterRow(
            ("any", "unlabelled", "labelled", "flagged"), more_states=("skipped", "noted", "duplicate", "leak")
        )
        self.filters.wanted.connect(self.show_filter)
        self._amount = words("", size=CAPTION, muted=True)
        self.view = SamplesView()
        self.view.setModel(self.model)
        self.view.setMinimumHeight(100)
        self.view.setItemDelegateForColumn(1, LabelDelegate(self.view))
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for place, width in ((1, 200 if session.task.from_labels is not None else 320), (2, 110), (3, 110)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Fixed)
            self.view.setColumnWidth(place, width)
        self.view.opened.connect(lambda place: self.opened.emit(self.model.sample_at(place)))
        self.view.customContextMenuRequested.connect(self._open_menu)
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setLayout(column(self.view, margins=(1, 1, 1, 1)))
        top = row(self.filters, self._amount, gap=12)
        top.setStretch(0, 1)
        self.setLayout(column(top, frame, gap=8))

    def show_filter(self, which: Filter) -> None:
        """Show these samples from the first one."""
        self._labels = self._session.project.labels()
        self.model.show_filter(which)
        self.filters.show_filter(which, labels=self._labels)
        self.filter_changed.emit(which)
        self.count()

    def show_changes(self, changes: Changes) -> None:
        """Repaint what was touched."""
        self.model.show_changes(changes)
        self.count()

    def chosen(self) -> list[Sample]:
        """The samples of the rows chosen."""
        return [self.model.sample_at(index.row()) for index in self.view.selectionModel().selectedRows()]

    def count(self) -> None:
        """Count the samples of the filter beside the window."""
        which = self.model.filter

        def done(number: int) -> None:
            if which == self.model.filter:
                self._amount.setText(tr("Samples: {n}", n=amount(number)))

        self._session.run_in_background(
            tr("Counting"), lambda progress: progress.project.count(which), done, quiet=True
        )

    def label_chosen(self, samples: Sequence[Sample], label: Label) -> None:
        """Give all of them one label."""
        task = self._session.task
        if task.from_labels is None:
            return
        value = task.from_labels((label.id,))
        rows = [(sample.id, task.dump(value), task.labels_in(value)) for sample in samples]
        say = tr("Labelled “{label}”: {n}", n=amount(len(rows)), label=label.name)
        self._session.perform(lambda project: project.annotate_many(rows, name=say), say=say)

    def move_to_split(self, ids: Sequence[SampleId], split: Split) -> None:
        """Move all of them to one split."""
        say = tr("Moved to {split}: {n}", n=amount(len(ids)), split=split_name(split))
        self._session.perform(lambda project: project.set_split(ids, split), say=say)

    def _open_menu(self, spot: QPoint) -> None:
        samples = self.chosen()
        if not samples:
            return
        ids = [sample.id for sample in samples]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open"), lambda: self.opened.emit(samples[0]))
        if self._session.task.from_labels is not None:
            labels = menu.addMenu(tr("Label as"))
            for label in self._labels:
                labels.addAction(menu_words(label.name), partial(self.label_chosen, samples, label))
        splits = menu.addMenu(tr("Move to split"))
        for split in SPLITS:
            splits.addAction(split_name(split), partial(self.move_to_split, ids, split))
        menu.popup(self.view.viewport().mapToGlobal(spot))
