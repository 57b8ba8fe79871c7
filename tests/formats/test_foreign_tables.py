"""Tables as other programs and people write them: header or none, quotes, missing values, odd splits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.formats import Guess, Problem, Row, read, sniff


def table(folder: Path, content: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def rows_of(guess: Guess) -> list[Row]:
    return [row for row in read(guess) if isinstance(row, Row)]


def said(count: int, *, quote: str = "") -> list[str]:
    """Short texts that differ, with a label of two: nothing in their shape tells them from a header."""
    texts = (("bill {n} is wrong", "billing"), ("box number {n} came in bad shape", "damage"))
    lines = [(texts[n % 2][0].format(n=n), texts[n % 2][1]) for n in range(count)]
    return [f"{quote}{text}{quote},{label}" for text, label in lines]


@pytest.mark.parametrize(
    "header",
    [
        "Verbatim,Theme", "Kundenmeinung,Thema", "Σχόλιο πελάτη,Θέμα", "ข้อความ,หมวดหมู่", "văn bản,nhãn", "客户原话,归类",
        "what_the_customer_wrote,our_decision", "Q7,Code (final)", "Отзыв,Тема", "A,B",
        "What would you like to tell us about your order and the way in which it was delivered to you?,Coded by Ana",
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [8, 60])
def test_the_first_line_names_the_columns(tmp_path: Path, header: str, count: int) -> None:
    if len(header) > 70 and count < 20:
        return  # a long question over so few rows may be a text
    guess = sniff([table(tmp_path, "\n".join((header, *said(count))))], wants=("label",))
    rows = rows_of(guess)
    assert guess.header_rows == 1 and len(rows) == count
    assert (rows[0].text, rows[0].labels) == ("bill 0 is wrong", ("billing",))


@pytest.mark.parametrize("first", [0, 1])
def test_a_file_that_begins_with_a_sample_has_no_header(tmp_path: Path, first: int) -> None:
    lines = said(60)[first:]
    guess = sniff([table(tmp_path, "\n".join(lines))], wants=("label",))
    assert guess.header_rows == 0 and len(rows_of(guess)) == len(lines)
    assert {row.labels for row in rows_of(guess)} == {("billing",), ("damage",)}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_line_for_excel_and_a_title_are_no_rows(tmp_path: Path, delimiter: str, ends: str) -> None:
    lines = [line.replace(",", delimiter) for line in ("Verbatim,Theme", *said(30))]
    guess = sniff([table(tmp_path, ends.join((f"sep={delimiter}", *lines)))], wants=("label",))
    assert (guess.delimiter, guess.header_rows, guess.columns) == (delimiter, 2, ("Verbatim", "Theme"))
    assert [row.row for row in rows_of(guess)] == list(range(3, 33))
    bare = sniff([table(tmp_path, ends.join((f"sep={delimiter}", *lines[1:])))], wants=("label",))
    assert bare.columns == ("column 1", "column 2") and len(rows_of(bare)) == 30
    titled = sniff([table(tmp_path, ends.join((f"Complaints{delimiter}", "", *lines)))], wants=("label",))
    assert titled.columns == ("Verbatim", "Theme") and len(rows_of(titled)) == 30


PLAIN = {
    "spark": (r'"he said \"now\", twice",good', 'he said "now", twice'),
    "no delimiter": (r'"it is 5\" wide",good', 'it is 5" wide'),
    "at the start": (r'"\"now\" he said",good', '"now" he said'),
    "at the end": (r'"he said \"now\"",good', 'he said "now"'),
    "two inches": (r'"5\" by 4\" wide",good', '5" by 4" wide'),
}


@pytest.mark.parametrize("case", PLAIN)
@pytest.mark.parametrize("every", [1, 3])
def test_backslashes_before_quotation_marks_are_no_text(tmp_path: Path, case: str, every: int) -> None:
    escaped, meant = PLAIN[case]
    lines = [escaped if n % every == 0 else f'"the parcel, number {n}",bad' for n in range(30)]
    lines.append(r'"a path C:\new\table stays",bad')
    guess = sniff([table(tmp_path, "\n".join(("text,label", *lines)))], wants=("label",))
    rows = rows_of(guess)
    assert len(rows) == 31 and {row.labels for row in rows} == {("good",), ("bad",)}
    assert rows[0].text == meant and rows[-1].text == r"a path C:\new\table stays"


def test_backslashes_of_plain_csv_stay(tmp_path: Path) -> None:
    lines = [rf'"C:\dir{n}\",good' if n % 2 else f'"she said ""no"" at {n}",bad' for n in range(20)]
    rows = rows_of(sniff([table(tmp_path, "\n".join(("text,label", *lines)))], wants=("label",)))
    assert [row.text for row in rows[:2]] == ['she said "no" at 0', "C:\\dir1\\"] and len(rows) == 20
    assert {row.labels for row in rows} == {("good",), ("bad",)}


def test_what_a_database_writes_for_no_value_is_none(tmp_path: Path) -> None:
    lines = [f"{n}\tbill\\nbox number {n}\t{('good', 'bad', chr(92) + 'N')[n % 3]}" for n in range(12)]
    guess = sniff([table(tmp_path, "\n".join(("id\ttext\tlabel", *lines)), "dump.tsv")], wants=("label",))
    rows = rows_of(guess)
    assert {row.labels for row in rows} == {("good",), ("bad",), ()} and rows[0].text == "bill\nbox number 0"


def written(kind: str, word: str) -> str:
    """Five samples, the first without a label and the fourth without a text, as `word` says."""
    pairs = (("late box", word), ("all fine", "good"), ("meh", "bad"), (word, "bad"), ("fine too", "good"))
    if kind == "csv":
        return "text,label\n" + "".join(f"{text},{label}\n" for text, label in pairs)
    bare = {"NaN", "null"}
    pairs = [tuple(one if one in bare else json.dumps(one) for one in pair) for pair in pairs]  # type: ignore[assignment]
    return "".join(f'{{"text": {text}, "label": {label}}}\n' for text, label in pairs)


WORDS = [("csv", word) for word in ("NaN", "nan", "NULL", r"\N", "")]
WORDS += [("jsonl", word) for word in ("NaN", "null", "nan", "NULL", "")]


@pytest.mark.parametrize(("kind", "word"), WORDS)
def test_no_value_is_no_label_and_no_text(tmp_path: Path, kind: str, word: str) -> None:
    guess = sniff([table(tmp_path, written(kind, word), f"table.{kind}")], wants=("label",))
    found = list(read(guess))
    assert [one.labels if isinstance(one, Row) else one.reason for one in found] == [
        (), ("good",), ("bad",), "The text is empty.", ("good",),
    ]  # fmt: skip
    assert isinstance(found[3], Problem) and found[3].row == 5 - (kind == "jsonl")
    assert any(word in one for one in guess.notices) or word in ("", "NaN", "null")


@pytest.mark.parametrize("word", ["null", "None", "NA", "N/A"])
def test_words_that_may_mean_no_label_are_labels_and_said(tmp_path: Path, word: str) -> None:
    path = table(tmp_path, f'text,label\nlate box,"{word}"\nall fine,good\n')
    guess = sniff([path], wants=("label",))
    assert rows_of(guess)[0].labels == (word,)
    assert any(f"“{word}”" in one for one in guess.notices)
