"""Which sample comes next: a walk through the samples of a filter, or those of them that the instant model asks for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.project import Project
from lepton_studio.project.records import AS_ADDED, Filter, Sample, SampleId
from lepton_studio.studio.instant.asking import AGAIN, Asked

UNLABELLED = Filter(state="unlabelled")
"""What the Label page begins with."""
_AHEAD = 16
_AHEAD_CHARACTERS = 100_000
"""Of long texts fewer are read ahead, so that reading them takes a moment only."""
_REMEMBERED = 1000
_ASKED_AHEAD = 2
"""Of what the model asks for, which the next decision may change."""


def as_read(sample: Sample) -> Sample:
    """Nothing waits to be written."""
    return sample


def no_sample(_decided: Sample | None) -> None:
    """Nothing is asked about again."""


@dataclass
class SampleQueue:
    """A walk in the filter's order. `current` is None where the filter holds nothing (more).

    `shown`: a sample as the person left it, which may not be written yet (`Writing.shown`). `asked`: what the instant
    model asks for now, which an order of its takes first; the walk as added takes the others.
    """

    project: Project
    shown: Callable[[Sample], Sample] = as_read
    asked: Callable[[], Sequence[Asked]] = tuple
    again: Callable[[Sample | None], Sample | None] = no_sample
    """A sample to ask about again after this one, in place of the next unlabelled one; mostly None."""
    filter: Filter = UNLABELLED
    current: Sample | None = None
    _ahead: deque[Sample] = field(default_factory=deque)
    _why: dict[SampleId, str] = field(default_factory=dict)
    _visited: deque[SampleId] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def start(self, which: Filter) -> Sample | None:
        """Walk through another filter, from its first sample."""
        self.filter = which
        self._ahead.clear()
        self.current = self._next()
        return self.current

    def forward(self, *, deciding: bool = False) -> Sample | None:
        """Go to the next sample; None on the last one, which stays. A queue of unlabelled ones goes round.

        `deciding`: the current sample is about to leave the filter; where it was the last one, nothing is left.
        """
        before = self.current
        old = self.again(before) if deciding and self.filter.state == "unlabelled" else None
        if old is not None:
            self._visit(before)
            self.current, self._why[old.id] = old, AGAIN
            return old
        if not self._ahead:
            self.read_ahead()
        following = self._ahead.popleft() if self._ahead else None
        if following is None and self.filter.state == "unlabelled":
            following = self._next()
            if following is not None and before is not None and following.id == before.id:
                following = None
            if following is None and deciding:
                self._visit(before)
                self.current = None
                return None
        if following is None:
            return None
        self._visit(before)
        self.current = following
        return following

    def backward(self) -> Sample | None:
        """Go to the sample before this one in the filter; None at its beginning."""
        before = self._previous(self.current.id if self.current else None)
        if before is not None:
            self._visit(self.current)
            self.current = before
            self._ahead.clear()
        return before

    def back(self) -> Sample | None:
        """Return to the sample seen before this one, whatever the filter holds now; None when there is none."""
        while self._visited:
            try:
                sample = self.shown(self.project.sample(self._visited.pop()))
            except NoSuchSample:
                continue
            self.current = sample
            self._ahead.clear()
            return sample
        return None

    def go_to(self, sample_id: SampleId) -> Sample | None:
        """Show one sample; the walk goes on from there. None when it is gone."""
        try:
            sample = self.shown(self.project.sample(sample_id))
        except NoSuchSample:
            return None
        if self.current is None or self.current.id != sample_id:
            self._visit(self.current)
            self._ahead.clear()
        self.current = sample
        return sample

    def reread(self) -> Sample | None:
        """Read the current sample again, and forget what was read ahead; where nothing was left, look again."""
        self._ahead.clear()
        if self.current is None:
            self.current = self._next()
        else:
            try:
                self.current = self.shown(self.project.sample(self.current.id))
            except NoSuchSample:
                self.current = self._next(self.current.id)
        return self.current

    def keep(self, value: object | None, *, draft: object | None = None) -> None:
        """The current sample has this value, or this begun one, now, and stays."""
        if self.current is not None:
            skipped = self.current.skipped and value is None and draft is None
            self.current = replace(self.current, value=value, draft=draft, skipped=skipped)

    def keep_note(self, sample: SampleId, note: str) -> None:
        """This sample has this note now."""
        if self.current is not None and self.current.id == sample:
            self.current = replace(self.current, note=note)

    @property
    def ahead(self) -> tuple[Sample, ...]:
        """The next samples, as far as they are read."""
        return tuple(self._ahead)

    @property
    def why(self) -> str:
        """Why the current sample was asked for (`Asked.why`); "" where it was not."""
        return "" if self.current is None else self._why.get(self.current.id, "")

    def ask_anew(self) -> None:
        """What the model asks for is another now: the next sample stays, those behind it are chosen anew."""
        if self._is_asked:
            while len(self._ahead) > 1:
                self._ahead.pop()

    def coming(self) -> tuple[SampleId, ...]:
        """The current sample, and those that are read ahead."""
        return tuple(one.id for one in (self.current, *self._ahead) if one is not None)

    def read_ahead(self) -> None:
        """Read the next few samples, unless there are some already. Call it after a paint."""
        if self.current is not None and len(self._ahead) < 2:
            if self._is_asked and self._take_asked():
                return
            after = self._ahead[-1].id if self._ahead else self.current.id
            limit = min(
                _ASKED_AHEAD if self._is_asked else _AHEAD, 1 + _AHEAD_CHARACTERS // max(1, len(self.current.text))
            )
            read = self.project.samples(self.filter, after=after, limit=limit)
            self._ahead.extend(sample for one in read if self._fits(sample := self.shown(one), as_read=one))

    @property
    def _is_asked(self) -> bool:
        return self.filter.order.is_asked

    def _take_asked(self) -> bool:
        """Read what is asked for behind the others, as far as it is in the filter and not just seen; whether any is."""
        seen = {*self._visited, *self.coming()}
        own = self.filter.ids
        asked = [one for one in self.asked() if one.sample not in seen and (own is None or one.sample in own)]
        for one in asked:
            if len(self._ahead) >= _ASKED_AHEAD:
                break
            just_this = replace(self.filter, ids=(one.sample,), order=AS_ADDED)
            read = next(iter(self.project.samples(just_this, limit=1)), None)
            if read is not None and self._fits(sample := self.shown(read), as_read=read):
                self._ahead.append(sample)
                self._why[sample.id] = one.why
        return bool(self._ahead)

    def _next(self, after: SampleId | None = None) -> Sample | None:
        if after is None and self._is_asked and self._take_asked():
            return self._ahead.popleft()
        while (read := self.project.next_sample(self.filter, after=after)) is not None:
            if self._fits(sample := self.shown(read), as_read=read):
                return sample
            after = read.id
        return None

    def _previous(self, before: SampleId | None) -> Sample | None:
        while (read := self.project.previous_sample(self.filter, before=before)) is not None:
            if self._fits(sample := self.shown(read), as_read=read):
                return sample
            before = read.id
        return None

    def _fits(self, sample: Sample, *, as_read: Sample) -> bool:
        """Whether it still belongs to the walk; the project knows nothing yet of what waits."""
        if sample is as_read:
            return True
        match self.filter.state:
            case "unlabelled":
                return sample.value is None and not sample.skipped
            case "labelled":
                return sample.value is not None
            case "skipped":
                return sample.skipped
            case "flagged":
                return sample.flagged
            case _:
                return True

    def _visit(self, sample: Sample | None) -> None:
        if sample is not None and (not self._visited or self._visited[-1] != sample.id):
            self._visited.append(sample.id)
