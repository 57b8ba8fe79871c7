"""What a run learns from other projects of the person: their labelled training samples, frozen in its own folder.

No sample of their validation or test splits is read. Which of their texts the run is judged by is left out where it is
known what that is, in the child (`lepton_studio.child.others`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Task, UnknownTask
from lepton_studio.language import tr
from lepton_studio.methods.multitask import METHOD, MultitaskSettings
from lepton_studio.methods.recipes import reads_labels
from lepton_studio.models.built_in import MULTILINGUAL, public_name
from lepton_studio.project.errors import ProjectError
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.runs.folder import RunFolder, other_split, read_json_lines, write_lines
from lepton_studio.runs.job import BUILT_IN_MODEL, OtherProject, Recipe
from lepton_studio.studio.checking import TuningNotPossible
from lepton_studio.studio.data_lines import data_line, job_labels
from lepton_studio.studio.languages import is_english
from lepton_studio.tasks import task_named

_TRAINING = Filter(state="labelled", split="train")
_MOST = 5000
"""Samples of one project."""
_MOSTLY = 0.5


def freeze_others(project: Project, folder: RunFolder, *, recipe: Recipe, model: str) -> tuple[OtherProject, ...]:
    """Write data/other-1.jsonl and so on where a method of the recipe learns from other projects. Raises
    TuningNotPossible, OSError.
    """
    if METHOD.id not in recipe.methods:
        return ()
    settings: MultitaskSettings = METHOD.chosen(recipe)
    if not settings.other_projects:
        raise TuningNotPossible(
            tr("Name the other projects to learn from, or turn the method “Learning from other projects” off.")
        )
    try:
        return tuple(
            _freeze(Path(one), project, folder, split=other_split(place), model=model, recipe=recipe)
            for place, one in enumerate(settings.other_projects)
        )
    except (ProjectError, UnknownTask) as error:
        raise TuningNotPossible(str(error)) from error


def without_places(recipe: Recipe, others: tuple[OtherProject, ...]) -> Recipe:
    """The recipe with the names of the other projects in place of their folders: it goes wherever the model goes."""
    if not others:
        return recipe
    return replace(recipe, of_methods={**recipe.of_methods, "other_projects": tuple(one.name for one in others)})


def _freeze(path: Path, own: Project, folder: RunFolder, *, split: str, model: str, recipe: Recipe) -> OtherProject:
    with_suffix = path.with_name(f"{path.name}.lepton")
    path = with_suffix if not path.exists() and with_suffix.exists() else path  # as in `commands.projects`
    if os.path.realpath(path) == os.path.realpath(own.folder):
        raise TuningNotPossible(
            tr("“{name}” is this project itself. Name other projects to learn from.", name=own.name)
        )
    with Project.open(path, read_only=True) as other, other.snapshot():
        task = task_named(other.task_id)
        if why := METHOD.why_unfit("encoder", task):
            raise TuningNotPossible(tr("Cannot learn from the project “{name}”: {why}", name=other.name, why=why))
        ids = other.sample_ids(_TRAINING)
        if not ids:
            raise TuningNotPossible(
                tr(
                    "The project “{name}” has no labelled training samples to learn from. Tune it once, or give its "
                    "samples a split.",
                    name=other.name,
                )
            )
        chosen = tuple(ids[:: -(-len(ids) // _MOST)])
        samples = write_lines(folder.data_file(split), _lines(other, chosen, task=task))
        _check(folder, split, name=other.name, model=model)
        labels = job_labels(other.labels(), described=reads_labels(recipe))
        return OtherProject(other.name, task.id, labels, samples, len(ids))


def _lines(other: Project, ids: tuple[int, ...], *, task: Task[Any]) -> Iterator[str]:
    for sample in other.all_rows(Filter(ids=ids)):
        yield json.dumps({**data_line(sample.id, task.input(sample.text, sample.fields)), "value": sample.value}) + "\n"


def _check(folder: RunFolder, split: str, *, name: str, model: str) -> None:
    """Whether the lines written teach something. Raises TuningNotPossible."""
    values: set[str] = set()
    foreign = count = 0
    for line in read_json_lines(folder.data_file(split)):
        count += 1
        values.add(json.dumps(line["value"], sort_keys=True))
        foreign += model == BUILT_IN_MODEL and not is_english(line["text"])
    if len(values) < 2:
        raise TuningNotPossible(
            tr(
                "All training samples of the project “{name}” have the same label or rating, so there is nothing to "
                "learn from them.",
                name=name,
            )
        )
    if foreign > _MOSTLY * count:
        raise TuningNotPossible(
            tr(
                "Most texts of the project “{name}” do not seem to be in English, the only language that {model} "
                "knows. Choose {better}, or leave the project out.",
                name=name,
                model=public_name(model),
                better=MULTILINGUAL.name,
            )
        )
