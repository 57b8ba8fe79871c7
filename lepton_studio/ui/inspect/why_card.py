"""Why: the words of one sample that speak for what a run says of it, and those against, for any label or mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.records import Filter, RunRecord, Sample
from lepton_studio.studio.explaining import (
    Why,
    change_words,
    doubt_words,
    explain,
    how_words,
    known_labels,
    parts_of,
    title_words,
)
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.label.beside_panel import Line, LineButton
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.sample_view import SampleView, Tint
from lepton_studio.widgets.signed_bars import SignedBars, SignedRow
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.studio.neighbours import Neighbours

_HEIGHT, _LIST_WIDTH = 300, 300
_NEAR = 3
"""Labelled samples that are shown."""
_CHARACTERS = 300
"""Of their texts; more than stand in a line."""
_FAINT = 0.1
"""Words of less than this share of the strongest one's weight are listed, but not tinted."""
_BETWEEN = "\n\n"
"""Between the texts of a pair."""


class WhyCard(Overlay):
    """`open_on(session, sample, run, value)` begins; the live child is asked beside the window, and its work ends with
    the card.
    """

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=860)
        self._session: Session | None = None
        self._sample: Sample | None = None
        self._run: RunRecord | None = None
        self._work: Work | None = None
        self._marks: list[object] = []
        """Values of one mark each, as JSON, of a task that marks texts."""
        self._found: dict[int | None, Why] = {}
        """By label, or by place among the marks; None: a rating."""
        self.title = words("", size=TITLE, bold=True, wrap=True)
        self.label = ChoiceBox()
        self.label.setAccessibleName(tr("What is explained"))
        self.label.activated.connect(lambda _row: self._choose())
        self.text = SampleView(size=TITLE)
        self.text.setFixedHeight(_HEIGHT)
        self.bars = SignedBars(name=tr("Words and what they add"))
        self.bars.setFixedSize(_LIST_WIDTH, _HEIGHT)
        self.state = words("", wrap=True, muted=True)
        self.change = words("", size=BODY, wrap=True)
        self.how = words("", size=CAPTION, wrap=True, muted=True)
        self.doubt = words("", size=CAPTION, wrap=True, muted=True)
        self.near_title = words("", size=CAPTION, wrap=True, muted=True)
        self.near = [LineButton() for _ in range(_NEAR)]
        for one in self.near:
            one.clicked.connect(lambda _on=False, line=one: self._open(line.line.sample))
        close = button(tr("Close"), role="quiet")
        close.clicked.connect(self.close_over)
        head = row(self.title, self.label)
        head.setStretch(0, 1)
        body = row(self.text, self.bars, gap=16)
        body.setStretch(0, 1)
        self.card_layout.addLayout(head)
        self.card_layout.addLayout(body)
        self.card_layout.addLayout(column(self.state, self.change, self.how, self.doubt, gap=4))
        self.card_layout.addLayout(column(self.near_title, *self.near, gap=0))
        self.card_layout.addLayout(row(None, close))
        self.closed.connect(self._stop)

    def open_on(self, session: Session, sample: Sample, run: RunRecord, value: object) -> None:
        """Weigh the words of a sample for what this run says of it: `value`, as JSON, None where that was not kept."""
        if self._session is None:
            session.background.progressed.connect(self._show_progress)
        self._session, self._sample, self._run = session, sample, run
        self._found = {}
        given, labels = session.task.input(sample.text, sample.fields), known_labels(session.project, run)
        parts = () if value is None else parts_of(session.task, value, given.text, labels)
        self._marks = [session.task.dump(part.value) for part in parts]
        self.label.clear()
        for place, part in enumerate(parts):
            self.label.addItem(part.words, place)
        for label in labels if session.task.parts is None and session.task.label_kinds else ():
            self.label.addItem(label.name, label.id)
        self.label.setVisible(self.label.count() > 0)
        self.label.setCurrentIndex(0 if parts else -1)
        self.text.set_text(_BETWEEN.join([given.text, *filter(None, [given.fields.get(SECOND_TEXT)])]))
        self._show_near(None)
        self._ask(0 if parts else None)
        self._look_for_near()
        self.open_over()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.text.scroll_by_key(event):
            super().keyPressEvent(event)

    def _ask(self, key: int | None) -> None:
        """Of a label, or of a mark by its place; None: of what the model says."""
        session, sample, run = self._session, self._sample, self._run
        assert session is not None and sample is not None and run is not None
        self._stop()
        self._clear(tr("Weighing the words…"))
        children = session.child_owner
        marks = [] if key is None else self._marks[key : key + 1]
        labels = [] if key is None or self._marks else [key]

        def work_on(progress: WorkContext) -> list[Why]:
            return explain(
                progress.project,
                run.id,
                sample.id,
                labels=labels,
                marks=marks,
                children=children,
                progress=progress.show,
                should_stop=progress.should_stop,
                on_wait=progress.wait_for,
            )

        def failed(error: Exception) -> None:
            if work is self._work:
                self._work = None
                self._clear(str(error))

        work = session.run_in_background(
            tr("Weighing the words"), work_on, lambda found: self._take(work, found, key), failed=failed, quiet=True
        )
        self._work = work

    def _take(self, work: Work, found: list[Why], key: int | None) -> None:
        if work is not self._work or not found:
            return
        self._work = None
        self._found |= {one.label: one for one in found} if key is None else {key: found[0]}
        self._show(found[0])

    def _choose(self) -> None:
        key: int = self.label.currentData()
        if key in self._found:
            self._stop()
            self._show(self._found[key])
        else:
            self._ask(key)

    def _look_for_near(self) -> None:
        """Labelled samples like it, from what was read already: that takes no child, and is there before the words."""
        session, sample = self._session, self._sample
        assert session is not None and sample is not None
        kept = session.similar.kept()

        def work(progress: WorkContext) -> Neighbours:
            from lepton_studio.studio.neighbours import neighbours

            return neighbours(progress.project, sample.id, kept(progress), most=_NEAR)

        def show(found: Neighbours) -> None:
            if self._sample is sample:
                self._show_near(found)

        session.run_in_background(tr("Finding similar samples"), work, show, quiet=True, is_awaited=False)

    def _show_near(self, found: Neighbours | None) -> None:
        said = ""
        if found is not None:
            from lepton_studio.studio.neighbours import neighbours_words  # known by now: the thread has it

            said = neighbours_words(found)
        self._say(self.near_title, said)
        near = () if found is None else found.near
        for place, line in enumerate(self.near):
            line.setVisible(place < len(near))
            if place < len(near):
                one = near[place]
                text, after = on_one_line(one.sample.caption, _CHARACTERS), f"{max(0.0, one.cosine):.0%}"
                line.show_line(Line(one.sample.id, text, one.words, one.color, after))

    def _open(self, sample: int) -> None:
        """Show a neighbour on the Label page."""
        if self._session is not None:
            self.close_over()
            self._session.show_samples(Filter(ids=(sample,)))

    def _show(self, why: Why) -> None:
        if why.label is not None:
            self.label.setCurrentIndex(self.label.findData(why.label))
        self.title.setText(title_words(why))
        largest = max([1e-9, *(abs(one.weight) for one in why.words)])
        second = len(self._sample.text) + len(_BETWEEN) if self._sample is not None else 0
        shares = [(one, one.weight / largest) for one in why.words]
        self.text.set_tints(
            [
                Tint(one.start + second * one.part, one.end + second * one.part, share)
                for one, share in shares
                if abs(share) >= _FAINT
            ]
        )
        self.bars.show_rows(
            [SignedRow(one.text, one.weight, f"{one.weight:+.2f}".replace("-", "−")) for one in why.ranked]
        )
        self._say(self.state, "")
        self._say(self.change, change_words(why))
        legend = tr("In the text a full line is under what speaks for it, dashes under what speaks against it.")
        self._say(self.how, f"{how_words(why)} {legend}" if why.words else "")
        self._say(self.doubt, " ".join(doubt_words(why)))

    def _clear(self, state: str) -> None:
        self.title.setText(tr("Why?"))
        self.text.set_tints(())
        self.bars.show_rows(())
        self._say(self.state, state)
        for one in (self.change, self.how, self.doubt):
            self._say(one, "")

    @staticmethod
    def _say(place: QWidget, said: str) -> None:
        place.setText(said)  # type: ignore[attr-defined]
        place.setVisible(bool(said))

    def _show_progress(self, work: Work) -> None:
        if work is not self._work:
            return
        if work.waits_for:
            self.state.setText(work.waits_for)
        elif work.total:
            self.state.setText(tr("Weighing the words… {done} of {total}", done=work.done, total=work.total))

    def _stop(self) -> None:
        if self._work is not None and self._session is not None:
            self._session.background.cancel(self._work)
        self._work = None
