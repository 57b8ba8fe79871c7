"""All that is known of a run and its model, read for its card."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import BadReport, Report, Task
from lepton_studio.methods import all_methods
from lepton_studio.methods.recipes import method_ids
from lepton_studio.project.card_notes import CardNotes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunRecord, Split
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job
from lepton_studio.runs.manifest import BadManifest, Manifest, read_manifest
from lepton_studio.studio.base_models import Base, base_of
from lepton_studio.studio.collecting import labels_of
from lepton_studio.studio.frozen_data import FrozenData, frozen_data
from lepton_studio.studio.judging import JUDGED, Judged, Standing, judged_predictions, standing
from lepton_studio.studio.slices import Slice, slices
from lepton_studio.studio.trials import trials_of
from lepton_studio.studio.trust import Trust, trust
from lepton_studio.studio.tuning import run_folder
from lepton_studio.tasks import task_named

_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Measured:
    """A run on a split, by the labels of today. `report`: of these; None where what is stored cannot be read."""

    split: Split
    standing: Standing
    report: Report | None


@dataclass(frozen=True, slots=True)
class CardFacts:
    """`job`, `data`, `manifest`: None where the run's folder has them no more; `base`: None where it needs no base
    model. `damaged`: splits whose stored report cannot be read.
    `compared`: what a comparison of methods came to, "" where there was none; `code`: lines of Python that load it.
    """

    project: str
    run: RunRecord
    task: Task[Any]
    notes: CardNotes
    job: Job | None
    data: FrozenData | None
    base: Base | None
    measured: tuple[Measured, ...]
    damaged: tuple[Split, ...]
    trusted: Trust | None
    parts: tuple[Slice, ...]
    compared: str
    manifest: Manifest | None
    code: str


def card_facts(project: Project, run: RunRecord) -> CardFacts:
    """Read what there is. For a worker thread: all predictions of the held-out splits and the data of the run."""
    task, folder = task_named(project.task_id), run_folder(project, run)
    job = _job(folder)
    used = method_ids(run.recipe, task=task, model=run.model)
    needs_model = all(method.needs_model for id, method in all_methods().items() if id in used)
    found, damaged, judged = _measured(project, run)
    first = found[0].split if found else None
    manifest, code = _loading(folder, task)
    compared = trials_of(project, run)
    return CardFacts(
        project=project.name,
        run=run,
        task=task,
        notes=project.card_notes(),
        job=job,
        data=None if job is None else frozen_data(folder, task=task, labels=labels_of(job)),
        base=base_of(run.model if job is None else job.model, task=task.id) if needs_model else None,
        measured=found,
        damaged=damaged,
        trusted=None if first is None else trust(project, run, first, judged=judged),
        parts=() if first is None else slices(project, run, first, judged=judged),
        compared="" if compared is None else compared.sentence,
        manifest=manifest,
        code=code,
    )


def _job(folder: RunFolder) -> Job | None:
    try:
        return folder.job()
    except (OSError, ValueError):
        return None


def _measured(project: Project, run: RunRecord) -> tuple[tuple[Measured, ...], tuple[Split, ...], Judged | None]:
    """On each split that says something of it; those that cannot be read; the predictions of the first one."""
    found: list[Measured] = []
    damaged: list[Split] = []
    first: Judged | None = None
    for split in JUDGED:
        try:
            stands = standing(project, run, split)
            stored = None if stands is None else Report.from_json(project.report(run.id, split))
        except BadReport:
            damaged.append(split)
            continue
        if stands is None:
            continue
        judged = judged_predictions(project, run, split) if stands.is_moved or not found else None
        first = judged if not found else first
        report = judged.report(project, run) if stands.is_moved and judged is not None else stored
        found.append(Measured(split, stands, report))
    return tuple(found), tuple(damaged), first


def _loading(folder: RunFolder, task: Task[Any]) -> tuple[Manifest | None, str]:
    """The manifest of its model, and the lines of Python that its README gives."""
    if not folder.model.is_dir():
        return None, ""
    try:
        manifest = read_manifest(folder.model, task=task.id)
    except BadManifest:
        return None, ""
    try:
        said = _CODE.search((folder.model / "README.md").read_text("utf-8", errors="replace"))
    except OSError:
        said = None
    return manifest, "" if said is None else said[1].strip()
