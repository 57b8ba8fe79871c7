"""Tables as other programs and people write them: header or none, quotes, missing values, odd splits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import Guess, Problem, Row, read, refresh, sniff, sniff_all


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


@pytest.mark.parametrize(
    ("line", "labels", "text"),
    [
        ("__label__A, __label__C the box was late", "A C", "the box was late"),
        ("__label__A,__label__C broken box", "A C", "broken box"),
        ("__label__A , and so on", "A", ", and so on"),
        ("__label__B\tfine today", "B", "fine today"),
        ("text first then label __label__A", "A", "text first then label"),
        ("text with, __label__A __label__B", "A B", "text with,"),
        ("one __label__A in the middle", "A", "one in the middle"),
        ("one __label__A and two __label__B", "A B", "one and two"),
        ("__label__food-safety__label__cake a cake", "food-safety cake", "a cake"),
        ("__LABEL__B upper prefix", "B", "upper prefix"),
        ("label__x no", "", "label__x no"),
        ("see my__label__x there", "", "see my__label__x there"),
        ("__label__a,b keeps its comma", "a,b", "keeps its comma"),
    ],
)
def test_labels_of_fasttext_are_found_wherever_they_stand(line: str, labels: str, text: str, tmp_path: Path) -> None:
    lines = [line, "__label__A another line of it", "__label__C and one more"]
    guess = sniff([table(tmp_path, "\n".join(lines), "train.txt")], wants=("label", "several_labels"))
    first = rows_of(guess)[0]
    assert (first.labels, first.text) == (tuple(labels.split()), text)


@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
def test_a_comma_may_end_the_labels_of_fasttext(tmp_path: Path, name: str) -> None:
    lines = [f"__label__{'AB'[n % 2]},where is it{', or number' * (n % 3)} {n}" for n in range(20)]
    rows = rows_of(sniff([table(tmp_path, "\n".join(lines), name)], wants=("label",)))
    assert {row.labels for row in rows} == {("A",), ("B",)} and rows[1].text == "where is it, or number 1"
    (row,) = rows_of(sniff([table(tmp_path, "__label__X,text", name)], wants=("label",)))
    assert (row.labels, row.text) == (("X",), "text")


@pytest.mark.parametrize("column", ["split", "which part"])
@pytest.mark.parametrize("odd", ["holdout", "unlabeled", "pool A", "tset"])
def test_one_odd_cell_does_not_drop_the_splits(tmp_path: Path, column: str, odd: str) -> None:
    splits = [("train", "train", "train", "dev", "test")[n % 5] for n in range(100)]
    splits[40] = odd
    lines = [f"{line},{split}" for line, split in zip(said(100), splits, strict=True)]
    guess = sniff([table(tmp_path, "\n".join((f"text,label,{column}", *lines)))], wants=("label",))
    rows = rows_of(guess)
    assert guess.split_column == column and guess.odd_splits == (odd,) and any(odd in one for one in guess.notices)
    assert [sum(row.split == one for row in rows) for one in ("train", "validation", "test", None)] == [59, 20, 20, 1]
    assert [row.row for row in rows if odd in row.remark] == [42], "the odd row is named"
    told = refresh(replace(guess, split_words={odd: "test"}))
    assert rows_of(told)[40].split == "test" and not any(row.remark for row in rows_of(told))
    assert not any(odd in one for one in told.notices)


def test_a_column_that_hardly_names_splits_is_none(tmp_path: Path) -> None:
    lines = [f"{line},{('train', 'ship', 'plane', 'car')[n % 4]}" for n, line in enumerate(said(40))]
    assert sniff([table(tmp_path, "\n".join(("text,label,set", *lines)))], wants=("label",)).split_column is None


BROKEN = {
    "no quotes": lambda n, text: f'{n},"{text}",a' if n < 40 else f"{n},{text},b",
    "no quotes and no commas": lambda n, text: (f'{n},"{text}",a' if n < 40 else f"{n},{text},b").replace(", ", " "),
    "quotes inside": lambda n, text: f'{n},"{text}",a' if n < 40 else f'{n},"{text} "no, and" no",b',
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_table_whose_quotes_break_half_way_is_asked_about(tmp_path: Path, case: str) -> None:
    texts = [f"The parcel {n}\nis late, and wet\nand I said no, and no\nto it" for n in range(80)]
    lines = [BROKEN[case](n, text) for n, text in enumerate(texts)]
    guess = sniff([table(tmp_path, "\n".join(("id,text,label", *lines)))], wants=("label",))
    (doubt,) = [one for one in guess.doubts if one.about == "quoting"]
    assert "rows of table.csv" in doubt.sentence and "The first is row 4" in doubt.sentence


def test_a_few_odd_rows_are_named_and_nothing_is_asked(tmp_path: Path) -> None:
    lines = [f'"the text, number {n}",x{",y" * (n == 50)}' for n in range(400)]
    guess = sniff([table(tmp_path, "\n".join(("text,label", *lines)))], wants=("label",))
    assert not guess.doubts and sum(isinstance(one, Problem) for one in read(guess)) == 1


def test_commas_with_a_space_before_a_label_are_no_prose(tmp_path: Path) -> None:
    lines = [line.replace(",", ", ") for line in said(20)]
    rows = rows_of(sniff([table(tmp_path, "\n".join(lines))], wants=("label",)))
    assert {row.labels for row in rows} == {("billing",), ("damage",)} and len(rows) == 20


def test_a_first_sample_with_a_label_of_its_own_is_no_header(tmp_path: Path) -> None:
    lines = ["My parcel never came to me.,lost", *said(40)]
    assert len(rows_of(sniff([table(tmp_path, "\n".join(lines))], wants=("label",)))) == 41


def test_files_of_one_set_are_read_alike_whatever_stands_in_their_quotes(tmp_path: Path) -> None:
    (tmp_path / "train.csv").write_text('text,label\n"NaN",a\n"it is 5\\" wide, and",b\n"so, it is",a\n' * 5, "utf-8")
    (tmp_path / "test.csv").write_text('text,label\n"one, two",a\n"three, four",b\n', "utf-8")
    (guess,) = sniff_all([tmp_path], wants=("label",))
    assert len(guess.paths) == 2 and {row.split for row in rows_of(guess)} == {"train", "test"}
    assert 'it is 5" wide, and' in {row.text for row in rows_of(guess)}


@pytest.mark.parametrize("name", ["prose.txt", "prose.csv", "prose"])
@pytest.mark.parametrize(
    "lines",
    [
        ["Well, it came late.", "Yes, and it was wet.", "No, not yet."],
        [f"Parcel {n} came late; I was angry about {n}." for n in range(30)],
        ["One line of prose.", "Another, with a comma, and one more.", "And; more, of, them"],
    ],
)
def test_prose_is_a_text_a_line_and_says_so(tmp_path: Path, name: str, lines: list[str]) -> None:
    guess = sniff([table(tmp_path, "\n".join(lines), name)], wants=("label",))
    assert [row.text for row in rows_of(guess)] == lines
    assert any("each line is a text" in one for one in guess.notices)


def test_a_word_in_quotes_is_a_text_whatever_it_is(tmp_path: Path) -> None:
    rows = rows_of(sniff([table(tmp_path, 'text,label\n"NaN","nan"\n"all fine","good"\n')], wants=("label",)))
    assert [(row.text, row.labels) for row in rows] == [("NaN", ("nan",)), ("all fine", ("good",))]
