"""From files into a project: two passes over the rows, one undo step, all or nothing."""

from __future__ import annotations

import json
import math
from array import array
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from lepton_studio.formats import Guess, OutLabel, Part, Problem, Row, UnreadableFile, read
from lepton_studio.formats.losses import part_title
from lepton_studio.language import tr, trn
from lepton_studio.project.connection import text_hash
from lepton_studio.project.marks import QUESTION, REJECTED, SECOND_TEXT
from lepton_studio.project.palette import RESERVED_KEYS
from lepton_studio.project.records import SPLITS, Label, Labels, NewSample, Scale, Split
from lepton_studio.project.sources import ImportProblem
from lepton_studio.studio.naming import Kind, Naming, Taken, fields_in
from lepton_studio.studio.progress import Cancelled, Progress, ShouldStop, never, silent, watched
from lepton_studio.studio.scales import scale_now
from lepton_studio.studio.splitting import Item, Shares, stratified
from lepton_studio.tasks import task_named
from lepton_studio.tasks.base import Task

if TYPE_CHECKING:
    from lepton_studio.project.change import Change
    from lepton_studio.project.project import Project

__all__ = ["Cancelled", "ImportResult", "Shares", "import_files"]

_NO_VALUE = -1
_SPLIT_CODES: dict[Split | None, int] = {None: 0, "train": 1, "validation": 2, "test": 4}
_SPLITS_BY_CODE: dict[int, Split | None] = {code: split for split, code in _SPLIT_CODES.items()}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. `skipped` counts rows that were not taken; `problems` names them, and rows that lost a label.

    `duplicates`: imported samples whose text was there already. `leaks`: texts of this import in more than one split.
    `left_out`: a sentence for each sort of mark that the project's task cannot use; `problems` has them by file.
    """

    added: int
    labelled: int
    skipped: int
    problems: tuple[ImportProblem, ...]
    labels_created: tuple[str, ...]
    duplicates: int
    leaks: int
    splits: Mapping[Split | None, int]
    left_out: tuple[str, ...] = ()

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
        return " ".join((*said, *self.left_out))


@dataclass(slots=True)
class _Survey:
    """What the first pass finds out. The arrays have one entry per row that will come in.

    `keys` numbers the sets of labels that values have, _NO_VALUE for none: rows of one key are shared out alike.
    `declared` are the labels that the files list, by what the project calls them.
    """

    naming: Naming
    texts: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("l"))
    splits: array[int] = field(default_factory=lambda: array("b"))
    ratings: array[float] = field(default_factory=lambda: array("d"))
    scale: Scale | None = None
    known_keys: dict[tuple[int, ...], int] = field(default_factory=dict)
    problems: list[ImportProblem] = field(default_factory=list)
    left_out: dict[str, Counter[Part]] = field(default_factory=dict)
    declared: dict[str, OutLabel] = field(default_factory=dict)
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
    without. Labels that the project lacks are created. What a file marks and the project's task cannot use is left out
    and counted. `progress` is told (rows, None) in the first pass, and (rows, total) in the second. Raises Cancelled,
    UnreadableFile or ProjectError; the project is then as it was.
    """
    sets = (guesses,) if isinstance(guesses, Guess) else tuple(guesses)
    task = task_named(project.task_id)
    survey = _survey(sets, task, labels=project.labels(), progress=progress, should_stop=should_stop)
    _leave_out_what_is_off_the_scale(survey, project, task)
    known = _splits_of_texts(project)
    if shares is not None:
        _share_out(survey, shares=shares, seed=seed, known=known)
    left_out = [
        ImportProblem(source, 0, sentence)
        for source, counts in survey.left_out.items()
        for sentence in _left_out(counts, task)
    ]
    with project.change(_change_name(sets)) as change:
        created = _in_order(survey.naming.new, sets)
        keys = {label.key for label in project.labels()} | RESERVED_KEYS
        for label in created:
            _create(change, label, survey.declared.get(label.name), keys=keys)
        if survey.scale is not None:
            change.set_scale(survey.scale)
        naming = Naming(task, project.labels())
        rows = watched(_rows(sets), total=len(survey.texts), progress=progress, should_stop=should_stop)
        change.add_samples(_samples(rows, survey, task=task, naming=naming))
        change.add_problems([*left_out, *survey.problems])
    duplicates, leaks = _overlaps(survey, known)
    splits = Counter(_SPLITS_BY_CODE[code] for code in survey.splits)
    return ImportResult(
        added=len(survey.texts),
        labelled=len(survey.keys) - survey.keys.count(_NO_VALUE),
        skipped=survey.skipped,
        problems=(*left_out, *survey.problems),
        labels_created=tuple(label.name for label in created),
        duplicates=duplicates,
        leaks=leaks,
        splits={split: splits[split] for split in (*SPLITS, None)},
        left_out=(*_left_out(sum(survey.left_out.values(), Counter[Part]()), task), *_said_of_scale(survey)),
    )


