"""What is suggested of a sample: as the project keeps it, by the instant model, and by a word list where neither says
anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from lepton_studio.contract.span_patterns import is_pattern_file
from lepton_studio.language import tr
from lepton_studio.project.label_options import is_retired
from lepton_studio.project.records import LabelId, Labels, Predictor, PredictorId, RunId, Sample, SampleId, Suggestion
from lepton_studio.studio.word_list import keep_word_list, kept_word_list
from lepton_studio.ui.label.sources import Sources
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.suggesting import Drafting, Find

if TYPE_CHECKING:
    from lepton_studio.studio.sources import Source
    from lepton_studio.studio.suggesting import Read

_AT_ONCE = 4000
"""Characters of a text that the word list is looked up in at once; a longer one is read beside the window."""
_WORD_LIST = Predictor(-1, "word_list")


@dataclass(frozen=True, slots=True)
class _Known:
    """The newest run that can suggest, None before the first, whether it can be asked for more, and how it scored;
    whether a model that is not tuned can write drafts.
    """

    run: RunId | None
    has_model: bool
    scores: Mapping[str, float]
    may_draft: bool


class Suggestions(QObject):
    """`changed` when other suggestions are there than before."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._found: dict[SampleId, Suggestion[Any] | None] = {}
        self._read: Read | None = None
        self._at_hand: tuple[SampleId, tuple[Suggestion[Any], ...]] | None = None
        """The sample that was asked for last: it is asked for again with each paint."""
        self._left: dict[SampleId, Suggestion[Any]] = {}
        """What the person left of a suggestion, for as long as the same run, or word list, suggests."""
        self._find: Find | None = None
        self.word_list: Path | None = None
        """The word list in use, as it is kept in the project's folder."""
        self.run: RunId | None = None
        """The newest run that can suggest; None before the first finished one."""
        self.has_model = False
        """Whether that run can be asked for more."""
        self.may_draft = False
        """Whether the built-in writer, which is not tuned, can write drafts."""
        self._scores: Mapping[str, float] = {}
        self._labels: Labels = ()
        self.sources = Sources(session, self)
        self.sources.chose.connect(self._notice)
        self._ranks: tuple[Source, ...] = ()
        """The sources as they were measured when the sample in view came: what is suggested of it stays."""
        self._retired: frozenset[LabelId] = frozenset()
        session.run_ended.connect(lambda _run, _outcome: self.load(self._labels))
        session.suggesting.changed.connect(self._notice)
        session.instant.changed.connect(self._take_instant)

    @property
    def is_working(self) -> bool:
        """Whether a model reads samples now."""
        return self._session.suggesting.is_working

    @property
    def is_reading(self) -> bool:
        """Whether the instant model has not read all samples yet."""
        read, every = self._session.instant.read
        return read < every

    def is_unlike_all(self, sample: SampleId) -> bool:
        """Whether the instant model finds this sample far from everything that is labelled."""
        model = self._session.instant.model
        return model is not None and model.is_stranger(sample)

    @property
    def by(self) -> PredictorId | None:
        """Whose suggestions samples can be found by: of what has said something, that which counts first."""
        return next((one.id for one in self._session.project.predictors()), None)

    def of(self, sample: Sample) -> Suggestion[Any] | None:
        """What a model says of this sample, else the word list. It stays while the sample does, whatever is learnt."""
        found = self.whole(sample)
        left = self._left.get(sample.id)
        return left if found is not None and left is not None and left.predictor == found.predictor else found

    def _is_retired(self, found: Suggestion[Any], sample: Sample) -> bool:
        """Whether a label of the whole text is suggested that is offered no more."""
        task = self._session.task
        if not self._retired or task.from_labels is None:
            return False
        own = () if sample.value is None else task.labels_in(task.parse(sample.value, self._labels))
        return any(one in self._retired and one not in own for one in task.labels_in(found.value))

    def keep_left(self, sample: Sample, value: Any) -> None:
        """The person refused a part of what is suggested for this sample: from now on only `value` is."""
        found = self.of(sample)
        if found is not None:
            self._left[sample.id] = replace(found, value=value)

    def load(self, labels: Labels) -> None:
        """Read what the newest finished run left, and the word list that is kept, beside the window."""
        self._labels = labels
        self._retired = frozenset(label.id for label in labels if is_retired(label))
        known = {label.id for label in labels}
        labels_in = self._session.task.labels_in
        self._left = {id: one for id, one in self._left.items() if known.issuperset(labels_in(one.value))}
        self._read = self._at_hand = None
        self._session.run_in_background(tr("Reading suggestions"), _known, self._take, quiet=True)
        if kept_word_list(self._session.project.folder) is not None:
            self.read_word_list()

    def suggest_unlabelled(self) -> None:
        """Let the run's model read every unlabelled sample."""
        if self.run is not None and self.has_model:
            self._session.suggesting.start(self.run)

    def draft(self, instruction: str) -> None:
        """Let the built-in writer write drafts: for the sample that is shown, and for some others."""
        self.sources.settings = replace(self.sources.settings, instruction=instruction.strip())  # the project keeps it
        self._session.suggesting.draft(Drafting(instruction, self._at_hand[0] if self._at_hand else None))

    # ----------------------------------------------------------------------------------------------- the word list

    def read_word_list(self, chosen: Path | None = None) -> None:
        """Use the word list `chosen`, which is copied into the project's folder; without one, that which is kept."""
        read = self._session.task.patterns
        folder, labels = self._session.project.folder, self._labels
        file = chosen or kept_word_list(folder)
        if read is None or file is None:
            return

        def work(progress: WorkContext) -> tuple[Path, Find]:
            if chosen is not None:
                progress.project.check_writable()
            find = read(file, labels)  # before it is kept: a file that cannot be read changes nothing
            return (keep_word_list(folder, chosen) if chosen is not None else file), find

        def done(read: tuple[Path, Find]) -> None:
            if chosen is not None:
                self._forget_refused()
            is_known = any(one.kind == "word_list" for one in self._session.project.predictors())
            if chosen is not None or self._find is not None or not is_known:  # another list, or other labels
                self._session.suggesting.look_up(read[1])
            self.word_list, self._find = read
            self.sources.find = self._find
            self._found.clear()
            self.changed.emit()

        self._session.run_in_background(tr("Reading the word list"), work, done, quiet=True)

    def forget_word_list(self) -> None:
        """Suggest from it no more."""
        if self._session.refuses():
            return
        keep_word_list(self._session.project.folder, None)
        self.word_list = self._find = self.sources.find = None
        self._session.suggesting.look_up(None)
        self._found.clear()
        self._forget_refused()
        self.changed.emit()

    def _forget_refused(self) -> None:
        """What was refused of this word list says nothing of another."""
        self._left = {id: one for id, one in self._left.items() if one.predictor.kind != "word_list"}

    def _look_up(self, sample: Sample, find: Find) -> None:
        given = self._session.task.input(sample.text, sample.fields)
        self._found[sample.id] = None
        is_quick = self.word_list is None or not is_pattern_file(self.word_list)
        if is_quick and len(sample.text) <= _AT_ONCE:
            self._found[sample.id] = _of_word_list(sample.id, find(given))
            return

        def done(value: Any) -> None:
            if find is self._find:
                self._found[sample.id] = _of_word_list(sample.id, value)
                self.changed.emit()

        self._session.run_in_background(tr("Looking up words"), lambda _progress: find(given), done, quiet=True)

    # ----------------------------------------------------------------------------------------------------- inside

    def whole(self, sample: Sample) -> Suggestion[Any] | None:
        """Of all that is said of it what the chosen source says, or the one that is right most often; with the parts
        that were refused."""
        from lepton_studio.studio.sources import best_of

        if self._at_hand is None or self._at_hand[0] != sample.id:
            self._at_hand, self._ranks = (sample.id, self._said(sample.id)), self.sources.measured
        said = self._at_hand[1]
        if self._find is not None and (not said or self.sources.is_ranked):
            if sample.id not in self._found:
                self._look_up(sample, self._find)
            by_words = self._found.get(sample.id)
            said = said if by_words is None else (*said, by_words)
        said = tuple(one for one in said if not self._is_retired(one, sample))
        return best_of(said, self._ranks, chosen=self.sources.chosen)

    def _said(self, sample: SampleId) -> tuple[Suggestion[Any], ...]:
        """What models say of it, those first that usually count first: what the project keeps, one look at an index,
        and the instant model, which does not know what is imported as it came."""
        from lepton_studio.studio.suggesting import reader, suggestions_for

        self._read = self._read or reader(self._session.project)
        kept = suggestions_for(self._session.project, sample, read=self._read, newest=self.run)
        model, suspects = self._session.instant.model, self._session.instant.suspects
        suspected = None if suspects is None else suspects.by_sample.get(sample)
        said = suspected.suggestion if suspected else None if model is None else model.suggestion(sample)
        if model is None or said is None or not {one.id for one in self._labels}.issuperset(said.labels):
            return kept
        if suspected is not None:
            return (said,)  # of a label that may be wrong what a model says that has not learnt from it
        run = next((one for one in kept if one.predictor.kind == "run"), None)
        if run is None:
            return (*kept, said)
        if self.sources.chosen in ("instant", f"run {run.predictor.id}"):
            return (*kept, said)
        others = tuple(one for one in kept if one is not run)
        has_lead = bool(model.decisions) and (run.is_old or self.sources.favours_instant(model.beats(self._scores)))
        return (said if has_lead else run, *others)

    def _take_instant(self) -> None:
        """What is suggested of the sample in view stays, but for how sure that is: nobody shall accept what was not
        there a moment ago."""
        sample, shown = self._at_hand or (0, ())
        model = self._session.instant.model
        said = None if model is None or not shown else model.suggestion(sample)
        before = next((one for one in shown if one.predictor.kind == "instant"), None)
        if not shown or (before is not None and said is not None and said.value == before.value):
            self._notice()

    def _take(self, known: _Known) -> None:
        self.run, self.has_model, self.may_draft = known.run, known.has_model, known.may_draft
        self._scores = known.scores
        self.sources.measure()
        self._notice()

    def _notice(self) -> None:
        self._at_hand = None
        self.changed.emit()


def _of_word_list(sample: SampleId, value: Any) -> Suggestion[Any] | None:
    return None if value is None else Suggestion(sample, _WORD_LIST, value)


def _known(progress: WorkContext) -> _Known:
    from lepton_studio.studio.drafting import may_draft
    from lepton_studio.studio.predicting import runs_with_model
    from lepton_studio.studio.suggesting import bring_in_old_suggestions, newest_suggesting_run

    project = progress.project
    if not project.read_only:
        bring_in_old_suggestions(project)
    run = newest_suggesting_run(project)
    has_model = any(one.id == run for one in runs_with_model(project))
    scores = {} if run is None else project.run(run).scores.get("validation", {})
    return _Known(run, has_model, scores, may_draft(project) and not project.read_only)
