"""From a project to a run and back: freeze what it trains on, take in what it found, go on where it was interrupted."""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import lepton_studio
from lepton_studio.contract.task import Task
from lepton_studio.files import holder
from lepton_studio.hub.places import pinned
from lepton_studio.language import language_in_use, tr
from lepton_studio.methods import method_named
from lepton_studio.methods.families import family_of
from lepton_studio.methods.recipes import presets_for, reads_labels, why_not_here
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Filter, RunId, RunRecord, RunStatus, Sample, Split
from lepton_studio.runs.adopted import AdoptedChild, running_child
from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.children.owner import borrowed
from lepton_studio.runs.digests import keep_data_digests
from lepton_studio.runs.events import Event
from lepton_studio.runs.folder import RunFolder, read_json_lines, write_lines
from lepton_studio.runs.job import BUILT_IN_MODEL, Job, JobKind, JobLabel, Recipe, TrialKind
from lepton_studio.runs.model_folder import has_large_table, why_unusable
from lepton_studio.runs.monitoring import follow, run_job
from lepton_studio.runs.outcome import Outcome, not_started
from lepton_studio.runs.process import CouldNotStart
from lepton_studio.runs.requests import Stop
from lepton_studio.runs.trackers import tracking_wanted
from lepton_studio.studio.checking import TuningNotPossible, why_not
from lepton_studio.studio.collecting import collect_run
from lepton_studio.studio.continuing import freeze_old, old_training_lines, since_run
from lepton_studio.studio.data_lines import data_line, job_labels
from lepton_studio.studio.needs import need_of_run
from lepton_studio.studio.other_projects import freeze_others, without_places
from lepton_studio.studio.proposing import reads, why_unfitting
from lepton_studio.studio.scratch import ScratchFolder, scratch_folder, sweep_scratch
from lepton_studio.studio.splitting import Shares, assign_missing_splits
from lepton_studio.tasks import task_named

__all__ = [
    "LeftRun",
    "TuningNotPossible",
    "can_resume",
    "collect_run",
    "delete_run",
    "discard_measure",
    "left_runs",
    "prepare_measure",
    "prepare_resume",
    "prepare_run",
    "run_folder",
    "tune",
]

_ATTEMPTS = 5
_MOST_UNLABELLED = 20_000


def _ignore(_: object) -> None:
    return None


def give_splits(project: Project) -> Changes | None:
    """Share out the labelled samples without a split, 80 : 10 : 10, always the same way; None when all have one."""
    return assign_missing_splits(project, shares=Shares(), seed=1)


def balanced_recipe(project: Project, *, model: str = BUILT_IN_MODEL) -> Recipe:
    """What is used where nobody says otherwise: the defaults of the project's task for such a model."""
    task = task_named(project.task_id)
    return presets_for(task, family_of(model, task=task))["balanced"]


def prepare_run(
    project: Project,
    *,
    model: str = BUILT_IN_MODEL,
    recipe: Recipe | None = None,
    on_changes: Callable[[Changes], object] = _ignore,
    status: RunStatus = "running",
) -> tuple[RunRecord, RunFolder]:
    """Enter a run and freeze all that it trains on in its folder, streamed.

    Labelled samples without a split get one first, once nothing stands against a start; `on_changes` is told.
    What the run pins (`history_position`) and what lies in its folder are one state of the project, whoever labels
    meanwhile.
    Raises TuningNotPossible with a sentence, OSError when the disk is full; no run is entered then.
    """
    _check_labels(project)
    _check_model(project, model, recipe)
    model = pinned(model)
    given = give_splits(project)
    if given is not None:
        on_changes(given)
    recipe = recipe or balanced_recipe(project, model=model)
    for _ in range(_ATTEMPTS):
        run = project.create_run(model=model, recipe=recipe.to_json(), counts={}, status=status)
        folder = run_folder(project, run)
        try:
            with project.snapshot():
                if project.history_position() == run.history_position:
                    counts = _freeze(project, folder, kind="tune", model=model, recipe=recipe, run=run.number)
                    break
        except BaseException:
            project.delete_run(run.id)
            raise
        project.delete_run(run.id)  # a label was given in between
    else:
        raise TuningNotPossible(tr("The labels are changing too fast right now. Try again in a moment."))
    project.update_run(run.id, counts=counts)
    return project.run(run.id), folder


def run_folder(project: Project, run: RunRecord) -> RunFolder:
    """Where the run lies."""
    return RunFolder(project.runs_folder / run.folder)


def tune(
    project: Project,
    *,
    model: str = BUILT_IN_MODEL,
    recipe: Recipe | None = None,
    on_events: Callable[[list[Event]], object] = _ignore,
    should_stop: Callable[[], Stop | None] = lambda: None,
) -> tuple[RunRecord, Outcome]:
    """A whole run without a window, in this thread: prepare, train in a child, collect. Raises as `prepare_run`."""
    run, folder = prepare_run(project, model=model, recipe=recipe)
    return work_off(project, run, folder, on_events=on_events, should_stop=should_stop)


