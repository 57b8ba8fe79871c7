"""JSON and JSON Lines in the shapes that tools write."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import Problem, Row, UnreadableFile, read, refresh, sniff

ROWS = [
    {"text": "two\nlines and a \u2028", "label": "1.0", "meta": {"id": 1}},
    {"text": "  kept  ", "label": "null", "meta": {}},
    {"text": "no label", "label": None},
]


def rows(path: Path) -> list[Row]:
    return [one for one in read(sniff([path])) if isinstance(one, Row)]


def check(found: list[Row]) -> None:
    assert [row.text for row in found] == ["two\nlines and a \u2028", "  kept  ", "no label"]
    assert [row.labels for row in found] == [("1.0",), ("null",), ()]
    assert found[0].fields == {"meta.id": "1"} and found[0].raw == ROWS[0]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_list_of_objects_comes_in(tmp_path: Path, ascii_only: bool) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(ROWS, ensure_ascii=ascii_only, indent=2), encoding="utf-8")
    check(rows(path))


def test_a_list_under_a_key_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"version": "1", "about": {"n": 3}, "data": ROWS}), encoding="utf-8")
    guess = sniff([path])
    assert guess.table == "data"
    check(rows(path))


def test_the_person_can_choose_among_several_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"train": ROWS, "other": [{"question": "Why so?", "topic": "x"}]}), encoding="utf-8")
    guess = sniff([path])
    assert guess.tables == ("train", "other")
    (row,) = read(refresh(replace(guess, table="other")))
    assert isinstance(row, Row) and row.text == "Why so?"


def test_json_lines_come_in_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = tmp_path / "a.data"
    path.write_text("\n".join(json.dumps(row) for row in ROWS) + "\n\n", encoding="utf-8")
    check(rows(path))


def test_a_line_that_is_no_json_is_named_and_the_others_come_in(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [json.dumps({"text": f"text {place}", "label": "x"}) for place in range(9)]
    lines[4] = '{"text": "cut'
    lines[6] = "[1, 2]"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(read(sniff([path])))
    assert [one.row for one in found if isinstance(one, Problem)] == [5, 7]
    assert sum(isinstance(one, Row) for one in found) == 7


def test_half_a_character_from_an_escape_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "good", "label": "x"}\n{"text": "half \\ud83d", "label": "x"}\n', encoding="utf-8")
    good, bad = read(sniff([path]))
    assert isinstance(good, Row) and isinstance(bad, Problem) and bad.row == 2


def test_a_json_file_that_breaks_off_gives_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '[{"text": "one one", "label": "x"},\n{"text": "two two", "label": "y"},\n{"text": "thr', encoding="utf-8"
    )
    *good, bad = read(sniff([path]))
    assert [one.text for one in good if isinstance(one, Row)] == ["one one", "two two"]
    assert isinstance(bad, Problem) and "line 3" in bad.reason


@pytest.mark.parametrize("content", ['{"a": 1}', "[1, 2, 3]", '{"text": ', "[{]", '"text"'])
def test_json_without_records_is_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"broken\.json"):
        list(read(replace(sniff([path], format="json"), text="text")))


def test_numbers_and_booleans_become_the_labels_a_person_would_write(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    values = [0, 1, 1.5, True]
    path.write_text("\n".join(json.dumps({"text": "some words", "label": one}) for one in values), encoding="utf-8")
    assert [row.labels for row in rows(path)] == [("0",), ("1",), ("1.5",), ("true",)]
