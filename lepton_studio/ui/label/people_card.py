"""Who labelled how much, how far they agree, and on what they differ; a click shows the samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import LabelId, SampleId
from lepton_studio.studio.agreement.in_words import difference_words, least_agreed, measure_name, score_words, summary
from lepton_studio.studio.agreement.people import Agreement, agreement
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, column, quiet, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.tables import dress_table
from lepton_studio.widgets.theme import TITLE
from lepton_studio.words import shortened

_ROW, _MOST_ROWS = 28, 6
_NUMBER = 90
"""Pixels of a column of numbers."""
_NAME = 40
"""Characters of a label in a sentence."""


class PeopleCard(Overlay):
    """`ask(session, shown=...)` counts beside the window; `shown` gets the samples that a person wants to settle."""

    manual = "howto-two-people"

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=720)
        self._work: Work | None = None
        self._shown: Callable[[tuple[SampleId, ...]], object] = len
        self._names: dict[LabelId, str] = {}
        self.found: Agreement | None = None
        self.sentences = words("", wrap=True)
        self.pairs = _table((tr("Who"), tr("Samples"), tr("The same"), ""))
        self.differences = _table((tr("Differences"), "", tr("Samples")))
        set_tool_tip(self.differences, tr("Click to settle these samples"))
        self.differences.cellClicked.connect(lambda place, _column: self._show_difference(place))
        self.settle = button("", role="primary")
        self.settle.clicked.connect(self._settle)
        self.close_button = button(tr("Close"))
        self.close_button.clicked.connect(self.close_over)
        self._frames = [_framed(one) for one in (self.pairs, self.differences)]
        self.card_layout.addWidget(words(tr("People and agreement"), size=TITLE, bold=True))
        self.card_layout.addWidget(self.sentences)
        for frame in self._frames:
            self.card_layout.addWidget(frame)
        self.card_layout.addLayout(row(self.settle, None, self.close_button))

    def ask(self, session: Session, *, shown: Callable[[tuple[SampleId, ...]], object]) -> None:
        """Count, and open."""
        self._shown, self.found = shown, None
        self._names = {one.id: shortened(one.name, _NAME) for one in session.project.labels()}
        self.sentences.setText(tr("Comparing answers…"))
        self.settle.hide()
        for frame in self._frames:
            frame.hide()
        work = session.run_in_background(
            tr("Comparing answers"),
            lambda progress: agreement(progress.project),
            lambda found: self._take(work, found),
            failed=lambda _error: self.close_over(),
            quiet=True,
        )
        self._work = work
        self.open_over()
        self.close_button.setFocus()

    def _take(self, work: Work, found: Agreement) -> None:
        if work is not self._work:
            return
        self.found = found
        people = ", ".join(f"{who or tr('unknown')} ({amount(count)})" for who, count in found.people.items())
        first = [tr("Labelled by: {names}.", names=people)] if people else []
        least = least_agreed(found, self._names)
        self.sentences.setText("\n".join([*first, *summary(found), *([least] if least else [])]))
        if found.pairs:
            measure = measure_name(found.pairs[0].score.measure)
            self.pairs.setHorizontalHeaderLabels([tr("Who"), tr("Samples"), tr("The same"), measure])
        rows = [
            (f"{one.first}, {one.second}", amount(one.score.n), amount(one.same), score_words(one.score))
            for one in found.pairs
        ]
        _fill(self.pairs, rows)
        differences = [
            (f"{one.first}: {first}", f"{one.second}: {second}", amount(len(one.samples)))
            for one in found.differences
            for first, second in (difference_words(one),)
        ]
        _fill(self.differences, differences)
        for frame, shown in zip(self._frames, (rows, differences), strict=True):
            frame.setVisible(bool(shown))
        count = len(found.to_settle)
        self.settle.setText(trn("Settle {count} sample", "Settle {count} samples", count))
        self.settle.setVisible(count > 0)

    def _settle(self) -> None:
        if self.found is not None:
            self._show(self.found.to_settle)

    def _show_difference(self, place: int) -> None:
        if self.found is not None and place < len(self.found.differences):
            self._show(self.found.differences[place].samples)

    def _show(self, samples: tuple[SampleId, ...]) -> None:
        self.close_over()
        self._shown(samples)


def _table(heads: Sequence[str]) -> QTableWidget:
    table = QTableWidget(0, len(heads))
    table.setHorizontalHeaderLabels(list(heads))
    table.setAccessibleName(heads[0])
    dress_table(table, row=_ROW)
    header = table.horizontalHeader()
    for place in range(len(heads)):
        is_number = _is_number(table.horizontalHeaderItem(place))
        mode = QHeaderView.ResizeMode.Fixed if is_number else QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(place, mode)
        if is_number:
            table.setColumnWidth(place, _NUMBER)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return table


def _is_number(head: QTableWidgetItem | None) -> bool:
    return head is not None and head.text() in (tr("Samples"), tr("The same"))


def _framed(table: QTableWidget) -> QFrame:
    frame = QFrame()
    frame.setProperty("role", "card")
    frame.setLayout(column(table, margins=(1, 1, 1, 1)))
    return frame


def _fill(table: QTableWidget, rows: Sequence[tuple[str, ...]]) -> None:
    with quiet(table):
        table.setRowCount(len(rows))
        for place, cells in enumerate(rows):
            for number, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                if _is_number(table.horizontalHeaderItem(number)):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                table.setItem(place, number, item)
    height = table.horizontalHeader().sizeHint().height() + _ROW * min(_MOST_ROWS, len(rows)) + 4
    table.setFixedHeight(height)
