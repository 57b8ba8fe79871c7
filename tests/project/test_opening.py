"""A project is opened by one window at a time, and never harmed by being looked at."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from lepton_studio.project import opening, schema
from lepton_studio.project import project as project_module
from lepton_studio.project.errors import (
    BadLabel,
    NotAProject,
    ProjectDamaged,
    ProjectError,
    ProjectExists,
    ProjectInUse,
    ProjectTooNew,
    ProjectTooOld,
    ReadOnlyProject,
)
from lepton_studio.project.project import Project
from tests.project.steps import add, assert_consistent, label

_HOLD = """
import sys
from pathlib import Path
from lepton_studio.project.project import Project
project = Project.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def _holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that has the project open."""
    command = [sys.executable, "-c", _HOLD, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def _end(process: subprocess.Popen[str], how: int) -> None:
    process.send_signal(how)
    process.wait()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()


def test_a_new_project_remembers_its_name_task_and_labels(folder: Path) -> None:
    with Project.create(folder, task="text_classification", labels=["refund", "card"]) as project:
        assert (project.name, project.task_id) == ("Complaints", "text_classification")
    with Project.open(folder) as project:
        assert (project.name, project.task_id) == ("Complaints", "text_classification")
        assert [(one.name, one.key) for one in project.labels()] == [("refund", "1"), ("card", "2")]
        assert project.undo_name() is None
        assert project.runs_folder == folder / "runs"


def test_a_new_project_never_covers_what_lies_there(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(ProjectExists, match="Choose another name"):
        Project.create(folder, task="text_classification")
    assert [one.name for one in folder.iterdir()] == ["thesis.txt"]


def test_a_new_project_that_fails_leaves_nothing_behind(folder: Path) -> None:
    with pytest.raises(BadLabel):
        Project.create(folder, task="text_classification", labels=["refund", "refund"])
    assert list(folder.parent.iterdir()) == []


def test_a_new_project_in_an_empty_folder_is_welcome(folder: Path) -> None:
    folder.mkdir()
    Project.create(folder, task="text_classification").close()
    assert (folder / "project.db").exists()


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ProjectError, match="Cannot write to"):
        Project.create(tmp_path / "file" / "A.lepton", task="text_classification")


def test_a_folder_without_a_project_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotAProject, match="There is no project in"):
        Project.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_database_of_another_app_is_not_taken_for_a_project(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "project.db")) as db:
        db.execute("CREATE TABLE theirs (a)")
    before = (folder / "project.db").read_bytes()
    with pytest.raises(NotAProject, match="not a Lepton Studio project"):
        Project.open(folder)
    assert (folder / "project.db").read_bytes() == before


def test_a_second_window_in_the_same_process_is_refused_with_a_sentence(project: Project) -> None:
    with pytest.raises(ProjectInUse, match="“Complaints” is already open in this app"):
        Project.open(project.folder)


def test_a_second_process_is_refused_and_told_who_has_the_project(project: Project) -> None:
    project.close()
    process = _holder(project.folder)
    try:
        with pytest.raises(ProjectInUse, match=rf"open in another window \(process {process.pid}\)"):
            Project.open(project.folder)
    finally:
        _end(process, signal.SIGTERM)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_project_whose_window_was_killed_opens_again(project: Project) -> None:
    project.close()
    _end(_holder(project.folder), signal.SIGKILL)
    with Project.open(project.folder) as again:
        assert len(again.labels()) == 3


def test_a_reader_may_look_beside_a_writer_and_sees_its_work_but_cannot_write(project: Project) -> None:
    add(project, ["one"])
    with Project.open(project.folder, read_only=True) as reader:
        assert reader.read_only
        label(project, 1, "refund")
        assert reader.sample(1).value is not None
        with pytest.raises(ReadOnlyProject, match="read-only"):
            reader.flag(1)
        with pytest.raises(ReadOnlyProject):
            reader.undo()


def test_a_project_stays_locked_until_its_last_clone_is_closed(project: Project) -> None:
    clone = project.clone()
    project.close()
    project.close()
    with pytest.raises(ProjectInUse):
        Project.open(project.folder)
    clone.close()
    Project.open(project.folder).close()


def test_a_newer_version_that_was_killed_is_recognised_by_its_log(project: Project) -> None:
    database = project.folder / "project.db"
    reader = project.clone()  # keeps the log from being emptied
    db = sqlite3.connect(database)
    db.execute(f"PRAGMA user_version = {opening.SCHEMA_VERSION + 1}")
    copy = project.folder.with_name("Copy.lepton")
    copy.mkdir()
    for name in ("project.db", "project.db-wal"):
        (copy / name).write_bytes((project.folder / name).read_bytes())
    db.execute(f"PRAGMA user_version = {opening.SCHEMA_VERSION}")
    db.close()
    reader.close()
    before = {one: (copy / one).read_bytes() for one in ("project.db", "project.db-wal")}
    with pytest.raises(ProjectTooNew):
        Project.open(copy)
    assert {one: (copy / one).read_bytes() for one in before} == before


@pytest.mark.parametrize("read_only", [False, True])
def test_garbage_in_place_of_the_file_is_reported_and_left_alone(project: Project, read_only: bool) -> None:
    project.close()
    database = project.folder / "project.db"
    for garbage in (b"", b"hello", b"\0" * 8192):
        database.write_bytes(garbage)
        with pytest.raises(ProjectDamaged, match="file of the project “Complaints” is damaged"):
            Project.open(project.folder, read_only=read_only)
        assert database.read_bytes() == garbage


def test_a_file_whose_end_is_missing_is_reported_and_left_alone(project: Project) -> None:
    add(project, [f"text number {n}" for n in range(500)])
    project.close()
    database = project.folder / "project.db"
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ProjectDamaged, match="its end is missing"):
        Project.open(project.folder)
    assert database.read_bytes() == whole[: len(whole) // 2]


def test_a_damaged_page_is_found_when_the_last_window_was_killed(project: Project) -> None:
    add(project, [f"text number {n}" for n in range(500)])
    killed = project.folder.with_name("Killed.lepton")
    killed.mkdir()
    label(project, 1, "card")  # stands in the log
    pages = bytearray((project.folder / "project.db").read_bytes())
    for page in range(4, len(pages) // 4096):
        pages[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    (killed / "project.db").write_bytes(pages)
    (killed / "project.db-wal").write_bytes((project.folder / "project.db-wal").read_bytes())
    with pytest.raises(ProjectDamaged, match=r"Nothing was changed\. Restore it from a copy"):
        Project.open(killed)
    assert (killed / "project.db").read_bytes() == bytes(pages)


def test_damage_met_while_working_is_a_sentence_too(project: Project) -> None:
    add(project, [f"text number {n}" for n in range(500)])
    project.close()
    database = project.folder / "project.db"
    pages = bytearray(database.read_bytes())
    for page in range(4, len(pages) // 4096):
        pages[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    database.write_bytes(pages)
    with pytest.raises(ProjectDamaged), Project.open(project.folder) as damaged:
        damaged.flag(1)


@pytest.fixture
def newer_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app of tomorrow: one migration more."""
    migrations = sqlite_utils.Migrations("lepton_studio")
    for one in (schema.version_1, schema.version_2, schema.version_3, schema.version_4):
        migrations(name=one.__name__)(one)
    tomorrow = opening.SCHEMA_VERSION + 1

    @migrations()
    def version_of_tomorrow(db: sqlite_utils.Database) -> None:
        db.executescript("ALTER TABLE sample ADD COLUMN mood TEXT; UPDATE sample SET mood = 'calm';")
        db.executescript(f"PRAGMA user_version = {tomorrow};")

    monkeypatch.setattr(schema, "migrations", migrations)
    monkeypatch.setattr(opening, "SCHEMA_VERSION", tomorrow)
    monkeypatch.setattr(project_module, "SCHEMA_VERSION", tomorrow)


