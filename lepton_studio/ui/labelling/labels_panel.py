"""The labels at the side of the Label page: how many decisions each has, and the way to change them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import LabelId, Labels
from lepton_studio.ui.labelling.counts import Counts
from lepton_studio.ui.labelling.label_card import LabelCard
from lepton_studio.ui.session import Session
from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import column, row, words


class LabelsPanel(QWidget):
    """A click on a row opens its card; the plus adds a label."""

    samples_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._labels: Labels = ()
        self._counts = Counts()
        self.rows = BarRows(name=tr("Labels with their number of decisions"))
        self.rows.row_clicked.connect(self.open_card)
        self.rows.setToolTip(tr("Click a label to rename, merge, recolour or delete it"))
        self.add = IconButton("add", tr("Add a label"))
        self.add.clicked.connect(self.begin_adding)
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText(tr("Name of the new label, then Enter"))
        self.new_name.setAccessibleName(tr("Name of the new label"))
        self.new_name.returnPressed.connect(self._add)
        self.new_name.installEventFilter(self)
        self.new_name.hide()
        self.setLayout(column(row(words(tr("Labels"), bold=True), None, self.add), self.new_name, self.rows, gap=4))

    def show_labels(self, labels: Labels, counts: Counts) -> None:
        """Show these labels with these counts."""
        self._labels, self._counts = labels, counts
        self.rows.show_rows(
            [BarRow(one.id, one.name, counts.per_label.get(one.id, 0), color=one.color) for one in labels]
        )

    def open_card(self, label_id: LabelId) -> LabelCard:
        """Open the card of a label beside its row."""
        label = self._session.project.label(label_id)
        card = LabelCard(self._session, label, labels=self._labels, parent=self)
        card.samples_wanted.connect(self.samples_wanted)
        place = next((i for i, one in enumerate(self._labels) if one.id == label_id), 0)
        spot = self.rows.visualRect(self.rows.model().index(place, 0)).topLeft()
        card.open_beside(self.rows, QPoint(0, spot.y()))
        return card

    def begin_adding(self) -> None:
        """Open the line for a new label's name."""
        self.new_name.show()
        self.new_name.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.new_name
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self._end_adding()
            return True
        return super().eventFilter(watched, event)

    def _add(self) -> None:
        name = self.new_name.text().strip()
        if not name:
            self._end_adding()
        elif self._session.perform(lambda project: project.add_label(name), say=tr("Label “{name}” added", name=name)):
            self.new_name.clear()

    def _end_adding(self) -> None:
        self.new_name.clear()
        self.new_name.hide()
        page = self.parentWidget()
        if page is not None:
            page.setFocus()
