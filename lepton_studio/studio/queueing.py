"""The queue of runs: each is frozen when it is asked for, waits for its turn, and may be moved or taken out until then.

A run that waits has the status "queued" and its place in the project's queue. It trains on the labels of when it was
asked for, whatever is labelled while it waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunId, RunRecord
from lepton_studio.runs.children.order import moved
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.tuning import prepare_resume, prepare_run, run_folder


@dataclass(frozen=True, slots=True)
class Begun:
    """A run whose turn it is, now "running": its folder's job is to be done, from its checkpoint where `resume`."""

    run: RunRecord
    folder: RunFolder
    resume: bool


def queue_run(
    project: Project,
    *,
    model: str,
    recipe: Recipe | None = None,
    on_changes: Callable[[Changes], object] = lambda _changes: None,
) -> RunRecord:
    """As `prepare_run`, for a run that waits behind those that wait already."""
    run, _ = prepare_run(project, model=model, recipe=recipe, on_changes=on_changes, status="queued")
    on_changes(project.change_queue(lambda order: (*order, run.id)))
    return run


def queue_resume(
    project: Project, run_id: RunId, *, on_changes: Callable[[Changes], object] = lambda _changes: None
) -> RunRecord:
    """As `prepare_resume`, for a run that waits for its turn."""
    prepare_resume(project, run_id, status="queued")
    on_changes(project.change_queue(lambda order: (*order, run_id)))
    return project.run(run_id)


def queued_runs(project: Project) -> tuple[RunRecord, ...]:
    """The runs that wait, the next one first."""
    waiting = {run.id: run for run in project.runs() if run.status == "queued"}
    return tuple(waiting[run] for run in project.waiting_runs() if run in waiting)


def begin_next(project: Project) -> Begun | None:
    """Take the first run out of the queue and enter it as running; None where none waits."""
    run = next(iter(queued_runs(project)), None)
    if run is None:
        return None
    _leave_queue(project, run.id)
    project.update_run(run.id, status="running")
    folder = run_folder(project, run)
    return Begun(project.run(run.id), folder, resume=folder.events_file.exists())


def move_queued(project: Project, run_id: RunId, *, by: int) -> Changes:
    """Let a run that waits be so many places later, earlier where `by` is below 0."""
    return project.change_queue(lambda order: moved(order, run_id, by=by))


def take_out(project: Project, run_id: RunId) -> Changes:
    """Take a run out of the queue: one that never began is gone, one that was to go on is paused as before."""
    run = project.run(run_id)
    changes = _leave_queue(project, run_id)
    if run.status != "queued":  # its turn came just now
        return changes
    if run_folder(project, run).events_file.exists():
        return project.update_run(run_id, status="interrupted")
    return project.delete_run(run_id)


def settle_queue(project: Project) -> tuple[RunRecord, ...]:
    """Put right what a window that died, or the copying of a project, left; call it once after opening.

    Runs that wait without a place in the queue do not begin by themselves: they are paused, and their sentence says
    why. Those are returned.
    """
    waiting = set(project.waiting_runs())
    found = []
    for run in project.runs():
        if run.status != "queued" or run.id in waiting:
            continue
        try:
            run_folder(project, run).job()
            project.update_run(
                run.id, status="interrupted", sentence=tr("It was waiting in the queue. Resume starts it.")
            )
        except (OSError, ValueError):
            sentence = tr("Lepton Studio closed while this run was being prepared. Start it again.")
            project.update_run(run.id, status="failed", sentence=sentence)
        found.append(project.run(run.id))
    return tuple(found)


def _leave_queue(project: Project, run_id: RunId) -> Changes:
    return project.change_queue(lambda order: [one for one in order if one != run_id])
