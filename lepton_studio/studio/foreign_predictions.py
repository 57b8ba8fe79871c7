"""What models of other programs said of imported texts, kept as suggestions beside the annotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.formats import Guess, foreign_of, has_foreign, labels_suggested
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSuggestion, Sample, SampleId
from lepton_studio.studio.naming import LabelResolver
from lepton_studio.studio.twins import cleaned, twin_key
from lepton_studio.tasks import task_named

_AT_ONCE = 1000
_MOST_LABELS = 200
"""A column with more of them holds answers in a model's own words."""


@dataclass
class ForeignPredictions:
    """How many were kept, and how many use labels that the project does not have, or say nothing that it can keep."""

    kept: int = 0
    left_out: int = 0


def keep_foreign_predictions(project: Project, sets: Sequence[Guess], *, behind: SampleId) -> ForeignPredictions:
    """Keep what the files say that models said of the samples that came in behind this one.

    A label that only a model names is not made: a person says which labels there are (but see `labels_to_make`).
    """
    speaking = [guess for guess in sets if has_foreign(guess)]
    counts = ForeignPredictions()
    after: SampleId | None = behind
    task = task_named(project.task_id)
    while speaking and (page := project.samples(after=after, limit=_AT_ONCE)):
        after = page[-1].id
        found: dict[str, list[NewSuggestion]] = {}
        for name, said in _said(project, page, speaking, task=task, counts=counts):
            found.setdefault(name, []).append(said)
        for name, rows in found.items():
            counts.kept += project.store_suggestions(project.enter_predictor("imported", name).id, rows)
    return counts


def labels_to_make(project: Project, sets: Sequence[Guess], *, task: Task[Any]) -> tuple[str, ...]:
    """The labels that columns of suggestions name, where nothing else says which labels there are: then a person who
    chose such a column has. Raises UnreadableFile.
    """
    if "label" not in task.label_kinds or project.labels():
        return ()
    found = (name for guess in sets for name in labels_suggested(guess, most=_MOST_LABELS))
    by_twin = {twin_key(name): cleaned(name) for name in reversed(list(found))}
    return tuple(reversed(by_twin.values()))


def _said(
    project: Project, page: Sequence[Sample], sets: Sequence[Guess], *, task: Task[Any], counts: ForeignPredictions
) -> Iterator[tuple[str, NewSuggestion]]:
    """(what the file calls the model, what it says) of each sample of which one says anything."""
    naming = LabelResolver(task, project.labels(), merge_twins=True)  # a model writes "Refund" and means "refund"
    for sample in page:
        raw = project.source_row(sample.id).raw
        each = (foreign_of(raw, sample.text, guess, wants=task.wants) for guess in sets)
        said = next((one for one in each if one is not None), None)
        if said is None:
            continue
        taken = naming.take(said.marks, sample.text)
        if taken.value is None or any(label < 0 for label in taken.labels):
            counts.left_out += 1
            continue
        yield said.by, NewSuggestion(sample.id, taken.value, taken.labels, said.score)
