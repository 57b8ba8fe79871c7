"""The labels at the side of the Label page: how many decisions each has, and the way to change them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.project.label_options import is_retired
from lepton_studio.project.records import Label, LabelId, Labels
from lepton_studio.ui.label.counts import Counts
from lepton_studio.ui.label.label_card import LabelCard
from lepton_studio.ui.label.label_changes import LabelChanges
from lepton_studio.ui.label.label_kinds import kind_of, kind_options, kind_title
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip

_HEAD, _GAP = 32, 4


class LabelGroup(QWidget):
    """The labels of one kind. `opened(label id)`: its row was clicked; `named(name)`: a new label is wanted."""

    opened = Signal(object)
    named = Signal(str)
    left = Signal()

    def __init__(self, title: str, *, alone: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alone = alone
        self.rows = BarRows(name=tr("{title} with the number of annotations", title=title))
        self.rows.row_clicked.connect(self.opened)
        set_tool_tip(self.rows, tr("Click a label to rename, merge, recolour or delete it"))
        self.add = IconButton("add", tr("Add a label"))
        self.add.clicked.connect(self.begin_adding)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(tr("Type a name and press Enter"))
        self.new_name.setAccessibleName(tr("Name of the new label"))
        self.new_name.installEventFilter(self)
        self.new_name.hide()
        head = QWidget()
        head.setFixedHeight(_HEAD)
        head.setLayout(row(words(title, bold=True), None, self.add))
        self.setLayout(column(head, self.new_name, self.rows, gap=_GAP))

    def show_labels(self, labels: Labels, counts: Counts) -> None:
        """Show these labels with these counts."""
        self.rows.show_rows(
            [
                BarRow(one.id, _title(one), counts.per_label.get(one.id, 0), color="" if is_retired(one) else one.color)
                for one in labels
            ]
        )
        self._fit()

    def begin_adding(self) -> None:
        """Open the line for a new label's name."""
        self.new_name.show()
        self._fit()
        self.new_name.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.new_name and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._end_adding()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._name()  # the line itself would let the key through to the page
                return True
        return super().eventFilter(watched, event)

    def _name(self) -> None:
        name = self.new_name.text().strip()
        if name:
            self.named.emit(name)
        else:
            self._end_adding()

    def _end_adding(self) -> None:
        self.new_name.clear()
        self.new_name.hide()
        self._fit()
        self.left.emit()

    def _fit(self) -> None:
        """Take no more room than the rows need where another group stands below."""
        if not self._alone:
            line = 0 if self.new_name.isHidden() else self.new_name.sizeHint().height() + _GAP
            self.setMaximumHeight(_HEAD + _GAP + line + max(_HEAD, self.rows.full_height()))


class LabelsPanel(QWidget):
    """A group for each kind of label. A click on a row opens its card; the plus adds a label."""

    samples_wanted = Signal(object)
    left = Signal()
    """The line for a new label lets go of the keys."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._labels: Labels = ()
        self.changes = LabelChanges(session, self)
        self.changes.samples_wanted.connect(self.samples_wanted)
        kinds = session.task.label_kinds
        alone = len(kinds) == 1
        self.groups = {kind: LabelGroup(kind_title(kind, alone=alone), alone=alone) for kind in kinds}
        layout = column(gap=12)
        for kind, group in self.groups.items():
            group.opened.connect(self.open_card)
            group.named.connect(lambda name, kind=kind: self.add_label(name, kind=kind))
            group.left.connect(self.left)
            layout.addWidget(group, 1)
        if not alone:
            layout.addStretch(0)
        self.setLayout(layout)

    @property
    def rows(self) -> BarRows:
        """The rows of the first kind."""
        return next(iter(self.groups.values())).rows

    @property
    def new_name(self) -> QLineEdit:
        """The line for a new label of the first kind."""
        return next(iter(self.groups.values())).new_name

    @property
    def adding(self) -> list[QWidget]:
        """The buttons that add a label."""
        return [group.add for group in self.groups.values()]

    def show_labels(self, labels: Labels, counts: Counts) -> None:
        """Show these labels with these counts."""
        self._labels = labels
        for kind, group in self.groups.items():
            group.show_labels(tuple(one for one in labels if self._kind(one.options) == kind), counts)

    def open_card(self, label_id: LabelId) -> LabelCard:
        """Open the card of a label beside its row."""
        label = self._session.project.label(label_id)
        card = LabelCard(self._session, label, labels=self._labels, changes=self.changes, parent=self)
        card.samples_wanted.connect(self.samples_wanted)
        rows = self.groups[self._kind(label.options)].rows
        place = next((place for place, one in enumerate(rows.rows()) if one.key == label_id), 0)
        spot = rows.visualRect(rows.model().index(place, 0)).topLeft()
        card.open_beside(rows, QPoint(0, spot.y()))
        return card

    def begin_adding(self) -> None:
        """Open the line for the name of a new label, of the first kind."""
        next(iter(self.groups.values())).begin_adding()

    def add_label(self, name: str, *, kind: str) -> None:
        """Add a label of this kind."""
        options = kind_options(kind, kinds=self._session.task.label_kinds)
        added = self._session.perform(
            lambda project: project.add_label(name, options=options), say=tr("Label “{name}” added", name=name)
        )
        if added is not None:
            self.groups[kind].new_name.clear()

    def _kind(self, options: object) -> str:
        return kind_of(options, kinds=self._session.task.label_kinds)


def _title(label: Label) -> str:
    return tr("{label} (retired)", label=label.name) if is_retired(label) else label.name
