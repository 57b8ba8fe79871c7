"""Excel, Parquet and `datasets` folders: typed cells become the texts and labels that a person means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import datasets
import openpyxl
import pytest

from lepton_studio.formats import Row, UnreadableFile, read, refresh, sniff

ROWS = {"text": ["One line", "two\nlines", "three 很好"], "label": [1, 0, -1], "n": [1.5, 2.0, None]}


@pytest.fixture
def dataset() -> datasets.Dataset:
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["no", "yes"]),
            "n": datasets.Value("float64"),
        }
    )
    return datasets.Dataset.from_dict(ROWS, features=features)


def seen(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.text, row.labels) for row in read(sniff([path])) if isinstance(row, Row)]


EXPECTED = [("One line", ("yes",)), ("two\nlines", ("no",)), ("three 很好", ())]


def test_parquet_gives_the_names_of_class_labels(tmp_path: Path, dataset: datasets.Dataset) -> None:
    path = tmp_path / "train-00000-of-00001.parquet"
    dataset.to_parquet(str(path))
    assert seen(path) == EXPECTED
    guess = sniff([path])
    assert guess.splits == ("train",) and list(guess.label_names) == ["no", "yes"] and guess.encoding == ""
    assert guess.preview[0].fields == {"n": "1.5"}  # type: ignore[union-attr]


def test_a_dataset_saved_to_disk_comes_in(tmp_path: Path, dataset: datasets.Dataset) -> None:
    dataset.save_to_disk(str(tmp_path / "saved"))
    assert seen(tmp_path / "saved") == EXPECTED


def test_a_dataset_with_splits_comes_in_with_its_splits(tmp_path: Path, dataset: datasets.Dataset) -> None:
    both = datasets.DatasetDict({"train": dataset, "validation": dataset, "test": dataset})
    both.save_to_disk(str(tmp_path / "saved"), num_shards={"train": 2, "validation": 1, "test": 1})
    found = list(read(sniff([tmp_path / "saved"])))
    assert [row.split for row in found] == ["train"] * 3 + ["validation"] * 3 + ["test"] * 3  # type: ignore[union-attr]


def test_a_damaged_dataset_is_refused_with_a_sentence(tmp_path: Path, dataset: datasets.Dataset) -> None:
    dataset.save_to_disk(str(tmp_path / "saved"))
    (tmp_path / "saved" / "data-00000-of-00001.arrow").write_bytes(b"no arrow")
    with pytest.raises(UnreadableFile, match=r"data-00000-of-00001\.arrow is damaged"):
        sniff([tmp_path / "saved"])


def test_a_workbook_gives_cells_as_they_are_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["text", "label", "when", "n"])
    sheet.append(["Good\nday  ", 1, date(2024, 5, 1), 2.5])
    sheet.append([None, None, None, None])
    sheet.append(["NA", "1.0", None, 3])
    more = book.create_sheet("second")
    more.append(["question", "topic"])
    more.append(["Where is it?", "place"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    guess = sniff([path])
    assert guess.tables == ("Sheet", "second")
    first, second = read(guess)
    assert isinstance(first, Row) and isinstance(second, Row)
    assert (first.text, first.labels, first.fields) == ("Good\nday  ", ("1",), {"when": "2024-05-01", "n": "2.5"})
    assert (second.text, second.labels, second.row) == ("NA", ("1.0",), 4)
    (other,) = read(refresh(replace(guess, table="second")))
    assert isinstance(other, Row) and (other.text, other.labels) == ("Where is it?", ("place",))
