"""The real data sets come in right: rows, splits, classes, and texts to the letter."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import Guess, Problem, Row, read, sniff, sniff_all


def rows_of(guess: Guess) -> list[Row]:
    """All rows, none of which may be a problem."""
    found = list(read(guess))
    assert not [one for one in found if isinstance(one, Problem)]
    return [one for one in found if isinstance(one, Row)]


def splits(rows: list[Row]) -> dict[str | None, int]:
    return dict(Counter(row.split for row in rows))


def labels(rows: list[Row], split: str | None = None) -> dict[str, int]:
    return dict(Counter(row.labels[0] for row in rows if row.split == split or split is None))


def test_banking77_comes_in_with_its_multi_line_cells(shared_data: Path) -> None:
    guess = sniff([shared_data / "banking77" / "train.csv", shared_data / "banking77" / "test.csv"])
    assert (guess.format, guess.encoding, guess.delimiter, guess.quoting, guess.header_rows) == (
        "csv",
        "utf-8",
        ",",
        True,
        1,
    )
    assert (guess.text, guess.label) == ("text", "category")
    rows = rows_of(guess)
    assert splits(rows) == {"train": 10_003, "test": 3_080}
    train, test = labels(rows, "train"), labels(rows, "test")
    assert len(train) == 77 and min(train.values()) == 35 and max(train.values()) == 187
    assert len(test) == 77 and set(test.values()) == {40}
    several = [row.text for row in rows if "\n" in row.text and row.split == "train"]
    assert len(several) == 10
    with (shared_data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as stream:
        assert [row.text for row in rows if row.split == "train"] == [cells[0] for cells in csv.reader(stream)][1:]
    assert sum(row.text != row.text.strip() for row in rows if row.split == "train") == 9


def test_trec_is_read_as_latin_1_with_the_label_off_the_text(shared_data: Path) -> None:
    guess = sniff([shared_data / "trec"])
    assert guess.format == "labelled_lines" and guess.encoding == "latin-1"
    rows = rows_of(guess)
    assert splits(rows) == {"train": 5_452, "test": 500}
    train = labels(rows, "train")
    assert len(train) == 50 and train["HUM:ind"] == 962 and train["ENTY:religion"] == 4
    assert len(labels(rows, "test")) == 42
    accented = [row.text for row in rows if not row.text.isascii()]
    raw = (shared_data / "trec" / "TREC.train").read_bytes()
    place = next(place for place, byte in enumerate(raw) if byte > 127)
    assert place == 3695 and len(accented) == 1 and chr(raw[place]) in accented[0]
    assert rows[0].text == "How far is it from Denver to Aspen ?" and rows[0].labels == ("NUM:dist",)
    coarse = rows_of(replace(guess, label="coarse"))
    assert set(labels(coarse)) == {"ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM"}


def test_sst2_is_cut_at_the_first_space_only(shared_data: Path) -> None:
    rows = rows_of(sniff([shared_data / "sst2"]))
    assert splits(rows) == {"train": 6_920, "validation": 872, "test": 1_821}
    assert labels(rows, "train") == {"1": 3_610, "0": 3_310}
    assert rows[0].text == "one long string of cliches ." and rows[0].labels == ("0",)


@pytest.mark.parametrize(
    ("language", "sizes", "train_labels", "quoted"),
    [
        ("EN", {"train": 4_018, "validation": 335, "test": 670}, {"0": 3_253, "1": 765}, 163),
        ("JP", {"train": 5_600, "validation": 466, "test": 934}, {"0": 5_075, "1": 525}, 8),
    ],
)
def test_amazon_counterfactual_keeps_its_raw_quotes(
    shared_data: Path, language: str, sizes: dict[str, int], train_labels: dict[str, int], quoted: int
) -> None:
    folder = shared_data / "amazon_counterfactual"
    guess = sniff(sorted(folder.glob(f"{language}_*.tsv")))
    assert (guess.delimiter, guess.quoting, guess.text, guess.label) == ("\t", False, "sentence", "is_counterfactual")
    rows = rows_of(guess)
    assert splits(rows) == sizes and labels(rows, "train") == train_labels
    lines = (folder / f"{language}_train.tsv").read_text(encoding="utf-8").split("\n")[1:-1]
    assert [row.text for row in rows if row.split == "train"] == [line.split("\t")[0] for line in lines]
    assert sum('"' in row.text for row in rows if row.split == "train") == quoted


def test_each_amazon_file_alone_is_read_without_quoting(shared_data: Path) -> None:
    for file in sorted((shared_data / "amazon_counterfactual").glob("*.tsv")):
        assert not sniff([file]).quoting, file.name


def test_sms_spam_loses_no_row_and_no_spilled_text(shared_data: Path) -> None:
    guess = sniff([shared_data / "sms_spam" / "spam.csv"])
    assert guess.columns == ("v1", "v2", "column 3", "column 4", "column 5")
    assert (guess.text, guess.label) == ("v2", "v1")
    assert any("column 3" in notice for notice in guess.notices)
    rows = rows_of(guess)
    assert len(rows) == 5_573 and labels(rows) == {"ham": 4_825, "spam": 748}
    assert sum(bool(row.fields) for row in rows) == 50
    assert len(rows) - len({row.text for row in rows}) == 403
    spilled = next(row for row in rows if row.text.startswith("Your free ringtone is waiting"))
    assert dict(spilled.fields) == {"column 3": " PO Box 5249", "column 4": ' MK17 92H. 450Ppw 16"'}
    joined = replace(guess, more_text=guess.columns[2:], joiner=",")
    whole = next(row for row in rows_of(joined) if row.row == spilled.row)
    assert whole.text.endswith('Britney. FML, PO Box 5249, MK17 92H. 450Ppw 16"') and not whole.fields


def test_tweeteval_matches_texts_and_labels_of_two_files(shared_data: Path) -> None:
    folder = shared_data / "tweeteval_emotion"
    guess = sniff([folder])
    assert guess.format == "parallel_lines" and len(guess.paths) == 3
    rows = rows_of(guess)
    assert splits(rows) == {"train": 3_257, "validation": 374, "test": 1_421}
    assert labels(rows, "train") == {"anger": 1_400, "joy": 708, "optimism": 294, "sadness": 855}
    assert any("\ufeff" in row.text for row in rows)
    texts = (folder / "train_text.txt").read_bytes().decode().split("\n")[:-1]
    assert [row.text for row in rows if row.split == "train"] == texts


def test_tweeteval_finds_the_labels_when_only_the_texts_are_chosen(shared_data: Path) -> None:
    rows = rows_of(sniff([shared_data / "tweeteval_emotion" / "val_text.txt"]))
    assert len(rows) == 374 and all(row.labels for row in rows)


def test_waimai_comes_in_though_the_label_is_first_and_sorted(shared_data: Path) -> None:
    guess = sniff([shared_data / "waimai_10k"])
    assert (guess.text, guess.label) == ("review", "label")
    rows = rows_of(guess)
    assert len(rows) == 11_987 and labels(rows) == {"0": 7_987, "1": 4_000}
    assert rows[0].text == "很快，好吃，味道足，量大" and rows[0].split is None


def test_sci_cite_is_json_lines_though_called_txt(shared_data: Path) -> None:
    guess = sniff([shared_data / "sci_cite"])
    assert guess.format == "jsonl" and (guess.text, guess.label) == ("text", "label")
    rows = rows_of(guess)
    assert splits(rows) == {"train": 7_320, "validation": 916, "test": 1_861}
    assert labels(rows, "train") == {"background": 4_297, "method": 2_038, "result": 985}
    assert any("\n" in row.text for row in rows) and max(len(row.text) for row in rows if row.split == "train") == 1_492


def test_reuters_skips_its_three_header_lines(shared_data: Path) -> None:
    guess = sniff([shared_data / "reuters_r8"])
    assert guess.format == "orange" and guess.header_rows == 3 and (guess.text, guess.label) == ("Text", "Category")
    rows = rows_of(guess)
    assert splits(rows) == {"train": 5_485, "test": 2_189}
    train = labels(rows, "train")
    assert len(train) == 8 and train["earn"] == 2_840 and train["grain"] == 41
    assert rows[0].text.startswith("asian exporters fear damage from u s japan rift") and rows[0].row == 5


def test_tnews_takes_the_names_of_the_labels_rather_than_their_numbers(shared_data: Path) -> None:
    folder = shared_data / "tnews_fewclue"
    guess = sniff(
        [folder / name for name in ("train_few_all.json", "dev_few_all.json", "test_public.json", "unlabeled.json")]
    )
    assert (guess.format, guess.text, guess.label) == ("jsonl", "sentence", "label_desc")
    rows = rows_of(guess)
    assert splits(rows) == {"train": 1_185, "validation": 1_098, "test": 2_010, None: 20_000}
    by_label = Counter(row.labels[0] for row in rows if row.split == "test")
    assert len(by_label) == 15 and set(by_label.values()) == {134}
    assert not any(row.labels for row in rows if row.split is None)


def test_ag_news_has_no_header_and_its_labels_get_their_names(shared_data: Path) -> None:
    guess = sniff([shared_data / "ag_news" / "test.csv"])
    assert guess.header_rows == 0 and guess.columns == ("column 1", "column 2", "column 3")
    rows = rows_of(replace(guess, text="column 2", more_text=("column 3",)))
    assert labels(rows) == {"World": 1_900, "Sports": 1_900, "Business": 1_900, "Sci/Tech": 1_900}
    assert rows[0].text.startswith("Fears for T N pension after talks\nUnions representing") and rows[0].split == "test"


def test_customer_reviews_take_their_label_from_the_file_name(shared_data: Path) -> None:
    found = list(read(sniff([shared_data / "customer_reviews"])))
    rows = [row for row in found if isinstance(row, Row)]
    assert labels(rows) == {"pos": 2_405, "neg": 1_366}
    assert sum(isinstance(one, Problem) for one in found) == 4


def test_a_shop_full_of_reviews_keeps_byte_order_marks_inside_cells(shared_data: Path) -> None:
    found = list(read(sniff([shared_data / "online_shopping_9_cats"])))
    assert len(found) == 52_774
    (problem,) = (one for one in found if isinstance(one, Problem))
    assert problem.reason == "The text is empty."
    assert any(row.text.startswith("\ufeff") for row in found if isinstance(row, Row))


def test_a_rejected_prodigy_answer_is_no_label(shared_data: Path) -> None:
    guess = sniff([shared_data / "tool_prodigy" / "annotated_github-issues-DOCUMENTATION-textcat.jsonl"])
    rows = rows_of(guess)
    assert guess.format == "prodigy" and len(rows) == 829
    assert sum(row.labels == ("DOCUMENTATION",) for row in rows) == 261
    assert sum(row.marks.rejected == ("DOCUMENTATION",) and not row.labels for row in rows) == 524
    assert sum(row.skipped for row in rows) == 44 and all(row.id for row in rows)


def test_doccano_files_come_in(shared_data: Path) -> None:
    folder = shared_data / "tool_doccano_import" / "tests" / "data"
    guess = sniff([folder / "example.utf16.csv"])
    assert guess.encoding == "utf-16"
    assert [(row.text, row.labels) for row in rows_of(guess)] == [
        ("AAA", ("Positive",)),
        ("BBB", ("Positive",)),
        ("CCC", ("Negative",)),
    ]
    books = folder / "text_classification"
    found = list(read(sniff([books / "example.xlsx"])))
    assert [(row.text, row.labels) for row in found if isinstance(row, Row)] == [
        ("exampleA", ("positive",)),
        ("exampleB", ()),
    ]
    assert [(one.row, one.reason) for one in found if isinstance(one, Problem)] == [(4, "The text is empty.")]
    assert [row.text for row in rows_of(sniff([books / "example_one_column_no_header.xlsx"]))] == ["AAA", "BBB", "CCC"]
    lines = [(row.text, row.labels) for row in read(sniff([books / "example_fasttext.txt"])) if isinstance(row, Row)]
    assert lines == [("exampleA", ("positive",)), ("exampleB", ("positive", "negative")), ("exampleC", ())]
    several = [row.labels for row in read(sniff([books / "example.jsonl"])) if isinstance(row, Row)]
    assert several == [("positive",), ("positive", "negative"), ()]
    (problem, *_) = read(sniff([books / "example.invalid.2.csv"]))
    assert isinstance(problem, Problem) and problem.row == 2 and "3 cells" in problem.reason


def test_every_public_set_can_at_least_be_guessed(shared_data: Path) -> None:
    for name in (
        "bdci_car2018",
        "semeval2018_ec",
        "noise_yoruba_newsclass",
        "sst5",
        "dialogsum",
        "blitzer_4domains/dvd",
    ):
        for guess in sniff_all([shared_data / name]):
            assert guess.text is not None and guess.preview, name