def _survey(
    sets: Sequence[Guess], task: Task[Any], *, labels: Labels, progress: Progress, should_stop: ShouldStop
) -> _Survey:
    """The first pass: labels, splits, problems and the identity of each text."""
    survey = _Survey(Naming(task, labels))
    for one in (label for guess in sets for label in guess.labels):
        if name := survey.naming.add(one.name, cast("Kind", one.kind)):
            survey.declared.setdefault(name, one)
    every = (row for guess in sets for row in read(guess))
    for row in watched(every, total=None, progress=progress, should_stop=should_stop):
        if isinstance(row, Problem):
            survey.skipped += 1
            survey.problems.append(ImportProblem(row.source, row.row, row.reason))
            continue
        taken = survey.naming.take(row.marks, row.text)
        remark = row.remark or taken.problem or (_several(row, task) if _are_too_many(row, taken, task) else "")
        if remark:
            survey.problems.append(ImportProblem(row.source, row.row, remark))
        elif taken.left_out:
            survey.left_out.setdefault(row.source, Counter()).update(taken.left_out)
        survey.texts.append(_identity(row))
        key = survey.known_keys.setdefault(taken.labels, len(survey.known_keys))
        survey.keys.append(_NO_VALUE if taken.value is None else key)
        survey.splits.append(_SPLIT_CODES[row.split])
        if task.scale_of is not None:
            rating = row.marks.rating
            survey.ratings.append(math.nan if taken.value is None or rating is None else rating)
    for guess in sets:
        if any(survey.known_keys):
            for name in _known_labels(guess):
                survey.naming.add(name, "label")
    return survey


def _known_labels(guess: Guess) -> list[str]:
    """The labels that a table of names or its columns tell of, used or not, in their order."""
    if guess.label is not None:
        return list(guess.label_names.values())
    return [guess.label_names.get(column, column) for column in guess.label_columns]


def _leave_out_what_is_off_the_scale(survey: _Survey, project: Project, task: Task[Any]) -> None:
    """Find the scale of the ratings; rows whose rating does not stand on it come in without one."""
    found = Counter(one for one in survey.ratings if not math.isnan(one))
    survey.scale = scale_now(project, task, more=found) if found else None
    if survey.scale is not None:
        for place, rating in enumerate(survey.ratings):
            if not math.isnan(rating) and not survey.scale.holds(rating):
                survey.keys[place] = _NO_VALUE


def _said_of_scale(survey: _Survey) -> list[str]:
    scale = survey.scale
    off = 0 if scale is None else sum(not (math.isnan(one) or scale.holds(one)) for one in survey.ratings)
    if scale is None or not off:
        return []
    return [
        trn(
            "{count} rating is not on the scale from {low} to {high}, and was left out.",
            "{count} ratings are not on the scale from {low} to {high}, and were left out.",
            off,
            low=f"{scale.low:g}",
            high=f"{scale.high:g}",
        )
    ]


def _off_scale(row: Row, scale: Scale | None) -> str:
    assert scale is not None and row.marks.rating is not None
    said = {"number": f"{row.marks.rating:g}", "low": f"{scale.low:g}", "high": f"{scale.high:g}"}
    return tr("{number} is not on the scale from {low} to {high}: taken in without a rating.", **said)


def _identity(row: Row) -> int:
    return text_hash(row.text, row.fields.get(SECOND_TEXT, ""))


def _are_too_many(row: Row, taken: Taken, task: Task[Any]) -> bool:
    return taken.value is None and len(row.labels) > 1 and "label" in task.label_kinds


