"""A check of a whole project that a person can ask for: the file, every value in it, the reports, the tuned models."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lepton_studio.contract.task import BadAnnotation, BadReport, Report
from lepton_studio.language import tr, trn
from lepton_studio.progress import Progress, silent
from lepton_studio.project.errors import ProjectError
from lepton_studio.project.marks import media_digest, media_name
from lepton_studio.project.media import digest_of
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, RunRecord, Sample
from lepton_studio.runs.digests import damaged_files
from lepton_studio.runs.folder import RunFolder
from lepton_studio.tasks import task_named

_NAMED = 5


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """What was looked at, and a sentence for each thing that is wrong. Nothing was changed."""

    samples: int
    labelled: int
    runs: int
    models: int
    findings: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def summary(self) -> str:
        """What was looked at."""
        return tr(
            "Checked: {samples}, {labelled} of them labelled; {runs}, {models} with a model.",
            samples=trn("{count} sample", "{count} samples", self.samples),
            labelled=self.labelled,
            runs=trn("{count} run", "{count} runs", self.runs),
            models=self.models,
        )


def check_project(project: Project, *, progress: Progress = silent) -> ProjectCheck:
    """Read all that the project holds. `progress` counts samples, and may raise to stop. Raises UnknownTask."""
    findings = project.faults_of_file()
    samples, labelled, unread, media = _samples(project, progress)
    if unread:
        shown = ", ".join(map(str, unread[:_NAMED])) + (" …" if len(unread) > _NAMED else "")
        findings.append(
            trn(
                "{count} sample is damaged (number {numbers}).",
                "{count} samples are damaged (numbers {numbers}).",
                len(unread),
                numbers=shown,
            )
        )
    if bad := [name for digest, name in media.items() if not _is_whole(project.media_folder / digest)]:
        shown = ", ".join(bad[:_NAMED]) + (" …" if len(bad) > _NAMED else "")
        findings.append(
            trn(
                "{count} file of a sample is missing or damaged ({files}).",
                "{count} files of samples are missing or damaged ({files}).",
                len(bad),
                files=shown,
            )
        )
    runs, models = _runs(project, findings)
    if findings:
        findings.append(tr("Nothing was changed. Earlier versions are in {folder}.", folder=project.folder / "backups"))
    return ProjectCheck(samples, labelled, runs, models, tuple(findings))


def _is_whole(file: Path) -> bool:
    """Whether it is there, with the content that it is called by."""
    try:
        return digest_of(file) == file.name
    except OSError:
        return False


def _samples(project: Project, progress: Progress) -> tuple[int, int, list[int], dict[str, str]]:
    """(samples, labelled ones, the ids of those that cannot be read, the digests of their files with a name each)."""
    task, unread, labelled, media = task_named(project.task_id), [], 0, dict[str, str]()
    try:
        labels, ids = project.labels(), project.sample_ids()
    except ProjectError:
        return 0, 0, [], {}  # the file's own check has said so

    def is_sound(sample: Sample) -> bool:
        try:
            if sample.begun is not None:
                task.parse(sample.begun, labels)
            project.decisions(sample.id)
            project.source_row(sample.id)
        except (BadAnnotation, ProjectError):
            return False
        return True

    for place, id in enumerate(ids, start=1):
        try:
            sample = project.sample(id)
        except ProjectError:
            unread.append(id)
            continue
        labelled += sample.value is not None
        if digest := media_digest(sample.fields):
            media[digest] = media_name(sample.fields)
        if not is_sound(sample):
            unread.append(id)
        progress(place, len(ids))
    return len(ids), labelled, unread, media


def _runs(project: Project, findings: list[str]) -> tuple[int, int]:
    """(runs, those with a model); what is wrong is added to the findings."""
    try:
        runs = project.runs()
    except ProjectError:
        findings.append(tr("Cannot read the list of runs."))
        return 0, 0
    models = 0
    for run in runs:
        folder = RunFolder(project.runs_folder / run.folder)
        models += folder.model.is_dir()
        findings += _of_run(project, run, folder)
    return len(runs), models


def _of_run(project: Project, run: RunRecord, folder: RunFolder) -> list[str]:
    found = []
    try:
        for split in SPLITS:
            stored = project.report(run.id, split)
            if stored is not None:
                Report.from_json(stored)
        for _ in project.every_prediction(run.id):
            pass
    except (ProjectError, BadReport):
        found.append(tr("Cannot read the report or the predictions of run {number}.", number=run.number))
    try:
        damaged = damaged_files(folder)
    except OSError:
        damaged = [folder.model.name]
    if damaged:
        found.append(tr("The model of run {number} is damaged ({files}).", number=run.number, files=", ".join(damaged)))
    return found
