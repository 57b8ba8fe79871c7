"""The owner of the children, with real processes: lends, keeps warm, lets wait, gives way, closes, adopts."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.runs.children.memory import GB, Limits, memory_of
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.pace import Pace, counts_by_session
from lepton_studio.runs.children.slots import Need, Slot
from lepton_studio.runs.process import ChildProcess, CouldNotStart

LIMITS = Limits(children=3, memory=6 * GB)
SUGGEST = Need(Slot.LIVE, "suggestions", GB // 10, holds="run-1")
READ = Need(Slot.LIVE, "reading the texts", GB // 10, holds="run-1", gives_way=True)
PREDICT = Need(Slot.PREDICTING, "Predicting new.csv", GB // 10)
TUNE = Need(Slot.TUNING, "run 2", GB // 10)
WAITS = (sys.executable, "-c", "import sys; sys.stdin.read()")


def _start(*, spare: bool = False) -> ChildProcess:
    return ChildProcess.start(command=WAITS, spare=spare)


@pytest.fixture
def children() -> Iterator[Children]:
    with Children(limits=LIMITS, start=_start, quiet=0.3) as made:
        yield made


def test_a_child_is_kept_warm_for_the_next_piece_of_work_and_ended_after_one_that_went_wrong(
    children: Children,
) -> None:
    with children.borrow(SUGGEST) as first:
        assert [need.title for need in children.at_work()] == ["suggestions"] and children.is_busy
        _until(lambda: children.children()[0].memory > 0)
        assert memory_of(first.pid) > 1_000_000
    assert not children.is_busy
    with pytest.raises(ZeroDivisionError), children.borrow(SUGGEST) as second:
        raise ZeroDivisionError
    assert second is first
    _until(lambda: not psutil.pid_exists(first.pid))
    with children.borrow(SUGGEST) as third:
        assert third is not first
    third.kill()  # as the system would, short of memory, while it waits
    _until(lambda: third.ended)
    with children.borrow(SUGGEST) as fourth:
        assert not fourth.ended and fourth is not third


def test_three_slots_work_side_by_side_and_a_fourth_piece_of_work_waits_and_says_for_what(children: Children) -> None:
    said: list[str] = []
    order: list[str] = []
    with children.borrow(TUNE), children.borrow(SUGGEST), children.borrow(PREDICT) as predicting:

        def ask() -> None:
            with children.borrow(PREDICT, on_wait=said.append) as child:
                order.append("in" if child is predicting else "in another")

        waiting = threading.Thread(target=ask)
        waiting.start()
        _until(lambda: said)
        assert len({one.pid for one in children.children()}) == 3 and len(children.at_work()) == 4
        order.append("out")
    waiting.join(10)
    assert order == ["out", "in"]
    assert said == ["Waiting for this to finish: Predicting new.csv"]


def test_who_waits_may_change_his_mind(children: Children) -> None:
    with children.borrow(TUNE), pytest.raises(Cancelled):
        children.borrow(TUNE, should_stop=lambda: True)
    with children.borrow(TUNE):
        pass


def test_what_does_not_fit_waits_until_a_warm_child_is_ended_for_it() -> None:
    with Children(limits=Limits(children=1, memory=6 * GB), start=_start) as children:
        with children.borrow(SUGGEST) as live:
            pass
        with children.borrow(TUNE) as tuning:
            _until(lambda: live.ended)
            assert not tuning.ended


def test_tuning_gives_way_while_a_person_labels_and_has_all_processors_again_afterwards(children: Children) -> None:
    with children.borrow(TUNE) as tuning:
        assert _share(tuning.pid) == "full"
        children.person_acted()
        _until(lambda: _share(tuning.pid) == "behind")
        assert children.is_tuning_behind
        _until(lambda: _share(tuning.pid) == "full")
        with children.borrow(SUGGEST) as live:
            _until(lambda: _share(tuning.pid) == "behind")
            assert _share(live.pid) == "full", "the person waits for this one"
        _until(lambda: _share(tuning.pid) == "full")


def test_reading_that_nobody_waits_for_stands_back_behind_tuning(children: Children) -> None:
    with children.borrow(TUNE) as tuning:
        with children.borrow(READ) as reading:
            _until(lambda: _share(reading.pid) == "behind")
            assert _share(tuning.pid) == "full" and not children.is_tuning_behind
        time.sleep(0.2)  # Linux lets a plain user say such a thing ten times a second
        with children.borrow(SUGGEST) as live:
            assert live is reading
            _until(lambda: _share(live.pid) == "full" and _share(tuning.pid) == "behind")
    with children.borrow(READ) as reading:
        _until(lambda: _share(reading.pid) == "full")


def test_a_spare_for_tuning_stands_beside_a_live_child(children: Children) -> None:
    children.warm()
    _until(lambda: len(children.children()) == 1)
    with children.borrow(SUGGEST) as live:
        _until(lambda: [one.slot for one in children.children()] == [Slot.LIVE, None])
        spare = children.children()[1]
        with children.borrow(TUNE) as tuning:
            assert tuning.pid == spare.pid != live.pid


def test_closing_ends_all_at_once_and_waits_for_nobody(children: Children) -> None:
    children.warm()
    _until(lambda: len(children.children()) == 1)
    with children.borrow(TUNE) as tuning:
        refused: list[type] = []

        def ask() -> None:
            try:
                children.borrow(TUNE)
            except Cancelled as error:
                refused.append(type(error))

        waiting = threading.Thread(target=ask)
        waiting.start()
        _until(lambda: len(children.at_work()) == 2)
        children.close()
        waiting.join(5)
        assert refused == [Cancelled]
        _until(lambda: tuning.ended)
    with pytest.raises(Cancelled):
        children.borrow(TUNE)


def test_a_spare_is_there_before_it_is_asked_for_and_goes_to_whoever_asks_first(children: Children) -> None:
    children.warm()
    _until(lambda: len(children.children()) == 1)
    spare = children.children()[0]
    assert spare.slot is None and not children.is_busy
    with children.borrow(TUNE) as tuning:
        assert tuning.pid == spare.pid
        assert len(children.children()) == 1, "no second one warms up beside the work"


def test_the_spare_has_the_encoder_that_the_project_needs_and_goes_first_to_who_needs_it(children: Children) -> None:
    children.warm("some-encoder")
    _until(lambda: [one.holds for one in children.children()] == ["some-encoder"])
    children.warm("another")
    _until(lambda: [one.holds for one in children.children()] == ["another"])
    spare = children.children()[0]
    with children.borrow(replace(SUGGEST, holds="another")) as live:
        assert live.pid == spare.pid and live.waiting == 2, "it was asked for both"


def test_what_an_earlier_window_left_at_work_has_its_slot_and_outlives_us(children: Children) -> None:
    left = subprocess.Popen(WAITS, stdin=subprocess.PIPE)
    paces: list[Pace] = []
    try:

        class Left:
            pid = left.pid
            ended = False

            def kill(self) -> None:
                raise AssertionError("not ours")

            def signal(self, how: Pace) -> None:
                paces.append(how)

            def memory(self) -> int:
                return 0

        over = children.adopt(Left(), TUNE)
        said: list[str] = []
        with pytest.raises(Cancelled):
            children.borrow(TUNE, should_stop=lambda: bool(said), on_wait=said.append)
        children.person_acted()
        _until(lambda: paces == ["behind", "full"])
        over()
        with children.borrow(TUNE):
            children.adopt(Left(), PREDICT)
        children.close()
        assert left.poll() is None
    finally:
        left.kill()
        left.communicate()


def test_a_child_that_cannot_start_is_said_to_who_asked_and_to_nobody_else() -> None:
    def refuse(*, spare: bool = False) -> ChildProcess:
        return ChildProcess.start(command=["/nowhere/python"])

    with Children(limits=LIMITS, start=refuse) as children:
        children.warm()
        with pytest.raises(CouldNotStart):
            children.borrow(TUNE)
        assert not children.is_busy and not children.children()


def _share(pid: int) -> str:
    """What the system says of how much of the processors the process may take."""
    if sys.platform != "linux":
        pytest.skip("how a process gives way is looked up on Linux only")
    if counts_by_session():
        return "full" if Path(f"/proc/{pid}/autogroup").read_text().endswith("nice 0\n") else "behind"
    return "full" if len(os.sched_getaffinity(pid)) == len(os.sched_getaffinity(0)) else "behind"


def _until(there: Callable[[], object], *, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.01)
