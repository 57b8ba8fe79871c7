"""Corpora as they lie around: names of labels, files that are no samples, prompts, keywords, questions, slots."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import Row, read, refresh, sniff, sniff_all

NAMES = ("billing", "damage", "delivery")


def rows_of(path: Path, *wants: str) -> list[Row]:
    return [
        row for guess in sniff_all([path], wants=wants or ("label",)) for row in read(guess) if isinstance(row, Row)
    ]


def coded(folder: Path, *, first: int = 0, codes: int = 3) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "train.csv"
    path.write_text("text,label\n" + "".join(f"the text number {n},{first + n % codes}\n" for n in range(30)), "utf-8")
    return path


TABLES = {
    "classes.txt": "billing\ndamage\ndelivery\n",
    "labels.txt": "0 billing\n1 damage\n2 delivery\n",
    "relation2id.txt": "3\nbilling 0\ndamage 1\ndelivery 2\n",
    "label2id.txt": "billing\t0\ndamage\t1\ndelivery\t2\n",
    "label2id.json": json.dumps({name: place for place, name in enumerate(NAMES)}),
    "id2label.json": json.dumps(dict(enumerate(NAMES))),
    "labels.json": json.dumps(NAMES),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("as_folder", [True, False])
def test_a_file_beside_the_numbers_names_them_and_is_no_sample(tmp_path: Path, name: str, as_folder: bool) -> None:
    path = coded(tmp_path / "set")
    (path.parent / name).write_text(TABLES[name], "utf-8")
    rows = rows_of(path.parent if as_folder else path)
    assert len(rows) == 30 and [row.labels for row in rows[:3]] == [(one,) for one in NAMES]


def test_names_are_counted_so_that_all_numbers_have_one_or_it_is_asked(tmp_path: Path) -> None:
    one_based = coded(tmp_path / "one", first=1)
    (one_based.parent / "classes.txt").write_text("\n".join(NAMES), "utf-8")
    assert rows_of(one_based)[0].labels == ("billing",)
    unclear = coded(tmp_path / "two", first=1, codes=2)
    (unclear.parent / "classes.txt").write_text("\n".join(NAMES), "utf-8")
    assert [one.about for one in sniff([unclear], wants=("label",)).doubts] == ["label_names"]


@pytest.mark.parametrize("name", ["README", "README.md", "LICENSE", "license.txt", "relation2id.txt", "id2word.txt"])
def test_what_is_about_the_data_is_no_sample(tmp_path: Path, name: str) -> None:
    for label in ("good", "bad"):
        (tmp_path / label).mkdir()
        for place in range(12):
            (tmp_path / label / f"{place}.txt").write_text(f"a {label} text, number {place}", "utf-8")
    (tmp_path / name).write_text("Please cite us.\n", "utf-8")
    (tmp_path / "good" / "README.txt").write_text("Please cite us.\n", "utf-8")
    rows = rows_of(tmp_path)
    assert len(rows) == 24 and not any("cite" in row.text for row in rows)


@pytest.mark.parametrize("column", ["prompt", "label", "instruction"])
def test_a_column_that_says_one_thing_is_no_label(tmp_path: Path, column: str) -> None:
    path = tmp_path / "a.csv"
    lines = [f"the review number {n} of them,Sort this review" for n in range(30)]
    path.write_text(
        "\n".join((f"review,{column},opinion", *(f"{one},{n % 2}" for n, one in enumerate(lines)))), "utf-8"
    )
    assert sniff([path], wants=("label",)).label == "opinion"
    path.write_text("\n".join((f"review,{column}", *lines)), "utf-8")
    guess = sniff([path], wants=("label",))
    assert guess.label is None and (column != "label" or any("in every row" in one for one in guess.notices))


@pytest.mark.parametrize("joiner", ["_", "|", ";", ", ", " / ", "、"])
def test_keywords_in_a_cell_are_offered_as_several_labels(tmp_path: Path, joiner: str) -> None:
    lines = [f"the text {n}\t{joiner.join((f'word{n}', f'word{n + 1}x', f'odd{n}'))}\t{n % 2}" for n in range(120)]
    path = tmp_path / "a.tsv"
    path.write_text("\n".join(("text\tkeywords\tlabel", *lines)), "utf-8")
    preset = sniff([path], wants=("label", "several_labels"))
    assert preset.label == "label" and not preset.doubts
    guess = refresh(replace(preset, label="keywords"), before=preset)
    (doubt,) = guess.doubts
    assert doubt.about == "label_separator" and f"“{joiner.strip()}”" in doubt.sentence
    split = refresh(replace(guess, label_separator=joiner.strip()))
    assert isinstance(split.preview[0], Row) and split.preview[0].labels == ("word0", "word1x", "odd0")
    assert [one.about for one in split.doubts] == ["label"], "still more labels than a third of the samples"


def test_a_question_that_cannot_be_read_costs_itself(tmp_path: Path) -> None:
    text = "Kai lives in Porto."
    asked = [
        {"id": "a", "question": "Who?", "answers": [{"text": "Kai", "answer_start": 0}]},
        {"id": "b", "question": "Why?", "answers": None},
        {"id": "c", "question": "When?"},
        {"id": "d", "answers": []},
        {"id": "e", "question": "Where?", "answers": [{"text": "Porto"}]},
        {"id": "f", "question": "Where to?", "answers": [], "is_impossible": True},
    ]
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": [{"context": text, "qas": asked}]}]}), "utf-8")
    (row,) = rows_of(path, "question", "answer")
    assert [one.id for one in row.marks.questions or ()] == ["a", "b", "c", "f"] and "2 questions" in row.remark


def test_what_fills_a_slot_is_no_label(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text(
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Person|value\n"
        "#T_SP=webanno.custom.Act|value|ROLE_webanno.custom.Act:who_webanno.custom.Link|webanno.custom.Person\n\n\n"
        "#Text=Ana came\n1-1\t0-3\tAna\tfriend\t_\t_\t_\t\n1-2\t4-8\tcame\t_\t*\tagent\t1-1\t\n",
        "utf-8",
    )
    (row,) = rows_of(path, "spans")
    spans = row.marks.spans or ()
    assert [(one.start, one.end, one.label) for one in spans] == [(0, 3, "friend"), (4, 8, "Act")]
    assert not any("1-1" in value for one in spans for value in one.attributes.values())
