"""The first pass over the rows of files: the labels they need, what each row becomes, and what cannot be taken."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from lepton_studio.contract.task import Task
from lepton_studio.formats import Guess, OutLabel, Part, Problem, Row
from lepton_studio.formats.losses import part_title
from lepton_studio.language import tr, trn
from lepton_studio.progress import Progress, ShouldStop, never, silent, watched
from lepton_studio.project.connection import text_hash
from lepton_studio.project.marks import QUESTION
from lepton_studio.project.records import SampleId, Scale, Split
from lepton_studio.project.sources import ImportProblem
from lepton_studio.studio.incoming_media import IncomingMedia
from lepton_studio.studio.naming import Kind, LabelResolver, Taken
from lepton_studio.studio.scales import scale_now
from lepton_studio.studio.updating import Known, RowChange, what_changes
from lepton_studio.tasks import task_named

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

NO_VALUE = -1
SPLIT_CODES: dict[Split | None, int] = {None: 0, "train": 1, "validation": 2, "test": 4}
NEW, LEFT = 0, -1


@dataclass(slots=True)
class Survey:
    """What the first pass finds out. `texts`, `keys` and `splits` have one entry per row that will come in anew.

    `keys` numbers the sets of labels that values have, NO_VALUE for none: rows of one key are shared out alike.
    `declared` are the labels that the files list, by what the project calls them. `places` has an entry for each row
    that was read: NEW, the id of the sample that it changes, or LEFT. `changes` says what those are, `same` counts the
    rows whose sample is as they say, `unlike` those whose sample has their id and another text, `begun` those whose
    annotation leaves something open.
    """

    naming: LabelResolver
    texts: array[int] = field(default_factory=lambda: array("q"))
    keys: array[int] = field(default_factory=lambda: array("l"))
    splits: array[int] = field(default_factory=lambda: array("b"))
    ratings: array[float] = field(default_factory=lambda: array("d"))
    scale: Scale | None = None
    places: array[int] = field(default_factory=lambda: array("q"))
    known_keys: dict[tuple[int, ...], int] = field(default_factory=dict)
    problems: list[ImportProblem] = field(default_factory=list)
    left_out: dict[str, Counter[Part]] = field(default_factory=dict)
    declared: dict[str, OutLabel] = field(default_factory=dict)
    changes: list[RowChange] = field(default_factory=list)
    skipped: int = 0
    same: int = 0
    unlike: int = 0
    begun: int = 0


def survey_of(
    project: Project,
    sets: Sequence[Guess],
    *,
    update: bool = False,
    merge_twins: bool = False,
    media: IncomingMedia,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> Survey:
    """Read all rows once, and write nothing. `update`, `merge_twins`: see `importing.import_files`.

    Raises Cancelled, UnreadableFile.
    """
    task = task_named(project.task_id)
    survey = Survey(LabelResolver(task, project.labels(), merge_twins=merge_twins))
    known = Known(project) if update else None
    for one in (label for guess in sets for label in guess.labels):
        if name := survey.naming.add(one.name, cast("Kind", one.kind)):
            survey.declared.setdefault(name, one)
    for row in watched(media.rows(sets), total=None, progress=progress, should_stop=should_stop):
        if isinstance(row, Problem):
            survey.skipped += 1
            survey.problems.append(ImportProblem(row.source, row.row, row.reason))
            continue
        taken = survey.naming.take(row.marks, row.text)
        sample = known.sample_of(row, identity(row)) if known is not None else None
        if known is not None and sample is None and (reason := known.why_not(row.id)):
            survey.unlike += 1
            survey.places.append(LEFT)
            survey.problems.append(ImportProblem(row.source, row.row, reason))
            continue
        _note_losses(survey, row, taken, task)
        if sample is None:
            survey.places.append(NEW)
            _note_new(survey, row, taken, task)
        else:
            _note_known(survey, row, taken, sample=sample, project=project)
    for guess in sets:
        if any(survey.known_keys):
            for name in known_labels(guess):
                survey.naming.add(name, "label")
    return survey


def known_labels(guess: Guess) -> list[str]:
    """The labels that a table of names or its columns tell of, used or not, in their order."""
    if guess.label is not None:
        return list(guess.label_names.values())
    return [guess.label_names.get(column, column) for column in guess.label_columns]


def identity(row: Row) -> int:
    """What makes two texts identical; see `connection.text_hash`."""
    return text_hash(row.text, row.fields)


def leave_out_what_is_off_the_scale(survey: Survey, project: Project, task: Task[Any]) -> None:
    """Find the scale of the ratings; rows whose rating does not stand on it come in without one."""
    found = Counter(one for one in survey.ratings if not math.isnan(one))
    survey.scale = scale_now(project, task, more=found) if found else project.scale()
    for place, rating in enumerate(survey.ratings):
        if is_off_scale(rating, survey.scale):
            survey.keys[place] = NO_VALUE


def is_off_scale(rating: float | None, scale: Scale | None) -> bool:
    """Whether this is a rating, and not one of the scale."""
    return rating is not None and scale is not None and not math.isnan(rating) and not scale.holds(rating)


def said_of_scale(survey: Survey) -> list[str]:
    """The sentence for ratings that were left out."""
    scale = survey.scale
    off = sum(is_off_scale(one, scale) for one in survey.ratings)
    if scale is None or not off:
        return []
    return [
        trn(
            "{count} rating is not on the scale from {low} to {high} and was not imported.",
            "{count} ratings are not on the scale from {low} to {high} and were not imported.",
            off,
            low=f"{scale.low:g}",
            high=f"{scale.high:g}",
        )
    ]


def off_scale(row: Row, scale: Scale | None) -> str:
    """The sentence for one of them."""
    assert scale is not None and row.marks.rating is not None
    said = {"number": f"{row.marks.rating:g}", "low": f"{scale.low:g}", "high": f"{scale.high:g}"}
    return tr("{number} is not on the scale from {low} to {high}: imported without a rating.", **said)


def left_out(counts: Counter[Part], task: Task[Any]) -> list[str]:
    """A sentence for each sort of mark that the task cannot use."""
    found = []
    for part, count in counts.items():
        what = part_title(part)
        if part == "attributes":
            found.append(tr("Kept with the source row, but not shown: {what} ({count}).", what=what, count=count))
        elif part != "questions" or QUESTION not in task.reads:
            said = {"task": tr(task.title), "what": what, "count": count}
            found.append(tr("Not imported, because this project is for {task}: {what} ({count}).", **said))
    return found


def _note_losses(survey: Survey, row: Row, taken: Taken, task: Task[Any]) -> None:
    remark = row.remark or taken.problem or (_several(row, task) if _are_too_many(row, taken, task) else "")
    if remark:
        survey.problems.append(ImportProblem(row.source, row.row, remark))
    elif taken.left_out:
        survey.left_out.setdefault(row.source, Counter()).update(taken.left_out)


def _note_new(survey: Survey, row: Row, taken: Taken, task: Task[Any]) -> None:
    survey.texts.append(identity(row))
    key = survey.known_keys.setdefault(taken.labels, len(survey.known_keys))
    survey.keys.append(NO_VALUE if taken.value is None else key)
    survey.begun += taken.draft is not None
    survey.splits.append(SPLIT_CODES[row.split])
    if task.scale_of is not None:
        rating = row.marks.rating
        survey.ratings.append(math.nan if taken.value is None or rating is None else rating)


def _note_known(survey: Survey, row: Row, taken: Taken, *, sample: SampleId, project: Project) -> None:
    change = what_changes(project.sample(sample), row, taken)
    survey.places.append(sample if change else LEFT)
    if change:
        survey.changes.append(change)
    else:
        survey.same += 1


def _are_too_many(row: Row, taken: Taken, task: Task[Any]) -> bool:
    return taken.value is None and len(row.labels) > 1 and "label" in task.label_kinds


def _several(row: Row, task: Task[Any]) -> str:
    return tr(
        "Several labels ({labels}), but {task} takes only one: imported without a label.",
        labels=", ".join(row.labels),
        task=tr(task.title),
    )
