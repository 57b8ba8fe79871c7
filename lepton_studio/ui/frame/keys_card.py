"""Other keys for what can be done: a row for each action, a field that takes the next key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QKeySequenceEdit, QLineEdit, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.remapped import own_keys, stored_keys, with_keys
from lepton_studio.ui.shared.actions import Action
from lepton_studio.widgets.layouts import button, clear, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE

_HEIGHT = 360


class KeysCard(Overlay):
    """`chosen(tuple)`: the keys as `Settings.keys` holds them."""

    chosen = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self.fields: dict[str, QKeySequenceEdit] = {}
        self._actions: Sequence[Action] = ()
        self._keys: dict[str, str] = {}
        rows = QWidget()
        self._grid = QGridLayout(rows)
        self._grid.setColumnStretch(0, 1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(rows)
        scroll.setAccessibleName(tr("Change shortcuts"))
        scroll.setMinimumHeight(_HEIGHT)
        self.says = words("", size=CAPTION, muted=True, wrap=True)
        usual = button(tr("Reset all"))
        usual.clicked.connect(self._forget)
        self.close_button = button(tr("Close"), role="primary")
        self.close_button.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Change shortcuts"), size=TITLE, bold=True))
        hint = tr(
            "Click a field and press the new shortcut. To change the key of a label, click the label on the Label page."
        )
        self.card_layout.addWidget(words(hint, muted=True, wrap=True))
        self.card_layout.addWidget(scroll)
        self.card_layout.addWidget(self.says)
        self.card_layout.addLayout(row(usual, None, self.close_button))

    def open_with(self, actions: Sequence[Action], stored: Sequence[str]) -> None:
        """Show these actions, as they come, under the person's keys."""
        self._actions, self._keys = tuple(actions), own_keys(stored)
        self.says.setText("")
        self._fill()
        self.open_over()

    def _fill(self) -> None:
        clear(self._grid)
        self.fields.clear()
        for place, action in enumerate(with_keys(self._actions, stored_keys(self._keys))):
            field = QKeySequenceEdit(QKeySequence(action.shortcut))
            field.setMaximumSequenceLength(1)
            field.setClearButtonEnabled(True)
            for part in (field, *field.findChildren(QLineEdit)):  # it hands the focus on to its line
                part.setAccessibleName(action.title)
            field.editingFinished.connect(lambda one=action.id, field=field: self._take(one, field))
            self.fields[action.id] = field
            self._grid.addWidget(words(action.title), place, 0)
            self._grid.addWidget(field, place, 1)

    def _take(self, action: str, field: QKeySequenceEdit) -> None:
        key = field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        shown = {one.id: one for one in with_keys(self._actions, stored_keys(self._keys))}
        if key == shown[action].shortcut:
            return
        others = [one for one in shown.values() if one.id != action and key and key in (one.shortcut, *one.also)]
        if others:
            title = others[0].title
            self.says.setText(tr("{key} is already used for “{title}”. Clear it there first.", key=key, title=title))
            field.setKeySequence(QKeySequence(shown[action].shortcut))
            return
        self.says.setText("")
        usual = next(one.shortcut for one in self._actions if one.id == action)
        if key == usual:
            self._keys.pop(action, None)
        else:
            self._keys[action] = key
        self.chosen.emit(stored_keys(self._keys))

    def _forget(self) -> None:
        self._keys.clear()
        self.chosen.emit(())
        self._fill()
