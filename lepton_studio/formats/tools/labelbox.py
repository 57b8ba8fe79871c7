"""Labelbox: the JSON of its first export and the NDJSON of its second, texts with entities, links and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.formats.tools.exports import Said, export_format, inner, listed, newest, relations, span
from lepton_studio.formats.values import as_text
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_FIRST = ("Labeled Data", "Label")
_PARTS = ("objects", "classifications", "relationships")


def _is_one(one: JsonObject) -> bool:
    second = isinstance(one.get("data_row"), dict) and isinstance(one.get("projects"), dict)
    return second or all(key in one for key in _FIRST)


def _said(one: JsonObject) -> Said:
    row = inner(one, "data_row")
    if row:
        text, name = as_text(row.get("row_data")), as_text(row.get("external_id") or row.get("id"))
        labels = [label for project in one["projects"].values() for label in listed(inner(project).get("labels"))]
        if not labels:
            return Said(text, id=name)
        label, remark = newest(
            [{**inner(each, "label_details"), **each} for each in labels], "updated_at", "created_at"
        )
        return _answered(text, name, inner(label, "annotations"), remark=remark)
    text, name = as_text(one.get("Labeled Data")), as_text(one.get("External ID") or one.get("ID"))
    said = one.get("Label")
    if said == "Skip" or one.get("Skipped") is True:
        return Said(text, id=name, skipped=True)
    label = said if isinstance(said, dict) else {}
    return _answered(text, name, label) if label else Said(text, id=name)


def _answered(text: str, name: str, label: Mapping[str, Any], *, remark: str = "") -> Said:
    objects = listed(label.get("objects"))
    words = [found for found in objects if _location(found)]
    if lost := len(objects) - len(words):
        remark = " ".join((remark, tr("Marks that are not on words were left out: {count}.", count=lost))).strip()
    asked = listed(label.get("classifications"))
    if not set(_PARTS) & label.keys():  # an old project: the questions with their answers
        asked = [
            {"title": key, "answers" if isinstance(value, list) else "answer": value} for key, value in label.items()
        ]
    names: list[str] = []
    fields: dict[str, object] = {}
    for question in asked:
        chosen, written = _answer(question)
        names += chosen
        fields |= {_name(question): written} if written else {}
    links = [_link(found) for found in listed(label.get("relationships"))]
    ids = [found.get("feature_id", found.get("featureId")) for found in words]
    marks = Marks(
        labels=tuple(dict.fromkeys(names)),
        spans=tuple(_span(found) for found in words),
        relations=relations(links, ids),
    )
    return Said(text, marks, fields, name, remark=remark)


def _name(found: Mapping[str, Any]) -> str:
    return as_text(found.get("name") or found.get("title") or found.get("value"))


def _location(found: Mapping[str, Any]) -> Mapping[str, Any]:
    return inner(found, "location") or inner(found, "data", "location")


def _span(found: Mapping[str, Any]) -> SpanMark:
    """What is asked of a marked passage is said of it as attributes."""
    at = _location(found)
    about = {}
    for question in listed(found.get("classifications")):
        chosen, written = _answer(question)
        about[_name(question)] = ", ".join(chosen) or written
    name = as_text(found.get("feature_id", found.get("featureId")))
    return span(at.get("start"), at.get("end"), _name(found), at.get("token"), id=name, attributes=about)


def _answer(question: Mapping[str, Any]) -> tuple[list[str], str]:
    """(the options that were chosen, or what was written)."""
    chosen = question.get("checklist_answers", question.get("answers"))
    if isinstance(chosen, list):
        return [_name(one) if isinstance(one, dict) else as_text(one) for one in chosen], ""
    one = question.get("radio_answer", question.get("answer"))
    if isinstance(one, dict):
        return [_name(one)], ""
    written = inner(question, "text_answer").get("content", one)
    is_option = isinstance(one, str) and "classifications" not in question and "featureId" not in question
    return ([as_text(one)], "") if is_option else ([], as_text(written))


def _link(found: Mapping[str, Any]) -> tuple[object, object, str]:
    ends = next((inner(found, key) for key in ("unidirectional_relationship", "bidirectional_relationship", "data")
                 if inner(found, key)), {})  # fmt: skip
    return ends.get("source"), ends.get("target"), _name(found)


FORMAT = export_format(
    "labelbox",
    "Labelbox",
    is_one=_is_one,
    said=_said,
    elsewhere="Its texts are in files elsewhere: write each text into its row as “row_data”, and import it again.",
    offsets="utf-16-inclusive",
)
