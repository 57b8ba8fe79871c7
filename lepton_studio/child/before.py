"""A run that goes on from a model of ours: the head that it brings, and what it said before the first step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lepton_studio.child.work import Work
from lepton_studio.contract.before import Before
from lepton_studio.contract.task import Report, Task
from lepton_studio.heads.cross_encoder import asked_about, knows_no_label
from lepton_studio.language import tr, trn
from lepton_studio.project.records import RIGHT, Label
from lepton_studio.runs.events import Noted
from lepton_studio.runs.origin import Origin, matched, origin_of
from lepton_studio.training.body import Body
from lepton_studio.training.carrying import NOTHING, Carried, carried_head
from lepton_studio.training.failures import ModelNotFound, is_out_of_memory
from lepton_studio.training.inference import Decided, decide
from lepton_studio.training.learner import Learner
from lepton_studio.training.snapshot import Samples, read_split

OLD = "old_test"
"""The data file of the test samples of the run that one goes on from."""


def origin_of_job(work: Work) -> Origin | None:
    """The model of ours that the job starts from."""
    return origin_of(work.job.model, task=work.job.task)


def brought_head(work: Work, learner: Learner[Any], *, body: Body) -> Carried:
    """The head of the model that the job starts from, for a learner that is prepared; says what becomes of it."""
    origin = origin_of_job(work)
    if origin is None or body.at_once:
        return NOTHING
    start, head = tr("Continuing from {model}.", model=named(origin)), body.head(learner.model)
    if not head or work.task.linear == "number":
        # It is in the base model, all of it; or in the scale of the old ratings, and the probe finds it again at once.
        work.send(Noted(start))
        return NOTHING
    ids = {new: old for old, new in _ids(work, origin).items() if new is not None}
    places = {label.id: place for place, label in enumerate(origin.labels)}
    rows = [places.get(ids.get(label.id, -1)) for label in work.job.labels]
    if knows_no_label(learner):
        rows = [*range(len(origin.labels))]
    source = work.load_tuned(work.task, origin.model)
    found = carried_head(source.model, head, rows=rows, old=len(origin.labels), by_rows=len(work.task.label_kinds) == 1)
    work.send(Noted(f"{start} {_said(found, rows=rows)}"))
    return found


def _said(found: Carried, *, rows: Sequence[int | None]) -> str:
    new = sum(one is None for one in rows)
    if not found.parts:
        return tr("Its head does not fit this project, so the head is new.")
    if found.is_whole or not new:
        return tr("Its head is used.")
    return trn(
        "Its head is used for {count} label; {new} new.",
        "Its head is used for {count} labels; {new} new.",
        len(rows) - new,
        new=new,
    )


def named(origin: Origin) -> str:
    """The model for people, within a sentence."""
    if not origin.number:
        return str(origin.model)
    return tr("run {number} of “{project}”", number=origin.number, project=origin.project)


def with_before(
    work: Work,
    learner: Learner[Any],
    reports: Mapping[str, Report],
    *,
    splits: Sequence[Samples[Any]],
    decided: Mapping[str, Decided[Any]],
    check: Callable[[], None],
) -> Mapping[str, Report]:
    """The reports, with what the model that the job starts from says of the same samples, and what both say of the test
    samples of its own run. `check` is called again and again and may raise.

    The run has its model and its scores by then: where that model is gone meanwhile, or there is no memory for both,
    the reports are left as they are, and a note says so.
    """
    origin = origin_of_job(work)
    if origin is None:
        if Path(work.job.model).is_absolute() and not Path(work.job.model).exists():
            work.send(Noted(_not_measured(work.job.model)))
        return reports
    try:
        return _with_before(work, learner, reports, origin, splits=splits, decided=decided, check=check)
    except (RuntimeError, MemoryError, ModelNotFound) as error:
        if not isinstance(error, ModelNotFound) and not is_out_of_memory(error):
            raise
        work.machine.free()
        work.send(Noted(_not_measured(named(origin))))
        return reports


def _not_measured(model: str) -> str:
    return tr("What {model} says of these samples could not be measured.", model=model)


def _with_before(
    work: Work,
    learner: Learner[Any],
    reports: Mapping[str, Report],
    origin: Origin,
    *,
    splits: Sequence[Samples[Any]],
    decided: Mapping[str, Decided[Any]],
    check: Callable[[], None],
) -> Mapping[str, Report]:
    source = work.load_tuned(work.task, origin.model)
    judged = [one for one in splits if one.split != "train" and one.ids]
    found = dict(reports)
    asked, knows = source, origin
    if (found_out := asked_about(source, work.job.labels)) is not None:
        asked, knows = found_out, replace(origin, labels=work.job.labels)
    for split in judged:
        said = _said_by_source(work, asked, knows, split, check=check)
        after = [one.value for one in decided[split.split].decisions]
        found[split.split] = replace(
            found[split.split], start=_before(work, knows, split.values, before=said, after=after)
        )
    old = read_split(work.folder, OLD, task=work.task, labels=work.labels, learner=learner)
    if old.ids and judged:
        said = _said_by_source(work, source, origin, old, check=check)
        now = decide(old.inputs, old.examples, learner=learner, machine=work.machine, progress=lambda *_: check())
        after = [one.value for one in now.decisions]
        last = judged[-1].split
        both = _before(work, origin, old.values, before=said, after=after)
        found[last] = replace(found[last], old=replace(both, left_out=max(0, _tested(origin) - both.n)))
    return found


def _tested(origin: Origin) -> int:
    """Test samples of the run that made it, as far as they are there."""
    file = None if origin.run is None else origin.run.data_file("test")
    if file is None or not file.exists():
        return 0
    with file.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _said_by_source(
    work: Work, source: Learner[Any], origin: Origin, split: Samples[Any], *, check: Callable[[], None]
) -> list[Any]:
    """What it says, with the labels of now; one that is not there any more is a wrong answer, not none."""
    task, ids = work.task, _ids(work, origin)
    given = None
    if task.from_bare_text or not task.label_kinds:  # a part of the value is not found but given
        back = {new: old for old, new in ids.items() if new is not None}
        given = [_relabelled(task, value, back) for value in split.values]
    examples = source.encode(split.inputs, given)
    said = decide(split.inputs, examples, learner=source, machine=work.machine, progress=lambda *_: check())
    forth = {old: _gone(old) if new is None else new for old, new in ids.items()}
    return [_relabelled(task, one.value, forth) for one in said.decisions]


def _relabelled(task: Task[Any], value: Any, ids: Mapping[int, int | None]) -> Any:
    changed = task.relabel(value, ids)
    return value if changed is None else changed


def _before(work: Work, origin: Origin, gold: Sequence[Any], *, before: Sequence[Any], after: Sequence[Any]) -> Before:
    task = work.task
    gone = [
        Label(_gone(one.id), one.name, "", "", "", place, {"kind": one.options.get("kind")})
        for place, one in enumerate(origin.labels, len(work.labels))
    ]

    def rights(said: Sequence[Any]) -> list[bool]:
        return [
            all(verdict.kind == RIGHT for verdict in task.compare(one, value))
            for one, value in zip(gold, said, strict=True)
        ]

    pairs = list(zip(rights(before), rights(after), strict=True))
    return Before(
        n=len(gold),
        before=task.score(gold, before, (*work.labels, *gone)).headline,
        after=task.score(gold, after, work.labels).headline,
        right_before=sum(was for was, _ in pairs),
        right=sum(now for _, now in pairs),
        won=sum(now and not was for was, now in pairs),
        lost=sum(was and not now for was, now in pairs),
        project=origin.project,
        run=origin.number,
    )


def _ids(work: Work, origin: Origin) -> Mapping[int, int | None]:
    return matched(origin.labels, work.job.labels, by_id=origin.is_beside(work.folder.path))


def _gone(label: int) -> int:
    """An id that no label of a project has."""
    return -1 - label
