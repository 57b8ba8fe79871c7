"""Drafts: what a base model that is not tuned, told what to do, writes for samples that nobody has annotated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from lepton_studio.language import language_in_use
from lepton_studio.models.built_in import WRITER, public_name
from lepton_studio.models.places import is_installed
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Predictor, Sample, SampleId, Suggested
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.events import Event, Noted, Predicted
from lepton_studio.runs.requests import Draft
from lepton_studio.studio.asking import ask, pieces
from lepton_studio.studio.data_lines import data_line
from lepton_studio.studio.needs import need_of_drafts
from lepton_studio.studio.suggesting import UNLABELLED, new_suggestion
from lepton_studio.tasks import task_named

_AT_ONCE = 4
"""Samples of one request: a person waits for the first drafts."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """How many samples got a draft, by whom (None where there were none), and what is to be known of it ("")."""

    count: int
    by: Predictor | None = None
    note: str = ""


def may_draft(project: Project) -> bool:
    """Whether the built-in writer can write drafts for this project. Looks whether its files are there."""
    return bool(task_named(project.task_id).drafts) and is_installed(WRITER)


def drafter(project: Project, model: str = WRITER.id) -> Predictor | None:
    """The model as one who has written drafts in this project; None where it has not."""
    name = drafter_name(model)
    return next((one for one in project.predictors() if (one.kind, one.name) == ("imported", name)), None)


def drafter_name(model: str) -> str:
    """What people call it: of a folder the last part."""
    return Path(model).name if Path(model).is_dir() else public_name(model)


def draft(
    project: Project,
    *,
    model: str = WRITER.id,
    instruction: str = "",
    at_most: int,
    first: SampleId | None = None,
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> Drafted:
    """Let the model write for unlabelled samples that have no draft of it, `first` before the others, then in their
    order. `instruction`: kept in the project; "": the one that is kept there, else the task's own.

    Blocks, some seconds a sample; call it on a clone in a worker. Raises NotAnswered, Cancelled, CouldNotStart; the
    drafts before that stay.
    """
    task = task_named(project.task_id)
    told = _told(project, instruction.strip())
    by = drafter(project, model)
    stored, note = 0, ""
    asked = pieces(islice(_undrafted(project, by, first=first), at_most), size=_AT_ONCE)
    some = next(asked, ())
    if not some:
        return Drafted(0, by)
    total = min(at_most, project.count(_unread(by)))
    with borrowed(children, need_of_drafts(model), should_stop=should_stop, on_wait=on_wait) as child:
        while some:
            said: list[Event] = []
            rows = tuple(data_line(one.id, task.input(one.text, one.fields)) for one in some)
            request = Draft(0, task.id, model, told, rows, language_in_use())
            ask(child, request, on_event=said.append, should_stop=should_stop)
            by = by or project.enter_predictor("imported", drafter_name(model))
            labels = project.labels()
            stored += project.store_suggestions(
                by.id,
                [
                    new_suggestion(task, one.sample, task.parse(one.value, labels), score=one.score)
                    for one in said
                    if isinstance(one, Predicted)
                ],
            )
            note = next((one.message for one in said if isinstance(one, Noted)), note)
            progress(stored, total)
            some = next(asked, ())
    return Drafted(stored, by, note)


def _told(project: Project, instruction: str) -> str:
    """What the model is told; kept for the next time where the person said it."""
    kept, own = project.suggestion_settings(), task_named(project.task_id).drafts
    if instruction and instruction != (kept.instruction or own):
        project.set_suggestion_settings(replace(kept, instruction="" if instruction == own else instruction))
    return instruction or kept.instruction or own


def _unread(by: Predictor | None) -> Filter:
    return UNLABELLED if by is None else replace(UNLABELLED, suggested=Suggested(by.id, there=False))


def _undrafted(project: Project, by: Predictor | None, *, first: SampleId | None) -> Iterator[Sample]:
    """Read before anything is stored: at most some dozens are taken of it."""
    if first is not None:
        with suppress(NoSuchSample):
            yield project.sample(first)
    yield from (one for one in project.all_rows(_unread(by)) if one.id != first)
