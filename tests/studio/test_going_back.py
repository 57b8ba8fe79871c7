"""Samples that go back to the tool they came from: nothing is lost of what has not changed, and nothing said twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.formats import sniff_all
from lepton_studio.project.project import Project
from lepton_studio.studio.exporting import ExportResult, export_annotations
from lepton_studio.studio.importing import import_files
from lepton_studio.tasks import task_named

TEXT = "Maria Lopez joined Acme Labs 🚀 in Lyon."
ACME = (19, 28)


def _span(start: int, end: int, first: int, last: int, label: str, **more: object) -> dict[str, object]:
    return {"start": start, "end": end, "token_start": first, "token_end": last, "label": label, **more}


def _token(place: int, word: str) -> dict[str, object]:
    start = TEXT.index(word)
    return {"text": word, "start": start, "end": start + len(word), "id": place, "ws": True}


PRODIGY = {
    "text": TEXT,
    "meta": {"source": "mail", "page": 3},
    "_input_hash": -5,
    "_task_hash": 7,
    "tokens": [_token(place, word) for place, word in enumerate(("Maria Lopez", "joined", "Acme Labs", "Lyon"))],
    "spans": [_span(0, 11, 0, 0, "PER", source="model", score=0.9), _span(*ACME, 2, 2, "ORG")],
    "_view_id": "ner_manual",
    "_session_id": "demo-ana",
    "flagged": True,
    "answer": "accept",
}


def _region(name: str, start: int, end: int, label: str, **more: object) -> dict[str, object]:
    words = TEXT.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
    value = {"start": start, "end": end, "text": words, "labels": [label]}
    return {
        "id": name,
        "from_name": "ner",
        "to_name": "t",
        "type": "labels",
        "value": value,
        "origin": "manual",
        **more,
    }


LABEL_STUDIO = {
    "id": 31,
    "data": {"review": TEXT, "stars": 4},
    "meta": {"batch": "b"},
    "annotations": [
        {
            "id": 7,
            "completed_by": 2,
            "updated_at": "2024-05-01T00:00:00Z",
            "lead_time": 8.4,
            "result": [
                _region("a", 0, 11, "PER", meta={"text": ["is she?"]}, score=0.5),
                _region("b", *ACME, "ORG"),
                _region("c", 35, 39, "LOC"),
                {"id": "a", "from_name": "sure", "to_name": "t", "type": "choices", "value": {"choices": ["no"]}},
                {"type": "relation", "from_id": "a", "to_id": "c", "direction": "right", "labels": ["lives in"]},
                {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right", "labels": ["works for"]},
                {"id": "k", "from_name": "topic", "to_name": "t", "type": "choices", "value": {"choices": ["news"]}},
            ],
        },
        {"id": 8, "completed_by": 3, "updated_at": "2024-01-01T00:00:00Z", "result": []},
    ],
    "predictions": [{"model_version": "m", "score": 0.2, "result": []}],
}
DOCCANO = {
    "id": 4,
    "text": TEXT,
    "entities": [
        {"id": 11, "label": "PER", "start_offset": 0, "end_offset": 11},
        {"id": 12, "label": "ORG", "start_offset": 19, "end_offset": 28},
    ],
    "relations": [{"id": 5, "from_id": 11, "to_id": 12, "type": "works for"}],
    "origin": {"page": 3},
    "Comments": ["check", "twice"],
}
ARGILLA = {
    "id": "r1",
    "fields": {"text": TEXT},
    "metadata": {"page": 3},
    "suggestions": {"ner": {"value": [], "score": [0.97], "agent": "m"}},
    "responses": {
        "ner": [
            {
                "value": [{"start": 0, "end": 11, "label": "PER"}, {"start": 19, "end": 28, "label": "ORG"}],
                "user_id": "u",
            },
            {"value": [], "user_id": "v"},
        ],
        "topic": [{"value": "hiring", "user_id": "u"}],
    },
    "vectors": {"v": [0.5]},
}
BRAT = [
    "T3\tPER 0 11\tMaria Lopez",
    "T4\tORG 19 28\tAcme Labs",
    "A1\tCertain T3",
    "N1\tReference T4 Wikipedia:1\tAcme",
    "#1\tAnnotatorNotes T4\tfictional",
    "E1\tORG:T4 Boss:T3",
]


def _lines(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _task(path: Path) -> Any:
    return json.loads((path / "tasks.json").read_text("utf-8"))[0]


def _ann(path: Path) -> Any:
    return next(path.glob("*.ann")).read_text("utf-8").splitlines()


CASES: dict[str, tuple[Any, str, Callable[[Path], Any]]] = {
    "prodigy": (PRODIGY, "in.jsonl", _lines),
    "label_studio": ([LABEL_STUDIO], "in.json", _task),
    "doccano": (DOCCANO, "in.jsonl", _lines),
    "argilla": (ARGILLA, "in.jsonl", _lines),
    "brat": (BRAT, "in.ann", _ann),
}


def sample_of(folder: Path, format_id: str) -> Project:
    content, name, _ = CASES[format_id]
    source = folder / "source"
    source.mkdir()
    if format_id == "brat":
        (source / "in.txt").write_text(TEXT, "utf-8")
        (source / name).write_text("\n".join(content) + "\n", "utf-8")
    else:
        (source / name).write_text(json.dumps(content), "utf-8")
    project = Project.create(folder / "New.lepton", task="spans")
    import_files(project, sniff_all([source], wants=task_named("spans").wants))
    return project


def sent_back(project: Project, target: Path, format_id: str) -> tuple[Any, ExportResult]:
    result = export_annotations(project, target, format=format_id)
    return CASES[format_id][2](target), result


@pytest.mark.parametrize("format_id", CASES)
def test_what_has_not_changed_goes_back_as_it_came(tmp_path: Path, format_id: str) -> None:
    content, name, _ = CASES[format_id]
    with sample_of(tmp_path, format_id) as project:
        back, result = sent_back(project, tmp_path / f"out{Path(name).suffix}", format_id)
    assert back == (content[0] if isinstance(content, list) and format_id != "brat" else content)
    assert result.losses == ()


@pytest.mark.parametrize("format_id", CASES)
def test_a_span_that_changed_leaves_the_others_with_all_they_had(tmp_path: Path, format_id: str) -> None:
    with sample_of(tmp_path, format_id) as project:
        (sample,) = project.samples()
        ids = {label.name: label.id for label in project.labels()}
        spans = [span for span in sample.value["spans"] if span[:2] != list(ACME)]  # type: ignore[index]
        spans = sorted([*spans, [ACME[0], ACME[0] + 4, ids["ORG"]]])
        project.annotate(sample.id, {"spans": spans}, labels=tuple(sorted(ids.values())))
        back, result = sent_back(project, tmp_path / f"out{Path(CASES[format_id][1]).suffix}", format_id)
    told = {loss.what: loss.count for loss in result.losses}
    if format_id == "prodigy":
        assert back["spans"][0] == PRODIGY["spans"][0] | {"token_start": 0, "token_end": 1}  # type: ignore[index]
        assert back["spans"][1] == _span(19, 23, 3, 3, "ORG")
        assert {key: value for key, value in back.items() if key not in ("spans", "tokens")} == {
            key: value for key, value in PRODIGY.items() if key not in ("spans", "tokens")
        }
    elif format_id == "label_studio":
        first, second = back["annotations"]
        assert second == LABEL_STUDIO["annotations"][1] and back["predictions"] == LABEL_STUDIO["predictions"]  # type: ignore[index]
        before = LABEL_STUDIO["annotations"][0]["result"]  # type: ignore[index]
        assert [one for one in first["result"] if one not in before] == [
            _region("s0", 19, 23, "ORG") | {"origin": "manual"}
        ] or [one["value"] for one in first["result"] if one not in before] == [
            {"start": 19, "end": 23, "text": "Acme", "labels": ["ORG"]}
        ]
        assert [one for one in before if one not in first["result"]] == [before[1], before[5]]
        assert first["completed_by"] == 2 and first["updated_at"] > second["updated_at"]
        assert told == {"relations between spans": 1}
    elif format_id == "doccano":
        assert back["entities"][0] == DOCCANO["entities"][0] and back["entities"][1]["id"] not in (11, 12)  # type: ignore[index]
        assert back["relations"] == [] and told == {"relations between spans": 1}
        assert (back["id"], back["origin"], back["Comments"]) == (4, {"page": 3}, ["check", "twice"])
    elif format_id == "argilla":
        taken, other = back["responses"]["ner"]
        assert [one["end"] for one in taken["value"]] == [11, 23] and taken["user_id"] == "u"
        assert other == ARGILLA["responses"]["ner"][1] and back["suggestions"] == ARGILLA["suggestions"]  # type: ignore[index]
        assert back["responses"]["topic"] == ARGILLA["responses"]["topic"] and not told  # type: ignore[index]
    else:
        assert back == ["T1\tPER 0 11\tMaria Lopez", "T2\tORG 19 23\tAcme", "A1\tCertain T1"]
        assert list(told.values()) == [2]


def test_what_another_format_has_no_place_for_is_in_the_losses(tmp_path: Path) -> None:
    with sample_of(tmp_path, "brat") as project:
        _, result = sent_back(project, tmp_path / "out.jsonl", "doccano")
    assert [(loss.what, loss.count) for loss in result.losses] == [("names, scores and attributes of marks", 2)]


def test_an_annotation_that_was_taken_away_does_not_come_back(tmp_path: Path) -> None:
    with sample_of(tmp_path, "doccano") as project:
        project.annotate(1, None)
        export_annotations(project, tmp_path / "out.jsonl", format="doccano", only_labelled=False)
    assert "entities" not in json.loads((tmp_path / "out.jsonl").read_text("utf-8"))


def _whole(kind: str, name: str, value: object) -> dict[str, object]:
    return {"id": name, "from_name": name, "to_name": "t", "type": kind, "value": {kind: value}}


X, Y = ("x", ["a", "b"]), ("y", ["c"])
CHOICES: dict[str, list[dict[str, Any]]] = {
    "label_studio": [
        {"data": {"body": "one"}, "annotations": [{"result": [_whole("choices", *one) for one in (X, Y)]}]},
        {"data": {"body": "two"}, "annotations": [{"result": [_whole("taxonomy", "z", [["a", "b"], ["c"]])]}]},
        {"data": {"body": "three"}, "annotations": [], "predictions": [{"result": [_whole("choices", "x", ["a"])]}]},
    ],
    "prodigy": [
        {"text": "one", "options": [{"id": one, "text": one} for one in "ab"], "accept": X[1], "answer": "accept"},
        {"text": "two", "label": "b", "answer": "reject", "_task_hash": 5},
        {"text": "three", "label": "c", "answer": "accept", "_task_hash": 6},
    ],
    "doccano": [
        {"id": 1, "text": "one", "label": ["a", "b"], "Comments": ["!"]},
        {"id": 2, "text": "two", "label": ["c"], "Comments": []},
    ],
    "argilla": [
        {"id": "1", "fields": {"text": "one"}, "responses": {"x": [{"value": ["a", "b"]}], "y": [{"value": "c"}]}},
        {"id": "2", "fields": {"text": "two"}, "responses": {"x": [{"value": "c", "status": "discarded"}]}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("format_id", CHOICES)
@pytest.mark.parametrize("chosen", [("a",), ("b", "c"), ()])
def test_labels_that_changed_come_back_as_they_were_left(
    tmp_path: Path, format_id: str, chosen: tuple[str, ...]
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / ("out" if format_id == "label_studio" else "out.jsonl")
    source.write_text("".join(json.dumps(one) + "\n" for one in CHOICES[format_id]), "utf-8")
    said = []
    for name, path in (("first", source), ("second", target)):
        with Project.create(tmp_path / f"{name}.lepton", task="multi_label") as project:
            import_files(project, sniff_all([path], wants=("labels", "label")))
            names = {label.name: label.id for label in project.labels()}
            if path == source:
                for sample in project.samples():
                    ids = tuple(sorted(names[one] for one in chosen if one in names))
                    project.annotate(sample.id, {"labels": list(ids)}, labels=ids)
                export_annotations(project, target, format=format_id)
            by_id = {id: label for label, id in names.items()}
            values: list[Any] = [sample.value for sample in project.samples()]
            said.append([None if one is None else sorted(by_id[id] for id in one["labels"]) for one in values])
    assert said[0] == said[1]
