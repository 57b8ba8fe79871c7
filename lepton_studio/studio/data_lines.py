"""What a child reads of a project: a line of a data file for each sample, and the labels."""

from __future__ import annotations

from lepton_studio.contract.task import Input
from lepton_studio.project.label_options import for_models
from lepton_studio.project.records import Label, Labels
from lepton_studio.runs.job import DESCRIPTION, JobLabel


def data_line(id: int, given: Input) -> dict[str, object]:
    """The line, JSON-able; `lepton_studio.training.snapshot.read_row` reads it. A file is named by its digest."""
    line: dict[str, object] = {"id": id, "text": given.text}
    if given.fields:
        line["fields"] = dict(given.fields)
    if given.media is not None:
        line["media"] = given.media.name
    return line


def job_labels(labels: Labels, *, described: bool) -> tuple[JobLabel, ...]:
    """The labels of a project as a child knows them; `described`: with what they mean, for a model that reads it."""
    return tuple(JobLabel(one.id, one.name, _options(one, described=described)) for one in labels)


def _options(label: Label, *, described: bool) -> dict[str, object]:
    meaning = {DESCRIPTION: label.description} if described and label.description else {}
    return {**for_models(label.options), **meaning}
