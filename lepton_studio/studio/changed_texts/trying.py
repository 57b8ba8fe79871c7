"""Let a run read changed texts beside the texts as they are, and count what becomes of its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from lepton_studio.contract.task import Input, Task
from lepton_studio.errors import StudioError
from lepton_studio.language import language_in_use, tr
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, Filter, RunRecord, SampleId, Split
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.slots import Need
from lepton_studio.runs.events import Event, Previewed
from lepton_studio.runs.requests import Reword
from lepton_studio.studio.asking import NotAnswered, ask
from lepton_studio.studio.certainty import Interval, holm, mcnemar, paired_difference, wilson
from lepton_studio.studio.changed_texts.changes import SHARE, TextChange
from lepton_studio.studio.collecting import labels_now_and_then
from lepton_studio.studio.judging import judged_predictions
from lepton_studio.studio.needs import need_of_changed_texts
from lepton_studio.studio.predicting import Answer, predict_live, run_with_model
from lepton_studio.studio.slices import LEAST
from lepton_studio.studio.tuning import run_folder
from lepton_studio.tasks import task_named

AT_MOST = 300
"""Texts that are tried where nobody says how many: each is read once for each change, and once as it is."""
_EXAMPLES = 20


class CannotTry(StudioError):
    """Changed texts tell nothing of this task; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text whose answer the change has changed, with both answers in words. `right`: whether they were and are."""

    sample: SampleId
    before: str
    after: str
    said: str
    says: str
    right: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change did: `n` texts have something to change. Of their answers `moved` are others than before; `before`
    were right on the texts as they are, `after` on the changed ones; `worse` and `better` are those that turned. `low`
    to `high`: the 95 % interval of the difference of the two shares; `p`: McNemar's, held to all that were tried by
    Holm's correction (1 of fewer than LEAST texts). `samples`: the moved ones. `why`: a sentence where
    it could not be tried.
    """

    change: str
    n: int = 0
    moved: int = 0
    before: int = 0
    after: int = 0
    better: int = 0
    worse: int = 0
    low: float = 0.0
    high: float = 0.0
    p: float = 1.0
    samples: tuple[SampleId, ...] = ()
    examples: tuple[Example, ...] = ()
    why: str = ""

    @property
    def moved_interval(self) -> Interval:
        """The 95 % interval of the share of answers that moved."""
        return wilson(self.moved, self.n)


@dataclass(frozen=True, slots=True)
class Tried:
    """A run on changed texts of a split: `n` of the `total` that it has there were read, drawn by chance."""

    split: Split
    n: int
    total: int
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    sample: SampleId
    input: Input
    gold: Any


