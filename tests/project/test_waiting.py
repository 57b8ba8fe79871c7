"""What is decided while something large is written waits in order, on the disk, and is written exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from lepton_studio.project.gate import Gate
from lepton_studio.project.project import Project
from lepton_studio.project.sample_writes import Annotate, Flag, Note, SampleWrite, Skip, from_stored, to_stored
from lepton_studio.project.waiting import append_waiting, read_waiting, waiting_file
from tests.project.steps import add, assert_consistent

WRITES: tuple[SampleWrite, ...] = (
    Annotate(1, {"labels": [2]}, (2,), "suggestion", 1.5, None, "Label as card"),
    Annotate(2, None, draft={"labels": []}),
    Skip(3),
    Flag(1),
    Note(2, "two\nlines, and “é”"),
    Note(99, "there is no such sample"),
)


def test_who_writes_much_lets_those_in_between_who_asked_meanwhile(project: Project) -> None:
    gate, order = Gate(), []
    first = gate.ask()
    began = Event()

    def in_batches() -> None:
        began.set()
        for batch in range(3):
            with gate.turn():
                order.append(f"batch {batch}")
                if batch == 0:
                    label.start()
                    while len(gate._row) < 2:
                        pass

    def labels() -> None:
        with gate.turn(), gate.turn():  # inside a turn of its own nobody waits
            order.append("label")

    label, batches = Thread(target=labels), Thread(target=in_batches)
    batches.start()
    began.wait()
    assert gate.ask_if_free() is None
    second = gate.ask()
    assert not gate.wait(second, unless=lambda: True)
    gate.leave(second)
    gate.leave(first)
    batches.join()
    label.join()
    assert order == ["batch 0", "label", "batch 1", "batch 2"]
    assert gate.is_free


def test_a_write_on_a_sample_is_the_same_after_it_lay_on_the_disk(project: Project) -> None:
    add(project, ["one", "two", "three"])
    for write in (*WRITES, Annotate(3, {"labels": [1]}, (1,), split="test")):
        assert from_stored(to_stored(write)) == write
        if write.sample < 99:
            foreseen = write.on(project.sample(write.sample))
            write(project)
            assert project.sample(write.sample) == foreseen
    before = {name: value for name, value in to_stored(Annotate(1, None)).items() if name != "split"}
    assert from_stored(before) == Annotate(1, None)  # of a version that knew no splits here
    for broken in (
        {},
        {"write": "undo"},
        {"write": "flag", "sample": 1},
        {"write": "flag", "sample": [], "flagged": 1},
    ):
        with pytest.raises(ValueError, match="no write"):
            from_stored(broken)


def test_what_waited_when_the_app_died_is_written_once_by_the_next_opening_and_said(project: Project) -> None:
    add(project, ["one", "two", "three"])
    file = waiting_file(project.folder)
    assert project.caught_up.sentence() == ""
    lost = Annotate(98, {"labels": [1]}, (1,))
    numbered = list(enumerate((*WRITES, lost, Flag(3)), start=1))
    append_waiting(file, numbered[:3])
    append_waiting(file, [*numbered[3:], (len(numbered), None)])  # the last one was taken back
    for number, write in numbered[:2]:  # these were written, and then the process died
        project.write_waiting(number, write)
    written = len(project.history())
    project.close()
    with open(file, "a") as cut_off:
        cut_off.write('\n{"number": 12, "wri')
    with Project.open(project.folder) as again:
        assert (again.caught_up.written, again.caught_up.lost) == (4, 1)
        assert "4 edits that were waiting" in again.caught_up.sentence()
        assert len(again.history()) == written + 3, "a note on a sample that is gone is no step"
        assert [again.sample(id).value for id in (1, 2, 3)] == [{"labels": [2]}, None, None]
        assert again.sample(3).skipped and not again.sample(3).flagged
        assert again.sample(1).flagged and again.sample(2).note.startswith("two")
        assert not file.exists()
    with Project.open(project.folder) as third:
        assert third.caught_up.sentence() == ""
    assert_consistent(project.folder)


def test_a_line_that_a_full_disk_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    file = tmp_path / "waiting.jsonl"
    assert read_waiting(file) == []
    append_waiting(file, [(1, Skip(1))])
    file.write_bytes(file.read_bytes()[:-1] + b'\n{"number": 2, "write": "sk')
    append_waiting(file, [(3, Flag(2))])
    assert read_waiting(file) == [(1, Skip(1)), (3, Flag(2))]
    if os.name != "nt":
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_kill_in_the_middle_of_an_import_leaves_nothing_of_it_and_every_label_given_meanwhile(
    project: Project,
) -> None:
    add(project, [f"old {n}" for n in range(20)])
    project.close()
    code = """
import sys, threading
from pathlib import Path
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.project.sample_writes import Annotate
from lepton_studio.project.waiting import append_waiting, waiting_file
def samples():
    for n in range(10**9):
        if n == 20_000:
            file = waiting_file(project.folder)
            for number in range(1, 11):
                append_waiting(file, [(number, Annotate(number, {"labels": [1]}, (1,)))])
            print("ten labels are on the disk", flush=True)
        yield NewSample(f"text number {n}")
with Project.open(Path(sys.argv[1])) as project, project.change("Import") as change:
    change.add_samples(samples())
"""
    command = [sys.executable, "-c", code, str(project.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ten labels are on the disk\n"
        process.kill()
    with Project.open(project.folder) as again:
        assert again.count() == 20
        assert again.caught_up.written == 10
        assert "closed while a large change was being written" in again.caught_up.sentence()
        assert [sample.id for sample in again.labelled_rows()] == list(range(1, 11))
    assert_consistent(project.folder)
