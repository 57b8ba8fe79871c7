"""Kili's raw export: the assets of a project, each with the answers of its jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.formats.tools.exports import Said, export_format, inner, listed, newest, place, relations
from lepton_studio.formats.values import as_text
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_BY_MODELS = {"PREDICTION", "INFERENCE", "AUTOSAVE"}
"""Labels that no person has submitted."""


def _labels(one: JsonObject) -> list[Mapping[str, Any]]:
    """The labels of an asset that people submitted; reviews alone where there are any."""
    found = listed(one.get("labels")) or [label for label in (inner(one, "latestLabel"),) if label]
    found = [label for label in found if isinstance(label.get("jsonResponse"), dict)]
    by_people = [label for label in found if label.get("labelType", "DEFAULT") not in _BY_MODELS]
    return [label for label in by_people if label.get("labelType") == "REVIEW"] or by_people


def _is_one(one: JsonObject) -> bool:
    found = [*listed(one.get("labels")), inner(one, "latestLabel")]
    return "content" in one and any(isinstance(label.get("jsonResponse"), dict) for label in found)


def _said(one: JsonObject) -> Said:
    text, name = as_text(one.get("content")), as_text(one.get("externalId", one.get("id")))
    found = _labels(one)
    if not found:
        return Said(text, id=name)
    chosen, remark = newest(found, "updatedAt", "createdAt")
    jobs: Sequence[Mapping[str, Any]] = [job for job in chosen["jsonResponse"].values() if isinstance(job, dict)]
    marked = [about for job in jobs for about in listed(job.get("annotations"))]
    words = [about for about in marked if "beginOffset" in about]
    links = [about for about in marked if "startEntities" in about]
    lost = len(marked) - len(words) - len(links)
    if lost:
        remark = " ".join((remark, tr("Marks that are not on words were left out: {count}.", count=lost))).strip()
    ends = [
        (first.get("mid"), last.get("mid"), _names(link)[0])
        for link in links
        for first in listed(link["startEntities"])
        for last in listed(link.get("endEntities"))
    ]
    marks = Marks(
        labels=tuple(dict.fromkeys(name for job in jobs for name in _names(job))),
        spans=tuple(_span(about) for about in words),
        relations=relations(ends, [about.get("mid") for about in words]),
    )
    fields = {key: job["text"] for key, job in chosen["jsonResponse"].items() if isinstance(job.get("text"), str)}
    return Said(text, marks, fields, name, remark=remark)


def _names(found: Mapping[str, Any]) -> list[str]:
    return [as_text(one.get("name")) for one in listed(found.get("categories"))]


def _span(about: Mapping[str, Any]) -> SpanMark:
    """Kili gives the words and where they begin, in UTF-16 units."""
    words, start = as_text(about.get("content")), place(about["beginOffset"])
    length = len(words.encode("utf-16-le", "surrogatepass")) // 2
    return SpanMark(start, start + length, _names(about)[0], words, as_text(about.get("mid")))


FORMAT = export_format(
    "kili",
    "Kili",
    is_one=_is_one,
    said=_said,
    elsewhere="Export the project from Kili in its raw format with the assets, and import that.",
    offsets="utf-16",
)
