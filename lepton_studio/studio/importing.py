"""From files into a project: two passes over the rows, one undo step, all or nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepton_studio.contract.task import Task
from lepton_studio.errors import Cancelled
from lepton_studio.formats import Guess, OutLabel, Part, Row, UnreadableFile
from lepton_studio.language import tr
from lepton_studio.progress import Progress, ShouldStop, never, silent, watched
from lepton_studio.project.marks import REJECTED
from lepton_studio.project.palette import RESERVED_KEYS
from lepton_studio.project.records import SPLITS, Label, NewSample, Split
from lepton_studio.project.sources import ImportProblem
from lepton_studio.studio.foreign_predictions import keep_foreign_predictions, labels_to_make
from lepton_studio.studio.import_result import Foreseen, ImportResult, changes_in_words
from lepton_studio.studio.incoming_media import IncomingMedia
from lepton_studio.studio.naming import LabelResolver, Taken, fields_in
from lepton_studio.studio.splitting import Item, Shares, stratified
from lepton_studio.studio.surveying import (
    LEFT,
    NEW,
    NO_VALUE,
    SPLIT_CODES,
    Survey,
    identity,
    is_off_scale,
    known_labels,
    leave_out_what_is_off_the_scale,
    off_scale,
    said_of_scale,
    survey_of,
)
from lepton_studio.studio.surveying import left_out as marks_left_out
from lepton_studio.studio.updating import RowChange, apply
from lepton_studio.tasks import task_named

if TYPE_CHECKING:
    from lepton_studio.project.change import Change
    from lepton_studio.project.project import Project

__all__ = ["Cancelled", "Foreseen", "ImportResult", "Shares", "foresee", "import_files"]

_SPLITS_BY_CODE: dict[int, Split | None] = {code: split for split, code in SPLIT_CODES.items()}


def foresee(
    project: Project,
    guesses: Guess | Sequence[Guess],
    *,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> Foreseen:
    """What `import_files` would find. Reads all rows; nothing is written. Raises Cancelled, UnreadableFile."""
    sets = (guesses,) if isinstance(guesses, Guess) else tuple(guesses)
    survey = survey_of(
        project, sets, update=True, media=IncomingMedia(project), progress=progress, should_stop=should_stop
    )
    known = (*project.labels(), *survey.naming.new)
    changes = changes_in_words(survey.changes, task_named(project.task_id), known)
    return Foreseen(len(survey.texts), len(survey.changes), survey.same, survey.unlike, changes, survey.naming.twins)


def import_files(
    project: Project,
    guesses: Guess | Sequence[Guess],
    *,
    shares: Shares | None = None,
    seed: int = 13,
    update: bool = False,
    merge_twins: bool = False,
    name: str = "",
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> ImportResult:
    """Bring the rows of these files into the project, as one undo step.

    `shares`: how labelled rows whose file gives no split are shared out (see `splitting.stratified`); None leaves them
    without. Labels that the project lacks are created. What a file marks and the project's task cannot use is left out
    and counted. `update`: a row that is a sample of the project already, by its id or its text, changes that sample
    rather than being added again (see `updating`). `merge_twins`: names of labels that a person takes for one become
    one (see `twins`). `name` is what the history calls what came in, "" for the names of the files. `progress` is told
    (rows, None) in the first pass, and (rows, total) in the second.

    Raises Cancelled, UnreadableFile or ProjectError; the project is then as it was.
    """
    sets = (guesses,) if isinstance(guesses, Guess) else tuple(guesses)
    task = task_named(project.task_id)
    media = IncomingMedia(project)
    survey = survey_of(
        project,
        sets,
        update=update,
        merge_twins=merge_twins,
        media=media,
        progress=progress,
        should_stop=should_stop,
    )
    leave_out_what_is_off_the_scale(survey, project, task)
    known = _splits_of_texts(project)
    if shares is not None:
        _share_out(survey, shares=shares, seed=seed, known=known)
    left_out = [
        ImportProblem(source, 0, sentence)
        for source, counts in survey.left_out.items()
        for sentence in marks_left_out(counts, task)
    ]
    newest = project.previous_sample()
    with project.change(tr("Import {file}", file=name) if name else _change_name(sets)) as change:
        created = _in_order(survey.naming.new, sets)
        keys = {label.key for label in project.labels()} | RESERVED_KEYS
        for label in created:
            _create(change, label, survey.declared.get(label.name), keys=keys)
        suggested = () if created else labels_to_make(project, sets, task=task)
        for name_of_label in suggested:
            keys.add(change.add_label(name_of_label).key)
        if survey.scale is not None and survey.scale != project.scale():
            change.set_scale(survey.scale)
        naming = LabelResolver(task, project.labels(), merge_twins=merge_twins)
        every = media.rows(sets, into=project.media_folder)
        kept = (row for row in every if isinstance(row, Row))
        rows = watched(kept, total=len(survey.places), progress=progress, should_stop=should_stop)
        updates: list[RowChange] = []
        change.add_samples(_samples(rows, survey, task=task, naming=naming, updates=updates))
        apply(change, updates)
        change.add_problems([*left_out, *survey.problems])
    foreign = keep_foreign_predictions(project, sets, behind=0 if newest is None else newest.id)
    duplicates, leaks = _overlaps(survey, known)
    splits = Counter(_SPLITS_BY_CODE[code] for code in survey.splits)
    return ImportResult(
        added=len(survey.texts),
        labelled=len(survey.keys) - survey.keys.count(NO_VALUE),
        begun=survey.begun,
        skipped=survey.skipped,
        problems=(*left_out, *survey.problems),
        labels_created=(*(label.name for label in created), *suggested),
        duplicates=duplicates,
        leaks=leaks,
        splits={split: splits[split] for split in (*SPLITS, None)},
        changed=len(updates),
        same=survey.same,
        changes=changes_in_words(updates, task, project.labels()),
        twins=survey.naming.twins,
        merged_twins=merge_twins,
        suggestions=foreign.kept,
        unkept_suggestions=foreign.left_out,
        left_out=(*marks_left_out(sum(survey.left_out.values(), Counter[Part]()), task), *said_of_scale(survey)),
    )


def _splits_of_texts(project: Project) -> dict[int, int]:
    """Text hash -> the split codes it stands in, or-ed, of what the project holds."""
    found: dict[int, int] = {}
    for _, text, split in project.text_hashes():
        found[text] = found.get(text, 0) | SPLIT_CODES[split]
    return found


def _share_out(survey: Survey, *, shares: Shares, seed: int, known: Mapping[int, int]) -> None:
    """Fill in the splits of labelled rows that have none. A text that has a split anywhere keeps to it."""
    fixed: dict[Hashable, Split] = {}
    for text, code in (*known.items(), *zip(survey.texts, survey.splits, strict=True)):
        if code:
            split = next(split for split in reversed(SPLITS) if code & SPLIT_CODES[split])
            fixed[text] = max(fixed.get(text, split), split, key=SPLITS.index)
    rows = zip(survey.texts, survey.keys, survey.splits, strict=True)
    items = [
        Item(place, text, key)
        for place, (text, key, split) in enumerate(rows)
        if key != NO_VALUE and split == SPLIT_CODES[None]
    ]
    for place, split in stratified(items, shares=shares, seed=seed, fixed=fixed).items():
        survey.splits[place] = SPLIT_CODES[split]


def _in_order(new: Sequence[Label], sets: Sequence[Guess]) -> list[Label]:
    """The labels in the order to create them: a table's order first, else by number where all are numbers, else as
    they first appear."""
    tables = [name for guess in sets for name in known_labels(guess)]
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


def _samples(
    rows: Iterator[Row], survey: Survey, *, task: Task[Any], naming: LabelResolver, updates: list[RowChange]
) -> Iterator[NewSample]:
    """The second pass: each new row with its value, and the split that the first decided. What others change of their
    samples is added to `updates`, with the ids that new labels have by now."""
    foreseen = iter(survey.changes)
    new = read = 0
    for read, row in enumerate(rows, start=1):
        place = survey.places[read - 1] if read <= len(survey.places) else LEFT
        if read > len(survey.places) or (place == NEW and identity(row) != survey.texts[new]):
            raise UnreadableFile(tr("{file} changed while it was being read. Try again.", file=row.source))
        if place == LEFT:
            continue
        taken = naming.take(row.marks, row.text)
        if taken.value is not None and is_off_scale(row.marks.rating, survey.scale):
            survey.problems.append(ImportProblem(row.source, row.row, off_scale(row, survey.scale)))
            taken = Taken()
        if place != NEW:
            change = next(foreseen)
            if change.value is not None:
                change = replace(change, value=taken.value, labels=taken.labels)
            updates += [change] if change else []
            continue
        new += 1
        yield NewSample(
            text=row.text,
            split=_SPLITS_BY_CODE[survey.splits[new - 1]],
            value=taken.value,
            draft=taken.draft,
            labels=taken.labels,
            fields=_fields(row, taken, task),
            source=row.source,
            row=row.row,
            raw=row.raw,
            skipped=row.skipped,
            note=row.note,
            hash=survey.texts[new - 1],
        )
    if read < len(survey.places):
        raise UnreadableFile(tr("The files changed while they were being read. Try again."))


def _fields(row: Row, taken: Taken, task: Task[Any]) -> Mapping[str, str]:
    """The row's fields; with its name in its file, what somebody rejected, and the questions that nobody answered."""
    if not (row.id or row.marks.rejected or row.marks.questions):
        return row.fields
    fields = fields_in(row, task) if taken.value is None else row.fields
    more = {"id": row.id} if row.id and "id" not in fields else {}
    if row.marks.rejected:
        more[REJECTED] = json.dumps(row.marks.rejected, ensure_ascii=False)
    return {**fields, **more} if more else fields


def _overlaps(survey: Survey, known: Mapping[int, int]) -> tuple[int, int]:
    """(imported rows whose text was there before them, imported texts that stand in more than one split)."""
    came = 1 + sum(SPLIT_CODES.values())
    seen = dict(known)
    duplicates = 0
    for text, split in zip(survey.texts, survey.splits, strict=True):
        before = seen.get(text)
        duplicates += before is not None
        seen[text] = (before or 0) | split | came
    return duplicates, sum(code > came and (code ^ came).bit_count() > 1 for code in seen.values())


def _change_name(sets: Sequence[Guess]) -> str:
    paths = [path for guess in sets for path in guess.paths]
    if len(paths) == 1:
        return tr("Import {file}", file=paths[0].name)
    return tr("Import {file} and {count} more", file=paths[0].name, count=len(paths) - 1)
