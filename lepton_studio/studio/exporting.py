"""Out of a project: its samples with all that is marked on them in any format that can be written, and models."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepton_studio.atomic import new_folder
from lepton_studio.contract.task import Task
from lepton_studio.errors import Cancelled, StudioError
from lepton_studio.formats import Format, Loss, OutLabel, Part, Row, all_formats, write, writers_for
from lepton_studio.formats.losses import part_title, parts_of
from lepton_studio.formats.sources import Sources
from lepton_studio.formats.writing import lacking
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of
from lepton_studio.progress import Progress, ShouldStop, never, silent, watched
from lepton_studio.project.marks import MEDIA, QUESTION, REJECTED, Marks, media_name
from lepton_studio.project.records import Filter, Labels, Sample, Split
from lepton_studio.runs.digests import damaged_files
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.model_folder import opens_elsewhere
from lepton_studio.tasks import task_named

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

__all__ = ["Cancelled", "ExportError", "ExportResult", "Loss", "export_annotations", "export_formats", "export_model"]

_LOOKED_AT = 500
"""Samples that say which parts a project has, for the order of the formats."""


class ExportError(StudioError):
    """Nothing was written; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written where. `labels`: name -> in how many samples. `losses`: what the file does not hold."""

    path: Path
    samples: int
    splits: Mapping[Split | None, int]
    labels: Mapping[str, int]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """A format, and what it would leave out as far as the first labelled samples tell (sentence parts)."""

    format: Format
    lacks: tuple[str, ...]


def export_choices(project: Project) -> tuple[ExportChoice, ...]:
    """The formats that can be written; those that hold all of the project's kind of samples first."""
    looked_at = islice(_rows(project, Filter(state="labelled"), format_id=""), _LOOKED_AT)
    parts: dict[Part, None] = dict.fromkeys(part for row in looked_at for part in parts_of(row))
    return tuple(
        ExportChoice(one, tuple(part_title(part) for part in lacking(parts, one))) for one in writers_for(parts)
    )


def export_formats(project: Project) -> tuple[Format, ...]:
    """The formats of `export_choices`."""
    return tuple(choice.format for choice in export_choices(project))


