"""Augmented manifests of SageMaker Ground Truth: a class, several labels or entities, from one job or several
(https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.formats.tools.exports import Said, export_format, inner, listed, span
from lepton_studio.formats.values import as_text
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks

_ABOUT = "-metadata"
_TYPE = "groundtruth/"


def _jobs(one: JsonObject) -> dict[str, Mapping[str, Any]]:
    """Job -> what is said about its result."""
    named = {key.removesuffix(_ABOUT): value for key, value in one.items() if key.endswith(_ABOUT)}
    return {
        job: about
        for job, about in named.items()
        if isinstance(about, dict)
        and ("class-name" in about or "class-map" in about or str(about.get("type", "")).startswith(_TYPE))
    }


def _is_one(one: JsonObject) -> bool:
    return bool({"source", "source-ref"} & one.keys()) and bool(_jobs(one))


def _said(one: JsonObject) -> Said:
    """The jobs of a chain one after the other: of two that say the same, the later one counts."""
    marks, remarks = Marks(), []
    used = {"source", "source-ref"}
    for job, about in _jobs(one).items():
        used |= {job, job + _ABOUT}
        value = one.get(job)
        if value is None or about.get("failure-reason"):
            remarks.append(tr("The job {job} has no result for it.", job=job))
        elif isinstance(value, dict) and isinstance(entities := inner(value, "annotations").get("entities"), list):
            spans = (span(at.get("startOffset"), at.get("endOffset"), at.get("label")) for at in listed(entities))
            marks = _with(marks, spans=tuple(spans))
        elif isinstance(value, list) or "class-map" in about:
            names = inner(about, "class-map")
            codes = value if isinstance(value, list) else [value]
            marks = _with(marks, labels=tuple(str(names.get(str(code), code)) for code in codes))
        elif isinstance(value, dict):
            remarks.append(tr("The result of the job {job} is of a kind that cannot be read.", job=job))
        else:
            marks = _with(marks, labels=(str(about.get("class-name", value)),))
    fields = {key: value for key, value in one.items() if key not in used}
    return Said(as_text(one.get("source")), marks, fields, remark=" ".join(remarks))


def _with(marks: Marks, **parts: Any) -> Marks:
    return Marks(labels=parts.get("labels", marks.labels), spans=parts.get("spans", marks.spans))


FORMAT = export_format(
    "ground_truth",
    "SageMaker Ground Truth",
    is_one=_is_one,
    said=_said,
    elsewhere="Its texts are files in S3: write each text into its line as “source”, and import it again.",
)
