"""DataTurks' JSON: spans as points, the last character included, or labels of the whole text."""

from __future__ import annotations

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.formats.tools.exports import Said, export_format, listed, span
from lepton_studio.formats.values import as_text
from lepton_studio.project.marks import Marks

_USED = frozenset({"content", "annotation", "extras", "metadata"})


def _is_one(one: JsonObject) -> bool:
    found = one.get("annotation")
    if not isinstance(one.get("content"), str) or "annotation" not in one:
        return False
    if isinstance(found, dict):
        return isinstance(found.get("labels"), list)
    if isinstance(found, list) and found:
        return all(isinstance(about, dict) and isinstance(about.get("points"), list) for about in found)
    return bool({"extras", "metadata"} & one.keys()) and not found


def _said(one: JsonObject) -> Said:
    found = one.get("annotation")
    labels = tuple(map(str, found["labels"])) if isinstance(found, dict) else None
    spans = tuple(
        span(at.get("start"), at.get("end"), name, at.get("text"))
        for about in listed(found)
        for name in (about["label"] if isinstance(about.get("label"), list) else [about.get("label")])
        for at in listed(about["points"])
    )
    fields = {key: value for key, value in one.items() if key not in _USED}
    return Said(as_text(one.get("content")), Marks(labels, spans if isinstance(found, list) else None), fields)


FORMAT = export_format(
    "dataturks",
    "DataTurks",
    is_one=_is_one,
    said=_said,
    elsewhere="Write each text into its line as “content”, and import it again.",
    offsets="utf-16-inclusive",
)
