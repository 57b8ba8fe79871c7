"""What is said of samples that nobody has annotated before the first run: drafts, which a base model that is not tuned,
told what to do, writes; and labels, by a model of another project that reads texts together with labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.language import language_in_use, tr
from lepton_studio.methods.cross_encoder import METHOD, why_too_many
from lepton_studio.models.built_in import WRITER, public_name
from lepton_studio.models.places import is_installed
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.label_options import offered
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Predictor, Sample, SampleId, Suggested
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.events import Event, Noted, Predicted
from lepton_studio.runs.manifest import LABELS_FILE
from lepton_studio.runs.origin import origin_of
from lepton_studio.runs.requests import Draft
from lepton_studio.studio.asking import ask, pieces
from lepton_studio.studio.data_lines import data_line, job_labels
from lepton_studio.studio.needs import need_of_drafts
from lepton_studio.studio.suggesting import UNLABELLED, new_suggestion
from lepton_studio.tasks import task_named

_AT_ONCE, _LABELLED_AT_ONCE = 4, 64
"""Samples of one request: a person waits for the first drafts; labels come faster."""


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
    name = drafter_name(model, task=project.task_id)
    return next((one for one in project.predictors() if (one.kind, one.name) == ("imported", name)), None)


def drafter_name(model: str, *, task: str) -> str:
    """What people call it: of a run its project and number, of another folder the last part."""
    origin = origin_of(model, task=task)
    if origin is not None and origin.number:
        return f"{origin.project}/run-{origin.number}"
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
    order. `instruction`: kept in the project; "": the one that is kept there, else the task's own. Where the task does
    not write, `model` is one that `why_not_asked` has nothing against, and chooses from the labels of the project.

    Blocks, some seconds a sample; call it on a clone in a worker. Raises NotAnswered, Cancelled, CouldNotStart; the
    drafts before that stay.
    """
    task = task_named(project.task_id)
    told = _told(project, instruction.strip()) if task.drafts else ""
    by = drafter(project, model)
    stored, note = 0, ""
    size, of_labels = _AT_ONCE, _labels(project)
    if of_labels:
        size = _LABELLED_AT_ONCE
    asked = pieces(islice(_undrafted(project, by, first=first), at_most), size=size)
    some = next(asked, ())
    if not some:
        return Drafted(0, by)
    total = min(at_most, project.count(_unread(by)))
    with borrowed(children, need_of_drafts(model), should_stop=should_stop, on_wait=on_wait) as child:
        while some:
            said: list[Event] = []
            rows = tuple(data_line(one.id, task.input(one.text, one.fields)) for one in some)
            request = Draft(0, task.id, model, told, rows, language_in_use(), of_labels)
            ask(child, request, on_event=said.append, should_stop=should_stop)
            by = by or project.enter_predictor("imported", drafter_name(model, task=task.id))
            labels = project.labels()
            stored += project.store_suggestions(
                by.id,
                [
                    new_suggestion(task, one.sample, task.parse(one.value, labels), score=one.score, scores=one.scores)
                    for one in said
                    if isinstance(one, Predicted)
                ],
            )
            note = next((one.message for one in said if isinstance(one, Noted)), note)
            progress(stored, total)
            some = next(asked, ())
    return Drafted(stored, by, note)


def why_not_asked(project: Project, model: str) -> str:
    """A sentence where the model in a folder cannot be asked about the labels of this project; "" where it can."""
    task, labels = task_named(project.task_id), offered(project.labels())
    if not task.label_kinds or not (Path(model) / LABELS_FILE).is_file():
        return tr(
            "The model in {folder} only knows the labels that it was tuned with. Only models tuned with “{method}” can "
            "be asked about the labels of another project.",
            folder=model,
            method=tr(METHOD.title),
        )
    if len(labels) < 2:
        return tr("Add the labels of this project first: the model chooses among their names.")
    return why_too_many(len(labels))


def _labels(project: Project) -> tuple[Mapping[str, Any], ...]:
    """What a model that is asked about labels chooses from; () where the task writes."""
    if task_named(project.task_id).drafts:
        return ()
    return tuple(asdict(one) for one in job_labels(offered(project.labels()), described=True))


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
