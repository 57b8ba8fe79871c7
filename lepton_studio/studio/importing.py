"""From files into a project: two passes over the rows, one undo step, all or nothing."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepton_studio.formats import Guess, Problem, Row, UnreadableFile, read
from lepton_studio.language import tr
from lepton_studio.project.connection import text_hash
from lepton_studio.project.records import SPLITS, Label, NewSample, Split
from lepton_studio.project.sources import ImportProblem
from lepton_studio.studio.progress import Cancelled, Progress, ShouldStop, never, silent, watched
from lepton_studio.studio.splitting import Item, Shares, stratified
from lepton_studio.tasks import task_named
from lepton_studio.tasks.base import Task

if TYPE_CHECKING:
    from lepton_studio.project.change import Change
    from lepton_studio.project.project import Project

__all__ = ["Cancelled", "ImportResult", "Shares", "import_files"]

_NO_LABEL = -1
_SPLIT_CODES: dict[Split | None, int] = {None: 0, "train": 1, "validation": 2, "test": 4}
_SPLITS_BY_CODE: dict[int, Split | None] = {code: split for split, code in _SPLIT_CODES.items()}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. `skipped` counts rows that were not taken; `problems` names them, and rows that lost a label.

    `duplicates`: imported samples whose text was there already. `leaks`: texts of this import in more than one split.
    """

    added: int
    labelled: int
    skipped: int
    problems: tuple[ImportProblem, ...]
    labels_created: tuple[str, ...]
    duplicates: int
    leaks: int
    splits: Mapping[Split | None, int]

    @property
    def unlabelled(self) -> int:
        """How many came in without a label."""
        return self.added - self.labelled

    def sentence(self) -> str:
        """The result in one or a few short sentences."""
        said = [tr("{added} samples came in, {labelled} of them labelled.", added=self.added, labelled=self.labelled)]
        if self.skipped:
            said.append(tr("{skipped} rows could not be read.", skipped=self.skipped))
        if self.duplicates:
            said.append(tr("{duplicates} texts were there already.", duplicates=self.duplicates))
        if self.leaks:
            said.append(tr("{leaks} texts stand in more than one split: scores will look too good.", leaks=self.leaks))
        return " ".join(said)


@dataclass(slots=True)
class _Survey:
    """What the first pass finds out. The arrays have one entry per row that will come in."""

    texts: array[int] = field(default_factory=lambda: array("q"))
    labels: array[int] = field(default_factory=lambda: array("l"))
    splits: array[int] = field(default_factory=lambda: array("b"))
    names: dict[str, int] = field(default_factory=dict)
    problems: list[ImportProblem] = field(default_factory=list)
    skipped: int = 0


