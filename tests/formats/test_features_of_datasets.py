"""Columns of `datasets` are understood by their types, as the library writes them: names, lists, spans, pairs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lepton_studio.formats import Row, read, sniff

datasets = pytest.importorskip("datasets")
Names = datasets.ClassLabel(names=["O", "B-person", "I-person"])
Word = datasets.Value("string")
Number = datasets.Value("int64")


def written(folder: Path, *, way: str, columns: dict[str, list[Any]], features: dict[str, Any]) -> Path:
    """The columns as a folder of `save_to_disk`, or as a Parquet file."""
    datasets.disable_progress_bars()
    held = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
    target = folder / ("saved" if way == "folder" else "saved.parquet")
    held.save_to_disk(str(target)) if way == "folder" else held.to_parquet(str(target))
    return target


def rows(path: Path, *wants: str) -> list[Row]:
    found = list(read(sniff([path], wants=wants)))
    assert all(isinstance(one, Row) for one in found)
    return [one for one in found if isinstance(one, Row)]


@pytest.fixture(params=["folder", "parquet"])
def way(request: pytest.FixtureRequest) -> str:
    """How the library wrote it."""
    return str(request.param)


def test_a_translation_is_a_text_and_its_target(way: str, tmp_path: Path) -> None:
    pairs = [{"de": f"Guten Tag {n}", "en": f"Good day {n}"} for n in range(5)]
    path = written(
        tmp_path,
        way=way,
        columns={"id": [str(n) for n in range(5)], "translation": pairs},
        features={"id": Word, "translation": datasets.Translation(languages=["de", "en"])},
    )
    first = rows(path, "target")[0]
    assert (first.text, first.marks.targets) == ("Guten Tag 0", ("Good day 0",))
    assert first.raw == {"id": "0", "translation": pairs[0]}


def test_tags_of_tokens_are_spans(way: str, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        way=way,
        columns={"tokens": [["Ada", "Byron", "wrote"]] * 3, "ner_tags": [[1, 2, 0]] * 3},
        features={"tokens": datasets.Sequence(Word), "ner_tags": datasets.Sequence(Names)},
    )
    first = rows(path, "spans")[0]
    assert first.text == "Ada Byron wrote"
    assert [(one.start, one.end, one.label) for one in first.marks.spans or ()] == [(0, 9, "person")]


def test_several_labels_have_their_names(way: str, tmp_path: Path) -> None:
    names = datasets.ClassLabel(names=["joy", "anger", "fear"])
    path = written(
        tmp_path,
        way=way,
        columns={"text": ["How good", "How bad", "Well"], "labels": [[0, 2], [1], []]},
        features={"text": Word, "labels": datasets.Sequence(names)},
    )
    assert [one.labels for one in rows(path, "label")] == [("joy", "fear"), ("anger",), ()]


@pytest.mark.parametrize("kind", ["list", "sequence"])
def test_spans_in_structures_have_the_names_of_their_labels(way: str, kind: str, tmp_path: Path) -> None:
    inside = {"start": Number, "end": Number, "label": datasets.ClassLabel(names=["person", "place"])}
    as_list = [[{"start": 0, "end": 3, "label": 0}, {"start": 9, "end": 13, "label": 1}]] * 3
    as_lists = [{"start": [0, 9], "end": [3, 13], "label": [0, 1]}] * 3
    path = written(
        tmp_path,
        way=way,
        columns={"text": ["Ada is in Rome"] * 3, "entities": as_list if kind == "list" else as_lists},
        features={"text": Word, "entities": [inside] if kind == "list" else datasets.Sequence(inside)},
    )
    spans = rows(path, "spans")[0].marks.spans or ()
    assert [(one.start, one.label) for one in spans] == [(0, "person"), (9, "place")]


def test_sounds_are_left_out_and_named(tmp_path: Path) -> None:
    sounds = pa.array([{"bytes": b"RIFF", "path": "a.wav"}] * 2)
    told = {"text": {"dtype": "string", "_type": "Value"}, "sound": {"_type": "Audio"}}
    table = pa.table({"text": ["Hello", "Bye"], "sound": sounds})
    path = tmp_path / "sounds.parquet"
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": told}})}), path)
    guess = sniff([path], wants=("label",))
    assert (guess.columns, guess.text) == (("text",), "text")
    assert "Left out, as images, audio and other media are not read: sound." in guess.notices
    assert rows(path, "label")[0].raw == {"text": "Hello"}


def test_numbers_and_yes_and_no_stay_what_they_are(way: str, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        way=way,
        columns={"text": ["Fine", "Poor", "So so"], "stars": [5, 1, 3], "new": [True, False, True]},
        features={"text": Word, "stars": datasets.Value("int8"), "new": datasets.Value("bool")},
    )
    found = rows(path, "rating")
    assert [one.marks.rating for one in found] == [5.0, 1.0, 3.0]
    assert found[0].raw == {"text": "Fine", "stars": 5, "new": True}
