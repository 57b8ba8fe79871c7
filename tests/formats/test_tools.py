"""What people bring from other tools comes in whole: every kind of mark, who made it, what was put aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from lepton_studio.formats import Row, read, sniff
from lepton_studio.project.marks import RelationMark, SpanMark

TEXT = "Maria Lopez joined Acme Labs 🚀 in Lyon."


def rows(path: Path, content: object, *wants: str) -> list[Row]:
    path.write_text(json.dumps(content), "utf-8")
    return [row for row in read(sniff([path], wants=wants)) if isinstance(row, Row)]


def region(name: str, start: int, end: int, words: str, label: str) -> dict[str, object]:
    value = {"start": start, "end": end, "text": words, "labels": [label]}
    return {"id": name, "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def whole(kind: str, value: dict[str, object], name: str = "x") -> dict[str, object]:
    return {"id": name, "from_name": kind, "to_name": "text", "type": kind, "value": value}


def test_a_label_studio_task_brings_all_its_results(tmp_path: Path) -> None:
    results = [
        region("a", 0, 11, "Maria Lopez", "PER"),
        region("b", 35, 39, "Lyon", "LOC"),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "left", "labels": ["home of"]},
        whole("choices", {"choices": ["hiring", "news"]}),
        whole("taxonomy", {"taxonomy": [["work", "new"]]}, "t"),
        whole("textarea", {"text": ["She joined."]}, "w"),
        whole("rating", {"rating": 4}, "r"),
        whole("textarea", {"text": ["sure"]}, "a"),
        whole("rectanglelabels", {"x": 1}, "z"),
    ]
    old = {"result": [], "updated_at": "2024-01-01T00:00:00Z"}
    new = {
        "result": results,
        "updated_at": "2024-03-01T00:00:00Z",
        "completed_by": {"email": "ana@x.org"},
        "lead_time": 8.4,
    }
    aside = {"result": [], "was_cancelled": True}
    tasks = [
        {"id": 5, "data": {"text": TEXT, "source": "mail"}, "annotations": [new, old]},
        {"id": 6, "data": {"text": "Cancelled."}, "completions": [aside]},
        {"id": 7, "data": {"text": "Nothing in it."}, "annotations": [{"result": []}]},
    ]
    first, second, third = rows(tmp_path / "export.json", tasks)
    marks = first.marks
    assert [(span.start, span.end, span.label, span.id) for span in marks.spans or ()] == [
        (0, 11, "PER", "a"), (34, 38, "LOC", "b"),
    ]  # fmt: skip
    assert (marks.spans or ())[0].attributes == {"textarea": "sure"}
    assert marks.relations == (RelationMark(1, 0, "home of"),)
    assert (marks.labels, marks.targets, marks.rating) == (("hiring", "news", "work/new"), ("She joined.",), 4.0)
    assert first.id == "5" and first.fields == {"source": "mail", "annotator": "ana@x.org", "lead_time": "8.4"}
    assert first.remark.startswith("The newest of 2 annotations was used.") and "1 rectanglelabels" in first.remark
    assert second.skipped and second.marks.labels is None
    assert third.marks.spans == () and third.marks.labels == (), "an annotation says that there is none"


def test_the_small_json_of_label_studio_is_a_table_with_spans_in_cells(tmp_path: Path) -> None:
    spans = [{"start": 35, "end": 39, "text": "Lyon", "labels": ["LOC"]}]
    content = [{"id": 1, "text": TEXT, "label": spans, "topic": "hiring", "annotator": 1, "annotation_id": 7}]
    (row,) = rows(tmp_path / "min.json", content, "spans")
    assert [(span.start, span.end, span.label) for span in row.marks.spans or ()] == [(34, 38, "LOC")]
    assert row.fields["topic"] == "hiring"


def test_prodigy_answers_are_kept_as_what_they_are(tmp_path: Path) -> None:
    span = {"start": 0, "end": 11, "token_start": 0, "token_end": 1, "label": "PER"}
    other = {"start": 19, "end": 28, "token_start": 3, "token_end": 4, "label": "ORG"}
    link = {"head": 1, "child": 4, "head_span": span, "child_span": other, "label": "works_for"}
    tasks = [
        {"text": TEXT, "spans": [span, other], "relations": [link], "_view_id": "relations", "answer": "accept"},
        {"text": "Refund", "options": [{"id": "a", "text": "a"}], "accept": ["a"], "answer": "accept"},
        {"text": "Refund", "label": "bug", "answer": "reject", "_task_hash": 5},
        {"text": "Refund", "label": "bug", "answer": "ignore"},
        {"text": "Wrong", "spans": [span | {"end": 3}], "answer": "reject", "_view_id": "ner"},
    ]
    path = tmp_path / "db.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in tasks), "utf-8")
    linked, chosen, rejected, ignored, wrong = (row for row in read(sniff([path])) if isinstance(row, Row))
    assert linked.marks.relations == (RelationMark(0, 1, "works_for"),) and len(linked.marks.spans or ()) == 2
    assert chosen.labels == ("a",)
    assert rejected.marks.rejected == ("bug",) and rejected.marks.labels is None and rejected.id == "5"
    assert ignored.skipped and not ignored.labels
    assert wrong.marks.spans is None and wrong.remark == "Rejected in Prodigy: its 1 span was left out."


def test_an_alpaca_instruction_with_a_past_is_a_conversation(tmp_path: Path) -> None:
    content = [
        {"instruction": "And now?", "input": "", "output": "Wait.", "system": "Be kind.", "history": [["Hi", "Hello"]]},
        {"instruction": "Shorten:", "input": "A long text.", "output": "Text."},
    ]
    talk, plain = rows(tmp_path / "alpaca.json", content, "target")
    assert [turn["role"] for turn in json.loads(talk.fields["turns"])] == ["system", "user", "assistant", "user"]
    assert talk.marks.targets == ("Wait.",) and talk.text.endswith("user: And now?")
    assert plain.text == "Shorten:\nA long text." and "turns" not in plain.fields


def test_a_doccano_export_finds_offsets_in_utf_16(tmp_path: Path) -> None:
    entities = [
        {"id": 11, "label": "PER", "start_offset": 0, "end_offset": 11},
        {"id": 12, "label": "LOC", "start_offset": 35, "end_offset": 39},
    ]
    found = {
        "id": 2,
        "text": TEXT,
        "entities": entities,
        "relations": [{"id": 5, "from_id": 11, "to_id": 12, "type": "r"}],
    }
    path = tmp_path / "all.jsonl"
    path.write_text(json.dumps(found | {"Comments": ["check"]}) + "\n", "utf-8")
    (row,) = (one for one in read(sniff([path])) if isinstance(one, Row))
    assert (row.marks.spans or ())[1] == SpanMark(34, 38, "LOC", id="12") and row.id == "2"
    assert row.marks.relations == (RelationMark(0, 1, "r", "5"),) and row.fields["note"] == "check"


def test_of_a_prodigy_review_the_answer_of_the_reviewer_counts_and_none_is_guessed(tmp_path: Path) -> None:
    person, company = ({"start": 0, "end": 11, "label": label} for label in ("PER", "ORG"))

    def version(span: Mapping[str, object], *sessions: str, **more: object) -> dict[str, object]:
        return {"text": TEXT, "spans": [span], "answer": "accept", "sessions": list(sessions), **more}

    both = [version(person, "a", "b", default=True), version(company, "c")]
    tasks: list[dict[str, object]] = [
        {"text": TEXT, "spans": [company], "versions": both, "answer": "accept", "_view_id": "review"},
        {"text": TEXT, "versions": both, "answer": "accept", "_view_id": "review"},
        {"text": TEXT, "view_id": "ner_manual", "versions": both},
        {"text": TEXT, "view_id": "ner_manual", "versions": [version(person, "a"), version(company, "b")]},
        {
            "text": TEXT,
            "label": "x",
            "versions": [{"text": TEXT, "label": "x", "answer": "reject"}],
            "answer": "reject",
        },
    ]
    path = tmp_path / "review.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in tasks), "utf-8")
    found = [row for row in read(sniff([path])) if isinstance(row, Row)]
    labels = [[span.label for span in row.marks.spans or ()] for row in found]
    assert labels == [["ORG"], ["PER"], ["PER"], [], []] and found[4].marks.rejected == ("x",)
    assert [row.remark for row in found[:2]] == ["", ""]
    assert found[2].remark == "Not reviewed: the version of 2 of 3 annotators was used."
    assert found[3].remark == "No reviewer has chosen one of its 2 versions: imported without an annotation."
    assert found[3].marks.spans is None, "nobody has said that there is nothing"