def import_files(
    project: Project,
    guesses: Guess | Sequence[Guess],
    *,
    shares: Shares | None = None,
    seed: int = 13,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> ImportResult:
    """Bring the rows of these files into the project, as one undo step.

    `shares`: how labelled rows whose file gives no split are shared out (see `splitting.stratified`); None leaves them
    without. Labels that the project lacks are created. `progress` is told (rows, None) in the first pass, and
    (rows, total) in the second. Raises Cancelled, UnreadableFile or ProjectError; the project is then as it was.
    """
    sets = (guesses,) if isinstance(guesses, Guess) else tuple(guesses)
    task = task_named(project.task_id)
    survey = _survey(sets, task, progress=progress, should_stop=should_stop)
    known = _splits_of_texts(project)
    if shares is not None:
        _share_out(survey, shares=shares, seed=seed, known=known)
    with project.change(_change_name(sets)) as change:
        created, labels = _labels(project, change, names=_in_order(survey.names, sets))
        rows = watched(_rows(sets), total=len(survey.texts), progress=progress, should_stop=should_stop)
        change.add_samples(_samples(rows, survey, task=task, labels=labels))
        change.add_problems(survey.problems)
    duplicates, leaks = _overlaps(survey, known)
    splits = Counter(_SPLITS_BY_CODE[code] for code in survey.splits)
    return ImportResult(
        added=len(survey.texts),
        labelled=len(survey.labels) - survey.labels.count(_NO_LABEL),
        skipped=survey.skipped,
        problems=tuple(survey.problems),
        labels_created=tuple(created),
        duplicates=duplicates,
        leaks=leaks,
        splits={split: splits[split] for split in (*SPLITS, None)},
    )


def _survey(sets: Sequence[Guess], task: Task[Any], *, progress: Progress, should_stop: ShouldStop) -> _Survey:
    """The first pass: labels, splits, problems and the identity of each text."""
    survey = _Survey()
    every = (row for guess in sets for row in read(guess))
    for row in watched(every, total=None, progress=progress, should_stop=should_stop):
        if isinstance(row, Problem):
            survey.skipped += 1
            survey.problems.append(ImportProblem(row.source, row.row, row.reason))
            continue
        label = _NO_LABEL
        if len(row.labels) == 1:
            label = survey.names.setdefault(row.labels[0], len(survey.names))
        remark = row.remark or (_several(row, task) if len(row.labels) > 1 else "")
        if remark:
            survey.problems.append(ImportProblem(row.source, row.row, remark))
        survey.texts.append(text_hash(row.text))
        survey.labels.append(label)
        survey.splits.append(_SPLIT_CODES[row.split])
    return survey


def _several(row: Row, task: Task[Any]) -> str:
    return tr(
        "Several labels ({labels}), where {task} takes one: taken in without a label.",
        labels=", ".join(row.labels),
        task=task.title,
    )


def _splits_of_texts(project: Project) -> dict[int, int]:
    """Text hash -> the split codes it stands in, or-ed, of what the project holds."""
    found: dict[int, int] = {}
    for _, text, split in project.text_hashes():
        found[text] = found.get(text, 0) | _SPLIT_CODES[split]
    return found


def _share_out(survey: _Survey, *, shares: Shares, seed: int, known: Mapping[int, int]) -> None:
    """Fill in the splits of labelled rows that have none. A text that has a split anywhere keeps to it."""
    fixed: dict[Hashable, Split] = {}
    for text, code in (*known.items(), *zip(survey.texts, survey.splits, strict=True)):
        if code:
            split = next(split for split in reversed(SPLITS) if code & _SPLIT_CODES[split])
            fixed[text] = max(fixed.get(text, split), split, key=SPLITS.index)
    rows = zip(survey.texts, survey.labels, survey.splits, strict=True)
    items = [
        Item(place, text, label)
        for place, (text, label, split) in enumerate(rows)
        if label != _NO_LABEL and split == _SPLIT_CODES[None]
    ]
    for place, split in stratified(items, shares=shares, seed=seed, fixed=fixed).items():
        survey.splits[place] = _SPLIT_CODES[split]


def _in_order(names: Mapping[str, int], sets: Sequence[Guess]) -> dict[str, int | None]:
    """The label names in the order to create them, with their number in the survey (None: named by a table, not seen):
    a table's order first, else by number where all are numbers, else as they first appear."""
    tables = [name for guess in sets if guess.label is not None for name in guess.label_names.values()]
    listed: dict[str, int | None] = {name: names.get(name) for name in tables} if names else {}
    rest = [name for name in names if name not in listed]
    if all(_is_number(name) for name in rest):
        rest.sort(key=float)
    return {**listed, **{name: names[name] for name in rest}}


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _labels(project: Project, change: Change, *, names: Mapping[str, int | None]) -> tuple[list[str], dict[int, Label]]:
    """Create what is missing; returns the names created and the label for each number in the survey."""
    created, found = [], {}
    for name, number in names.items():
        label = project.label_named(name)
        if label is None:
            label = change.add_label(name)
            created.append(name)
        if number is not None:
            found[number] = label
    return created, found


def _rows(sets: Sequence[Guess]) -> Iterator[Row]:
    return (row for guess in sets for row in read(guess) if isinstance(row, Row))


def _samples(
    rows: Iterator[Row], survey: _Survey, *, task: Task[Any], labels: Mapping[int, Label]
) -> Iterator[NewSample]:
    """The second pass: each row with the label and split that the first decided."""
    values: dict[int, tuple[object | None, tuple[int, ...]]] = {_NO_LABEL: (None, ())}
    for number, label in labels.items():
        value = task.from_labels([label.id])
        values[number] = (task.dump(value), tuple(task.labels_in(value)))
    count = len(survey.texts)
    place = 0
    for place, row in enumerate(rows, start=1):
        if place > count or text_hash(row.text) != survey.texts[place - 1]:
            raise UnreadableFile(tr("{file} was changed while it was being read. Try again.", file=row.source))
        value_json, ids = values[survey.labels[place - 1]]
        yield NewSample(
            text=row.text,
            split=_SPLITS_BY_CODE[survey.splits[place - 1]],
            value=value_json,
            labels=ids,
            fields=row.fields,
            source=row.source,
            row=row.row,
            raw=row.raw,
        )
    if place < count:
        raise UnreadableFile(tr("The files became shorter while they were being read. Try again."))


def _overlaps(survey: _Survey, known: Mapping[int, int]) -> tuple[int, int]:
    """(imported rows whose text was there before them, imported texts that stand in more than one split)."""
    seen = dict(known)
    duplicates = 0
    for text, split in zip(survey.texts, survey.splits, strict=True):
        before = seen.get(text)
        duplicates += before is not None
        seen[text] = (before or 0) | split
    leaks = sum(seen[text].bit_count() > 1 for text in set(survey.texts))
    return duplicates, leaks


def _change_name(sets: Sequence[Guess]) -> str:
    paths = [path for guess in sets for path in guess.paths]
    if len(paths) == 1:
        return tr("Import {file}", file=paths[0].name)
    return tr("Import {file} and {count} more", file=paths[0].name, count=len(paths) - 1)
