"""The two chips behind the others: further conditions, and filters that are kept by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Labels, PredictorId
from lepton_studio.studio.saved_filters import can_be_saved, save_filter, saved_filters
from lepton_studio.ui.filters.condition_card import ConditionCard
from lepton_studio.ui.filters.condition_words import condition_words
from lepton_studio.ui.frame.name_card import NameCard
from lepton_studio.ui.shared.history_steps import Offer
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.chips import Chip
from lepton_studio.widgets.plain_text import menu_words, set_tool_tip


class MoreFilters(QObject):
    """`wanted(Filter)`. The row that has the chips says which filter is in force."""

    wanted = Signal(object)

    def __init__(self, session: Session, row: QWidget) -> None:
        super().__init__(row)
        self._session = session
        self._row = row
        self._which = Filter()
        self._by: PredictorId | None = None
        self.conditions = Chip(tr("Filter…"))
        self.conditions.clicked.connect(self._ask)
        self.saved = Chip(tr("Saved filters"), has_menu=True)
        self.saved.clicked.connect(self._open_menu)

    def show_filter(self, which: Filter, *, labels: Labels, by: PredictorId | None, is_said: bool) -> None:
        """The filter in force. `is_said`: the chip of suggestions shows what is asked of them."""
        self._which, self._by = which, by
        shown = condition_words(which, labels, is_said=is_said)
        self.conditions.set_words(shown or tr("Filter…"))
        self.conditions.setChecked(bool(shown))
        set_tool_tip(self.conditions, shown)
        self._show_saved()

    def menu(self) -> QMenu:
        """The filters that are kept, and what can be done with them."""
        menu, kept = QMenu(self._row), saved_filters(self._session.project)
        for name, which in kept.items():
            menu.addAction(menu_words(name), partial(self.wanted.emit, which))
        menu.addSeparator()
        save = menu.addAction(tr("Save filter…"), self._save)
        save.setEnabled(can_be_saved(self._which) and not self._session.project.read_only)
        if kept and not self._session.project.read_only:
            renamed, deleted = menu.addMenu(tr("Rename")), menu.addMenu(tr("Delete"))
            for name in kept:
                renamed.addAction(menu_words(name), partial(self._rename, name))
                deleted.addAction(menu_words(name), partial(self._delete, name))
        return menu

    def _name(self, which: Filter) -> str | None:
        return next((name for name, one in saved_filters(self._session.project).items() if one == which), None)

    def _ask(self) -> None:
        self.conditions.setChecked(not self.conditions.isChecked())  # the click toggled it; what is applied decides
        card = ConditionCard.over(self._row.window())
        card.ask(self._session, self._which, by=self._by, wanted=self.wanted.emit)

    def _open_menu(self) -> None:
        self.saved.setChecked(not self.saved.isChecked())
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.saved.mapToGlobal(QPoint(0, self.saved.height() + 4)))

    def _save(self) -> None:
        which, taken = self._which, frozenset(self._session.project.kept("filters"))
        NameCard.over(self._row.window()).ask(
            tr("Save filter"),
            taken=taken,
            named=lambda name: self._keep(lambda project: save_filter(project, name, which)),
        )

    def _rename(self, name: str) -> None:
        taken = frozenset(self._session.project.kept("filters")) - {name}
        NameCard.over(self._row.window()).ask(
            tr("Rename filter"),
            taken=taken,
            name=name,
            named=lambda to: self._keep(lambda project: project.rename_kept("filters", name, to)),
        )

    def _delete(self, name: str) -> None:
        session, kept = self._session, self._session.project.kept("filters")[name]
        self._keep(lambda project: project.drop_kept("filters", name))
        again = Offer(
            tr("Filter “{name}” deleted.", name=name),
            tr("Undo"),
            lambda: self._keep(lambda project: project.keep("filters", name, kept)),
        )
        session.offered.emit(again)

    def _keep(self, write: Callable[[Project], None]) -> None:
        self._session.perform(write, done=lambda _changes: self._show_saved())

    def _show_saved(self) -> None:
        name = self._name(self._which) if can_be_saved(self._which) else None
        self.saved.set_words(name or tr("Saved filters"))
        self.saved.setChecked(name is not None)
