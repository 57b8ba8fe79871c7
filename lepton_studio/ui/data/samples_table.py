"""The table of samples: chips above, rows below; Enter opens a sample, the menu changes many at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import AS_ADDED, AS_GIVEN, Filter, Labels, Order, SampleId
from lepton_studio.ui.bulk.actions import BulkActions, Chosen
from lepton_studio.ui.data.column_choice import ColumnChoice
from lepton_studio.ui.data.samples_model import COLOR_ROLE, SamplesModel
from lepton_studio.ui.label.filter_row import FilterRow
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.choice_popup import Choice, ChoicePopup
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import BODY, CAPTION, text_font

_ROW = 34
_TOGETHER = Order("twins")


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
    """Rows to choose; `opened(row)` on Enter or a double click, `copied` on Ctrl+C.

    `has_all`: all that the filter holds is chosen (Ctrl+A), rows that are not read yet too.
    """

    opened = Signal(int)
    copied = Signal()
    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Samples"))
        dress_table(self, row=_ROW, copies=False)
        self.setFont(text_font(BODY))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self.has_all = False
        self._is_choosing_all = False

    def selectAll(self) -> None:
        self._is_choosing_all = True
        super().selectAll()
        self._is_choosing_all = False
        self.has_all = True
        self.chosen_changed.emit()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not self._is_choosing_all and not (self.has_all and deselected.isEmpty()):
            self.has_all = False
        self.chosen_changed.emit()

    def rowsInserted(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        super().rowsInserted(parent, start, end)
        if self.has_all:
            self.selectAll()

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        self._is_choosing_all = self.has_all  # rows that leave the filter are no choice of the person
        super().rowsAboutToBeRemoved(parent, start, end)
        self._is_choosing_all = False

    def reset(self) -> None:
        super().reset()
        self.has_all = False
        self.chosen_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        model = self.model()
        if isinstance(model, SamplesModel) and not model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(colors(self.palette()).muted)
            nothing = tr("No samples match these filters and this search.")
            sentence = tr("Searching…") if model.is_reading else nothing
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        elif event.text() in ("/", "?") or (event.text().isalnum() and not event.modifiers()):
            event.ignore()  # keys of the page: a search for what is typed would see the rows that are read
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
        self._counts = 0
        self._number: int | None = None
        self.model = SamplesModel(session, self)
        self._kept: SampleId | None = None
        self.filters = FilterRow(
            ("any", "unlabelled", "labelled", "flagged"),
            session=session,
            more_states=("skipped", "noted", "duplicate", "leak"),
        )
        self.filters.wanted.connect(self.show_filter)
        session.suggesting.changed.connect(self._show_said)
        self._amount = words("", size=CAPTION, muted=True)
        self.view = SamplesView()
        self.view.setModel(self.model)
        self.model.modelReset.connect(self._keep_current)
        self.view.setMinimumHeight(100)
        self.view.setItemDelegate(LabelDelegate(self.view))
        self.columns = ColumnChoice(session, self.view, self.model)
        self.columns.sorted.connect(self._sort)
        self.view.opened.connect(lambda place: self.opened.emit(self.model.sample_at(place)))
        self.view.copied.connect(self._copy)
        self.view.chosen_changed.connect(self._show_amount)
        self.bulk = BulkActions(session, self)
        self.view.customContextMenuRequested.connect(self._open_menu)
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setLayout(column(self.view, margins=(1, 1, 1, 1)))
        self._single = button(tr("Remove duplicates…"))
        self._single.hide()
        self._single.clicked.connect(self.bulk.remove_copies)
        self.label_as = button(tr("Label as…"))
        self.label_as.clicked.connect(self.choose_label)
        self.more = button(tr("More…"))
        self.more.clicked.connect(lambda: self._open_menu_at(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        grey_if_only_read(session.project, self._single, self.label_as)
        self._show_bulk()
        self.view.chosen_changed.connect(self._show_bulk)
        top = row(self.filters, self._single, self.label_as, self.more, self._amount, gap=12)
        top.setStretch(0, 1)
        self.setLayout(column(top, frame, gap=8))

    def show_filter(self, which: Filter, *, order: Order | None = None) -> None:
        """Show these samples from the first one, sorted as they were; identical texts together where they are it."""
        self._labels = self._session.project.labels()
        self._number = self._kept = None
        stands_together = order == _TOGETHER or which.state in ("duplicate", "leak")
        usual = AS_GIVEN if which.order == AS_GIVEN and which.ids is not None else self.columns.order
        order = _TOGETHER if stands_together else order if order is not None else usual
        self.model.show_filter(which, order=order)
        self.columns.show_order(order)
        self._single.setVisible(which.state == "duplicate")
        self.filters.show_filter(which, labels=self._labels, by=self.model.by)
        self.filter_changed.emit(which)
        self.count()

    def show_similar(self, place: int) -> None:
        """Show the samples most like the one in this row, the most similar first."""
        self._session.similar.find(self.model.sample_at(place).id, self.show_filter)

    def show_together(self, which: Filter) -> None:
        """Show these samples, identical texts together."""
        self.show_filter(which, order=_TOGETHER)

    def _sort(self, order: Order) -> None:
        which = replace(self.model.filter, order=AS_ADDED)  # the heading's counts from now on
        self.model.show_filter(which, order=order)
        self.filters.show_filter(which, labels=self._labels, by=self.model.by)
        self.view.scrollToTop()

    def _show_said(self) -> None:
        """Suggestions came; not while a model still reads."""
        if not self._session.suggesting.is_working and self._session.is_open:
            self.model.show_again()
            self.filters.show_filter(self.model.filter, labels=self._labels, by=self.model.by)

    def show_changes(self, changes: Changes) -> None:
        """Show what was touched; the row that one was on stays."""
        place = self.view.currentIndex().row()
        current = self.model.sample_at(place).id if place >= 0 else None
        self._kept = current
        self.model.show_changes(changes)
        self._keep_current()
        self.count()

    def _keep_current(self) -> None:
        """The row that one was on, in rows that were read anew, perhaps a moment later."""
        if self._kept is not None and self.view.currentIndex().row() < 0:
            place = self.model.place_of(self._kept)
            self.view.setCurrentIndex(self.model.index(place, 0) if place is not None else QModelIndex())

    def chosen(self) -> Chosen | None:
        """The samples of the rows chosen, all that the filter holds after Ctrl+A; None where none is."""
        if self.view.has_all:
            which, number = self.model.filter, self._number
            count = self._session.project.count(which) if number is None else number
            return Chosen(which, count, "filter")
        ids = tuple(sorted(self.model.sample_at(index.row()).id for index in self.view.selectionModel().selectedRows()))
        return Chosen(Filter(ids=ids), len(ids)) if ids else None

    def count(self) -> None:
        """Count the samples of the filter beside the window."""
        which = self.model.filter
        self._counts += 1
        asked = self._counts

        def done(number: int) -> None:
            if asked == self._counts:  # a later one counts what is shown now
                self._number = number
                self._show_amount()

        self._session.run_in_background(
            tr("Counting samples"), lambda progress: progress.project.count(which), done, quiet=True
        )

    def _show_amount(self) -> None:
        number, chosen = self._number, len(self.view.selectionModel().selectedRows()) if self.view.model() else 0
        if number is None:
            return
        if self.view.has_all and number:
            said = tr("All matches selected: {n}", n=amount(number))
        elif chosen > 1:
            said = tr("{n} of {all} selected", n=amount(chosen), all=amount(number))
        elif self.model.filter == Filter():
            said = tr("Samples: {n}", n=amount(number))
        else:
            said = tr("Found: {n}", n=amount(number))
        self._amount.setText(said)

    def _copy(self) -> None:
        chosen = self.chosen()
        if chosen is not None:
            self.bulk.copy(chosen)

    @property
    def has_chosen(self) -> bool:
        """Whether there is something to do many things to."""
        return self.view.has_all or self.view.selectionModel().hasSelection()

    def choose_label(self) -> None:
        """Ask which value the chosen samples are to have."""
        chosen, choices = self.chosen(), self.bulk.choices()
        if chosen is None or not choices:
            return
        popup = ChoicePopup([Choice(place, one.words, one.color) for place, one in enumerate(choices)], parent=self)
        popup.chosen.connect(lambda place: self.bulk.give(chosen, choices[place]))
        popup.open_below(self.label_as)

    def _show_bulk(self) -> None:
        shown = self.has_chosen
        if shown != self.more.isVisibleTo(self):
            self.more.setVisible(shown)
            self.label_as.setVisible(shown and bool(self.bulk.choices()))

    def _open_menu(self, spot: QPoint) -> None:
        self._open_menu_at(self.view.viewport().mapToGlobal(spot))

    def _open_menu_at(self, spot: QPoint) -> None:
        chosen, place = self.chosen(), self.view.currentIndex().row()
        if chosen is None:
            return
        menu = self.bulk.menu(chosen, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if place >= 0:
            opening = QAction(tr("Open"), menu)
            opening.triggered.connect(lambda: self.opened.emit(self.model.sample_at(place)))
            alike = QAction(tr("More like this"), menu)
            alike.triggered.connect(lambda: self.show_similar(place))
            menu.insertActions(menu.actions()[0], [opening, alike])
        menu.popup(spot)
