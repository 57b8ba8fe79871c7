"""Tables: whatever wrote them, every text comes in as it was, or is named as a problem."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepton_studio.formats import Problem, Row, read, refresh, sniff


def write(folder: Path, name: str, content: str, *, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def texts(path: Path) -> list[str]:
    return [one.text for one in read(sniff([path])) if isinstance(one, Row)]


AWKWARD = [
    "two\nlines",
    "two\r\nlines",
    "a\rb",
    'she said "yes"',
    "nul\0inside",
    "\ufeffmark first",
    "line\u2028separator and \x85 and \x0c",
    "  spaces at the edges  ",
    "a,b;c\td|e",
    "🚀 family 👨‍👩‍👧",
    "NA",
    "null",
    "1.0",
]


def test_awkward_texts_survive_to_the_letter(tmp_path: Path) -> None:
    path = tmp_path / "awkward.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label"])
        writer.writerows([text, "x"] for text in AWKWARD)
    assert texts(path) == AWKWARD


@settings(deadline=None, max_examples=100)  # other tests may keep the machine busy
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip())),
        min_size=1,
        max_size=20,
    )
)
def test_any_text_survives_a_csv_file(tmp_path_factory: pytest.TempPathFactory, given_texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("any") / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(["text", "label"])
        writer.writerows([text, "x"] for text in given_texts)
    assert texts(path) == given_texts


@pytest.mark.parametrize("label", ["NA", "null", "None", "1.0", "yes", "no", "a, b", "x:y", "0", "-1", "🚀", "true"])
def test_labels_that_look_like_something_else_stay_as_they_are(tmp_path: Path, label: str) -> None:
    path = write(tmp_path, "a.csv", f'text,label\nHello there,"{label}"\nGood bye,other\n')
    first, _ = read(sniff([path]))
    assert isinstance(first, Row) and first.labels == (label,)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_in_spite_of_others_in_the_text(tmp_path: Path, delimiter: str) -> None:
    others = [one for one in ",\t;|" if one != delimiter]
    lines = [
        f"text number {place}{others[place % 3] * (place % 4)} end{delimiter}label{place % 2}" for place in range(40)
    ]
    path = write(
        tmp_path, "table.txt" if delimiter == "\t" else "table.csv", "\n".join([f"text{delimiter}label", *lines])
    )
    guess = sniff([path])
    assert (guess.delimiter, guess.columns) == (delimiter, ("text", "label"))
    assert len(list(read(guess))) == 40


def test_a_file_with_one_column_is_no_puzzle(tmp_path: Path) -> None:
    path = write(tmp_path, "one.csv", "text\nplain\nwith, a comma\n\nand; more, of, them\n")
    assert texts(path) == ["plain", "with, a comma", "and; more, of, them"]


def test_rows_of_the_wrong_width_are_named_and_the_others_come_in(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,label\none,x\ntwo\nthree,y,too much\nfour,x,,\n")
    found = list(read(sniff([path])))
    assert [one.text for one in found if isinstance(one, Row)] == ["one", "four"]
    assert [(one.source, one.row) for one in found if isinstance(one, Problem)] == [(str(path), 3), (str(path), 4)]


def test_a_quote_never_closed_costs_one_row_and_not_the_rest_of_the_file(tmp_path: Path) -> None:
    rows = [f'"text, {place}",x' for place in range(50)]
    rows[10] = '"never closed,x'
    path = write(tmp_path, "a.csv", "\n".join(["text,label", *rows]))
    guess = replace(sniff([path]), quoting=True, delimiter=",", columns=("text", "label"), text="text", label="label")
    found = list(read(guess))
    assert len([one for one in found if isinstance(one, Row)]) >= 48
    assert any(isinstance(one, Problem) for one in found)


def test_an_open_quote_in_the_last_rows_leaves_the_rows_behind_it(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'text,label\n"a, b",x\n"open,x\nc,y\nd,x\n')
    found = list(read(sniff([path])))
    assert [one.text for one in found if isinstance(one, Row)] == ["a, b", "c", "d"]
    assert [one.row for one in found if isinstance(one, Problem)] == [3]


def test_a_very_long_cell_is_no_problem(tmp_path: Path) -> None:
    long = "word " * 100_000 + "end"
    assert texts(write(tmp_path, "a.csv", f"text,label\n{long},x\nshort,y\n")) == [long, "short"]


def test_empty_texts_are_named_as_problems(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,label\n,x\n   ,y\nreal,x\n")
    found = list(read(sniff([path])))
    assert [(one.row, one.reason) for one in found if isinstance(one, Problem)] == [
        (2, "The text is empty."),
        (3, "The text is empty."),
    ]


def test_further_columns_are_kept_as_fields_and_the_row_as_it_was(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "id,text,label,date\n7,Hello you,x,2024-01-01\n8,And you,y,\n")
    first, second = read(sniff([path]))
    assert isinstance(first, Row) and isinstance(second, Row)
    assert first.fields == {"id": "7", "date": "2024-01-01"} and second.fields == {"id": "8"}
    assert first.raw == {"id": "7", "text": "Hello you", "label": "x", "date": "2024-01-01"} and first.row == 2


def test_a_split_column_gives_the_splits(tmp_path: Path) -> None:
    rows = ["a b c,x,train", "d e f,y,dev", "g h i,x,Test", "j k l,y,"]
    path = write(tmp_path, "a.csv", "\n".join(["text,label,split", *rows]))
    guess = sniff([path])
    assert guess.split_column == "split"
    assert [row.split for row in read(guess)] == ["train", "validation", "test", None]  # type: ignore[union-attr]
    assert [row.split for row in read(guess.with_split("test"))] == ["test"] * 4  # type: ignore[union-attr]


def test_what_the_person_changes_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "good;one thing\nbad;another, thing\n")
    guess = sniff([path])
    changed = refresh(replace(guess, delimiter=",", header_rows=0))
    assert changed.columns[0] == "column 1" and changed.text is not None
    back = refresh(replace(changed, delimiter=";", text="column 2", label="column 1"))
    assert [(row.text, row.labels) for row in back.preview if isinstance(row, Row)] == [
        ("one thing", ("good",)),
        ("another, thing", ("bad",)),
    ]


def test_a_backslash_before_a_quote_is_text_in_csv(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", 'text,label\n"say \\""so\\"" now",x\n"""all"" of it",y\n')
    assert texts(path) == ['say \\"so\\" now', '"all" of it']


def test_a_chosen_encoding_that_does_not_fit_names_the_rows_it_does_not_fit(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,label\ncafé,x\ntea,y\n", encoding="latin-1")
    guess = sniff([path])
    assert guess.encoding == "latin-1"
    found = list(read(refresh(replace(guess, encoding="utf-8"))))
    assert [one.row for one in found if isinstance(one, Problem)] == [2]
    assert [one.text for one in found if isinstance(one, Row)] == ["tea"]


def test_columns_with_the_same_or_no_name_are_told_apart(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "text,label,note,note,\nHello you,x,1,2,3\nAnd you,y,4,5,6\n")
    assert sniff([path]).columns == ("text", "label", "note", "note (2)", "column 5")
