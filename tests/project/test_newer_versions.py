"""A project of a newer version of the app: looked at, never written to, and what cannot be read is a sentence."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest

from lepton_studio.project.errors import ProjectTooNew, ReadOnlyProject
from lepton_studio.project.opening import SCHEMA_VERSION, is_newer
from lepton_studio.project.project import Project
from lepton_studio.studio.embedding import vectors_folder
from lepton_studio.studio.scratch import scratch_folder
from tests.newer import all_files, alter, make_newer
from tests.project.steps import add, label


@pytest.fixture
def newer(project: Project) -> Path:
    """Two samples, one of them labelled; closed, and then a newer version had it."""
    add(project, ["one", "two"])
    label(project, 1, "refund")
    project.close()
    make_newer(project.folder)
    return project.folder


def test_it_is_read_and_not_a_byte_is_written(newer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = newer.parent / "temporary"
    temporary.mkdir()
    (newer / "vectors").mkdir()
    (newer / "vectors" / "1.keys").write_bytes(b"key")
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = all_files(newer)
    with pytest.raises(ProjectTooNew, match=r"newer version of this app.*only open it read-only"):
        Project.open(newer)
    with Project.open(newer, read_only=True) as project, project.clone() as other:
        assert project.is_newer and other.is_newer and project.read_only
        assert other.count() == 2 and [one.name for one in project.labels()] == ["refund", "card", "other"]
        assert project.sample(1).value is not None
        for write in (lambda: project.flag(1), project.undo, project.check_writable):
            with pytest.raises(ReadOnlyProject, match="read-only"):
                write()
        scratch = scratch_folder(project)
        assert (vectors_folder(project) / "1.keys").read_bytes() == b"key", "what was read once is not read again"
        (vectors_folder(project) / "2.keys").write_bytes(b"another")
        assert newer not in scratch.path.parents and newer not in vectors_folder(project).parents
        scratch.discard()
    assert before == all_files(newer)
    assert not list(temporary.iterdir()), "the copy was left behind"


@pytest.fixture
def killed(project: Project) -> Path:
    """A newer version had it and was killed: its number stands in the log alone."""
    add(project, ["one", "two"])
    reader = project.clone()  # keeps the log from being emptied
    db = sqlite3.connect(project.folder / "project.db")
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    killed = project.folder.with_name("Killed.lepton")
    killed.mkdir()
    for name in ("project.db", "project.db-wal"):
        (killed / name).write_bytes((project.folder / name).read_bytes())
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.close()
    reader.close()
    return killed


def test_what_stands_in_the_log_of_a_killed_newer_version_is_read_too(killed: Path) -> None:
    before = all_files(killed)
    with pytest.raises(ProjectTooNew, match="newer version of this app"):
        Project.open(killed)
    with Project.open(killed, read_only=True) as found:
        assert found.is_newer and found.count() == 2
        label_names = [one.name for one in found.labels()]
    assert label_names == ["refund", "card", "other"]
    assert before == all_files(killed), "not even a lock file is left"


def test_a_newer_number_that_never_got_whole_into_the_log_counts_for_nothing(killed: Path) -> None:
    log = killed / "project.db-wal"
    torn = bytearray(log.read_bytes())
    torn[-1] ^= 1  # of the last frame, which has the number: its checksum is wrong now
    log.write_bytes(torn)
    assert is_newer(killed), "the frame itself still says so"
    with Project.open(killed, read_only=True) as looked_at:
        assert not looked_at.is_newer
    with Project.open(killed) as project:
        project.flag(1)
        assert not project.read_only and project.sample(1).flagged


def test_its_last_state_is_read_while_the_newer_version_has_it_open(
    newer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lepton_studio.project import opening
    from lepton_studio.project import project as module

    for place in (opening, module):  # the newer version, in this process
        monkeypatch.setattr(place, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with Project.open(newer) as writer:
        writer.flag(2)  # stands in the log alone
        monkeypatch.undo()
        with Project.open(newer, read_only=True) as project:
            assert project.is_newer and project.sample(2).flagged


@pytest.mark.parametrize(
    "lacks",
    [
        "ALTER TABLE label RENAME COLUMN name TO title",
        "DROP TABLE run",
        "UPDATE label SET options = '[1]'",
        "ALTER TABLE meta RENAME TO about",
    ],
)
def test_where_not_even_labels_and_runs_can_be_read_it_is_refused_in_a_sentence(newer: Path, lacks: str) -> None:
    alter(newer, lacks)
    before = all_files(newer)
    with pytest.raises(ProjectTooNew, match=r"cannot read that part of it. Update the app"):
        Project.open(newer, read_only=True)
    assert before == all_files(newer)


def test_a_part_that_is_stored_in_another_way_ends_in_a_sentence(newer: Path) -> None:
    alter(newer, "DROP TABLE problem")
    with Project.open(newer, read_only=True) as project:
        assert project.count() == 2
        with pytest.raises(ProjectTooNew, match="Update the app to see it"):
            project.import_problems()
    with pytest.raises(ProjectTooNew), Project.open(newer, read_only=True):
        raise KeyError("a value that this version does not know")
