"""What the newest run with a model says of samples, and a word list where no model says anything; kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from lepton_studio.contract.span_patterns import is_pattern_file
from lepton_studio.language import tr
from lepton_studio.project.records import Filter, LabelId, Labels, RunId, Sample, SampleId
from lepton_studio.ui.label.word_list import Find, keep_word_list, kept_word_list
from lepton_studio.ui.shared.background import Progress
from lepton_studio.ui.shared.session import Session

_AT_ONCE = 4000
"""Characters of a text that the word list is looked up in at once; a longer one is read beside the window."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A whole value that a run finds likely. `run` None: the word list says so, and nothing of how sure it is."""

    run: RunId | None
    value: Any
    score: float | None = None
    scores: Mapping[LabelId, float] = field(default_factory=dict)

    def ranked(self) -> tuple[tuple[LabelId, float], ...]:
        """The three likeliest labels, each with its probability; () where the task gives none."""
        return tuple(sorted(self.scores.items(), key=lambda item: -item[1])[:3])


@dataclass(frozen=True, slots=True)
class _Read:
    run: RunId | None
    has_model: bool
    known: Mapping[SampleId, Suggestion]


class Suggestions(QObject):
    """`changed` when other suggestions are there than before."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._known: Mapping[SampleId, Suggestion] = {}
        self._found: dict[SampleId, Suggestion | None] = {}
        self._left: dict[SampleId, Suggestion] = {}
        """What the person left of a suggestion, for as long as the same run, or word list, suggests."""
        self._find: Find | None = None
        self.word_list: Path | None = None
        """The word list in use, as it is kept in the project's folder."""
        self.run: RunId | None = None
        """The run whose suggestions are shown; None before the first finished one."""
        self.has_model = False
        """Whether that run can be asked for more."""
        self.is_working = False
        self._labels: Labels = ()
        session.run_ended.connect(lambda _run, _outcome: self.load(self._labels))

    def of(self, sample: Sample) -> Suggestion | None:
        """What the run says of this sample, else the word list."""
        found = self._known.get(sample.id)
        if found is None and self._find is not None:
            if sample.id not in self._found:
                self._look_up(sample, self._find)
            found = self._found.get(sample.id)
        left = self._left.get(sample.id)
        return left if found is not None and left is not None and left.run == found.run else found

    def keep_left(self, sample: Sample, value: Any) -> None:
        """The person refused a part of what is suggested for this sample: from now on only `value` is."""
        found = self.of(sample)
        if found is not None:
            self._left[sample.id] = replace(found, value=value)

    def load(self, labels: Labels) -> None:
        """Read what the newest finished run left, and the word list that is kept, beside the window."""
        self._labels = labels
        known = {label.id for label in labels}
        labels_in = self._session.task.labels_in
        self._left = {id: one for id, one in self._left.items() if known.issuperset(labels_in(one.value))}
        self._session.run_in_background(tr("Reading suggestions"), _read, self._take, quiet=True)
        if kept_word_list(self._session.project.folder) is not None:
            self.read_word_list()

    def suggest_unlabelled(self) -> None:
        """Let the run's model read every unlabelled sample."""
        run = self.run
        if run is None or not self.has_model or self.is_working:
            return
        self.is_working = True
        self.changed.emit()
        self._session.run_in_background(
            tr("Suggesting annotations"),
            lambda progress: _suggest(progress, run),
            self._take,
            failed=lambda _error: self._stop(),
        )

    # ----------------------------------------------------------------------------------------------- the word list

    def read_word_list(self, chosen: Path | None = None) -> None:
        """Use the word list `chosen`, which is copied into the project's folder; without one, that which is kept."""
        read = self._session.task.patterns
        folder, labels = self._session.project.folder, self._labels
        file = chosen or kept_word_list(folder)
        if read is None or file is None:
            return

        def work(_progress: Progress) -> tuple[Path, Find]:
            find = read(file, labels)  # before it is kept: a file that cannot be read changes nothing
            return (keep_word_list(folder, chosen) if chosen is not None else file), find

        def done(read: tuple[Path, Find]) -> None:
            if chosen is not None:
                self._forget_refused()
            self.word_list, self._find = read
            self._found.clear()
            self.changed.emit()

        self._session.run_in_background(tr("Reading the word list"), work, done, quiet=True)

    def forget_word_list(self) -> None:
        """Suggest from it no more."""
        keep_word_list(self._session.project.folder, None)
        self.word_list = self._find = None
        self._found.clear()
        self._forget_refused()
        self.changed.emit()

    def _forget_refused(self) -> None:
        """What was refused of this word list says nothing of another."""
        self._left = {id: one for id, one in self._left.items() if one.run is not None}

    def _look_up(self, sample: Sample, find: Find) -> None:
        given = self._session.task.input(sample.text, sample.fields)
        self._found[sample.id] = None
        is_quick = self.word_list is None or not is_pattern_file(self.word_list)
        if is_quick and len(sample.text) <= _AT_ONCE:
            self._found[sample.id] = _of_word_list(find(given))
            return

        def done(value: Any) -> None:
            if find is self._find:
                self._found[sample.id] = _of_word_list(value)
                self.changed.emit()

        self._session.run_in_background(tr("Looking up words"), lambda _progress: find(given), done, quiet=True)

    # ----------------------------------------------------------------------------------------------------- inside

    def _take(self, read: _Read) -> None:
        self.run, self.has_model, self._known = read.run, read.has_model, read.known
        self._stop()

    def _stop(self) -> None:
        self.is_working = False
        self.changed.emit()


def _of_word_list(value: Any) -> Suggestion | None:
    return None if value is None else Suggestion(None, value)


def _read(progress: Progress) -> _Read:
    from lepton_studio.studio.predicting import runs_with_model
    from lepton_studio.studio.suggesting import newest_suggesting_run, read_suggestions

    project = progress.project
    run = newest_suggesting_run(project)
    if run is None:
        return _Read(None, False, {})
    try:
        known = {
            one.sample: Suggestion(run, one.value, one.score, one.scores) for one in read_suggestions(project, run)
        }
    except FileNotFoundError:
        known = {}  # the folder of the run was taken away: the Tune page says so, here it only says nothing
    return _Read(run, any(one.id == run for one in runs_with_model(project)), known)


def _suggest(progress: Progress, run: RunId) -> _Read:
    from lepton_studio.studio.suggesting import suggest

    suggest(
        progress.project,
        run,
        filter=Filter(state="unlabelled"),
        progress=progress.show,
        should_stop=progress.should_stop,
    )
    return _read(progress)
