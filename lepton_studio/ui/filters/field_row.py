"""One condition on a field of the file: which field, is or contains, and what."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import FieldIs
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import row
from lepton_studio.widgets.steady import ChoiceBox

_OFFERED = 200
_SHOWN = 3


class FieldRow(QWidget):
    """`chosen`: a field is chosen in this row. Values are offered while one types, the commonest in front."""

    chosen = Signal()

    def __init__(self, session: Session, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look(session, tr("Looking for values"))
        self.name = ChoiceBox()
        self.name.setAccessibleName(tr("Field"))
        self.name.addItem(tr("Choose a field"), "")
        for name in names:
            self.name.addItem(name, name)
        self.how = ChoiceBox()
        self.how.setAccessibleName(tr("How to compare"))
        self.how.addItem(tr("is"), False)
        self.how.addItem(tr("contains"), True)
        self.value = QLineEdit()
        self.value.setAccessibleName(tr("Value"))
        self._values = QStringListModel(self)
        completer = QCompleter(self._values, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.value.setCompleter(completer)
        self.name.currentIndexChanged.connect(lambda _place: self._offer())
        layout = row(self.name, self.how, self.value)
        layout.setStretch(0, 2)
        layout.setStretch(2, 3)
        self.setLayout(layout)

    def show_condition(self, wanted: FieldIs) -> None:
        """Show what is asked for; a field that was not met among the samples too."""
        if self.name.findData(wanted.name) < 0:
            self.name.addItem(wanted.name, wanted.name)
        self.name.setCurrentIndex(self.name.findData(wanted.name))
        self.how.setCurrentIndex(int(wanted.contains))
        self.value.setText(wanted.value)

    def condition(self) -> FieldIs | None:
        """What is asked for; None where no field is chosen, or it is to contain nothing."""
        name, contains, value = self.name.currentData(), bool(self.how.currentData()), self.value.text().strip()
        return FieldIs(name, value, contains) if name and (value or not contains) else None

    def _offer(self) -> None:
        name = self.name.currentData()
        self._values.setStringList([])
        self.value.setPlaceholderText("")
        if name:
            self._look.ask(lambda project: project.field_values(name, limit=_OFFERED), self._take)
            self.chosen.emit()

    def _take(self, values: list[tuple[str, int]]) -> None:
        self._values.setStringList([value for value, _count in values])
        common = ", ".join(value for value, _count in values[:_SHOWN])
        self.value.setPlaceholderText(common if len(values) <= _SHOWN else tr("{values}…", values=common))
