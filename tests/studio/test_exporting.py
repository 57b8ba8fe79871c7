"""Exports: what leaves the project can be read by others, and by us again, without a loss that is not told."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import datasets
import pytest

from lepton_studio.formats import Row, read, sniff
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, Split
from lepton_studio.studio.exporting import Cancelled, ExportError, export_annotations, export_model

TEXTS = [
    "plain",
    "two\nlines",
    "two\r\nlines",
    "a\rb",
    'he said "yes", twice',
    "  edges  ",
    "a\u2028b \ufeff \0 🚀",
    "很好，吃",
    'C:\\"x\\" and more',
]
SPLITS: list[Split | None] = ["train", "validation", "test"]
NAMES = ["NA", "1.0", "a, b"]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "New.lepton", task="text_classification", labels=NAMES)
    ids = [label.id for label in made.labels()]
    with made.change("fill") as change:
        change.add_samples(
            NewSample(
                text=text,
                split=SPLITS[place % 3],
                value={"labels": [ids[place % 3]]},
                labels=(ids[place % 3],),
                fields={"source": f"row {place}", "label": "old"} if place % 2 else {},
            )
            for place, text in enumerate(TEXTS)
        )
        change.add_samples([NewSample(text="not labelled"), NewSample(text="skipped")])
    made.skip(11)
    made.note(1, "a note, with a comma")
    yield made
    made.close()


@pytest.mark.parametrize(("format", "name"), [("csv", "out.csv"), ("jsonl", "out.jsonl"), ("datasets", "out")])
def test_what_was_exported_comes_in_again_to_the_letter(
    project: Project, tmp_path: Path, format: str, name: str
) -> None:
    result = export_annotations(project, tmp_path / name, format=format)
    assert (result.samples, result.labels) == (9, {"NA": 3, "1.0": 3, "a, b": 3})
    assert result.splits == {"train": 3, "validation": 3, "test": 3, None: 0}
    assert [(loss.what, loss.count, loss.example) for loss in result.losses[:2]] == [
        ("samples that are not labelled yet", 1, 10),
        ("samples that were skipped", 1, 11),
    ]
    back = [row for row in read(sniff([tmp_path / name])) if isinstance(row, Row)]
    mine = [(sample.text, sample.split) for sample in project.labelled_rows()]
    assert sorted((row.text, row.split) for row in back) == sorted(mine)
    by_text = {row.text: row for row in back}
    assert [by_text[text].labels for text in TEXTS] == [(NAMES[place % 3],) for place in range(9)]
    assert by_text["two\nlines"].fields == {"source": "row 1", "source label": "old"}
    assert by_text["plain"].fields == {"note": "a note, with a comma"}
    assert not list(tmp_path.glob("*.partial")) and not list(tmp_path.glob(".*.partial"))


def test_the_datasets_library_loads_the_folder(project: Project, tmp_path: Path) -> None:
    export_annotations(project, tmp_path / "out", format="datasets")
    loaded = datasets.load_from_disk(str(tmp_path / "out"))
    assert isinstance(loaded, datasets.DatasetDict) and list(loaded) == ["train", "validation", "test"]
    train = loaded["train"]
    assert train.features["label"].names == NAMES
    assert train["text"][:] == [TEXTS[0], TEXTS[3], TEXTS[6]] and train["label"][:] == [0, 0, 0]
    assert train["source"][:] == [None, "row 3", None]
    assert train.filter(lambda row: row["note"] != "", keep_in_memory=True).num_rows == 1


def test_anyone_can_read_the_csv_and_the_json_lines(project: Project, tmp_path: Path) -> None:
    export_annotations(project, tmp_path / "out.csv", format="csv")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["text"] for row in rows] == TEXTS and rows[0]["label"] == "NA"
    assert list(rows[0]) == ["text", "label", "split", "note", "source", "source label"]
    export_annotations(project, tmp_path / "out.jsonl", format="jsonl")
    lines = (tmp_path / "out.jsonl").read_bytes().decode().split("\n")[:-1]
    assert [json.loads(line)["text"] for line in lines] == TEXTS
    assert json.loads(lines[1]) == {
        "text": "two\nlines",
        "label": "1.0",
        "split": "validation",
        "note": "",
        "source": "row 1",
        "source label": "old",
    }


@pytest.mark.parametrize("format", ["csv", "jsonl", "datasets"])
def test_what_stands_there_is_only_replaced_when_asked_and_only_by_a_whole(
    project: Project, tmp_path: Path, format: str
) -> None:
    target = tmp_path / "out"
    export_annotations(project, target, format=format)
    with pytest.raises(ExportError, match="already exists"):
        export_annotations(project, target, format=format)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.raises(Cancelled):
        export_annotations(project, target, format=format, replace=True, should_stop=lambda: True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert export_annotations(project, target, format=format, replace=True).samples == 9


def test_an_empty_project_exports_an_empty_set(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Empty.lepton", task="text_classification", labels=["a"]) as project:
        assert export_annotations(project, tmp_path / "out", format="datasets").samples == 0
        assert datasets.load_from_disk(str(tmp_path / "out"))["train"].num_rows == 0
        assert export_annotations(project, tmp_path / "out.csv", format="csv").samples == 0


def test_a_place_that_cannot_be_written_to_is_a_sentence(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="does not exist"):
        export_annotations(project, tmp_path / "gone" / "out.csv", format="csv")
    with pytest.raises(ExportError, match=r"csv, .*jsonl"):
        export_annotations(project, tmp_path / "out.csv", format="docx")


def test_the_model_of_a_run_is_copied_whole(tmp_path: Path) -> None:
    run = tmp_path / "run-1"
    (run / "model" / "1_Pooling").mkdir(parents=True)
    (run / "model" / "model.safetensors").write_bytes(b"weights")
    (run / "model" / "1_Pooling" / "config.json").write_text("{}", encoding="utf-8")
    copy = export_model(run, tmp_path / "out")
    assert sorted(path.name for path in copy.rglob("*")) == ["1_Pooling", "config.json", "model.safetensors"]
    with pytest.raises(ExportError, match="already exists"):
        export_model(run, tmp_path / "out")
    (run / "model" / "new.txt").write_text("x", encoding="utf-8")
    assert (export_model(run, tmp_path / "out", replace=True) / "new.txt").is_file()
    with pytest.raises(ExportError, match="no model"):
        export_model(tmp_path / "run-2", tmp_path / "other")
