"""The guess how a file is read, as a form: every answer can be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from lepton_studio.formats import ALL_TABLES, ALL_TURNS, DELIMITERS, ENCODINGS, Guess, Row, all_formats
from lepton_studio.formats.offsets import SCHEMES
from lepton_studio.formats.tables.label_cells import JOINERS
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import SPLITS, Split
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import quiet
from lepton_studio.widgets.steady import ChoiceBox, NumberBox
from lepton_studio.words import split_name

_OF_MODELS = ("suggestion", "confidence")
_ROLES = ("second_text", "question", "answer", "target", "rating", "spans", "turns", "media", *_OF_MODELS)
"""What a column can be beside text and label, in the order of the form."""


class GuessForm(Form):
    """`changed(Guess)`: the person changed an answer. `format_changed(str)`: another format, guess all else again.
    `table_changed(str)`, `header_changed(int)`: another sheet or list, another row with the names of the columns.
    `turns_changed(roles)`: the turns of these parties are to be samples, or whole conversations where there are none.

    It asks for the columns that a task `wants`, no others.
    """

    changed = Signal(object)
    format_changed = Signal(str)
    table_changed = Signal(str)
    header_changed = Signal(int)
    turns_changed = Signal(object)

    def __init__(self, wants: Sequence[str] = ("label",), parent: QWidget | None = None) -> None:
        super().__init__(parent, gap=12)
        self._guess: Guess | None = None
        self._wants = tuple(wants)
        self._folds: Guess | None = None
        self.turns = ChoiceBox()
        self.text = ChoiceBox()
        self.label = ChoiceBox()
        self.separator = ChoiceBox()
        self.roles = {role: ChoiceBox() for role in _ROLES if role in (*wants, *_OF_MODELS)}
        self.offsets = ChoiceBox()
        self.split = ChoiceBox()
        self.odd_split = ChoiceBox()
        self.table = ChoiceBox()
        self.format = ChoiceBox()
        self.encoding = ChoiceBox()
        self.delimiter = ChoiceBox()
        self.header = NumberBox()
        self.header.setRange(0, 99)
        self.header.setSpecialValueText(tr("None"))
        self.quoting = QCheckBox(tr("Cells may be quoted"))
        self.fold = QCheckBox(tr("Merge rows with the same text"))
        for one in all_formats().values():
            self.format.addItem(tr(one.title), one.id)
        self.add("turns of", tr("Each sample is"), field=self.turns)
        self.add("table", tr("Sheet, list or group of labels"), field=self.table)
        self.add("text", tr("Text"), field=self.text)
        self.add("label", tr("Label"), field=self.label)
        self.add("separator", tr("Several labels in one cell"), field=self.separator)
        for role, box in self.roles.items():
            self.add(role, role_title(role), field=box)
            box.activated.connect(partial(self._choose_role, role))
        self.add("fold", "", field=self.fold)
        self.fold.setAccessibleName(tr("Merge rows with the same text"))
        self.add("offsets", tr("Text offsets are counted in"), field=self.offsets)
        self.add("split", tr("Split"), field=self.split)
        self.add("odd split", tr("Other values in that column"), field=self.odd_split)
        self.add("format", tr("Format"), field=self.format)
        self.add("encoding", tr("Encoding"), field=self.encoding)
        self.add("delimiter", tr("Column separator"), field=self.delimiter)
        self.add("header", tr("Header row"), field=self.header)
        self.add("quoting", "", field=self.quoting)
        self.quoting.setAccessibleName(tr("Cells may be quoted"))
        self.turns.activated.connect(
            lambda _i: self.turns_changed.emit(tuple(filter(None, [self.turns.currentData()])))
        )
        self.text.activated.connect(lambda _i: self._change(text=self.text.currentData()))
        self.label.activated.connect(lambda _i: self._choose_label(self.label.currentData()))
        self.separator.activated.connect(lambda _i: self._change(label_separator=self.separator.currentData() or ""))
        self.offsets.activated.connect(lambda _i: self._change(offsets=self.offsets.currentData()))
        self.odd_split.activated.connect(lambda _i: self._say_split(self.odd_split.currentData()))
        self.split.activated.connect(lambda _i: self._change(split_column=self.split.currentData()))
        self.table.activated.connect(lambda _i: self.table_changed.emit(self.table.currentData()))
        self.encoding.activated.connect(lambda _i: self._change(encoding=self.encoding.currentData()))
        self.delimiter.activated.connect(lambda _i: self._change(delimiter=self.delimiter.currentData()))
        self.header.valueChanged.connect(self.header_changed)
        self.quoting.toggled.connect(lambda on: self._change(quoting=on))
        self.fold.toggled.connect(lambda on: self._change(fold=on))
        self.format.activated.connect(lambda _i: self.format_changed.emit(self.format.currentData()))

    def show_guess(self, guess: Guess) -> None:
        """Show a guess without announcing it."""
        if guess.fold:
            self._folds = guess  # it stays a choice for these files once it is switched off
        self._guess = guess
        columns = [(name, name) for name in guess.columns]
        _fill(self.turns, _units(guess), guess.talk.each_of[0] if guess.talk and guess.talk.each_of else "")
        _fill(self.text, columns, guess.text, none=tr("Choose a column"))
        none = tr("One column per label") if guess.label_columns else tr("None: import samples unlabelled")
        _fill(self.label, columns, guess.label, none=none)
        joiners = [(one, tr("separated by “{separator}”", separator=one.replace("\n", "⏎"))) for one in JOINERS]
        _fill(self.separator, joiners, guess.label_separator or None, none=tr("None: one label per cell"))
        for role, box in self.roles.items():
            _fill(box, columns, guess.roles.get(role), none=tr("None"))
        _fill(self.offsets, [(scheme, tr(title)) for scheme, title in SCHEMES.items()], guess.offsets)
        _fill(self.split, columns, guess.split_column, none=tr("None"))
        alike = {"json": tr("All lists, each as a split"), "label_studio": tr("All groups together")}.get(
            guess.format, tr("All sheets with the same columns")
        )
        _fill(self.table, [(name, alike if name == ALL_TABLES else name) for name in guess.tables], guess.table)
        _fill(self.encoding, [(value, tr(title)) for value, title in ENCODINGS], guess.encoding)
        _fill(self.delimiter, [(value, tr(title)) for value, title in DELIMITERS], guess.delimiter)
        with quiet(self.format), quiet(self.header), quiet(self.quoting), quiet(self.fold):
            self.format.setCurrentIndex(self.format.findData(guess.format))
            self.header.setValue(guess.header_rows)
            self.quoting.setChecked(guess.quoting)
            self.fold.setChecked(guess.fold)
        delimited = bool(guess.delimiter)
        self.show_row("turns of", guess.talk is not None)
        self.show_row("text", bool(columns))
        self.show_row("label", bool(columns) and "label" in self._wants)
        joins = "several_labels" in self._wants or bool(guess.label_separator)
        told = guess.label is not None or ("suggestion" in guess.roles and "label" in self._wants)
        self.show_row("separator", told and not guess.label_form and joins)
        for role in self.roles:
            self.show_row(role, bool(columns) and not _said_by_format(role, guess))
        self.show_row("confidence", bool(columns) and "suggestion" in guess.roles)
        self.show_row("offsets", _counts_places(guess))
        self.show_row("fold", guess.fold or (self._folds is not None and self._folds.paths == guess.paths))
        self.show_row("split", bool(columns))
        odd = guess.odd_splits
        self.show_row("odd split", bool(odd))
        meant = next(iter(guess.split_words.values()), None)
        splits = [
            (split, tr("“{words}” means {split}", words=", ".join(odd), split=split_name(split))) for split in SPLITS
        ]
        _fill(self.odd_split, splits, meant, none=tr("“{words}” is not a split", words=", ".join(odd)))
        self.show_row("table", len(guess.tables) > 1)
        self.show_row("encoding", bool(guess.encoding))
        for name in ("delimiter", "quoting"):
            self.show_row(name, delimited)
        self.show_row("header", delimited or guess.format == "excel")
        self.show_error("text", tr("Choose the column that holds the text.") if columns and guess.text is None else "")

    def _choose_label(self, column: str | None) -> None:
        """What a model said is not a label as well."""
        if self._guess is not None:
            roles = self._guess.roles.items()
            kept = {role: known for role, known in roles if role not in _OF_MODELS or known != column}
            self._change(label=column, roles=kept)

    def _say_split(self, split: Split | None) -> None:
        if self._guess is not None:
            self._change(split_words=dict.fromkeys(self._guess.odd_splits, split))

    def _choose_role(self, role: str, _index: int) -> None:
        if self._guess is not None:
            column = self.roles[role].currentData()
            roles = {name: known for name, known in self._guess.roles.items() if name != role}
            label = None if column == self._guess.label else self._guess.label
            self._change(roles={**roles, role: column} if column is not None else roles, label=label)

    def _change(self, **fields: object) -> None:
        if self._guess is not None:
            self._guess = replace(self._guess, **fields)  # type: ignore[arg-type]
            self.changed.emit(self._guess)


def role_title(role: str) -> str:
    """What a column is called by what it is for."""
    return {
        "second_text": tr("Second text"),
        "question": tr("Question"),
        "answer": tr("Answer"),
        "target": tr("Target text"),
        "rating": tr("Rating"),
        "spans": tr("Spans"),
        "turns": tr("Conversation turns"),
        "media": tr("Picture"),
        "suggestion": tr("Suggestion of a model"),
        "confidence": tr("Confidence of the suggestion"),
    }[role]


def _units(guess: Guess) -> list[tuple[str, str]]:
    """What a sample can be where there are conversations: the parties whose turns are samples, and how it is called."""
    parties = guess.talk.parties if guess.talk is not None else ()
    of_one = [(role, tr("one turn by {role}", role=role)) for role in parties]
    return [("", tr("a whole conversation")), (ALL_TURNS, tr("one turn")), *of_one]


_MARKED: Mapping[str, Callable[[Marks], object]] = {
    "question": lambda marks: marks.questions,
    "answer": lambda marks: marks.questions,
    "target": lambda marks: marks.targets,
    "rating": lambda marks: marks.rating,
    "spans": lambda marks: marks.spans,
}


def _said_by_format(role: str, guess: Guess) -> bool:
    """Whether the file says by itself what a column would be asked for."""
    marked = _MARKED.get(role)
    if marked is None or role in guess.roles:
        return False
    return any(marked(row.marks) is not None for row in guess.preview if isinstance(row, Row))


def _counts_places(guess: Guess) -> bool:
    """Whether the file names places in its texts, which it may count otherwise than we do."""
    if not (guess.by_turn or all_formats()[guess.format].has_offsets):
        return False
    marks = (row.marks for row in guess.preview if isinstance(row, Row))
    return bool(guess.offsets) or any(one.spans or any(q.answers for q in one.questions or ()) for one in marks)


def _fill(box: QComboBox, choices: Sequence[tuple[str, str]], current: str | None, *, none: str = "") -> None:
    with quiet(box):
        box.clear()
        if none:
            box.addItem(none, None)
        for value, title in choices:
            box.addItem(title, value)
        if current is not None and box.findData(current) < 0:
            box.addItem(current, current)
        box.setCurrentIndex(max(0, box.findData(current)) if current is not None else 0)
