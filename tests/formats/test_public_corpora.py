"""Corpora as they lie around: names of labels, files that are no samples, prompts, keywords, questions, slots."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.formats import Row, choose_table, read, refresh, sniff, sniff_all
from lepton_studio.project.marks import RelationMark
from lepton_studio.project.project import Project
from lepton_studio.studio.exporting import export_annotations
from lepton_studio.studio.importing import import_files

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
    "labels.csv": "id,name\n0,billing\n1,damage\n2,delivery\n",
    "label2id.txt": "billing\t0\ndamage\t1\ndelivery\t2\n",
    "label2id.json": json.dumps({name: place for place, name in enumerate(NAMES)}),
    "id2label.json": json.dumps(dict(enumerate(NAMES))),
    "labels.json": json.dumps(NAMES),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("as_folder", [True, False])
def test_a_file_beside_the_numbers_names_them_and_is_no_sample(tmp_path: Path, name: str, as_folder: bool) -> None:
    path = coded(tmp_path / "set")
    if as_folder and name == "labels.csv":
        return  # a table by its name, which may be data too
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


def test_folders_with_two_files_of_many_lines_hold_a_text_a_line(tmp_path: Path) -> None:
    for domain in ("books", "kitchen"):
        (tmp_path / domain).mkdir()
        for name in ("review_positive", "review_negative"):
            (tmp_path / domain / name).write_text("".join(f"{domain} {name} {n}\n" for n in range(150)), "utf-8")
    rows = rows_of(tmp_path)
    assert len(rows) == 600 and {row.labels for row in rows} == {("positive",), ("negative",)}


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


def test_a_file_that_is_sorted_by_its_labels_has_labels(tmp_path: Path) -> None:
    path = tmp_path / "sorted.csv"
    path.write_text("text,opinion\n" + "".join(f"the review {n},{n // 1500}\n" for n in range(3000)), "utf-8")
    assert sniff([path], wants=("label",)).label == "opinion"


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


def studio_task(number: int) -> dict[str, object]:
    text = f"Kai wrote number {number}"
    region = {"start": 0, "end": 3, "text": "Kai", "labels": ["PER"]}
    results = [
        {"id": "a", "from_name": "topic", "to_name": "text", "type": "choices", "value": {"choices": ["bill"]}},
        {"id": "b", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["angry"]}},
        {"id": "c", "from_name": "names", "to_name": "text", "type": "labels", "value": region},
        {"id": "c", "from_name": "sure", "to_name": "text", "type": "choices", "value": {"choices": ["yes"]}},
    ]
    return {"id": number, "data": {"text": text}, "annotations": [{"id": 1, "result": results}], "predictions": []}


def test_of_two_groups_of_labels_one_is_chosen_and_the_other_goes_back_untouched(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([studio_task(number) for number in range(4)]), "utf-8")
    guess = sniff([path], wants=("label",))
    assert [one.about for one in guess.doubts] == ["group"] and "topic, mood" in guess.doubts[0].sentence
    chosen = choose_table(guess, "mood")
    rows = [row for row in read(chosen) if isinstance(row, Row)]
    assert not chosen.doubts and {row.labels for row in rows} == {("angry",)}
    assert not sniff([path], wants=("spans",)).doubts, "there is one group of spans"

    with Project.create(tmp_path / "p.lepton", task="text_classification") as project:
        import_files(project, chosen)
        calm = next(label.id for label in project.labels())
        with project.change("rename") as change:
            change.rename_label(calm, "calm")
        export_annotations(project, tmp_path / "out", format="label_studio")
    (written,) = [one for one in (tmp_path / "out").iterdir() if one.name != "config.xml" and one.suffix == ".json"]
    for task in json.loads(written.read_text("utf-8")):
        said = {one["from_name"]: one["value"] for one in task["annotations"][0]["result"]}
        assert said["topic"] == {"choices": ["bill"]} and said["mood"] == {"choices": ["calm"]}
        assert "names" in said and not any("lepton" in key for key in task)


PAIRS = {
    "scierc": ("the [[ neural net ]] is used for << parsing >> .", "the neural net is used for parsing ."),
    "reversed": ("<< parsing >> needs a [[ net ]] .", "parsing needs a net ."),
    "semeval": ("the <e1>net</e1> is used for <e2>parsing</e2>.", "the net is used for parsing."),
    "letters": ("the [E1] net [/E1] is used for [E2] parsing [/E2] .", "the net is used for parsing ."),
}


@pytest.mark.parametrize("case", PAIRS)
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_pair_that_is_marked_in_its_sentence_comes_in_as_a_relation(tmp_path: Path, case: str, kind: str) -> None:
    marked, text = PAIRS[case]
    names = ["used for", "Cause(e2,e1)", "Other"] * 4
    path = tmp_path / f"pairs.{kind}"
    if kind == "csv":
        path.write_text("text,label\n" + "".join(f'"{marked}","{name}"\n' for name in names), "utf-8")
    else:
        path.write_text("".join(json.dumps({"text": marked, "label": name}) + "\n" for name in names), "utf-8")
    first, second, third, *_ = rows_of(path, "spans")
    assert [row.text for row in (first, second, third)] == [text] * 3
    head, tail = first.marks.spans or ()
    assert text[head.start : head.end].endswith("net") and text[tail.start : tail.end] == "parsing"
    assert first.marks.relations == (RelationMark(0, 1, "used for"),)
    assert second.marks.relations == (RelationMark(1, 0, "Cause"),) and third.marks.relations == ()
    assert rows_of(path, "label")[0].text == marked and rows_of(path, "label")[0].labels == ("used for",)
