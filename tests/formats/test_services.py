"""Exports of annotation services come in as the service meant them, or are refused with what to export instead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, UnreadableFile, read, sniff, sniff_all
from lepton_studio.tasks import task_named

TEXT = "🚀 Ines lives in Porto"
SHIFTED, PLAIN = [("Ines", "person"), ("Porto", "town")], "Ines lives in Porto"


@dataclass(frozen=True)
class Case:
    """Objects of a service, and what the first row is to say; `spans` by the words they cover."""

    format: str
    objects: Sequence[Mapping[str, object]]
    labels: tuple[str, ...] | None = None
    spans: list[tuple[str, str]] | None = None
    relations: list[tuple[int, int, str]] | None = None
    split: str | None = None
    as_list: bool = False


def _job(value: object, **about: object) -> dict[str, object]:
    return {"source": PLAIN, "my-job": value, "my-job-metadata": {"human-annotated": "yes", **about}}


def _second(**annotations: object) -> dict[str, object]:
    label = {"label_details": {"created_at": "2024"}, "annotations": annotations}
    return {"data_row": {"id": "a", "row_data": TEXT}, "projects": {"p": {"labels": [label]}}}


def _answers(name: str, *chosen: str) -> dict[str, object]:
    return {"name": name, "checklist_answers": [{"name": one} for one in chosen]}


CASES = {
    "ground truth, class": Case(
        "ground_truth", [_job(0, **{"class-name": "parcel", "type": "groundtruth/text-classification"})], ("parcel",)
    ),
    "ground truth, labels": Case(
        "ground_truth",
        [_job([1, 0], **{"class-map": {"1": "bill", "0": "parcel"}, "type": "groundtruth/x-multilabel"}),
         _job([], **{"class-map": {}, "type": "groundtruth/x-multilabel"})],
        ("bill", "parcel"),
    ),
    "ground truth, entities": Case(
        "ground_truth",
        [_job({"annotations": {"labels": [], "entities": [{"startOffset": 0, "endOffset": 4, "label": "person"},
                                                          {"startOffset": 14, "endOffset": 19, "label": "town"}]}},
              type="groundtruth/text-span")],
        spans=SHIFTED,
    ),
    "labelbox, first": Case(
        "labelbox",
        [{"ID": "1", "Labeled Data": PLAIN, "External ID": "r1", "Label": {
            "objects": [{"featureId": "f1", "title": "person", "data": {"location": {"start": 0, "end": 3}}},
                        {"featureId": "f2", "title": "town", "data": {"location": {"start": 14, "end": 18}}}],
            "classifications": [{"title": "topic", "value": "topic", "answer": {"title": "trip", "value": "trip"}}],
            "relationships": [{"title": "in", "data": {"source": "f1", "target": "f2"}}]}}],
        ("trip",), SHIFTED, [(0, 1, "in")], as_list=True,
    ),
    "labelbox, second": Case(
        "labelbox",
        [_second(objects=[{"feature_id": "f1", "name": "person", "annotation_kind": "TextEntity",
                           "location": {"start": 3, "end": 6, "token": "Ines"}},
                          {"feature_id": "f2", "name": "town", "location": {"start": 17, "end": 21}}],
                 classifications=[_answers("topics", "trip", "home"),
                                  {"name": "mood", "radio_answer": {"name": "glad"}}],
                 relationships=[{"name": "in", "unidirectional_relationship": {"source": "f1", "target": "f2"}}])],
        ("trip", "home", "glad"), SHIFTED, [(0, 1, "in")],
    ),
    "labelbox, old": Case(
        "labelbox", [{"ID": "1", "Labeled Data": PLAIN, "Label": {"topic": "trip"}}], ("trip",), as_list=True
    ),
    "kili": Case(
        "kili",
        [{"content": TEXT, "externalId": "r1", "labels": [
            {"labelType": "PREDICTION", "jsonResponse": {"T": {"categories": [{"name": "guess"}]}}},
            {"labelType": "DEFAULT", "createdAt": "2024", "jsonResponse": {
                "T": {"categories": [{"name": "trip", "confidence": 100}]},
                "N": {"annotations": [
                    {"beginOffset": 3, "content": "Ines", "mid": "m1", "categories": [{"name": "person"}]},
                    {"beginOffset": 17, "content": "Porto", "mid": "m2", "categories": [{"name": "town"}]}]},
                "R": {"annotations": [{"categories": [{"name": "in"}], "startEntities": [{"mid": "m1"}],
                                       "endEntities": [{"mid": "m2"}]}]}}}]}],
        ("trip",), SHIFTED, [(0, 1, "in")], as_list=True,
    ),
    "dataturks": Case(
        "dataturks",
        [{"content": PLAIN, "extras": None, "annotation": [
            {"label": ["person"], "points": [{"start": 0, "end": 3, "text": "Ines"}]},
            {"label": ["town"], "points": [{"start": 14, "end": 18, "text": "Porto"}]}]}],
        spans=SHIFTED,
    ),
    "dataturks, labels": Case(
        "dataturks", [{"content": PLAIN, "annotation": {"labels": ["trip"], "note": ""}, "extras": None}], ("trip",)
    ),
    "vertex": Case(
        "vertex",
        [{"textContent": PLAIN, "classificationAnnotation": {"displayName": "trip"},
          "textSegmentAnnotations": [{"startOffset": "0", "endOffset": "4", "displayName": "person"},
                                     {"startOffset": 14, "endOffset": 19, "displayName": "town"}],
          "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": "training"}}],
        ("trip",), SHIFTED, split="train",
    ),
    "automl": Case(
        "vertex",
        [{"text_snippet": {"content": PLAIN}, "annotations": [
            {"display_name": "person", "text_extraction": {"text_segment": {"end_offset": 4}}},
            {"display_name": "town", "text_extraction": {"text_segment": {"start_offset": 14, "end_offset": 19}}}]}],
        spans=SHIFTED,
    ),
    "ubiai": Case(
        "ubiai",
        [{"documentName": "d1", "document": PLAIN,
          "tokens": [{"text": "Ines", "start": 0, "end": 4, "token_start": 0, "entityLabel": "person"},
                     {"text": "Porto", "start": 14, "end": 19, "token_start": 3, "entityLabel": "town"}],
          "relations": [{"child": 3, "head": 0, "relationLabel": "in"}]}],
        spans=SHIFTED, relations=[(0, 1, "in")], as_list=True,
    ),
}  # fmt: skip


def _file(folder: Path, objects: Sequence[object], *, as_list: bool) -> Path:
    path = folder / ("export.json" if as_list else "export.jsonl")
    path.write_text(json.dumps(objects) if as_list else "\n".join(map(json.dumps, objects)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", CASES)
def test_exports_of_services_say_what_they_mean(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = _file(tmp_path, case.objects, as_list=case.as_list)
    for task in ("spans", "text_classification", "multi_label"):
        guess = sniff([path], wants=task_named(task).wants)
        rows = list(read(guess))
        first = rows[0]
        assert guess.format == case.format and isinstance(first, Row), first
        assert first.text in (TEXT, PLAIN) and not any("{" in value for value in first.fields.values())
        assert first.marks.labels == case.labels and first.split == case.split
        spans = first.marks.spans
        assert (None if spans is None else [(first.text[s.start : s.end], s.label) for s in spans]) == case.spans
        links = first.marks.relations
        assert (None if links is None else [(one.head, one.tail, one.label) for one in links]) == case.relations
    if len(case.objects) > 1:
        last = rows[-1]
        assert isinstance(last, Row) and last.marks.labels == (), "none of the labels is an annotation too"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"source-ref": "s3://bucket/1.txt", "j": 0, "j-metadata": {"class-name": "x"}}, "Ground Truth.*source"),
        ({"data_row": {"id": "a", "row_data": "https://x.invalid/1.txt"}, "projects": {}}, "Labelbox.*row_data"),
        ({"content": "https://x.invalid/1.txt", "labels": [{"jsonResponse": {}}]}, "Kili.*raw format"),
        ({"textGcsUri": "gs://b/1.txt", "classificationAnnotation": {"displayName": "x"}}, "Vertex AI.*textContent"),
    ],
)
def test_an_export_without_its_texts_is_refused_by_name(tmp_path: Path, row: object, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said):
        sniff([_file(tmp_path, [row, row], as_list=False)])


def test_an_asset_that_nobody_labelled_has_no_annotation(tmp_path: Path) -> None:
    bare = {"data_row": {"id": "b", "row_data": PLAIN}, "projects": {"p": {"labels": []}}}
    guess = sniff([_file(tmp_path, [*CASES["labelbox, second"].objects, bare], as_list=False)])
    (_, row) = read(guess)
    assert isinstance(row, Row) and row.marks.labels is None and row.marks.spans is None


ANNOTATIONS = "File,Line,Begin Offset,End Offset,Type\ntexts.txt,0,0,4,PERSON\ntexts.txt,0,14,19,TOWN\n"


def test_comprehend_reads_the_texts_beside_its_table(tmp_path: Path) -> None:
    table, texts = tmp_path / "annotations.csv", tmp_path / "texts.txt"
    table.write_text(ANNOTATIONS, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"texts\.txt"):
        sniff([table])
    texts.write_text(f"{PLAIN}\nno one here\n", encoding="utf-8")
    for paths in ([table], [tmp_path], [table, texts]):
        (guess,) = sniff_all(paths, wants=("spans",))
        rows = [row for row in read(guess) if isinstance(row, Row)]
        assert [row.text for row in rows] == [PLAIN, "no one here"] and not guess.notices
        assert [[(s.start, s.end, s.label) for s in row.marks.spans or ()] for row in rows] == [
            [(0, 4, "PERSON"), (14, 19, "TOWN")], []
        ]  # fmt: skip


def test_one_file_a_document_counts_over_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("First line.\nInes is here.", encoding="utf-8")
    table = tmp_path / "annotations.csv"
    table.write_text("File,Begin Offset,End Offset,Type\na.txt,12,16,PERSON\n", encoding="utf-8")
    (row,) = read(sniff([table]))
    assert isinstance(row, Row) and [(s.start, s.end) for s in row.marks.spans or ()] == [(12, 16)]


def test_offsets_that_are_no_numbers_cost_their_row(tmp_path: Path) -> None:
    objects = [dict(one) for one in CASES["dataturks"].objects]
    broken = {**objects[0], "annotation": [{"label": ["x"], "points": [{"start": None, "end": "z"}]}]}
    problem, good = read(sniff([_file(tmp_path, [broken, *objects], as_list=False)]))
    assert isinstance(problem, Problem) and isinstance(good, Row)
    assert "NoneType" not in problem.reason
