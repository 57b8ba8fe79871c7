"""Texts that are equal, or nearly so, and labelled in different ways: pair by pair, until a person has settled them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.records import Filter, Label, LabelId, Sample, SampleId
from lepton_studio.project.reviews import ReviewAnswer
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import value_shown
from lepton_studio.widgets.difference import DifferenceView
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE
from lepton_studio.words import shortened, split_name

if TYPE_CHECKING:
    from lepton_studio.studio.contradictions import Contradiction, Contradictions

_LONGEST_NAME = 40
"""Characters of a label on a button."""
_TALLEST = 260
"""Pixels of a text; a longer one is scrolled."""


class _Side(QWidget):
    """One of the two: its label, where it is from, its text."""

    def __init__(self) -> None:
        super().__init__()
        self.label = words("", bold=True, wrap=True)
        self._where = words("", size=CAPTION, muted=True)
        self.text = DifferenceView()
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.text)
        self._scroll.setFixedHeight(_TALLEST)
        self.setLayout(column(self.label, self._where, self._scroll, gap=4))

    def show_sample(self, sample: Sample, *, label: str, against: str) -> None:
        self.label.setText(label)
        self._where.setText(tr("Sample {id} · {split}", id=sample.id, split=split_name(sample.split)))
        self.text.show_difference(against, sample.caption)
        self._scroll.verticalScrollBar().setValue(0)


class ContradictionsCard(Overlay):
    """`look(session)` begins. 1 and 2 give both samples what the one has; K keeps both; A says that nobody can tell.
    Each is one step that can be undone, and what was kept is not asked again.

    `samples_wanted(Filter)`: the person wants the two on the page.
    """

    manual = "howto-label-errors"

    samples_wanted = Signal(object)

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=860)
        self._session: Session | None = None
        self._work: Work | None = None
        self._pairs: tuple[Contradiction, ...] = ()
        self._number = 0
        self._shown: tuple[Sample, Sample] | None = None
        self._labels: dict[LabelId, Label] = {}
        self.sentence = words("", wrap=True)
        self.sides = (_Side(), _Side())
        self._both = QWidget()
        texts = row(*self.sides, gap=24)
        texts.setStretch(0, 1)
        texts.setStretch(1, 1)
        self._both.setLayout(texts)
        self.first, self.second = button(""), button("")
        self.keep = button(tr("Keep both ({key})", key="K"))
        self.ambiguous = button(tr("Ambiguous ({key})", key="A"))
        self.open = button(tr("Show both on the page"), role="quiet")
        self.cancel = button(tr("Close"), role="quiet")
        self.first.clicked.connect(lambda: self._same(0))
        self.second.clicked.connect(lambda: self._same(1))
        self.keep.clicked.connect(lambda: self._answer(tr("Keep both labels")))
        self.ambiguous.clicked.connect(self._mark_ambiguous)
        self.open.clicked.connect(self._show_both)
        self.cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Same text, different labels"), size=TITLE, bold=True))
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(self._both)
        self.card_layout.addLayout(row(self.first, self.second, self.keep, self.ambiguous, None))
        self.card_layout.addLayout(row(self.open, None, self.cancel))
        self.closed.connect(self._stop)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.first, self.second, self.keep, self.ambiguous, self.open

    def look(self, session: Session) -> None:
        """Look beside the window for such pairs, and show the first."""
        from lepton_studio.studio.contradictions import contradictions

        self._stop()
        self._session, self._pairs, self._number = session, (), 0
        grey_if_only_read(session.project, self.first, self.second, self.keep, self.ambiguous)
        self._labels = {label.id: label for label in session.project.labels()}
        self._show_pair(None)
        self.sentence.setText(tr("Comparing the texts…"))

        def find(progress: WorkContext) -> Contradictions:
            return contradictions(progress.project, told=progress, should_stop=progress.should_stop)

        work = session.run_in_background(
            tr("Looking for contradictions"),
            find,
            lambda found: self._take(work, found),
            failed=lambda _error: self.close_over() if work is self._work else None,
            quiet=True,
        )
        self._work = work
        self.open_over()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {"1": self.first, "2": self.second, "K": self.keep, "A": self.ambiguous}
        wanted = keys.get(event.text().upper())
        if wanted is not None and wanted.isVisible() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            wanted.click()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------------------------------------------ inside

    def _take(self, work: Work, found: Contradictions) -> None:
        if work is not self._work:
            return
        self._work = None
        self._pairs = found.pairs
        if found.pairs:
            self._go_on(0)
        else:
            self.sentence.setText(tr("No contradictions among {n} labelled texts.", n=f"{found.compared:,}"))

    def _go_on(self, place: int) -> None:
        """Show the pair at this place, or the next one that still contradicts itself."""
        session = self._session
        while session is not None and place < len(self._pairs):
            pair = self._pairs[place]
            try:
                first, second = session.sample(pair.first), session.sample(pair.second)
            except NoSuchSample:
                place += 1
                continue
            if first.value != second.value and first.value is not None and second.value is not None:
                self._number = place
                self._show_pair((first, second))
                self.sentence.setText(self._in_words(pair))
                return
            place += 1
        self._number = len(self._pairs)
        self._show_pair(None)
        count = len(self._pairs)
        self.sentence.setText(trn("{count} pair settled.", "All {count} pairs settled.", count))

    def _in_words(self, pair: Contradiction) -> str:
        place = tr("Pair {n} of {all}", n=f"{self._number + 1:,}", all=f"{len(self._pairs):,}")
        if pair.likeness == 1.0:
            return f"{place} · " + tr("same except for spaces, case, punctuation and numbers")
        return f"{place} · " + tr("{share} similar", share=f"{pair.likeness:.0%}")

    def _show_pair(self, pair: tuple[Sample, Sample] | None) -> None:
        self._shown = pair
        for part in (self._both, *self._buttons):
            part.setVisible(pair is not None)
        if pair is None:
            self.setFocus()
            return
        names = [self._words_of(sample) for sample in pair]
        for side, sample, name, against in zip(self.sides, pair, names, ("", pair[0].caption), strict=True):
            side.show_sample(sample, label=name, against=against)
        for key, one, name in zip("12", (self.first, self.second), names, strict=True):
            one.setText(tr("Both “{label}” ({key})", label=shortened(name, _LONGEST_NAME), key=key))
            one.setAccessibleName(one.text())
        self.setFocus()

    def _words_of(self, sample: Sample) -> str:
        session = self._session
        return "" if session is None else value_shown(sample.value, task=session.task, labels=self._labels).words

    def _same(self, side: int) -> None:
        if self._shown is not None:
            wanted = self._shown[side]
            self._answer(tr("Label both as {label}", label=self._words_of(wanted)), value=wanted.value)

    def _mark_ambiguous(self) -> None:
        if self._shown is not None:
            self._answer(tr("Mark as ambiguous"), ambiguous=True)

    def _answer(self, name: str, *, value: object | None = None, ambiguous: bool = False) -> None:
        """Write what is said of the pair in view: each keeps its value where none is given."""
        session, shown = self._session, self._shown
        if session is None or shown is None:
            return
        task, labels = session.task, tuple(self._labels.values())
        answers = []
        for sample, other in (shown, shown[::-1]):
            said = sample.value if value is None else value
            note = tr("Ambiguous: see sample {id}.", id=other.id) if ambiguous else ""
            ids: tuple[Any, ...] = tuple(task.labels_in(task.parse(said, labels)))
            answers.append(ReviewAnswer(sample.id, said, ids, ambiguous, note))
        written = session.perform(lambda project: project.review(answers, kind="contradiction", name=name))
        if written is not None:
            self._go_on(self._number + 1)

    def _show_both(self) -> None:
        shown = self._shown
        if shown is not None:
            ids: tuple[SampleId, ...] = tuple(sample.id for sample in shown)
            self.close_over()
            self.samples_wanted.emit(Filter(ids=ids))

    def _stop(self) -> None:
        if self._work is not None and self._session is not None:
            self._session.background.cancel(self._work)
            self._work = None
