"""Which column is what: guessed as a person would."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.formats import Row, UnreadableFile, all_formats, choose_columns, read, sniff
from lepton_studio.formats.guessing.roles import guess_roles
from lepton_studio.formats.splits import split_named


@pytest.mark.parametrize(
    ("words", "split"),
    [
        ("train.csv", "train"),
        ("stsa.binary.dev", "validation"),
        ("EN_valid.tsv", "validation"),
        ("val_text.txt", "validation"),
        ("E-c-En-test-gold.txt", "test"),
        ("test_public_2.csv", "test"),
        ("train-00000-of-00001.parquet", "train"),
        ("latest.csv", None),
        ("training and test.csv", None),
        ("validated_by_me.csv", None),
        ("训练集", "train"),
        ("", None),
    ],
)
def test_file_names_give_the_split_they_name(words: str, split: str | None) -> None:
    assert split_named(words) == split


def test_without_helpful_names_the_long_varied_column_is_the_text() -> None:
    rows = [
        {"a": str(place), "b": f"some longer words about the thing number {place}", "c": "x" if place % 3 else "y"}
        for place in range(60)
    ]
    roles = guess_roles(["a", "b", "c"], rows)
    assert (roles.text, roles.label, roles.split) == ("b", "c", None)


def test_one_column_for_each_label_is_not_taken_for_one_label() -> None:
    rows = [{"Tweet": f"some words {place}", "anger": "0", "joy": "1", "fear": "0"} for place in range(30)]
    assert guess_roles(["Tweet", "anger", "joy", "fear"], rows).label is None


def test_dates_ids_and_free_text_are_no_labels() -> None:
    rows = [
        {"id": str(place), "text": f"some words {place}", "comment by": f"person {place}", "date": "2024"}
        for place in range(30)
    ]
    assert guess_roles(["id", "text", "comment by", "date"], rows).label is None


def test_every_format_is_found_and_has_a_title_for_the_menu() -> None:
    formats = all_formats()
    assert {"csv", "orange", "json", "jsonl", "parquet", "excel", "lines", "documents", "class_folders"} <= set(formats)
    assert {"datasets", "parallel_lines", "labelled_lines"} <= set(formats)
    assert all(one.title and name == one.id for name, one in formats.items())


def test_columns_can_be_chosen_by_name_and_a_wrong_name_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("title,body,label,kind\na title,some body,x,k1\nmore,and more,y,k2\n", encoding="utf-8")
    chosen = choose_columns(sniff([path]), text="title", label="kind")
    assert [(row.text, row.labels) for row in chosen.preview if isinstance(row, Row)] == [
        ("a title", ("k1",)),
        ("more", ("k2",)),
    ]
    with pytest.raises(UnreadableFile, match=r"a\.csv has no column name\. Its columns: title, body, label, kind"):
        choose_columns(sniff([path]), text="name")
    with pytest.raises(UnreadableFile, match="Unknown format docx"):
        sniff([path], format="docx")


def test_a_format_can_be_chosen_against_the_guess(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\nhello there,x\n", encoding="utf-8")
    first, *_ = read(sniff([path], format="lines"))
    assert isinstance(first, Row) and first.text == "text,label"
