"""A file that comes back, and labels that look alike: nothing is doubled, changed or merged unless it was asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.formats import sniff
from lepton_studio.project.project import Project
from lepton_studio.studio.exporting import export_annotations
from lepton_studio.studio.importing import ImportResult, foresee, import_files
from lepton_studio.studio.twins import cleaned, twin_key, visible
from lepton_studio.tasks import task_named


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "New.lepton", task="text_classification")
    yield made
    made.close()


def table(folder: Path, rows: Sequence[str], *, name: str = "some.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path


def bring(project: Project, path: Path, *, update: bool = False, merge_twins: bool = False) -> ImportResult:
    wants = task_named(project.task_id).wants
    return import_files(project, sniff([path], wants=wants), update=update, merge_twins=merge_twins)


def held(project: Project) -> list[tuple[str, str | None]]:
    names = {label.id: label.name for label in project.labels()}
    task = task_named(project.task_id)
    marks = [None if one.value is None else task.to_marks(task.parse(one.value, project.labels()), names)
             for one in project.samples()]  # fmt: skip
    return [
        (one.text, None if said is None else "+".join(sorted(said.labels or ())))
        for one, said in zip(project.samples(), marks, strict=True)
    ]


@dataclass(frozen=True)
class Again:
    """A file, the same edited, and what must come of it; `counts` are changed, same, new and left out."""

    first: Sequence[str]
    second: Sequence[str]
    right: Sequence[tuple[str, str | None]]
    counts: tuple[int, int, int, int]
    task: str = "text_classification"


AGAIN = {
    "found by id": Again(
        ["id,text,label", "1,late box,bad", "2,all fine,good", "3,meh day,"],
        ["id,text,label", "3,meh day,bad", "1,late box,good", "2,all fine,good", "4,new one,bad"],
        [("late box", "good"), ("all fine", "good"), ("meh day", "bad"), ("new one", "bad")],
        (2, 1, 1, 0),
    ),
    "found by text where there are no ids": Again(
        ["text,label", "late box,bad", "all fine,good"],
        ["text,label", "all fine,great", "late box,bad"],
        [("late box", "bad"), ("all fine", "great")],
        (1, 1, 0, 0),
    ),
    "the same text twice is two samples": Again(
        ["text,label", "late box,bad", "late box,bad"],
        ["text,label", "late box,bad", "late box,good", "late box,good"],
        [("late box", "bad"), ("late box", "good"), ("late box", "good")],
        (1, 1, 1, 0),
    ),
    "the same text under two ids": Again(
        ["id,text,label", "a,late box,bad", "b,late box,bad"],
        ["id,text,label", "b,late box,good", "c,late box,new"],
        [("late box", "bad"), ("late box", "good"), ("late box", "new")],
        (1, 0, 1, 0),
    ),
    "another text under a known id is left out": Again(
        ["id,text,label", "1,late box,bad", "2,all fine,good"],
        ["id,text,label", "1,of another file,good", "2,all fine,bad"],
        [("late box", "bad"), ("all fine", "bad")],
        (1, 0, 0, 1),
    ),
    "an id twice in the file": Again(
        ["id,text,label", "1,late box,bad"],
        ["id,text,label", "1,late box,good", "1,late box,worse"],
        [("late box", "good")],
        (1, 0, 0, 1),
    ),
    "what is blank in the file stays": Again(
        ["id,text,label", "1,late box,bad", "2,all fine,good"],
        ["id,text,label", "1,late box,", "2,all fine,bad"],
        [("late box", "bad"), ("all fine", "bad")],
        (1, 1, 0, 0),
    ),
    "several labels": Again(
        ["text,label", "late box,a#b", "all fine,b", "meh day,a"],
        ["text,label", "late box,b#a", "all fine,a#b", "meh day,a"],
        [("late box", "a+b"), ("all fine", "a+b"), ("meh day", "a")],
        (1, 2, 0, 0),
        task="multi_label",
    ),
}


@pytest.mark.parametrize("name", AGAIN)
def test_an_edited_file_changes_what_is_there_as_foreseen_and_in_one_step(tmp_path: Path, name: str) -> None:
    case = AGAIN[name]
    with Project.create(tmp_path / "p.lepton", task=case.task) as project:
        bring(project, table(tmp_path, case.first))
        before = held(project)
        second = table(tmp_path, case.second, name="again.csv")
        seen = foresee(project, sniff([second], wants=task_named(case.task).wants))
        assert (seen.changed, seen.same, seen.new, seen.unlike) == case.counts and held(project) == before
        result = bring(project, second, update=True)
        assert (result.changed, result.same, result.added) == case.counts[:3]
        assert len(result.changes) == case.counts[0] and len(result.problems) == case.counts[3]
        assert sorted(held(project), key=str) == sorted(case.right, key=str)
        project.undo()
        assert held(project) == before


def test_an_export_that_was_edited_comes_back_to_its_samples(project: Project, tmp_path: Path) -> None:
    bring(
        project, table(tmp_path, ["text,label,shop", "late box,bad,north", "all fine,good,south", "meh day,good,south"])
    )
    project.set_split([1, 2], "train")
    out = tmp_path / "out.csv"
    export_annotations(project, out, format="csv", only_labelled=False)
    edited = out.read_text("utf-8-sig").replace("late box,bad,train", "late box,good,test")
    again = bring(project, table(tmp_path, edited.splitlines(), name="edited.csv"), update=True)
    assert (again.added, again.changed, again.same) == (0, 1, 2)
    assert again.changes == ("row 2: bad → good, split: test",)
    assert held(project)[0] == ("late box", "good") and project.sample(1).split == "test"


def test_what_came_in_twice_is_said_to_be_added_again(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, ["text,label", "late box,bad", "all fine,good"])
    folder = str(project.folder)
    project.close()
    assert main(["import", folder, str(path)]) == 0 and main(["import", folder, str(path)]) == 0
    said = capsys.readouterr().out
    assert (
        "2 of them have texts that were already in the project; they were added again." in said and "--update" in said
    )
    assert main(["import", folder, str(path), "--dry-run"]) == 0
    assert "2 are unchanged" in capsys.readouterr().out
    empty = table(tmp_path, ["text,label", " ,bad", " ,good"], name="empty.csv")
    assert main(["import", folder, str(empty), "--text", "text", "--label", "label"]) == 1
    assert "Nothing was imported" in capsys.readouterr().err


E_ACUTE, E_APART = "Caf\u00e9", "Cafe\u0301"
TWINS = [
    ("Spam", "spam", True),
    ("STRASSE", "Straße", True),
    ("ΟΔΟΣ", "οδος", True),
    (E_ACUTE, E_APART, True),
    (E_ACUTE.upper(), E_APART, True),
    ("spam", "sp\u200bam", True),
    ("spam", "\ufeffspam", True),
    ("spam", "spam\u200e", True),
    ("soft", "so\u00adft", True),
    ("late box", "late\u00a0box", True),
    ("late box", "late  box", True),
    ("ＡＢＣ", "abc", True),
    ("می‌خواهم", "میخواهم", True),
    ("spam", "span", False),
    ("résumé", "resume", False),
    ("ß", "s", False),
    ("C", "C++", False),
    ("+1", "1", False),
]


@pytest.mark.parametrize(("one", "other", "are_twins"), TWINS)
def test_labels_that_look_alike_are_said_and_merged_on_request(
    project: Project, tmp_path: Path, one: str, other: str, are_twins: bool
) -> None:
    path = table(tmp_path, ["text,label", f"late box,{one}", f"all fine,{other}", f"meh day,{one}"])
    plain = bring(project, path)
    assert len(project.labels()) == 2 and bool(plain.twins) == are_twins
    assert ("differ only in case" in plain.sentence()) == are_twins
    project.undo()
    merged = bring(project, path, merge_twins=True)
    assert len(project.labels()) == (1 if are_twins else 2)
    if are_twins:
        assert merged.twins == ((one, other),) and "Merged into one label" in merged.sentence()
        assert visible(one) != visible(other)
        assert {label for _, label in held(project)} == {cleaned(one)}
        again = bring(project, table(tmp_path, ["text,label", f"x y,{other}"], name="b.csv"), merge_twins=True)
        assert again.labels_created == () and again.twins


def test_the_letters_that_make_up_a_word_are_never_taken_away() -> None:
    assert cleaned("می‌خواهم") == "می‌خواهم" and cleaned("👩‍💻") == "👩‍💻"
    assert unicodedata.is_normalized("NFC", cleaned(E_APART)) and twin_key("") == ""
