"""Conditions that combine with the chips: marks, who annotated when, how sure suggestions are, fields of the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Decided, Filter, PredictorId, Suggested
from lepton_studio.ui.filters.condition_words import day_of, moment_of
from lepton_studio.ui.filters.field_row import FieldRow
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.made_indexes import with_indexes
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.steady import ChoiceBox, NumberBox
from lepton_studio.widgets.theme import CAPTION, TITLE

_MOST_FIELDS = 4


class ConditionCard(Overlay):
    """`ask(...)`; `wanted(filter)` is called where the person applies it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=600)
        self._session: Session | None = None
        self._which = Filter()
        self._by: PredictorId | None = None
        self._wanted: Callable[[Filter], object] = bool
        self._names: list[str] = []
        self.flagged = QCheckBox(tr("Flagged"))
        self.noted = QCheckBox(tr("With a note"))
        self.disagrees = QCheckBox(tr("Suggestion differs from annotation"))
        self.who = ChoiceBox()
        self.who.setAccessibleName(tr("Annotated by"))
        self.since, self.until = _day_field(tr("Annotated from")), _day_field(tr("Annotated until"))
        self._no_date = words(tr("Enter dates as year-month-day, such as 2026-11-29."), size=CAPTION)
        self._no_date.setProperty("tone", "bad")
        self.low, self.high = _share_field(tr("Confidence from")), _share_field(tr("Confidence to"))
        self._score = QWidget()
        confidence = row(words(tr("Confidence from")), self.low, words(tr("to")), self.high, None)
        self._score.setLayout(confidence)
        self.fields: list[FieldRow] = []
        self._field_rows = column(gap=8)
        self._fields_title = words(tr("Fields of the file"))
        self.apply = button(tr("Apply"), role="primary")
        self.apply.clicked.connect(self._apply)
        self.reset = button(tr("Clear conditions"))
        self.reset.clicked.connect(self._clear)
        cancel = button(tr("Cancel"), role="quiet")
        cancel.clicked.connect(self.close_over)
        add = self.card_layout.addWidget
        add(words(tr("Filter samples"), size=TITLE, bold=True))
        self.card_layout.addLayout(row(self.flagged, 16, self.noted, 16, self.disagrees, None, gap=0))
        self.card_layout.addLayout(row(words(tr("Annotated by")), self.who, None))
        self.card_layout.addLayout(row(words(tr("Annotated from")), self.since, words(tr("to")), self.until, None))
        add(self._no_date)
        add(self._score)
        add(self._fields_title)
        self.card_layout.addLayout(self._field_rows)
        self.card_layout.addLayout(row(self.reset, None, cancel, self.apply))

    def ask(
        self, session: Session, which: Filter, *, by: PredictorId | None, wanted: Callable[[Filter], object]
    ) -> None:
        """Show the conditions in force. `by`: whose suggestions can be asked for."""
        self._session, self._which, self._by, self._wanted = session, which, by, wanted
        self._names = session.project.field_names()
        self._show(which)
        self.open_over()
        self.flagged.setFocus()

    def _show(self, which: Filter) -> None:
        decided, said = which.decided or Decided(), which.suggested
        self.flagged.setChecked(which.flagged)
        self.noted.setChecked(which.noted)
        self.disagrees.setVisible(self._by is not None)
        self.disagrees.setChecked(said is not None and said.disagrees)
        self.who.clear()
        self.who.addItem(tr("Anyone"), None)
        people = self._session.project.annotators() if self._session is not None else []
        for name in dict.fromkeys([*people, *([decided.who] if decided.who is not None else [])]):
            self.who.addItem(name, name)
        self.who.setCurrentIndex(max(0, self.who.findData(decided.who)) if decided.who is not None else 0)
        self.since.setText(day_of(decided.since))
        self.until.setText(day_of(decided.until, is_end=True))
        self._no_date.hide()
        self._score.setVisible(self._by is not None)
        self.low.setValue(0 if said is None else round(said.score_from * 100))
        self.high.setValue(100 if said is None else round(said.score_to * 100))
        clear(self._field_rows)
        self.fields = []
        self._fields_title.setVisible(bool(self._names or which.fields))
        for one in which.fields:
            self._add_field().show_condition(one)
        self._add_where_full()

    def _add_field(self) -> FieldRow:
        assert self._session is not None
        field = FieldRow(self._session, self._names)
        field.chosen.connect(self._add_where_full)
        self.fields.append(field)
        self._field_rows.addWidget(field)
        return field

    def _add_where_full(self) -> None:
        """Always one empty row, up to a few."""
        is_full = all(one.name.currentData() for one in self.fields)
        if self._names and is_full and len(self.fields) < _MOST_FIELDS:
            self._add_field()

    def _clear(self) -> None:
        self._show(replace(self._which, flagged=False, noted=False, decided=None, fields=(), suggested=None))

    def _apply(self) -> None:
        try:
            since, until = moment_of(self.since.text()), moment_of(self.until.text(), is_end=True)
        except (ValueError, OverflowError):
            self._no_date.show()
            self.since.setFocus()
            return
        who = self.who.currentData()
        decided = Decided(who, since, until)
        fields = tuple(condition for one in self.fields if (condition := one.condition()) is not None)
        which = replace(
            self._which,
            flagged=self.flagged.isChecked(),
            noted=self.noted.isChecked(),
            decided=None if decided == Decided() else decided,
            fields=fields,
            suggested=self._suggested(),
        )
        self.close_over()
        if self._session is not None:
            with_indexes(self._session, [one.name for one in fields], lambda: self._wanted(which))

    def _suggested(self) -> Suggested | None:
        before, by = self._which.suggested, self._by
        if by is None:
            return before
        low, high = sorted((self.low.value() / 100, self.high.value() / 100))
        asks = self.disagrees.isChecked() or (low, high) != (0.0, 1.0)
        if before is None and not asks:
            return None
        said = replace(before or Suggested(by), score_from=low, score_to=high, disagrees=self.disagrees.isChecked())
        if asks:
            return replace(said, there=True)
        was_asked = before is not None and (before.disagrees or before.has_range)
        return None if was_asked and said.label is None else said


def _day_field(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(tr("year-month-day"))
    field.setFixedWidth(140)
    return field


def _share_field(name: str) -> NumberBox:
    field = NumberBox()
    field.setAccessibleName(name)
    field.setRange(0, 100)
    field.setSuffix("%")
    return field
