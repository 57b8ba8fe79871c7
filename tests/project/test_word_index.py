"""The index of words follows the texts: what is not in it yet is found all the same, and nothing is lost on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lepton_studio.project import word_index
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from tests.project.steps import add, assert_consistent

_AT_ONCE = 200
_MANY = 500
"""More than come into the index at once."""


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of what is usual."""
    monkeypatch.setattr(word_index, "_TEXTS_AT_ONCE", _AT_ONCE)


def _texts(count: int = _MANY) -> list[NewSample | str]:
    return [f"text n{n}n of a person called Zoë" for n in range(1, count + 1)]


def _found(project: Project, search: str) -> list[int]:
    return list(project.sample_ids(Filter(search=search)))


def test_few_texts_are_in_the_index_at_once_and_many_are_found_before_they_are(project: Project) -> None:
    add(project, _texts(100))
    assert project.texts_to_index == 0
    add(project, _texts())
    assert project.texts_to_index == _MANY
    assert _found(project, "n99n zoe") == [99, 199] and _found(project, "n499n") == [599]
    project.index_texts()
    assert project.texts_to_index == 0
    assert _found(project, "n99n zoe") == [99, 199] and _found(project, "n499n") == [599]
    assert_consistent(project.folder)


def test_letters_that_stand_apart_in_a_text_are_no_word_of_it(project: Project) -> None:
    add(project, ["abcx bcde", "abcde", "ABCDÉ"])
    assert _found(project, "abcde") == [2, 3]


def test_notes_and_samples_that_went_are_found_as_before_wherever_the_index_was(project: Project) -> None:
    add(project, _texts())
    project.note(1, "written before")
    project.note(2, "written, then removed")
    project.remove_samples([2, 3])
    stops = iter((False, True))
    project.index_texts(should_stop=lambda: next(stops))
    assert 0 < project.texts_to_index < _MANY
    project.note(1, "written afterwards")
    project.note(_MANY, "not indexed yet")
    project.index_texts()
    assert _found(project, "afterwards") == [1] and _found(project, "before") == []
    assert _found(project, "indexed") == [_MANY] and _found(project, "removed") == []
    for _ in range(3):
        project.undo()
    assert _found(project, "removed") == [2] and _found(project, "before") == [1] and _found(project, "indexed") == []
    assert len(_found(project, "text")) == _MANY
    assert_consistent(project.folder)


def test_an_import_that_was_undone_before_it_was_indexed_comes_back_whole(project: Project) -> None:
    add(project, _texts())
    project.undo()
    add(project, ["something else"])
    project.index_texts()
    before = project.history_position()
    project.go_to(before - 1)
    assert len(_found(project, "person")) == _MANY
    assert project.texts_to_index == 0
    assert_consistent(project.folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_indexing_that_was_killed_goes_on_where_it_was(project: Project) -> None:
    add(project, _texts(1_200))
    project.close()
    code = """
import sys
from pathlib import Path
from lepton_studio.project import word_index
from lepton_studio.project.project import Project
word_index._TEXTS_AT_ONCE = int(sys.argv[2])
with Project.open(Path(sys.argv[1])) as project:
    project.index_texts(should_stop=lambda: print(project.texts_to_index, flush=True) or not sys.stdin.readline())
"""
    command = [sys.executable, "-c", code, str(project.folder), str(_AT_ONCE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        left = []
        for _ in range(3):
            left.append(int(process.stdout.readline()))
            print(file=process.stdin, flush=True)
        process.send_signal(signal.SIGKILL)
    assert left == sorted(left, reverse=True) and left[0] == 1_200 and 0 < left[-1] < 1_200
    with Project.open(project.folder) as again:
        assert 0 < again.texts_to_index <= left[-1]
        assert _found(again, "n1199n zoe") == [1_199]
        again.index_texts()
        assert again.texts_to_index == 0
        assert _found(again, "n1199n zoe") == [1_199]
    assert_consistent(project.folder)


def test_a_source_row_is_kept_as_it_was_without_what_the_sample_says(folder: Path, project: Project) -> None:
    rows: list[object | None] = [
        {"text": "a long text of its own", "kind": "letter", "stars": 3, "more": {"a": [1, None]}},
        {"kind": "letter", "text": "a long text of its own", "stars": "3"},
        {"body": "another \ud83d text", "kind": 1},
        ["a long text of its own", 2],
        "a long text of its own",
        {},
        None,
    ]
    fields = {"kind": "letter", "stars": "3"}
    with project.change("Import") as change:
        change.add_samples(
            NewSample("a long text of its own", fields=fields, source="mail.csv", row=place, raw=row)
            for place, row in enumerate(rows, start=2)
        )
    for place, row in enumerate(rows, start=1):
        found = project.source_row(place)
        assert (found.source, found.row, found.raw) == ("mail.csv", place + 1, row)
        assert list(found.raw) == list(row) if isinstance(row, dict) else True  # type: ignore[call-overload]
    project.undo()
    project.redo()
    assert project.source_row(1).raw == rows[0]
    stored = (folder / "project.db").read_bytes() + (folder / "project.db-wal").read_bytes()
    assert stored.count(b"a long text of its own") < 2 * 2 * len(rows)


def test_rows_that_all_differ_in_their_columns_come_back_too(project: Project) -> None:
    with project.change("Import") as change:
        change.add_samples(NewSample(f"text {n}", source="a.jsonl", row=n, raw={f"column {n}": n}) for n in range(2500))
    assert project.source_row(1).raw == {"column 0": 0}
    assert project.source_row(2500).raw == {"column 2499": 2499}
