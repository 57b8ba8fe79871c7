"""The chips above the sample: which samples the queue holds."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import AS_GIVEN, SPLITS, Filter, Labels, PredictorId, State
from lepton_studio.ui.filters.more_filters import MoreFilters
from lepton_studio.ui.label.orders_to_choose import Learns, choices_of_order
from lepton_studio.ui.label.said_chips import choices_of_suggestions, sensible
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import state_name
from lepton_studio.widgets.chips import Chip, ChipChoice, FilterChips, MenuChip
from lepton_studio.widgets.choice_popup import Choice
from lepton_studio.widgets.layouts import row
from lepton_studio.words import split_name


class FilterRow(QWidget):
    """Shows a `Filter` and says which one is wanted: `wanted(Filter)`."""

    wanted = Signal(object)

    def __init__(
        self,
        states: tuple[State, ...],
        *,
        session: Session,
        more_states: tuple[State, ...] = (),
        orders: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._filter = Filter()
        self._home = Filter(state=states[0])
        self._more_states = more_states
        self._label = MenuChip(tr("Label"))
        self._label.chosen.connect(lambda label: self._want(replace(self._filter, label=label)))
        self._split = MenuChip(tr("Split"))
        self._split.chosen.connect(lambda split: self._want(replace(self._filter, split=split)))
        self._more = MenuChip(tr("More"))
        self._more.chosen.connect(lambda state: self._want(replace(self._filter, state=state or states[0])))
        if not more_states:
            self._more.hide()
        self._said = MenuChip(tr("Suggestion"))
        self._said.chosen.connect(lambda said: self._want(replace(self._filter, suggested=said)))
        self._order = MenuChip(tr("Order"))
        self._order.chosen.connect(lambda order: self._want(replace(self._filter, order=order)))
        if not orders:
            self._order.hide()
        self._own = Chip("")
        self._own.clicked.connect(lambda: self._want(replace(self._filter, ids=None)))
        self.further = MoreFilters(session, self)
        self.further.wanted.connect(self._want)
        further = [self.further.conditions, self.further.saved]
        menus = [self._more, self._label, self._split, self._said, self._order, *further, self._own]
        choices = [ChipChoice(state, state_name(state)) for state in states]
        self._states = FilterChips(choices, menus=menus)
        self._states.chosen.connect(lambda state: self._want(self._with_state(state)))
        self.setLayout(row(self._states))

    def show_filter(
        self,
        which: Filter,
        *,
        labels: Labels,
        by: PredictorId | None = None,
        has_margin: bool = False,
        learns: Learns = "",
    ) -> None:
        """Show the filter in force. `by`: whose suggestions can be asked for. `has_margin` and `learns` are as in
        `choices_of_order`.
        """
        self._filter = which
        self._states.choose(which.state)
        labelled = [Choice(label.id, label.name, label.color) for label in labels]
        self._label.setVisible(bool(labels))
        self._label.set_choices([Choice(None, tr("Any label")), *labelled], current=which.label)
        splits = [Choice(split, split_name(split)) for split in SPLITS]
        self._split.set_choices([Choice(None, tr("Any split")), *splits], current=which.split)
        more = [Choice(state, state_name(state)) for state in self._more_states]
        self._more.set_choices([Choice(None, tr("None of these")), *more], current=which.state)
        is_said = self._show_suggested(which, by=by, labels=labels)
        self.further.show_filter(which, labels=labels, by=by, is_said=is_said)
        orders = choices_of_order(by, has_margin=has_margin, learns=learns, are_given=which.order == AS_GIVEN)
        order = which.order if which.order.by is None or by is None else replace(which.order, by=by)
        self._order.set_choices(orders, current=order)
        self._own.setVisible(which.ids is not None)
        if which.ids is not None:
            self._own.set_words(tr("Selected samples: {n} ×", n=f"{len(which.ids):,}"))
            self._own.setChecked(True)

    def _show_suggested(self, which: Filter, *, by: PredictorId | None, labels: Labels) -> bool:
        """Whether the chip says what is asked of suggestions."""
        self._said.setVisible(by is not None)
        if by is None:
            return False
        current = None if which.suggested is None else replace(which.suggested, by=by)
        choices = choices_of_suggestions(by, labels)
        self._said.set_choices(choices, current=current)
        return any(one.value == current for one in choices)

    def _with_state(self, state: State) -> Filter:
        # an unlabelled or skipped sample has no label: the other condition would leave nothing
        if state not in ("unlabelled", "skipped"):
            return replace(self._filter, state=state)
        said = self._filter.suggested
        said = None if said is not None and said.disagrees else said
        return replace(self._filter, state=state, label=None, suggested=said, decided=None)

    def _want(self, which: Filter) -> None:
        which = sensible(which)
        self.show_filter_pending(which)
        self.wanted.emit(which)

    def show_filter_pending(self, which: Filter) -> None:
        """Remember the wish until the page shows it."""
        self._filter = which