def test_an_older_project_is_copied_before_it_is_brought_up_to_date(
    project: Project, request: pytest.FixtureRequest
) -> None:
    add(project, ["one", "two"])
    project.close()
    request.getfixturevalue("newer_schema")
    with pytest.raises(ProjectTooOld, match="Open it once"):
        Project.open(project.folder, read_only=True)
    with Project.open(project.folder) as updated:
        label(updated, 1, "refund")
        assert updated.count() == 2
    [copy] = (project.folder / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (opening.SCHEMA_VERSION - 1,)
        assert db.execute("SELECT count(*) FROM sample").fetchone() == (2,)
    with closing(sqlite3.connect(project.folder / "project.db")) as db:
        assert db.execute("SELECT mood FROM sample").fetchall() == [("calm",), ("calm",)]
    Project.open(project.folder).close()
    assert len(list((project.folder / "backups").iterdir())) == 1
    assert_consistent(project.folder)


def test_a_project_can_be_moved_with_all_that_is_in_it(project: Project) -> None:
    add(project, ["one"])
    project.close()
    moved = project.folder.rename(project.folder.with_name("Moved #1 über.lepton"))
    with Project.open(moved) as again:
        assert again.sample(1).text == "one"


def test_opening_loads_neither_sqlite_utils_nor_pandas(project: Project) -> None:
    project.close()
    code = """
import sys
from pathlib import Path
from lepton_studio.project.project import Project
with Project.open(Path(sys.argv[1])) as project:
    project.flag(1) if project.count() else project.labels()
assert not {"sqlite_utils", "pandas", "PySide6", "torch"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, str(project.folder)], check=True)
