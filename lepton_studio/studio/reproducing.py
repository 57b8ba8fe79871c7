"""A run again from what its folder holds: job, recipe and frozen data; and whether it comes out the same."""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lepton_studio.errors import StudioError
from lepton_studio.language import tr, trn
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, RunRecord
from lepton_studio.runs.children.owner import borrowed
from lepton_studio.runs.digests import (
    UNLABELLED,
    changed_data,
    data_digests,
    kept_data_digests,
    kept_model_digests,
    model_digests,
)
from lepton_studio.runs.events import Event
from lepton_studio.runs.folder import RunFolder, write_lines
from lepton_studio.runs.job import Job
from lepton_studio.runs.monitoring import run_job
from lepton_studio.runs.outcome import not_started
from lepton_studio.runs.process import CouldNotStart
from lepton_studio.runs.requests import Stop
from lepton_studio.studio.needs import need_of_run
from lepton_studio.studio.scores_in_words import titled_scores
from lepton_studio.studio.scratch import scratch_folder
from lepton_studio.studio.tuning import reads_unlabelled, run_folder, unlabelled_lines, versions_here
from lepton_studio.tasks import task_named
from lepton_studio.words import split_name

_WEIGHTS = (".safetensors", ".npz")


class CannotReproduce(StudioError):
    """There is nothing to run again, or it did not end; the text is a sentence for a person."""


Scores = Mapping[str, Mapping[str, float]]
"""Split -> name -> value."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """How a run came out again. `other_files`: weights that are not the same to the bit. `notes`: what is not as it was
    then, a sentence each.
    """

    run: int
    then: Scores
    now: Scores
    other_files: tuple[str, ...]
    files: int
    seconds: float
    notes: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether all scores and all weights are the same."""
        return self.then == self.now and not self.other_files


def _ignore(_events: list[Event]) -> None:
    return None


def reproduce(
    project: Project,
    run: RunRecord,
    *,
    on_events: Callable[[list[Event]], object] = _ignore,
    should_stop: Callable[[], Stop | None] = lambda: None,
) -> Reproduced:
    """Run it again in a folder that is gone afterwards, in this thread. Nothing of the project is changed. Raises
    CannotReproduce, OSError.
    """
    folder = run_folder(project, run)
    job = _job(folder, run)
    notes = _notes(project, run, folder=folder, job=job)
    scratch = scratch_folder(project)
    try:
        scratch.write_job(replace(job, tracking={}))
        for file in folder.data_file("train").parent.glob("*.jsonl"):
            shutil.copyfile(file, scratch.data_file(file.stem))
        task = task_named(job.task)
        if reads_unlabelled(job.recipe, model=job.model, task=task):
            write_lines(scratch.data_file("unlabelled"), unlabelled_lines(project, task))
            if data_digests(scratch)[UNLABELLED] != kept_data_digests(folder).get(UNLABELLED):
                notes.append(tr("It also reads texts without a label: of these it read those of today."))
        try:
            with borrowed(None, need_of_run(run)) as child:
                outcome = run_job(scratch, on_events=on_events, should_stop=should_stop, child=child)
        except CouldNotStart:
            outcome = not_started(traceback.format_exc())
        if outcome.kind != "finished":
            raise CannotReproduce(tr("Run {number} could not be run again: {why}", number=run.number, why=outcome.text))
        return compared(folder, scratch, run=run.number, seconds=outcome.seconds, notes=notes)
    finally:
        scratch.discard()


def compared(then: RunFolder, now: RunFolder, *, run: int, seconds: float, notes: Sequence[str]) -> Reproduced:
    """Two folders of one run held against each other: scores, and weights by their digests. Raises OSError."""
    before, after = _weights(kept_model_digests(then)), _weights(model_digests(now))
    other = tuple(sorted(one for one in before.keys() | after.keys() if before.get(one) != after.get(one)))
    return Reproduced(run, _scores(then), _scores(now), other, len(before.keys() | after.keys()), seconds, tuple(notes))


def _job(folder: RunFolder, run: RunRecord) -> Job:
    if run.status != "finished":
        raise CannotReproduce(
            tr("Run {number} did not finish, so there is nothing to hold another one against.", number=run.number)
        )
    try:
        job = folder.job()
        if not folder.has_its_model():
            raise CannotReproduce(
                tr("The base model of run {number} is another one since, so it cannot be run again.", number=run.number)
            )
    except (OSError, ValueError) as error:
        raise CannotReproduce(_gone(run)) from error
    if not folder.data_file("train").is_file() or not _scores(folder) or not folder.model.is_dir():
        raise CannotReproduce(_gone(run))
    return job


def _gone(run: RunRecord) -> str:
    return tr("The folder of run {number} no longer has its job, data, scores and model.", number=run.number)


def _notes(project: Project, run: RunRecord, *, folder: RunFolder, job: Job) -> list[str]:
    found = []
    if changed := changed_data(folder):
        files = tr(", ").join(changed)
        found.append(
            tr("The data in the folder of the run are not those that it was trained on: {files}.", files=files)
        )
    if fixes := project.fixes_since(run.id):
        found.append(
            trn(
                "{count} label changed in the project since; it was run with the label of then.",
                "{count} labels changed in the project since; it was run with the labels of then.",
                fixes,
            )
        )
    here = versions_here()
    other = [f"{name} {one} → {here.get(name, '–')}" for name, one in job.versions.items() if here.get(name) != one]
    if other:
        found.append(tr("Other versions than then: {versions}.", versions=tr(", ").join(other)))
    return found


def _scores(folder: RunFolder) -> dict[str, dict[str, float]]:
    try:
        report = folder.report()
        return {split: dict(report[split]["headline"]) for split in SPLITS if split in report}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _weights(digests: Mapping[str, str]) -> dict[str, str]:
    return {name: one for name, one in digests.items() if name.endswith(_WEIGHTS)}


# ------------------------------------------------------------------------------------------------------- in words


def reproduced_words(one: Reproduced, *, task: str) -> str:
    """Whether it came out the same, and what was not as it was then; a line each."""
    known = task_named(task)
    if one.is_equal:
        said = [tr("Run {number} again: all scores and all weights are equal.", number=one.run)]
    else:
        said = [tr("Run {number} again: not equal.", number=one.run)]
        for split in dict.fromkeys((*one.then, *one.now)):
            then, now = one.then.get(split, {}), one.now.get(split, {})
            where = {"split": split_name(split), "then": titled_scores(then, known), "now": titled_scores(now, known)}
            if then == now:
                said.append(tr("{split}: {now}, as then", **where))
            else:
                said.append(tr("{split}: {then} then, {now} now", **where))
        said.append(
            tr("Files of weights that differ: {n} of {all}", n=len(one.other_files), all=one.files)
            if one.other_files
            else tr("The weights are equal.")
        )
    return "\n".join((*said, *one.notes))


def reproduced_facts(one: Reproduced) -> dict[str, Any]:
    """The same for programs."""
    return {
        "run": one.run,
        "equal": one.is_equal,
        "then": {split: dict(scores) for split, scores in one.then.items()},
        "now": {split: dict(scores) for split, scores in one.now.items()},
        "files": one.files,
        "other_files": list(one.other_files),
        "seconds": one.seconds,
        "notes": list(one.notes),
    }
