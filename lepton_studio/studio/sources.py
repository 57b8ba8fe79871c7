"""Where suggestions come from, and how often each source is right: measured on labelled samples, the same ones for all.

A source is right on a sample where accepting what it says would need no correction. It is judged on the samples that
chance drew for the test, whose answers no suggestion swayed, where there are enough of them; else on all labelled ones
that it has not learnt from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lepton_studio.contract.task import Input, Task
from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, Filter, Predictor, SampleId, Suggestion
from lepton_studio.studio.certainty import LEVEL, Interval, mcnemar, wilson
from lepton_studio.studio.instant.model import INSTANT, InstantModel
from lepton_studio.studio.instant.span_model import SpanModel
from lepton_studio.studio.scores_in_words import between, per_cent, predictor_name
from lepton_studio.studio.suggesting import newest_suggesting_run, reader, suggestions_by
from lepton_studio.tasks import task_named

FEWEST = 20
"""Samples of which a source says something, from which on it is measured."""
_MOST = 1000
WORD_LIST = Predictor(-1, "word_list")

Find = Callable[[Input], Any | None]
"""What a word list finds in a sample."""


@dataclass(frozen=True, slots=True)
class Source:
    """It says something of `n` of `of` labelled samples, and is right on `right` of them; `rights`: on which.
    `on`: "test" where it was measured on the test split, else "labelled".
    """

    predictor: Predictor
    right: int = 0
    n: int = 0
    of: int = 0
    on: str = "labelled"
    rights: Mapping[SampleId, bool] = field(default_factory=dict)

    @property
    def is_measured(self) -> bool:
        """Whether there are enough samples to tell."""
        return self.n >= FEWEST

    @property
    def precision(self) -> float:
        """How often it is right where it says something."""
        return self.right / self.n if self.n else 0.0

    @property
    def share(self) -> float:
        """Of how many labelled samples it says something."""
        return self.n / self.of if self.of else 0.0

    @property
    def interval(self) -> Interval:
        """Of the precision."""
        return wilson(self.right, self.n)

    def is_of(self, suggestion: Suggestion[Any]) -> bool:
        """Whether a suggestion comes from it."""
        return key_of(self.predictor) == key_of(suggestion.predictor)


def key_of(predictor: Predictor) -> str:
    """What stands for a predictor where a person chose one: it is the same after the next word list."""
    return predictor.kind if predictor.kind in ("instant", "word_list") else f"{predictor.kind} {predictor.id}"


def measure_sources(
    project: Project, *, model: InstantModel | SpanModel | None = None, find: Find | None = None
) -> tuple[Source, ...]:
    """All that suggest something, the best first: those that are measured by their precision. Blocks; call it on a
    clone in a worker.
    """
    task, labels = task_named(project.task_id), project.labels()
    stored: dict[SampleId, object] = {}
    split_of: dict[SampleId, str | None] = {}
    for id, value, split in project.decided(Filter(state="labelled")):
        stored[id], split_of[id] = value, split
    tested = _some([id for id in stored if split_of[id] == "test"])
    others = _some([id for id in stored if split_of[id] != "test"])
    gold = {id: task.parse(stored[id], labels) for id in (*tested, *others)}
    read, newest = reader(project), newest_suggesting_run(project)

    def judged(predictor: Predictor, say: Callable[[Sequence[SampleId]], Mapping[SampleId, Any]], *,
               known: Sequence[SampleId]) -> Source:  # fmt: skip
        """By what is said of the test, where that is enough, else of `known` ones."""
        said = say(tested)
        is_enough = len(said) >= FEWEST
        if not is_enough:
            said = say(known)
        rights = {id: _is_right(task, gold[id], value) for id, value in said.items()}
        of, on = (tested, "test") if is_enough else (known, "labelled")
        return Source(predictor, sum(rights.values()), len(rights), len(of), on, rights)

    found = []
    for one in project.predictors():
        if one.kind == "imported" or (one.kind == "run" and one.id == newest):
            unseen = others if one.kind == "imported" else [id for id in others if split_of[id] == "validation"]
            found.append(
                judged(
                    one,
                    lambda ids, by=one.id: {  # type: ignore[misc]
                        id: said.value for id, said in suggestions_by(project, by, ids, read=read).items()
                    },
                    known=unseen,
                )
            )
    if find is not None:
        found.append(judged(WORD_LIST, lambda ids: _looked_up(project, ids, find, task=task), known=others))
    if model is not None and model.decisions:
        held_out = model.left_out()
        found.append(
            judged(
                INSTANT,
                lambda ids: {
                    id: said.value
                    for id in ids
                    if (said := (model if split_of[id] == "test" else held_out).suggestion(id)) is not None
                },
                known=others,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.is_measured, -one.precision if one.is_measured else 0)))


def takes_over(sources: Iterable[Source]) -> tuple[Source, Source] | None:
    """(run, instant model) where the run is right on more of the same test samples, beyond chance; else None."""
    by_kind = {one.predictor.kind: one for one in sources if one.on == "test" and one.is_measured}
    run, instant = by_kind.get("run"), by_kind.get("instant")
    if run is None or instant is None:
        return None
    common = run.rights.keys() & instant.rights.keys()
    better = sum(run.rights[id] and not instant.rights[id] for id in common)
    worse = sum(instant.rights[id] and not run.rights[id] for id in common)
    return (run, instant) if better > worse and mcnemar(better, worse) < LEVEL else None


def best_of(
    candidates: Sequence[Suggestion[Any]], sources: Sequence[Source], *, chosen: str = ""
) -> Suggestion[Any] | None:
    """What to show of that which is said of one sample, the usual one first: what the `chosen` source says, else of
    the measured ones the most precise, else the usual one.
    """
    for one in candidates:
        if chosen and key_of(one.predictor) == chosen:
            return one
    measured = {key_of(one.predictor): one.precision for one in sources if one.is_measured}
    ranked = sorted(candidates, key=lambda one: -measured.get(key_of(one.predictor), -1.0))
    return ranked[0] if ranked else None


def source_words(source: Source) -> str:
    """How good it is, in a sentence."""
    if not source.is_measured:
        return tr("Not measured yet: it says something of {n} labelled samples.", n=f"{source.n:,}")
    words = {
        "share": per_cent(source.precision, digits=0),
        "n": f"{source.n:,}",
        "interval": between(source.interval, n=source.n),
        "covered": per_cent(source.share, digits=0),
    }
    if source.on == "test":
        return tr("Right on {share} of {n} test samples ({interval}). It has a suggestion for {covered}.", **words)
    return tr("Right on {share} of {n} labelled samples ({interval}). It has a suggestion for {covered}.", **words)


def takes_over_words(run: Source, instant: Source) -> str:
    """That a run suggests from now on, and why."""
    return tr(
        "{run} now makes the suggestions: right on {share} of {n} test samples, the instant model on {other}.",
        run=predictor_name(run.predictor).capitalize(),
        share=per_cent(run.precision, digits=0),
        n=f"{run.n:,}",
        other=per_cent(instant.precision, digits=0),
    )


def _is_right(task: Task[Any], gold: Any, said: Any) -> bool:
    return all(verdict.kind == RIGHT for verdict in task.compare(gold, task.accept(said)))


def _looked_up(project: Project, ids: Sequence[SampleId], find: Find, *, task: Task[Any]) -> dict[SampleId, Any]:
    found = {}
    for sample in project.samples(Filter(ids=tuple(ids)), limit=len(ids)) if ids else ():
        value = find(task.input(sample.text, sample.fields))
        if value is not None:
            found[sample.id] = value
    return found


def _some(ids: Sequence[SampleId]) -> list[SampleId]:
    """Some of them, from everywhere."""
    return list(ids[:: 1 + len(ids) // _MOST])
