"""One step on many samples: what it would change is counted before anything is written; then it is written as one step
that can be undone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.progress import Progress, silent
from lepton_studio.project.changes import Changes
from lepton_studio.project.label_options import offered
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, LabelId, PredictorId, SampleId, Split
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.studio.instant.model import InstantModel

_EVERY = 500
_EXAMPLES = 3
_EXCERPT = 90
"""Characters of a text that stand for it."""

ChosenBy = Literal["hand", "filter", "rule", "model"]
"""Who chose the samples: a person row by row, all that a filter holds, a rule, or what a model says of them."""

Kind = Literal["new", "added", "conflict"]
"""What becomes of a sample: it has nothing yet; it gets more beside the labels it has; it has something else."""

Propose = Callable[[SampleId, Any | None], Any | None]
"""(sample, the task's value that it has or None) -> the value it is to have; None: nothing is known of it."""


@dataclass(frozen=True)
class BulkStep:
    """What is to be done to the samples of a filter. `title` heads the card and names the step in the history.

    `propose` makes, of the project as it is when the step is planned, what says which value each sample is to have; it
    is called beside the window.
    """

    title: str
    which: Filter
    propose: Callable[[Project], Propose]
    chosen_by: ChosenBy = "hand"

    @property
    def spares_test(self) -> bool:
        """Whether samples of the test split are left out unless a person asks for them: a score on samples that were
        not looked at one by one, or that a rule or a model labelled, proves little.
        """
        return self.chosen_by != "hand"

    @property
    def split(self) -> Split | None:
        """Where samples go that are in no split yet: what a rule or a model labelled must not become a test."""
        return "train" if self.chosen_by in ("rule", "model") else None


@dataclass(frozen=True, slots=True)
class Change:
    """One sample's: the JSON values before (None: unlabelled) and after, and the label ids in the one after."""

    sample: SampleId
    before: object | None
    after: object
    labels: tuple[LabelId, ...]
    kind: Kind
    in_test: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One change in words; `before` is "" where the sample has no value yet."""

    excerpt: str
    before: str
    after: str


@dataclass(slots=True)
class BulkPlan:
    """What a step would do. `same`: so many samples have the value already. `unknown`: of so many nothing is known."""

    changes: list[Change] = field(default_factory=list)
    same: int = 0
    unknown: int = 0
    examples: dict[Kind, list[Example]] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether it gives unlabelled samples a value, and no more is to be said of it."""
        return bool(self.changes) and all(one.kind == "new" and not one.in_test for one in self.changes)

    def chosen(self, *, overwrite: bool = False, also_test: bool = False) -> list[Change]:
        """Those to be written. `overwrite`: what is labelled otherwise too."""
        return [one for one in self.changes if (overwrite or one.kind != "conflict") and (also_test or not one.in_test)]

    def count(self, kind: Kind, *, in_test: bool) -> int:
        """How many changes of a kind there are, in the test split or elsewhere."""
        return sum(one.kind == kind and one.in_test == in_test for one in self.changes)


def give_label(task: Task[Any], label: Label, which: Filter, *, chosen_by: ChosenBy = "hand") -> BulkStep:
    """Give one label, beside others where a text may have several. The task's whole value is labels."""
    assert task.from_labels is not None
    make, alone = task.from_labels, task.from_labels((label.id,))

    def propose(_sample: SampleId, before: Any | None) -> Any:
        if before is None or task.has_one_label:
            return alone
        held = task.labels_in(before)
        return before if label.id in held else make((*held, label.id))

    return BulkStep(tr("Label as “{label}”", label=label.name), which, lambda _project: propose, chosen_by)


def give_value(title: str, value: Any, which: Filter, *, chosen_by: ChosenBy = "hand") -> BulkStep:
    """Give one value of the task's."""
    return BulkStep(title, which, lambda _project: lambda _sample, _before: value, chosen_by)


def accept_suggestions(which: Filter, *, by: PredictorId) -> BulkStep:
    """Give each sample what a predictor of the project says of it."""

    def propose(project: Project) -> Propose:
        from lepton_studio.studio.suggesting import reader, suggestions_by
        from lepton_studio.tasks import task_named

        task = task_named(project.task_id)
        said = suggestions_by(project, by, project.sample_ids(which), read=reader(project))
        accepted = {sample: task.accept(one.value) for sample, one in said.items()}
        return lambda sample, _before: accepted.get(sample)

    return BulkStep(tr("Accept suggestions"), which, propose, "model")


def accept_of_model(model: InstantModel, which: Filter) -> BulkStep:
    """Give each sample what the instant model says of it."""

    def propose(sample: SampleId, _before: Any | None) -> Any | None:
        said = model.suggestion(sample)
        return None if said is None else model.task.accept(said.value)

    return BulkStep(tr("Accept suggestions"), which, lambda _project: propose, "model")


def plan(project: Project, step: BulkStep, *, task: Task[Any], progress: Progress = silent) -> BulkPlan:
    """What the step would change. Reads only; some 10 µs a sample. Raises what `progress` does."""
    propose, labels, total = step.propose(project), project.labels(), project.count(step.which)
    found, values = BulkPlan(), _Values(task, project)
    shown: dict[Kind, list[tuple[Change, Any | None, Any]]] = {}
    for done, (sample, stored, split) in enumerate(project.decided(step.which)):
        if done % _EVERY == 0:
            progress(done, total)
        before = values.parsed(stored)
        after = propose(sample, before)
        if after is None:
            found.unknown += 1
        elif after == before:
            found.same += 1
        else:
            kind = _kind(task, before, after)
            in_test = split == "test" and step.spares_test
            change = Change(sample, stored, values.dumped(after), task.labels_in(after), kind, in_test)
            found.changes.append(change)
            if len(few := shown.setdefault(kind, [])) < _EXAMPLES:
                few.append((change, before, after))
    for kind, few in shown.items():
        found.examples[kind] = [
            Example(
                on_one_line(project.sample(one.sample).caption, _EXCERPT),
                "" if before is None else task.words(before, labels),
                task.words(after, labels),
            )
            for one, before, after in few
        ]
    return found


def apply(project: Project, step: BulkStep, changes: list[Change]) -> Changes:
    """Write them as one step that can be undone; what was decided otherwise since they were planned stays as it is."""
    with project.change(step.title) as change:
        now = {id: value for id, value, _ in project.decided(Filter(ids=tuple(one.sample for one in changes)))}
        rows = (
            (one.sample, one.after, one.labels)
            for one in changes
            if one.sample in now and now[one.sample] == one.before
        )
        change.annotate_many(rows, split=step.split)
    return change.result


def _kind(task: Task[Any], before: Any | None, after: Any) -> Kind:
    if before is None:
        return "new"
    adds = task.from_labels is not None and set(task.labels_in(before)) < set(task.labels_in(after))
    return "added" if adds else "conflict"


class _Values:
    """Values read and written, the same one once: many samples have few of them."""

    def __init__(self, task: Task[Any], project: Project) -> None:
        self._task = task
        self._labels = project.labels()
        self._parsed: tuple[object | None, Any | None] = (None, None)
        self._dumped: tuple[Any | None, object] = (None, None)

    def parsed(self, stored: object | None) -> Any | None:
        """The task's value of a stored one."""
        if stored is None:
            return None
        if stored is not self._parsed[0]:
            self._parsed = stored, self._task.parse(stored, self._labels)
        return self._parsed[1]

    def dumped(self, value: Any) -> object:
        """What is stored of a value."""
        if value is not self._dumped[0]:
            self._dumped = value, self._task.dump(value)
        return self._dumped[1]


@dataclass(frozen=True)
class BulkChoice:
    """A value that many samples can be given: in words, with the colour of its label or "". `step` makes the step."""

    words: str
    color: str
    step: Callable[[Filter, ChosenBy], BulkStep]


def bulk_choices(task: Task[Any], project: Project) -> list[BulkChoice]:
    """Labels, or ratings where their scale is known; [] for tasks whose values belong to one text."""
    if task.from_labels is not None:
        labels = [BulkChoice(one.name, one.color, _labeller(task, one)) for one in offered(project.labels())]
        none = [] if task.empty is None else [_given(tr("No label"), tr("Label as having no label"), task.empty)]
        return [*labels, *none]
    scale = project.scale() if task.linear == "number" else None
    if scale is None:
        return []
    from lepton_studio.studio.instant.decisions import value_of_rating

    values = [value_of_rating(task, float(rating)) for rating in range(round(scale.low), round(scale.high) + 1)]
    return [_given(words := task.words(value, ()), tr("Rate as {rating}", rating=words), value) for value in values]


def _labeller(task: Task[Any], label: Label) -> Callable[[Filter, ChosenBy], BulkStep]:
    return lambda which, chosen_by: give_label(task, label, which, chosen_by=chosen_by)


def _given(words: str, title: str, value: Any) -> BulkChoice:
    return BulkChoice(words, "", lambda which, chosen_by: give_value(title, value, which, chosen_by=chosen_by))