def try_changes(
    project: Project,
    run: RunRecord,
    split: Split,
    changes: Sequence[TextChange],
    *,
    at_most: int = AT_MOST,
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> Tried:
    """What each change does to the run's answers, by the labels of today. Blocks; call it on a clone in a worker.

    Raises CannotTry, PredictionFailed, Cancelled, ProjectError, CouldNotStart.
    """
    task = task_named(project.task_id)
    if not task.linear:
        raise CannotTry(tr("Changed texts can only be tried where the answer is about the whole text."))
    run_with_model(project, run.id)
    rows = {one.sample: one.gold for one in judged_predictions(project, run, split).rows}
    drawn = Random(f"{split}").sample(sorted(rows), min(at_most, len(rows)))
    if not drawn:
        raise CannotTry(tr("There is nothing to tell this from."))
    media = project.media_folder
    texts = [
        _Text(one.id, task.input(one.text, one.fields, media=media), rows[one.id])
        for one in project.all_rows(Filter(ids=tuple(drawn)))
    ]
    labels = labels_now_and_then(project, run)
    with nullcontext(children) if children is not None else Children() as owner:
        model = run_folder(project, run).path
        others = [
            _changed(texts, one, run_path=model, owner=owner, should_stop=should_stop, on_wait=on_wait)
            for one in changes
        ]
        sent = [one.input for one in texts]
        for changed in others:
            sent += [] if isinstance(changed, str) else _other_than(texts, changed)
        # Texts of one length together, all changes of them: next to nothing is read of padding, and what the model
        # cannot tell apart (it may read no capitals) only once.
        by_length = sorted(enumerate(sent), key=lambda one: -len(one[1].text))
        answers: dict[int, Answer[Any]] = {}
        live = predict_live(
            project,
            run.id,
            by_length,
            need=need_of_changed_texts,
            children=owner,
            progress=lambda done, _: progress(done, len(sent)),
            should_stop=should_stop,
            on_wait=on_wait,
        )
        with closing(live):
            for some in live:
                answers |= {one.id: one for one in some}
    said, rest = [answers[place] for place in range(len(texts))], iter(range(len(texts), len(sent)))
    effects = []
    for one, changed in zip(changes, others, strict=True):
        if isinstance(changed, str):
            effects.append(Effect(one.id, why=changed))
            continue
        pairs = [
            (text, before, answers[next(rest)])
            for text, before, after in zip(texts, said, changed, strict=True)
            if after != text.input
        ]
        effects.append(_effect(one.id, pairs, task=task, words=lambda value: task.words(value, labels)))
    told = [place for place, one in enumerate(effects) if one.n >= LEAST]
    for place, p in zip(told, holm([effects[place].p for place in told]), strict=True):
        effects[place] = replace(effects[place], p=p)
    return Tried(split, len(texts), len(rows), tuple(effects))


def _other_than(texts: Sequence[_Text], changed: Sequence[Input]) -> list[Input]:
    return [after for one, after in zip(texts, changed, strict=True) if after != one.input]


def _changed(
    texts: Sequence[_Text],
    change: TextChange,
    *,
    run_path: Path,
    owner: Children,
    should_stop: ShouldStop,
    on_wait: Callable[[str], object],
) -> list[Input] | str:
    """The changed inputs; a sentence where the run's model cannot change them."""
    if change.change is not None:
        return [
            replace(one.input, text=change.change(one.input.text, Random(f"{change.id}/{one.sample}"))) for one in texts
        ]
    found: list[Previewed] = []

    def hear(event: Event) -> None:
        if isinstance(event, Previewed):
            found.append(event)

    need: Need = need_of_changed_texts(run_path / "model")
    with owner.borrow(need, should_stop=should_stop, on_wait=on_wait) as child:
        request = Reword(0, str(run_path), tuple(one.input.text for one in texts), SHARE, language_in_use())
        try:
            ask(child, request, on_event=hear, should_stop=should_stop)
        except NotAnswered as error:
            return str(error)
    return [replace(one.input, text=text) for one, text in zip(texts, found[0].after, strict=True)]


def _effect(
    change: str,
    pairs: Sequence[tuple[_Text, Answer[Any], Answer[Any]]],
    *,
    task: Task[Any],
    words: Callable[[Any], str],
) -> Effect:
    before = after = better = worse = n = 0
    moved: list[SampleId] = []
    examples = []
    for text, first, second in pairs:
        if first.value is None or second.value is None:  # labels that were deleted since
            continue
        n += 1
        was, is_ = (_is_right(task, text.gold, one.value) for one in (first, second))
        before, after = before + was, after + is_
        better, worse = better + (is_ and not was), worse + (was and not is_)
        if task.accept(first.value) != task.accept(second.value):
            moved.append(text.sample)
            said, says = words(task.accept(first.value)), words(task.accept(second.value))
            examples.append(Example(text.sample, text.input.text, second.input.text, said, says, (was, is_)))
    low, high = paired_difference(better, worse, n=n)
    examples.sort(key=lambda one: not (one.right[0] and not one.right[1]))
    return Effect(
        change,
        n,
        len(moved),
        before,
        after,
        better,
        worse,
        low,
        high,
        mcnemar(better, worse) if n >= LEAST else 1.0,
        tuple(sorted(moved)),
        tuple(examples[:_EXAMPLES]),
    )


def _is_right(task: Task[Any], gold: Any, value: Any) -> bool:
    return all(verdict.kind == RIGHT for verdict in task.compare(gold, value))
