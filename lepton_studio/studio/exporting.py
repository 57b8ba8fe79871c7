"""Out of a project: the labelled data as CSV, JSON Lines or a `datasets` folder, and the model of a run."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.language import tr
from lepton_studio.project.records import Filter, Split
from lepton_studio.studio.atomic import new_file, new_folder
from lepton_studio.studio.dataset_writing import ExportRow, Shape, write_dataset
from lepton_studio.studio.progress import Cancelled, Progress, ShouldStop, never, silent, watched
from lepton_studio.tasks import task_named

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

__all__ = ["EXPORT_FORMATS", "Cancelled", "ExportError", "ExportResult", "Loss", "export_annotations", "export_model"]

EXPORT_FORMATS: tuple[tuple[str, str], ...] = (
    ("csv", "CSV (.csv)"),
    ("jsonl", "JSON Lines (.jsonl)"),
    ("datasets", "Dataset folder"),
)
OWN_COLUMNS = ("text", "label", "split", "note")
_LABEL_JOINER = "#"


class ExportError(Exception):
    """Nothing was written; its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What an export left out or could not carry; `example` is the id of a sample it concerns."""

    reason: str
    count: int
    example: int | None = None


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written where."""

    path: Path
    samples: int
    splits: Mapping[Split | None, int]
    labels: Mapping[str, int]
    losses: tuple[Loss, ...] = ()


def export_annotations(
    project: Project,
    path: Path | str,
    *,
    format: str,
    replace: bool = False,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> ExportResult:
    """Write the labelled samples to `path`: a file for "csv" and "jsonl", a folder for "datasets".

    Reads one state of the project throughout; call it on a clone in a worker thread. Columns: text, label, split, note
    and the extra fields (one named like ours becomes "source label"). Raises Cancelled, and ExportError when something
    stands at `path` and `replace` is False, or the disk refuses; what stood there is then untouched.
    """
    target = Path(path)
    write = _WRITERS.get(format)
    if write is None:
        known = ", ".join(name for name, _ in EXPORT_FORMATS)
        raise ExportError(tr("There is no export format {format}. Choose one of: {known}.", format=format, known=known))
    _check(target, replace=replace)
    tally = _Tally()
    with project.snapshot(), _told(target):
        counts = project.labelled_split_counts()
        total = sum(counts.values())
        fields = _field_columns(project)
        rows = watched(_rows(project, fields), total=total, progress=progress, should_stop=should_stop)
        shape = Shape(labels=tuple(label.name for label in project.labels()), fields=tuple(fields.values()))
        write(target, _counted(rows, tally), shape)
        losses = _losses(project)
    if format == "datasets" and tally.several:
        losses = (*losses, Loss(tr("only the first of several labels was kept"), tally.several))
    return ExportResult(target, total, counts, dict(tally.labels), losses)


def export_model(run_folder: Path | str, path: Path | str, *, replace: bool = False) -> Path:
    """Copy the model of a run to the folder `path`. Raises ExportError when the run has none, or as above."""
    source, target = Path(run_folder) / "model", Path(path)
    if not source.is_dir():
        raise ExportError(tr("This run has no model to copy: it did not finish."))
    _check(target, replace=replace)
    with _told(target), new_folder(target) as temporary:
        shutil.copytree(source, temporary)
    return target


def _check(target: Path, *, replace: bool) -> None:
    if target.exists() and not replace:
        raise ExportError(tr("{path} is there already. Choose another name, or replace it.", path=target))
    if not target.parent.is_dir():
        raise ExportError(tr("There is no folder {folder} to write to.", folder=target.parent))


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """What the system says against writing, as a sentence."""
    try:
        yield
    except OSError as error:
        sentence = tr("{path} could not be written: {why}.", path=target, why=error.strerror or error)
        raise ExportError(sentence) from error


def _field_columns(project: Project) -> dict[str, str]:
    """Extra field -> its column, in order of first appearance."""
    names = {name: None for sample in project.labelled_rows() for name in sample.fields}
    columns: dict[str, str] = {}
    for name in names:
        column = f"source {name}" if name in OWN_COLUMNS else name
        while column in columns.values() or (column != name and column in names):
            column += " (2)"
        columns[name] = column
    return columns


def _rows(project: Project, columns: Mapping[str, str]) -> Iterator[ExportRow]:
    """The labelled samples, in the project's order."""
    task, labels = task_named(project.task_id), project.labels()
    names = {label.id: label.name for label in labels}
    for sample in project.labelled_rows():
        chosen = task.labels_in(task.parse(sample.value, labels))
        yield ExportRow(
            text=sample.text,
            labels=tuple(names[one] for one in chosen),
            split=sample.split,
            note=sample.note,
            fields={columns[name]: value for name, value in sample.fields.items()},
        )


@dataclass(slots=True)
class _Tally:
    """What went by on the way out; `several` counts rows with more than one label."""

    labels: Counter[str] = field(default_factory=Counter)
    several: int = 0


def _counted(rows: Iterable[ExportRow], tally: _Tally) -> Iterator[ExportRow]:
    for row in rows:
        tally.labels.update(row.labels)
        tally.several += len(row.labels) > 1
        yield row


def _losses(project: Project) -> tuple[Loss, ...]:
    """What stays behind: samples without a label, those that were skipped counted by themselves."""
    unlabelled = project.count(Filter(state="unlabelled"))
    skipped = project.count() - sum(project.labelled_split_counts().values()) - unlabelled
    found = []
    if unlabelled:
        first = project.next_sample(Filter(state="unlabelled"))
        found.append(Loss(tr("not labelled yet"), unlabelled, first.id if first else None))
    if skipped:
        first = next((one for one in project.all_rows(Filter(state="skipped")) if one.value is None), None)
        found.append(Loss(tr("skipped"), skipped, first.id if first else None))
    return tuple(found)


def _write_csv(target: Path, rows: Iterable[ExportRow], shape: Shape) -> None:
    """RFC 4180 in UTF-8: CR LF ends, quotes doubled; several labels joined by "#"."""
    with new_file(target) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow([*OWN_COLUMNS, *shape.fields])
        for row in rows:
            extra = [row.fields.get(name, "") for name in shape.fields]
            writer.writerow([row.text, _LABEL_JOINER.join(row.labels), row.split or "", row.note, *extra])


def _write_json_lines(target: Path, rows: Iterable[ExportRow], shape: Shape) -> None:
    """One object per line in UTF-8; several labels as a list."""
    with new_file(target) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            label = row.labels[0] if len(row.labels) == 1 else list(row.labels)
            whole = {"text": row.text, "label": label, "split": row.split, "note": row.note, **row.fields}
            stream.write(json.dumps(whole, ensure_ascii=False) + "\n")


_WRITERS: dict[str, Callable[[Path, Iterable[ExportRow], Shape], None]] = {
    "csv": _write_csv,
    "jsonl": _write_json_lines,
    "datasets": write_dataset,
}
