"""Google's Vertex AI and AutoML Natural Language: a class, several labels, entities or a sentiment in JSON Lines."""

from __future__ import annotations

from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.formats.tools.exports import Said, export_format, inner, listed, place, span
from lepton_studio.formats.values import as_text
from lepton_studio.project.marks import Marks, SpanMark

_RESULTS = ("classificationAnnotation", "classificationAnnotations", "textSegmentAnnotations", "sentimentAnnotation")
_USED = frozenset({*_RESULTS, "textContent", "textGcsUri", "dataItemResourceLabels", "text_snippet", "annotations"})
_SPLIT = "aiplatform.googleapis.com/ml_use"


def _is_one(one: JsonObject) -> bool:
    older = "text_snippet" in one and isinstance(one.get("annotations"), list)
    return older or (bool({"textContent", "textGcsUri"} & one.keys()) and bool(set(_RESULTS) & one.keys()))


def _said(one: JsonObject) -> Said:
    older = inner(one, "text_snippet")
    single = inner(one, "classificationAnnotation")
    classes = [single] if single else listed(one.get("classificationAnnotations"))
    found = listed(one.get("annotations"))
    classes += [about for about in found if "classification" in about]
    names = tuple(as_text(about.get("displayName", about.get("display_name"))) for about in classes)
    said_classes = bool(names) or isinstance(one.get("classificationAnnotations"), list)
    spans = (
        *(_span(about) for about in listed(one.get("textSegmentAnnotations"))),
        *(_older(about) for about in found if "text_extraction" in about),
    )
    said_spans = bool(spans) or isinstance(one.get("textSegmentAnnotations"), list)
    sentiment = inner(one, "sentimentAnnotation").get("sentiment")
    marks = Marks(
        labels=names if said_classes else None,
        spans=spans if said_spans else None,
        rating=None if sentiment is None else float(place(sentiment)),
    )
    fields = {key: value for key, value in one.items() if key not in _USED}
    use = as_text(inner(one, "dataItemResourceLabels").get(_SPLIT))
    return Said(as_text(one.get("textContent", older.get("content"))), marks, fields, split=split_named(use))


def _span(about: JsonObject) -> SpanMark:
    at = inner(about, "textSegment") or about
    return span(at.get("startOffset", 0), at.get("endOffset"), about.get("displayName"))


def _older(about: JsonObject) -> SpanMark:
    at = inner(about, "text_extraction", "text_segment")
    return span(at.get("start_offset", 0), at.get("end_offset"), about.get("display_name"))


FORMAT = export_format(
    "vertex",
    "Vertex AI",
    is_one=_is_one,
    said=_said,
    elsewhere="Its texts are files in Google's storage: write each text into its line as “textContent”, and import it "
    "again.",
)
