"""On a shared machine a person's texts are theirs: rights of files, logs without texts, nothing left in the temporary
folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio import log
from lepton_studio.errors import sentence_of
from lepton_studio.faults import traceback_of
from lepton_studio.private import clear_left_behind, give_back, temporary_folder
from lepton_studio.project.copies import back_up, save_copy
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.settings import Settings, save_settings, settings_file
from lepton_studio.ui.shared.errors import FaultDesk, report

_SECRET = "patient Alvarez takes lithium"


@pytest.fixture
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _readable_by_others(folder: Path) -> list[str]:
    """The files and folders that others may look into, wherever a folder above does not keep them out."""
    return [
        f"{one} {stat.filemode(one.stat().st_mode)}"
        for one in (folder, *folder.rglob("*"))
        if one.stat().st_mode & 0o077
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps a person's folders from others by itself")
@pytest.mark.usefixtures("_open_umask")
def test_what_is_made_is_readable_by_its_owner_alone_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    with Project.create(tmp_path / "Files.lepton", task="text_classification", labels=["a", "b"]) as project:
        with project.change("Import") as change:
            change.add_samples([NewSample(_SECRET)])
        project.create_run(model="built-in", recipe={}, counts={})
        back_up(project)
        assert _readable_by_others(project.folder) == []
        copied = save_copy(project, tmp_path / "Copy.lepton")
        assert _readable_by_others(copied.folder) == []
    desk = FaultDesk(tmp_path / "home" / "data" / "logs")
    desk.install()
    desk.take(RuntimeError("x"))
    desk.uninstall()
    (tmp_path / "home" / "data" / "logs" / "lepton-studio.log").unlink()
    log.record_error(RuntimeError("x"))
    save_settings(Settings())
    assert _readable_by_others(settings_file()) == []
    assert _readable_by_others(log.log_file().parent) == []
    temporary = temporary_folder("test")
    assert _readable_by_others(temporary) == []
    give_back(temporary)
    assert not temporary.exists()


def _raise_with_text(kind: type[Exception]) -> Exception:
    try:
        try:
            int(_SECRET)
        except ValueError as cause:
            raise kind(f"cannot use '{_SECRET}' here\n{_SECRET}") from cause
    except kind as error:
        return error
    raise AssertionError


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, KeyError, AssertionError])
def test_neither_log_nor_report_quotes_a_text_but_both_say_where(
    kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    error = _raise_with_text(kind)
    log.record_error(error)
    for said in (traceback_of(error), report(error), log.log_file().read_text("utf-8")):
        assert "Alvarez" not in said
        assert kind.__name__ in said and "ValueError: invalid literal" in said and "_raise_with_text" in said


def test_names_of_the_program_stay_in_a_report() -> None:
    try:
        None.no_such_thing  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        assert "'NoneType' object has no attribute 'no_such_thing'" in traceback_of(error)


_UNPACK = """
import sys, time
from pathlib import Path
from lepton_studio.formats.packed import unpacked
print(unpacked([Path(sys.argv[1])])[0], flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_what_a_killed_import_left_is_cleared_at_the_next_start_and_that_of_a_living_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    (tmp_path / "temporary" / "lepton-of-somebody").mkdir()
    (tmp_path / "precious").mkdir()
    (tmp_path / "temporary" / "lepton-link").symlink_to(tmp_path / "precious")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("in.csv", f"text\n{_SECRET}\n")
    child = subprocess.Popen(
        [sys.executable, "-c", _UNPACK, str(tmp_path / "in.zip")],
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    left = Path(child.stdout.readline().strip())
    assert left.is_file()
    for one in (tmp_path / "temporary").iterdir():
        os.utime(one, (time.time() - 3600,) * 2, follow_symlinks=False)
    clear_left_behind()
    assert left.is_file(), "its process lives"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    clear_left_behind()
    assert not left.exists()
    assert {one.name for one in (tmp_path / "temporary").iterdir()} == {"lepton-of-somebody", "lepton-link"}
    assert (tmp_path / "precious").is_dir()


@pytest.mark.parametrize("number", [2, 13, 17, 20, 21, 24, 27, 28, 30, 36, 5, 116, 9999])
def test_what_the_system_says_is_put_into_words(number: int) -> None:
    sentence = sentence_of(OSError(number, os.strerror(number), "/home/ana/Notes.csv"))
    assert sentence.endswith(".") and os.strerror(number) not in sentence and "Errno" not in sentence
    assert "Notes.csv" in sentence or "disk is full" in sentence
