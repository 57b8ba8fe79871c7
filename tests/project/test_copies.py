"""What is in a project is never lost with its folder: it is noticed when that goes, and there are copies."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lepton_studio.project import copies
from lepton_studio.project.errors import ProjectExists, ProjectGone
from lepton_studio.project.project import Project
from tests.project.steps import add, assert_consistent, label


def _move(folder: Path) -> None:
    folder.rename(folder.with_name("Elsewhere.lepton"))


def _replace(folder: Path) -> None:
    _move(folder)
    Project.create(folder, task="text_classification").close()


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a folder with open files")
@pytest.mark.parametrize("take_away", [shutil.rmtree, _move, _replace, lambda one: (one / "project.db").unlink()])
def test_nothing_is_written_to_a_project_that_is_gone_and_all_of_it_can_be_saved_elsewhere(
    project: Project, tmp_path: Path, take_away: object
) -> None:
    add(project, ["one", "two", "three"])
    label(project, 1, "refund")
    rescue = project.clone()
    assert project.is_in_place()
    take_away(project.folder)  # type: ignore[operator]
    assert not project.is_in_place()
    for write in (
        lambda: project.flag(2),
        lambda: label(project, 2, "card"),
        project.undo,
        lambda: project.rename("x"),
    ):
        with pytest.raises(ProjectGone, match="no longer in"):
            write()
    with pytest.raises(ProjectGone):
        project.create_run(model="built-in", recipe={}, counts={})
    copied = copies.save_copy(rescue, tmp_path / "new place" / "Saved.lepton")
    assert copied.lost == ()
    rescue.close()
    with Project.open(copied.folder) as saved:
        assert saved.count() == 3 and [one.id for one in saved.labelled_rows()] == [1]
        saved.undo()
        assert list(saved.labelled_rows()) == []
    assert_consistent(copied.folder)


def test_a_folder_that_comes_back_is_written_to_again(project: Project) -> None:
    add(project, ["one"])
    away = project.folder.rename(project.folder.with_name("Away.lepton"))
    with pytest.raises(ProjectGone):
        project.flag(1)
    away.rename(project.folder)
    project.flag(1)
    assert project.sample(1).flagged


def test_a_copy_holds_models_and_word_list_and_what_is_missing_is_said(project: Project, tmp_path: Path) -> None:
    add(project, ["one"])
    for _ in range(2):
        run = project.create_run(model="built-in", recipe={}, counts={})
    (project.run_folder(1) / "model").mkdir()
    (project.run_folder(1) / "model" / "weights").write_bytes(b"1234")
    (project.run_folder(1) / "process.json").write_text("{}")
    shutil.rmtree(project.run_folder(run.id))
    (project.folder / "word_list").mkdir()
    (project.folder / "word_list" / "words.txt").write_text("a")
    copied = copies.save_copy(project, tmp_path / "Copy.lepton")
    assert copied.lost == ("The model of run 2 could not be copied: its files are missing.",)
    assert (copied.folder / "runs" / "run-1" / "model" / "weights").read_bytes() == b"1234"
    assert not (copied.folder / "runs" / "run-1" / "process.json").exists(), "it would be taken for a run at work"
    assert (copied.folder / "word_list" / "words.txt").exists()
    with pytest.raises(ProjectExists):
        copies.save_copy(project, tmp_path / "Copy.lepton")
    assert {one.name for one in tmp_path.iterdir()} == {"Complaints.lepton", "Copy.lepton"}


def test_a_copy_that_is_stopped_leaves_nothing(project: Project, tmp_path: Path) -> None:
    def stop(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    add(project, ["one"])
    with pytest.raises(KeyboardInterrupt):
        copies.save_copy(project, tmp_path / "Copy.lepton", told=stop)
    assert [one.name for one in tmp_path.iterdir()] == ["Complaints.lepton"]


def test_a_backup_is_opened_as_a_project_of_its_own(project: Project) -> None:
    add(project, ["one", "two"])
    copies.back_up(project)
    label(project, 1, "refund")
    [backup] = copies.backups(project.folder)
    restored = copies.restore(project.folder, backup)
    with Project.open(restored) as earlier:
        assert earlier.count() == 2 and list(earlier.labelled_rows()) == []
        assert earlier.name.startswith("Complaints (") and restored.parent == project.folder.parent
    assert project.sample(1).value is not None


def test_the_newest_backups_and_the_last_of_each_day_are_kept(project: Project) -> None:
    add(project, ["one"])
    folder = project.folder / "backups"
    folder.mkdir()
    start = datetime.now() - timedelta(days=20)
    made = {}
    for hours in range(0, 20 * 24, 6):
        at = start + timedelta(hours=hours)
        file = folder / f"auto-{at:%Y-%m-%dT%H-%M-%S}.db"
        file.touch()
        os.utime(file, (at.timestamp(), at.timestamp()))
        made[file.name] = at
    (folder / "version-2-of-old.db").touch()
    copies.back_up(project)
    left = copies.backups(project.folder)
    assert len({one.at.date() for one in left}) == 7 and 8 <= len(left) <= 12
    assert any(one.file.name == "version-2-of-old.db" for one in left)


def test_a_project_is_renamed_with_its_folder(project: Project) -> None:
    add(project, ["one"])
    project.close()
    renamed = copies.rename_project(project.folder, "Praise")
    assert renamed.name == "Praise.lepton" and not project.folder.exists()
    with Project.open(renamed) as again:
        assert (again.name, again.count()) == ("Praise", 1)
    Project.create(project.folder, task="text_classification").close()
    with pytest.raises(ProjectExists):
        copies.rename_project(renamed, project.folder.stem)
