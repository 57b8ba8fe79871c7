"""Rows of a form: a title, a field, one plain sentence, and what is wrong with it, beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.theme import BODY, CAPTION


class Form(QWidget):
    """Fields below each other, each with its title above and a sentence below. Keeps the fields by name."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 16) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(gap)
        self._errors: dict[str, QLabel] = {}
        self._rows: dict[str, QWidget] = {}
        self._words: dict[str, str] = {}
        self._hidden: set[str] = set()
        self._search = ""

    def add(self, name: str, title: str, *, field: QWidget, sentence: str = "", behind: str | None = None) -> None:
        """A row, the last one, or `behind` the row of this name ("": the first one). `field` gets `title` as its
        accessible name and `sentence` as its description.
        """
        holder = QWidget(self)  # at once: to move a part with all that is in it takes longer than to make it
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        heading = words(title, size=BODY)
        heading.setBuddy(field)
        if not title:
            heading.hide()
        field.setAccessibleName(title)
        field.setAccessibleDescription(sentence)
        layout.addWidget(heading)
        layout.addWidget(field)
        if sentence:
            layout.addWidget(words(sentence, size=CAPTION, muted=True, wrap=True))
        error = words("", size=CAPTION, wrap=True)
        error.setProperty("tone", "bad")
        error.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        error.hide()
        layout.addWidget(error)
        self._errors[name] = error
        self._rows[name] = holder
        self._words[name] = f"{title} {sentence} {name}".casefold()
        place = self._layout.count() if behind is None else 0
        if behind:
            place = self._layout.indexOf(self._rows[behind]) + 1
        self._layout.insertWidget(place, holder)

    def show_row(self, name: str, shown: bool) -> None:
        """Show or hide a whole row."""
        (self._hidden.discard if shown else self._hidden.add)(name)
        holder, is_seen = self._rows[name], shown and self._search in self._words[name]
        if holder.isHidden() == is_seen:
            holder.setVisible(is_seen)

    def search(self, text: str) -> int:
        """Show only rows with this in their title, sentence or name; how many of those that may be seen have it."""
        self._search = text.casefold().strip()
        found = [name for name in self._rows if name not in self._hidden and self._search in self._words[name]]
        for name, holder in self._rows.items():
            holder.setVisible(name in found)
        return len(found)

    def show_error(self, name: str, sentence: str) -> None:
        """Say beside a field what is wrong with it; "" takes it back."""
        self._errors[name].setText(sentence)
        self._errors[name].setVisible(bool(sentence))