def resume(
    project: Project,
    run_id: RunId,
    *,
    on_events: Callable[[list[Event]], object] = _ignore,
    should_stop: Callable[[], Stop | None] = lambda: None,
) -> tuple[RunRecord, Outcome]:
    """As `tune`, going on with an interrupted run. Raises as `prepare_resume`."""
    folder = prepare_resume(project, run_id)
    return work_off(project, project.run(run_id), folder, resume=True, on_events=on_events, should_stop=should_stop)


def work_off(
    project: Project,
    run: RunRecord,
    folder: RunFolder,
    *,
    resume: bool = False,
    on_events: Callable[[list[Event]], object] = _ignore,
    should_stop: Callable[[], Stop | None] = lambda: None,
) -> tuple[RunRecord, Outcome]:
    """Train a prepared run in a child of its own, in this thread, and collect it."""
    try:
        with borrowed(None, need_of_run(run)) as child:
            outcome = run_job(folder, resume=resume, on_events=on_events, should_stop=should_stop, child=child)
    except CouldNotStart:
        outcome = not_started(traceback.format_exc())
    collect_run(project, run.id, outcome)
    return project.run(run.id), outcome


def can_resume(project: Project, run: RunRecord) -> int | None:
    """The step that an interrupted run can go on from, 0 for the beginning; None when it cannot.

    Reads the whole checkpoint.
    """
    folder = run_folder(project, run)
    if run.status not in ("interrupted", "failed") or not folder.job_file.exists():
        return None
    checkpoint = newest_sound_checkpoint(folder)
    if checkpoint is not None:
        return checkpoint.step
    return 0 if run.status == "interrupted" else None


def prepare_resume(project: Project, run_id: RunId, *, status: RunStatus = "running") -> RunFolder:
    """Enter the run as running again; start it with `resume=True`. Raises TuningNotPossible."""
    run = project.run(run_id)
    if can_resume(project, run) is None:
        raise TuningNotPossible(tr("Run {number} cannot be resumed. Tune again.", number=run.number))
    folder = run_folder(project, run)
    with contextlib.suppress(OSError, ValueError):  # the child says what is the matter with the folder
        job, tracking = folder.job(), tracking_wanted()
        if dict(job.tracking) != tracking:  # who resumes it says where it is written to, not who began it
            folder.write_job(replace(job, tracking=tracking))
    project.update_run(run_id, status=status, sentence="")
    return folder


@dataclass(frozen=True, slots=True)
class LeftRun:
    """A run that an earlier window left "running": still at work (`outcome` None: follow it again), or ended since."""

    run: RunRecord
    outcome: Outcome | None = None

    @property
    def alive(self) -> bool:
        """Its child is at work."""
        return self.outcome is None


def left_runs(project: Project) -> list[LeftRun]:
    """What was left when the project was last closed, or its window died; call it once after opening.

    Runs whose child is gone are collected here: finished, stopped, or "interrupted at step n" after their checkpoint
    was read and checked.
    """
    sweep_scratch(project)
    found = []
    for run in project.runs():
        if run.status != "running":
            continue
        folder = run_folder(project, run)
        if running_child(folder) is not None:
            found.append(LeftRun(run))
            continue
        outcome = follow(AdoptedChild(folder, 0), folder)
        collect_run(project, run.id, outcome)
        found.append(LeftRun(project.run(run.id), outcome))
    return found


def as_it_stands(project: Project, run: RunRecord) -> RunRecord:
    """The run as it is now, for a reader: one that stands as "running" though its process, and every window that could
    be starting it, is gone, was interrupted."""
    is_managed = holder(project.folder / "project.lock") is not None
    if run.status != "running" or is_managed or running_child(run_folder(project, run)) is not None:
        return run
    sentence = tr("Its process has ended. To continue, open the project or tune with --resume.")
    return replace(run, status="interrupted", sentence=sentence)


def delete_run(project: Project, run_id: RunId) -> Changes:
    """Remove a run and its folder. Raises TuningNotPossible while it is at work."""
    run = project.run(run_id)
    if running_child(run_folder(project, run)) is not None:
        raise TuningNotPossible(tr("Run {number} is still running. Stop it first.", number=run.number))
    return project.delete_run(run_id)


def prepare_measure(
    project: Project, *, model: str = BUILT_IN_MODEL, recipe: Recipe | None = None, kind: TrialKind = "measure"
) -> ScratchFolder:
    """A job folder whose child answers with `Estimated`, or as the `kind` of trial says. Give it to `discard_measure`
    afterwards.

    Unlike `prepare_run` it changes nothing: samples without a split count as training samples.
    Raises TuningNotPossible.
    """
    _check_labels(project)
    _check_model(project, model, recipe)
    folder = scratch_folder(project)
    with project.snapshot():
        _freeze(project, folder, kind=kind, model=model, recipe=recipe or balanced_recipe(project, model=model), run=0)
    return folder


def discard_measure(folder: ScratchFolder) -> None:
    """Remove the folder of a measure job."""
    folder.discard()


