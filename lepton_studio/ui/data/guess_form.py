"""The guess how a file is read, as a form: every answer can be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox, QWidget

from lepton_studio.formats import DELIMITERS, ENCODINGS, Guess, all_formats
from lepton_studio.language import tr
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import padded, quiet


class GuessForm(Form):
    """`changed(Guess)`: the person changed an answer. `format_changed(str)`: another format, guess all else again."""

    changed = Signal(object)
    format_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, gap=12)
        self._guess: Guess | None = None
        self.text = QComboBox()
        self.label = QComboBox()
        self.split = QComboBox()
        self.table = QComboBox()
        self.format = QComboBox()
        self.encoding = QComboBox()
        self.delimiter = QComboBox()
        self.header = padded(QSpinBox())
        self.header.setRange(0, 20)
        self.quoting = QCheckBox(tr("Cells may be in quotes"))
        for one in all_formats().values():
            self.format.addItem(tr(one.title), one.id)
        self.add("text", tr("Text"), field=self.text)
        self.add("label", tr("Label"), field=self.label)
        self.add("split", tr("Split"), field=self.split)
        self.add("table", tr("Table"), field=self.table)
        self.add("format", tr("Format"), field=self.format)
        self.add("encoding", tr("Encoding"), field=self.encoding)
        self.add("delimiter", tr("Columns are separated by"), field=self.delimiter)
        self.add("header", tr("Header lines"), field=self.header)
        self.add("quoting", "", field=self.quoting)
        self.quoting.setAccessibleName(tr("Cells may be in quotes"))
        self.text.activated.connect(lambda _i: self._change(text=self.text.currentData()))
        self.label.activated.connect(lambda _i: self._change(label=self.label.currentData()))
        self.split.activated.connect(lambda _i: self._change(split_column=self.split.currentData()))
        self.table.activated.connect(lambda _i: self._change(table=self.table.currentData()))
        self.encoding.activated.connect(lambda _i: self._change(encoding=self.encoding.currentData()))
        self.delimiter.activated.connect(lambda _i: self._change(delimiter=self.delimiter.currentData()))
        self.header.valueChanged.connect(lambda rows: self._change(header_rows=rows))
        self.quoting.toggled.connect(lambda on: self._change(quoting=on))
        self.format.activated.connect(lambda _i: self.format_changed.emit(self.format.currentData()))

    def show_guess(self, guess: Guess) -> None:
        """Show a guess without announcing it."""
        self._guess = guess
        columns = [(name, name) for name in guess.columns]
        _fill(self.text, columns, guess.text, none=tr("Choose the column"))
        _fill(self.label, columns, guess.label, none=tr("None: the samples come in unlabelled"))
        _fill(self.split, columns, guess.split_column, none=tr("None"))
        _fill(self.table, [(name, name) for name in guess.tables], guess.table)
        _fill(self.encoding, [(value, tr(title)) for value, title in ENCODINGS], guess.encoding)
        _fill(self.delimiter, [(value, tr(title)) for value, title in DELIMITERS], guess.delimiter)
        with quiet(self.format), quiet(self.header), quiet(self.quoting):
            self.format.setCurrentIndex(self.format.findData(guess.format))
            self.header.setValue(guess.header_rows)
            self.quoting.setChecked(guess.quoting)
        delimited = bool(guess.delimiter)
        self.show_row("text", bool(columns))
        self.show_row("label", bool(columns))
        self.show_row("split", bool(columns))
        self.show_row("table", len(guess.tables) > 1)
        self.show_row("encoding", bool(guess.encoding))
        for name in ("delimiter", "header", "quoting"):
            self.show_row(name, delimited)
        self.show_error("text", tr("Choose which column holds the text.") if columns and guess.text is None else "")

    def _change(self, **fields: object) -> None:
        if self._guess is not None:
            self._guess = replace(self._guess, **fields)  # type: ignore[arg-type]
            self.changed.emit(self._guess)


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
