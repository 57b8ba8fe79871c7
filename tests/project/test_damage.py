"""A damaged project file costs what is damaged, and says so in sentences; never an error of SQLite or of Python."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lepton_studio.errors import has_sentence, sentence_of
from lepton_studio.project.errors import ProjectDamaged, ProjectError, TooLarge
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.tasks import task_named
from tests.project.steps import add, label, new, predicted_as, relabel_to

_PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project with a bit of everything in it."""
    folder = tmp_path_factory.mktemp("sound") / "Complaints.lepton"
    with Project.create(folder, task="text_classification", labels=["refund", "card", "other"]) as project:
        add(project, [new(f"text number {n} über Straße 信用卡", 1 + n % 3, split="train") for n in range(300)])
        label(project, 7, "card")
        project.note(8, "look again")
        run = project.create_run(model="built-in", recipe={"epochs": 2}, counts={"train": 300})
        project.store_metrics(run.id, [(step, "train_loss", 1 / (step + 1)) for step in range(50)])
        project.store_report(run.id, split="test", report={"n": 1, "headline": {}, "per_class": []})
        project.store_predictions(
            run.id, [predicted_as(n, 1, gold=1 + n % 3, score=0.5, scores={1: 0.5, 2: 0.2}) for n in range(1, 60)]
        )
        project.flag(9)
        project.undo()
    return folder


def _go_through(project: Project) -> None:
    """All that pages and commands ask of a project."""
    task_named(project.task_id)
    labels = project.labels()
    list(project.all_rows())
    project.samples(Filter(search="number straße"))
    project.samples(Filter(search="12"), limit=5)
    project.samples(Filter(state="duplicate"))
    project.label_counts()
    project.statistics()
    project.duplicate_groups()
    project.history()
    project.undo_name()
    for sample in project.sample_ids()[:20]:
        project.decisions(sample)
        project.source_row(sample)
    for run in project.runs():
        project.metrics(run.id)
        project.report(run.id, "test")
        project.predictions(run.id)
        project.error_counts(run.id)
        list(project.every_prediction(run.id))
        project.fixes_since(run.id)
    if labels:
        project.note(3, "written")
        label(project, 4, labels[0].name)
        project.merge_labels(labels[0].id, labels[-1].id, relabel=relabel_to(labels[0].id, labels[-1].id))
        project.undo()
        project.redo()


def _flipped(seed: int) -> Callable[[Path], None]:
    def damage(database: Path) -> None:
        chance = random.Random(seed)
        stored = bytearray(database.read_bytes())
        for _ in range(40):
            stored[chance.randrange(100, len(stored))] ^= 1 << chance.randrange(8)
        database.write_bytes(stored)

    return damage


def _garbage(seed: int) -> Callable[[Path], None]:
    def damage(database: Path) -> None:
        chance = random.Random(seed)
        stored = bytearray(database.read_bytes())
        for _ in range(6):
            place = chance.randrange(_PAGE, len(stored) - 600)
            stored[place : place + 600] = chance.randbytes(600)
        database.write_bytes(stored)

    return damage


def _cut(share: float) -> Callable[[Path], None]:
    def damage(database: Path) -> None:
        stored = database.read_bytes()
        database.write_bytes(stored[: int(len(stored) * share)])

    return damage


def _said(*statements: str) -> Callable[[Path], None]:
    def damage(database: Path) -> None:
        with closing(sqlite3.connect(database)) as db:
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                db.execute(statement)
            db.commit()

    return damage


DAMAGES: dict[str, Callable[[Path], None]] = {
    **{f"flipped {seed}": _flipped(seed) for seed in range(10)},
    **{f"garbage {seed}": _garbage(seed) for seed in range(8)},
    **{f"cut {share}": _cut(share) for share in (0.2, 0.6, 0.99)},
    "a value that is no JSON": _said("UPDATE sample SET value = '{torn' WHERE id = 5"),
    "labels that are no JSON": _said("UPDATE sample SET labels = '[1,' WHERE id = 5"),
    "a value as bytes": _said("UPDATE sample SET value = x'ff00ff' WHERE id = 5"),
    "a text as bytes": _said("UPDATE content SET text = x'ff00ff' WHERE id = 5"),
    "a text that is no UTF-8": _said("UPDATE content SET text = CAST(x'ff41ff' AS TEXT) WHERE id = 5"),
    "fields that are a list": _said("UPDATE content SET fields = '[1]' WHERE id = 5"),
    "a value nested without end": _said(f"UPDATE sample SET value = '{'[' * 100_000}' WHERE id = 5"),
    "no name": _said("DELETE FROM meta WHERE key = 'name'"),
    "no task": _said("DELETE FROM meta WHERE key = 'task'"),
    "a task of another world": _said("UPDATE meta SET value = 'juggling' WHERE key = 'task'"),
    "no table of runs": _said("DROP TABLE run"),
    "no index of words": _said("DROP TABLE sample_search"),
    "no index": _said("DROP INDEX sample_labelled", "DROP INDEX sample_unlabelled"),
    "a report that is none": _said("UPDATE report SET report = 'x'"),
    "a recipe that is none": _said("UPDATE run SET recipe = '7'"),
    "probabilities that are none": _said("UPDATE prediction SET scores = x'0102'"),
    "a label's options": _said("UPDATE label SET options = 'x' WHERE id = 1"),
    "a label's name": _said("UPDATE label SET name = x'00' WHERE id = 1"),
    "a decision": _said("UPDATE decision SET after = 'x'"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("read_only", [False, True])
def test_whatever_is_damaged_is_said_in_a_sentence(
    sound: Path, tmp_path: Path, damage: Callable[[Path], None], read_only: bool
) -> None:
    folder = shutil.copytree(sound, tmp_path / "Complaints.lepton")
    damage(folder / "project.db")
    try:
        with Project.open(folder, read_only=read_only) as project:
            _go_through(project)
    except Exception as error:
        if not has_sentence(error):
            raise
        sentence = sentence_of(error)
        assert sentence.endswith((".", "”.")) and " " in sentence, sentence
        assert not any(word in sentence for word in ("sqlite", "SQL", "Errno", "malformed", "column", "0x")), sentence


def test_a_file_of_a_path_too_long_for_sqlite_says_so(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 480:
        folder = folder / ("long name " * 5).strip()
    with pytest.raises(ProjectError, match="path of this project is too long"):
        Project.create(folder / "Complaints and thanks.lepton", task="text_classification")


def test_a_text_larger_than_a_project_can_hold_is_refused(project: Project) -> None:
    project._db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)  # the file's own limit is one billion
    with pytest.raises(TooLarge, match="one billion bytes"):
        add(project, ["x" * 200_000])
    assert project.count() == 0


def test_damage_is_told_apart_from_a_fault_of_ours(project: Project) -> None:
    with pytest.raises(sqlite3.OperationalError):
        project._db.execute("SELEKT 1")
    with pytest.raises(ProjectDamaged):
        project._db.execute("SELECT * FROM tables_that_were_here")