def _check_model(project: Project, model: str, recipe: Recipe | None) -> None:
    """What is wrong with the base model, or for a method of the recipe, is said before anything is done for it."""
    if why := why_unusable(model) or why_unfitting(model, task=task_named(project.task_id)):
        raise TuningNotPossible(why)
    if recipe and (why := why_not_here(recipe, model=model, labels=[one.name for one in project.labels()])):
        raise TuningNotPossible(why)


def _check_labels(project: Project) -> None:
    """There must be something to learn from."""
    if why := why_not(project):
        raise TuningNotPossible(why)


def _freeze(
    project: Project, folder: RunFolder, *, kind: JobKind, model: str, recipe: Recipe, run: int
) -> dict[str, int]:
    """Write job.json and a data file for each split that has labelled samples; how many lines each has."""
    counts: dict[str, int] = {}
    task = task_named(project.task_id)
    labels = job_labels(project.labels(), described=reads_labels(recipe))
    for split in SPLITS:
        if project.labelled_split_counts()[split] or (kind != "tune" and split == "train"):
            counts[split] = write_lines(folder.data_file(split), _lines(project, split, task=task, kind=kind))
    if any(method_named(one).needs_run for one in recipe.methods):
        _leave_new(project, folder, model=model, labels=labels, task=task)
        counts["train"] = sum(1 for _ in read_json_lines(folder.data_file("train")))
    if reads_unlabelled(recipe, model=model, task=task, kind=kind):
        write_lines(folder.data_file("unlabelled"), unlabelled_lines(project, task))
    others = freeze_others(project, folder, recipe=recipe, model=model)
    if kind == "tune":
        freeze_old(project, folder, model=model, labels=labels, task=task)
    folder.write_job(
        Job(
            kind=kind,
            task=task.id,
            labels=labels,
            model=model,
            recipe=without_places(recipe, others),
            project=project.name,
            run=run,
            language=language_in_use(),
            versions=versions_here(),
            tracking=tracking_wanted() if kind == "tune" else {},
            others=others,
        )
    )
    if kind == "tune":
        keep_data_digests(folder)
    return counts


def reads_unlabelled(recipe: Recipe, *, model: str, task: Task[Any], kind: JobKind = "tune") -> bool:
    """Whether a run also reads texts without a label: a method of it does, or its model keeps the words of them."""
    keeps_all = recipe.keep_all_words or reads_labels(recipe)
    words_are_left_out = kind == "tune" and reads(task) and has_large_table(model) and not keeps_all
    return words_are_left_out or any(method_named(one).reads_unlabelled for one in recipe.methods)


def _leave_new(
    project: Project, folder: RunFolder, *, model: str, labels: tuple[JobLabel, ...], task: Task[Any]
) -> None:
    """Take out of the training data what the run that one goes on from has seen, and write that beside. Raises
    TuningNotPossible where there is no such run, or nothing new.
    """
    since = since_run(project, model=model, task=task)
    if since is None:
        raise TuningNotPossible(
            tr(
                "Replay continues from an earlier run. Select a run and choose “Tune further”, or turn the method "
                "“Replay” off."
            )
        )
    file = folder.data_file("train")
    lines = file.read_text("utf-8").splitlines(keepends=True)
    old = old_training_lines(project, since, own=lines, labels=labels, task=task)
    write_lines(folder.data_file("old"), old)
    if not write_lines(file, (line for line in lines if since.is_new(line))):
        raise TuningNotPossible(
            tr(
                "No training label was added or changed since run {number}. Label more texts first, or turn the method "
                "“Replay” off.",
                number=since.origin.number,
            )
        )


def _lines(project: Project, split: Split, *, task: Task[Any], kind: JobKind) -> Iterator[str]:
    for sample in project.labelled_rows(split):
        yield _line(sample, task, project.media_folder)
    if kind != "tune" and split == "train":
        for sample in project.labelled_rows():
            if sample.split is None:
                yield _line(sample, task, project.media_folder)


def unlabelled_lines(project: Project, task: Task[Any]) -> Iterator[str]:
    """Samples from everywhere among those without a label: what the model reads next must not lack words."""
    ids = project.sample_ids(Filter(state="unlabelled"))
    step = max(1, -(-len(ids) // _MOST_UNLABELLED))
    for sample in project.all_rows(Filter(ids=tuple(ids[::step]))) if ids else ():
        given = task.input(sample.text, sample.fields, media=project.media_folder)
        yield json.dumps(data_line(sample.id, given)) + "\n"


def _line(sample: Sample, task: Task[Any], media: Path) -> str:
    given = task.input(sample.text, sample.fields, media=media)
    return json.dumps({**data_line(sample.id, given), "value": sample.value}) + "\n"


def versions_here() -> dict[str, str]:
    """Of this program, of Python and of the libraries that tune."""
    found = {"lepton_studio": lepton_studio.__version__, "python": sys.version.split()[0]}
    for name in ("torch", "transformers"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
