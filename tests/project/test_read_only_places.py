"""A project that lies where nothing can be written is read all the same, and nothing of it is left out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.project.errors import ReadOnlyPlace
from lepton_studio.project.project import Project
from tests.project.steps import add, label

pytestmark = pytest.mark.skipif(not hasattr(os, "setuid"), reason="rights of folders as Unix has them")

_READ = """
import os, sys
from pathlib import Path
from lepton_studio.project.project import Project
from lepton_studio.project.errors import ReadOnlyPlace, ReadOnlyProject
from lepton_studio.project import schema
from lepton_studio.ui.start.opening import open_project
if os.getuid() == 0:
    os.setuid(65534)  # nobody: for root no folder is read-only
folder = Path(sys.argv[1])
try:
    Project.open(folder)
except ReadOnlyPlace as error:
    assert "read-only" in str(error)
else:
    sys.exit("it could be written to")
project = open_project(folder).project
assert project is not None and project.read_only
other = project.clone()
print(project.count(), len(list(other.labelled_rows())), project.labels()[-1].name)
other.close()
try:
    project.flag(1)
except ReadOnlyProject:
    pass
else:
    sys.exit("it was written to")
project.close()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where everybody may look: pytest keeps its own folders to itself."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place) / "Complaints.lepton"


def _read_by_somebody_else(folder: Path, temporary: Path) -> str:
    """What another person, who may only read the folder, finds in it."""
    temporary.mkdir(exist_ok=True)
    temporary.chmod(0o777)
    for one in (folder, *folder.rglob("*")):
        one.chmod(0o555 if one.is_dir() else 0o444)
    before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    try:
        ended = subprocess.run(
            [sys.executable, "-c", _READ, str(folder)],
            env={**os.environ, "TMPDIR": str(temporary)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for one in (folder, *folder.rglob("*")):
            one.chmod(0o755 if one.is_dir() else 0o644)
    assert ended.returncode == 0, ended.stderr
    assert before == {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    assert not list(temporary.iterdir()), "a copy was left behind"
    return ended.stdout.strip()


def test_a_closed_project_is_read_in_place(project: Project) -> None:
    add(project, ["one", "two"])
    label(project, 1, "refund")
    project.close()
    assert _read_by_somebody_else(project.folder, project.folder.parent / "temporary") == "2 1 other"


def test_what_stands_in_the_log_of_a_killed_window_is_read_too(project: Project) -> None:
    add(project, ["one", "two"])
    label(project, 1, "refund")  # stands in the log alone
    killed = project.folder.with_name("Killed.lepton")
    killed.mkdir()
    for name in ("project.db", "project.db-wal"):
        shutil.copyfile(project.folder / name, killed / name)
    assert (killed / "project.db-wal").stat().st_size
    assert _read_by_somebody_else(killed, project.folder.parent / "temporary") == "2 1 other"


def test_a_project_open_in_another_persons_window_is_read_as_it_is_now(project: Project) -> None:
    add(project, ["one", "two"])
    label(project, 2, "card")
    assert _read_by_somebody_else(project.folder, project.folder.parent / "temporary") == "2 1 other"


def test_a_project_of_an_older_version_is_brought_up_to_date_in_a_copy(old: Path) -> None:
    assert _read_by_somebody_else(old, old.parent / "temporary") == "2 2 cards"


def test_a_folder_that_may_be_written_to_is_no_read_only_place(project: Project) -> None:
    project.close()
    try:
        Project.open(project.folder).close()
    except ReadOnlyPlace:
        pytest.fail("it can be written to")