def export_annotations(
    project: Project,
    path: Path | str,
    *,
    format: str,
    only_labelled: bool = True,
    replace: bool = False,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> ExportResult:
    """Write the samples to `path`, a file or a folder as the format wants it, with marks, splits, notes and fields.

    `only_labelled` leaves out those without an annotation. Reads one state of the project throughout; call it on a
    clone in a worker thread. Raises Cancelled, and ExportError when something stands at `path` and `replace` is False,
    or the disk refuses; what stood there is then untouched.
    """
    target = Path(path)
    known = {one.id for one in writers_for(())}
    if format not in known:
        names = ", ".join(sorted(known))
        raise ExportError(tr("Unknown export format {format}. Choose one of: {known}.", format=format, known=names))
    check_target(target, replace=replace)
    wanted = Filter(state="labelled") if only_labelled else Filter()
    labels, splits = Counter[str](), Counter[Split | None]()

    def counted(rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            splits[row.split] += 1
            labels.update(_names_in(row.marks))
            yield row

    with project.snapshot(), _told(target):
        found = _rows(project, wanted, format_id=format)
        rows = watched(found, total=project.count(wanted), progress=progress, should_stop=should_stop)
        losses = write(format, target, rows=counted(rows), labels=_out_labels(project))
        left = _left_out(project) if only_labelled else ()
    order: tuple[Split | None, ...] = ("train", "validation", "test", None)
    counts = {split: splits[split] for split in order}
    return ExportResult(target, splits.total(), counts, dict(labels), (*left, *losses))


def export_model(
    run_folder: Path | str, path: Path | str, *, beside: Mapping[str, str] | None = None, replace: bool = False
) -> Path:
    """Copy the model of a run to the folder `path`, with further text files (`beside`: name -> text), such as its card.
    Raises ExportError when the run has none, or as above.
    """
    source, target = Path(run_folder) / "model", Path(path)
    if not source.is_dir():
        raise ExportError(tr("This run has no model, because it did not finish."))
    if damaged := damaged_files(RunFolder(Path(run_folder))):
        raise ExportError(tr("The model is damaged: {file} has changed since it was saved.", file=damaged[0]))
    check_target(target, replace=replace)
    with _told(target), new_folder(target) as temporary:
        shutil.copytree(source, temporary)
        for name, text in (beside or {}).items():
            (temporary / name).write_text(text, "utf-8")
    return target


def only_loads_here(run_folder: Path | str) -> bool:
    """Whether no other library loads the model of a run."""
    return not opens_elsewhere(RunFolder(Path(run_folder)).model)


def check_target(target: Path, *, replace: bool) -> None:
    """Raise ExportError where nothing can be written there, or something must not be replaced."""
    if target.exists() and not replace:
        raise ExportError(tr("{path} already exists. Choose another name, or replace it.", path=target))
    if not target.parent.is_dir():
        raise ExportError(tr("The folder {folder} does not exist. Choose another one.", folder=target.parent))


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """What the system says against writing, as a sentence."""
    try:
        yield
    except OSError as error:
        sentence = tr("Cannot write {path}: {why}.", path=target, why=reason_of(error))
        raise ExportError(sentence) from error


def _rows(project: Project, wanted: Filter, *, format_id: str) -> Iterator[Row]:
    """The samples as the files of a format know them, in the project's order, with what their sources said of them."""
    task, labels = task_named(project.task_id), project.labels()
    to_row = _row_maker(task, labels)
    target = all_formats().get(format_id)
    has_use = (
        (target is not None and target.marks_of is not None) or "span" in task.label_kinds or QUESTION in task.reads
    )
    sources = Sources(format_id)
    for sample in project.all_rows(wanted):
        row = to_row(sample)
        yield sources.told(row, project.source_row(sample.id).raw) if has_use else row


def _row_maker(task: Task[Any], labels: Labels) -> Callable[[Sample], Row]:
    names = {label.id: label.name for label in labels}

    def to_row(sample: Sample) -> Row:
        marks = Marks() if sample.begun is None else task.to_marks(task.parse(sample.begun, labels), names)
        fields = dict(sample.fields)
        rejected = fields.pop(REJECTED, "")
        if name := media_name(fields):
            fields[MEDIA] = name
        if QUESTION in fields:
            asked = {" ".join(one.question.split()) for one in marks.questions or ()}
            if asked.issuperset(fields[QUESTION].splitlines()):
                del fields[QUESTION]  # the marks say it
        return Row(
            text=sample.text,
            marks=replace(marks, rejected=_list(rejected)) if rejected else marks,
            split=sample.split,
            row=sample.id,
            skipped=sample.skipped,
            note=sample.note,
            id=fields.pop("id", ""),
            fields=fields,
        )

    return to_row


def _list(stored: str) -> tuple[str, ...]:
    """The labels that a file rejected; a field of this name that somebody else made is one label."""
    try:
        found = json.loads(stored)
    except ValueError:
        return (stored,)
    return tuple(str(one) for one in found) if isinstance(found, list) else (stored,)


def _names_in(marks: Marks) -> set[str]:
    return {
        *(marks.labels or ()),
        *(one.label for one in marks.spans or ()),
        *(one.label for one in marks.relations or ()),
    }


def _out_labels(project: Project) -> list[OutLabel]:
    kinds = task_named(project.task_id).label_kinds
    return [
        OutLabel(one.name, one.color, one.key, one.description, str(one.options.get("kind") or kinds[0]))
        for one in project.labels()
        if kinds
    ]


def _left_out(project: Project) -> tuple[Loss, ...]:
    """Samples without an annotation, those that were skipped counted by themselves."""
    unlabelled = project.count(Filter(state="unlabelled"))
    skipped = project.count() - project.count(Filter(state="labelled")) - unlabelled
    found = []
    if unlabelled:
        first = project.next_sample(Filter(state="unlabelled"))
        found.append(Loss(tr("samples that are not labelled yet"), unlabelled, first.id if first else None))
    if skipped:
        first = next((one for one in project.all_rows(Filter(state="skipped")) if one.value is None), None)
        found.append(Loss(tr("samples that were skipped"), skipped, first.id if first else None))
    return tuple(found)
