"""The history of one sample: who did what to it and when; any state of it can be brought back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import SampleId
from lepton_studio.project.sample_states import SampleState
from lepton_studio.studio.sample_history import in_words
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work
from lepton_studio.ui.shared.history_steps import moment
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import TITLE

_ROW, _HEIGHT = 30, 320


class SampleHistoryCard(Overlay):
    """`open_on(session, sample)` begins. Enter brings the state of a row back, as one step that can be undone."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=860)
        self._session: Session | None = None
        self._sample: SampleId = 0
        self._work: Work | None = None
        self._states: list[SampleState] = []
        self._can_be: list[bool] = []
        self._title = words("", size=TITLE, bold=True)
        self.sentence = words("", wrap=True, muted=True)
        self.table = QTableWidget(0, 5)
        self.table.setAccessibleName(tr("History of this sample"))
        self.table.setHorizontalHeaderLabels([tr("When"), tr("Who"), tr("Change"), tr("From"), tr("Result")])
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        dress_table(self.table, row=_ROW)
        self.table.setFixedHeight(_HEIGHT)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for place, width in enumerate((110, 90, 200, 130)):
            header.setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
            self.table.setColumnWidth(place, width)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self.table.itemSelectionChanged.connect(self._show_what_can_be)
        self.table.itemDoubleClicked.connect(lambda _item: self.bring_back())
        self.table.installEventFilter(self)
        frame = QFrame()
        frame.setProperty("role", "card")
        frame.setLayout(column(self.table, margins=(1, 1, 1, 1)))
        self.back = button(tr("Restore this state"), role="primary")
        self.back.clicked.connect(self.bring_back)
        close = button(tr("Close"), role="quiet")
        close.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(frame)
        self.card_layout.addLayout(row(None, close, self.back))

    def open_on(self, session: Session, sample: SampleId) -> None:
        """Read beside the window what became of this sample, and show it, the newest first."""
        self._session, self._sample = session, sample
        self._title.setText(tr("History of sample {id}", id=sample))
        self._fill([])
        self.sentence.setText(tr("Reading the history…"))
        work = session.run_in_background(
            tr("Reading the history"),
            lambda progress: progress.project.sample_states(sample),
            lambda states: self._take(work, states),
            failed=lambda _error: self.close_over(),
            quiet=True,
        )
        self._work = work
        self.open_over()
        self.table.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.bring_back()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_over()
                return True
        return super().eventFilter(watched, event)

    def bring_back(self) -> None:
        """Make the sample what it was in the row that is chosen."""
        session, place = self._session, self.table.currentRow()
        if session is None or not self.back.isEnabled() or not 0 <= place < len(self._states):
            return
        state, sample = self._states[place], self._sample
        say = tr("Restored an earlier state.")
        if session.perform(lambda project: project.bring_back(sample, state), say=say) is not None:
            self.close_over()

    # ------------------------------------------------------------------------------------------------------ inside

    def _take(self, work: Work, states: list[SampleState]) -> None:
        if work is self._work:
            self.sentence.setText(tr("Choose a state to restore. Undone changes are shown in grey."))
            self._fill(states[::-1])

    def _fill(self, states: list[SampleState]) -> None:
        session = self._session
        if session is None:
            return
        labels, muted = session.project.labels(), colors(self.palette()).muted
        self._states, self._can_be = states, []
        self.table.setRowCount(len(states))
        for place, state in enumerate(states):
            said = in_words(state, task=session.task, labels=labels)
            self._can_be.append(said.can_be)
            for cell, text in enumerate((moment(state.at), state.who, said.what, said.source, said.state)):
                self.table.setItem(place, cell, _item(text, muted if state.undone else None))
        if states:
            self.table.setCurrentCell(0, 0)
        self._show_what_can_be()

    def _show_what_can_be(self) -> None:
        place, session = self.table.currentRow(), self._session
        is_one = 0 <= place < len(self._states) and self._can_be[place]
        self.back.setEnabled(is_one and session is not None and not session.project.read_only)


def _item(text: str, color: QColor | None) -> QTableWidgetItem:
    made = QTableWidgetItem(text)
    set_tool_tip(made, text)
    if color is not None:
        made.setForeground(color)
    return made
