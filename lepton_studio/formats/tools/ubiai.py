"""UBIAI's JSON with relations: the marked words of a document, and links between them by their first tokens."""

from __future__ import annotations

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.formats.tools.exports import Said, export_format, listed, relations, span
from lepton_studio.formats.values import as_text
from lepton_studio.project.marks import Marks

_USED = frozenset({"document", "tokens", "relations", "documentName"})


def _is_one(one: JsonObject) -> bool:
    tokens = one.get("tokens")
    if not isinstance(one.get("document"), str) or not isinstance(tokens, list):
        return False
    return all("entityLabel" in token for token in tokens) if tokens else "documentName" in one or "relations" in one


def _said(one: JsonObject) -> Said:
    marked = listed(one.get("tokens"))
    spans = tuple(span(at.get("start"), at.get("end"), at.get("entityLabel"), at.get("text")) for at in marked)
    links = [
        (link.get("head"), link.get("child"), as_text(link.get("relationLabel", link.get("label"))))
        for link in listed(one.get("relations"))
    ]
    linked = relations(links, [at.get("token_start") for at in marked]) if "relations" in one else None
    fields = {key: value for key, value in one.items() if key not in _USED}
    return Said(
        as_text(one["document"]), Marks(spans=spans, relations=linked), fields, as_text(one.get("documentName"))
    )


FORMAT = export_format(
    "ubiai",
    "UBIAI",
    is_one=_is_one,
    said=_said,
    elsewhere="Export it from UBIAI as JSON with its documents.",
)
