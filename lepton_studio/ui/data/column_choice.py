"""Which columns the table of samples shows, in which order and width; a click on a heading sorts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHeaderView, QMenu, QTableView

from lepton_studio.language import tr
from lepton_studio.project.records import AS_ADDED, Order
from lepton_studio.ui.data.columns import ShownColumn, fields_of, read_choice, with_choice
from lepton_studio.ui.data.samples_model import SamplesModel
from lepton_studio.ui.shared.made_indexes import with_indexes
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.plain_text import menu_words

_LOOKED_AT = 100
_NARROWEST = 60


class ColumnChoice(QObject):
    """Works on the heading of a table; the choice is kept per project. `sorted(Order)`: a heading was clicked."""

    sorted = Signal(object)

    def __init__(self, session: Session, view: QTableView, model: SamplesModel) -> None:
        super().__init__(view)
        self._session, self._view, self._model = session, view, model
        self.order = AS_ADDED
        """The order that the person chose."""
        self._header = header = view.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(_NARROWEST)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._keep_soon = QTimer(self)
        self._keep_soon.setSingleShot(True)
        self._keep_soon.setInterval(300)
        self._keep_soon.timeout.connect(self._keep)
        self._show_kept(read_choice(session.settings.tables, session.project.folder))
        model.columnsInserted.connect(lambda _parent, first, last: self._hide_new(first, last))
        header.sortIndicatorChanged.connect(self._sort)
        header.sectionMoved.connect(lambda *_places: self._keep_soon.start())
        header.sectionResized.connect(self._was_resized)
        header.customContextMenuRequested.connect(self._open_menu)

    def show_order(self, order: Order) -> None:
        """Mark the heading by which the rows stand."""
        keys = [(column.sorts, column.field or "") for column in self._model.columns]
        key = order.key, order.field
        place = keys.index(key) if order != AS_ADDED and key in keys else -1
        way = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        with QSignalBlocker(self._header):
            self._header.setSortIndicator(place, way)

    def menu(self) -> QMenu:
        """Every column to be shown or not; the text stays."""
        project = self._session.project
        last = project.samples(before=2**63 - 1, limit=_LOOKED_AT)
        samples = [*project.samples(limit=_LOOKED_AT), *last]
        self._model.know_fields(name for sample in samples for name in sample.fields)
        menu = QMenu(self._view)
        menu.addAction(tr("Sort in the order added"), lambda: self._header.setSortIndicator(-1, _UP))
        menu.addSeparator()
        for place, column in enumerate(self._model.columns):
            action = menu.addAction(menu_words(column.title))
            action.setCheckable(True)
            action.setChecked(not self._header.isSectionHidden(place))
            action.setEnabled(place > 0)
            action.toggled.connect(lambda on, at=place: self.show_column(at, on))
        menu.addSeparator()
        menu.addAction(tr("Default columns"), self._show_usual)
        return menu

    def show_column(self, place: int, shown: bool) -> None:
        """Show a column, or hide it."""
        self._header.setSectionHidden(place, not shown)
        if shown and self._header.sectionSize(place) < _NARROWEST:
            self._header.resizeSection(place, self._model.columns[place].width)
        self._keep_soon.start()

    def _open_menu(self, spot: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._header.mapToGlobal(spot))

    def _sort(self, place: int, way: Qt.SortOrder) -> None:
        column = self._model.columns[place] if place >= 0 else None
        key = "added" if column is None else column.sorts
        field = None if column is None else column.field
        descending = way == Qt.SortOrder.DescendingOrder
        order = None if key is None else self._model.order_by(key, descending=descending, field=field)
        if order is None:
            self.show_order(self._model.order)
            return
        self.order = order
        with_indexes(self._session, [order], partial(self._sort_by, order))

    def _sort_by(self, order: Order) -> None:
        if order == self.order:  # nothing else was asked for while its field was indexed
            self.sorted.emit(order)

    def _show_usual(self) -> None:
        self._show_kept(())
        self._keep_soon.start()

    def _show_kept(self, kept: tuple[ShownColumn, ...]) -> None:
        self._model.know_fields(fields_of(kept))
        columns = self._model.columns
        places = {column.key: place for place, column in enumerate(columns)}
        shown = [one for one in kept if one.key in places]
        if not any(one.key == "text" for one in shown):
            shown = [ShownColumn(column.key, column.width) for column in columns if column.usual]
        for place in range(len(columns)):
            self._header.setSectionHidden(place, True)
            self._header.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
        for visual, one in enumerate(shown):
            place = places[one.key]
            self._header.setSectionHidden(place, False)
            self._header.moveSection(self._header.visualIndex(place), visual)
            self._header.resizeSection(place, max(one.width, _NARROWEST))
        self._header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)  # the text takes what is left

    def _hide_new(self, first: int, last: int) -> None:
        for place in range(first, last + 1):
            self._header.resizeSection(place, self._model.columns[place].width)
            self._header.setSectionHidden(place, True)

    def _was_resized(self, place: int, _before: int, now: int) -> None:
        if place > 0 and now:  # the text's follows from the window's
            self._keep_soon.start()

    def _keep(self) -> None:
        header, columns = self._header, self._model.columns
        in_order = (header.logicalIndex(visual) for visual in range(header.count()))
        shown = [
            ShownColumn(columns[place].key, header.sectionSize(place))
            for place in in_order
            if not header.isSectionHidden(place)
        ]
        settings, folder = self._session.settings, self._session.project.folder
        self._session.remember(tables=with_choice(settings.tables, folder, shown))


_UP = Qt.SortOrder.AscendingOrder