def _several(row: Row, task: Task[Any]) -> str:
    return tr(
        "Several labels ({labels}), where {task} takes one: taken in without a label.",
        labels=", ".join(row.labels),
        task=tr(task.title),
    )


def _left_out(counts: Mapping[Part, int], task: Task[Any]) -> list[str]:
    """A sentence for each sort of mark that the task cannot use."""
    found = []
    for part, count in counts.items():
        what = part_title(part)
        if part == "attributes":
            found.append(tr("Kept with the source row, and not shown here: {what} ({count}).", what=what, count=count))
        elif part != "questions" or QUESTION not in task.reads:
            said = {"task": tr(task.title), "what": what, "count": count}
            found.append(tr("Left out, as this project is for {task}: {what} ({count}).", **said))
    return found


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
    rows = zip(survey.texts, survey.keys, survey.splits, strict=True)
    items = [
        Item(place, text, key)
        for place, (text, key, split) in enumerate(rows)
        if key != _NO_VALUE and split == _SPLIT_CODES[None]
    ]
    for place, split in stratified(items, shares=shares, seed=seed, fixed=fixed).items():
        survey.splits[place] = _SPLIT_CODES[split]


def _in_order(new: Sequence[Label], sets: Sequence[Guess]) -> list[Label]:
    """The labels in the order to create them: a table's order first, else by number where all are numbers, else as
    they first appear."""
    tables = [name for guess in sets for name in _known_labels(guess)]
    place = {name: place for place, name in enumerate(dict.fromkeys(tables))}
    rest = [label for label in new if label.name not in place]
    if all(_is_number(label.name) for label in rest):
        rest.sort(key=lambda label: float(label.name))
    return [*sorted((label for label in new if label.name in place), key=lambda label: place[label.name]), *rest]


def _create(change: Change, label: Label, declared: OutLabel | None, *, keys: set[str]) -> None:
    """Add the label as its file shows it; a key that is taken is not taken away. `keys` grows by the one it gets."""
    if declared is None:
        made = change.add_label(label.name, options=label.options)
    else:
        key = "" if declared.key.lower() in keys or not declared.key.isprintable() else declared.key
        about = {"color": declared.color, "description": declared.description}
        made = change.add_label(label.name, key=key, options=label.options, **about)
    keys.add(made.key)


def _is_number(name: str) -> bool:
    try:
        float(name)
    except ValueError:
        return False
    return True


def _rows(sets: Sequence[Guess]) -> Iterator[Row]:
    return (row for guess in sets for row in read(guess) if isinstance(row, Row))


def _samples(rows: Iterator[Row], survey: _Survey, *, task: Task[Any], naming: Naming) -> Iterator[NewSample]:
    """The second pass: each row with its value, and the split that the first decided."""
    count = len(survey.texts)
    place = 0
    for place, row in enumerate(rows, start=1):
        if place > count or _identity(row) != survey.texts[place - 1]:
            raise UnreadableFile(tr("{file} was changed while it was being read. Try again.", file=row.source))
        taken = naming.take(row.marks, row.text)
        if taken.value is not None and survey.keys[place - 1] == _NO_VALUE:
            survey.problems.append(ImportProblem(row.source, row.row, _off_scale(row, survey.scale)))
            taken = Taken()
        yield NewSample(
            text=row.text,
            split=_SPLITS_BY_CODE[survey.splits[place - 1]],
            value=taken.value,
            draft=taken.draft,
            labels=taken.labels,
            fields=_fields(row, taken, task),
            source=row.source,
            row=row.row,
            raw=row.raw,
            skipped=row.skipped,
            note=row.note,
        )
    if place < count:
        raise UnreadableFile(tr("The files became shorter while they were being read. Try again."))


def _fields(row: Row, taken: Taken, task: Task[Any]) -> Mapping[str, str]:
    """The row's fields; with its name in its file, what somebody rejected, and the questions that nobody answered."""
    if not (row.id or row.marks.rejected or row.marks.questions):
        return row.fields
    fields = fields_in(row, task) if taken.value is None else row.fields
    more = {"id": row.id} if row.id and "id" not in fields else {}
    if row.marks.rejected:
        more[REJECTED] = json.dumps(row.marks.rejected, ensure_ascii=False)
    return {**fields, **more} if more else fields


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
