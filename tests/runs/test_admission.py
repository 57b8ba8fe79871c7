"""Who is let in with which child, and who waits for what: the rules as tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lepton_studio.runs.children.admission import Admission, Start, Use, Wait, admit, admit_all, surplus, why
from lepton_studio.runs.children.memory import GB, Limits, limits_for
from lepton_studio.runs.children.order import moved
from lepton_studio.runs.children.slots import ChildState, Need, Slot

LIMITS = Limits(children=3, memory=6 * GB)
SUGGEST = Need(Slot.LIVE, "suggestions", GB, holds="run-1")
PREDICT = Need(Slot.PREDICTING, "new.csv", 2 * GB, holds="run-1")
TUNE = Need(Slot.TUNING, "run 2", 3 * GB)
SPARE = ChildState(1, memory=GB // 2)
TUNING = ChildState(2, Slot.TUNING, "run 2", memory=2 * GB, forecast=3 * GB)
PREDICTING = ChildState(3, Slot.PREDICTING, "old.csv", memory=2 * GB)
LIVE = ChildState(4, Slot.LIVE, "", memory=GB, holds="run-1")
OTHER_LIVE = ChildState(5, Slot.LIVE, "", memory=GB, holds="run-0")
BIG = replace(TUNING, memory=5 * GB + GB // 2)
NO_ROOM = Wait("memory", ("run 2",), BIG.memory, LIMITS.memory)


@pytest.mark.parametrize(
    ("need", "children", "expected"),
    [
        pytest.param(SUGGEST, [], Start(), id="nothing there: a fresh one"),
        pytest.param(SUGGEST, [SPARE, LIVE, OTHER_LIVE], Use(4), id="the one that holds the model already"),
        pytest.param(SUGGEST, [SPARE, OTHER_LIVE], Use(5), id="one of its slot before the spare"),
        pytest.param(TUNE, [SPARE, LIVE], Use(1), id="the spare"),
        pytest.param(SUGGEST, [PREDICTING, TUNING], Start(), id="beside a run and a prediction"),
        pytest.param(PREDICT, [PREDICTING], Wait("slot", ("old.csv",)), id="one at a time in a slot"),
        pytest.param(PREDICT, [TUNING, LIVE, SPARE], Use(1), id="the spare beside a run and a warm child"),
        pytest.param(PREDICT, [TUNING, LIVE, OTHER_LIVE], Start(end=(4,)), id="a warm one makes room by number"),
        pytest.param(PREDICT, [replace(TUNING, memory=4 * GB), LIVE], Start(end=(4,)), id="an idle one makes room"),
        pytest.param(PREDICT, [BIG, LIVE], NO_ROOM, id="a run leaves none"),
        pytest.param(SUGGEST, [BIG, LIVE], NO_ROOM, id="a warm one grows"),
        pytest.param(replace(TUNE, memory=50 * GB), [LIVE], Start(end=(4,)), id="alone it is let in, however large"),
        pytest.param(
            PREDICT, [replace(TUNING, forecast=5 * GB)], Wait("memory", ("run 2",), 5 * GB, LIMITS.memory),
            id="a run is reckoned with what it will take",
        ),
    ],
)  # fmt: skip
def test_a_need_gets_a_warm_child_or_a_fresh_one_or_waits(
    need: Need, children: list[ChildState], expected: Admission
) -> None:
    assert admit(need, children=children, limits=LIMITS, free=20 * GB) == expected


@pytest.mark.parametrize(
    ("free", "expected"),
    [(2 * GB, Wait), (int(3.1 * GB), Start)],
    ids=["other programs have the rest, and the run will take 1 GB more", "there is as much as both will want"],
)
def test_the_machine_must_have_the_memory_too(free: int, expected: type) -> None:
    assert isinstance(admit(PREDICT, children=[TUNING], limits=LIMITS, free=free), expected)


def test_who_labels_goes_first_and_nobody_is_overtaken_for_ever() -> None:
    big, small = replace(PREDICT, memory=5 * GB), replace(TUNE, memory=GB // 10)
    live = ChildState(9, Slot.LIVE, "suggestions", memory=2 * GB)
    found = admit_all([small, big], children=[live], limits=LIMITS, free=20 * GB)
    assert found == (found[1], Wait("memory", ("suggestions",), 2 * GB, LIMITS.memory)), "the small one waits its turn"
    found = admit_all([TUNE, SUGGEST], children=[SPARE], limits=LIMITS, free=20 * GB)
    assert found == (Start(), Use(1)), "the spare is for who labels, though the run asked first"
    found = admit_all([TUNE, PREDICT, SUGGEST], children=[], limits=LIMITS, free=20 * GB)
    assert found == (Start(), Start(), Start())
    found = admit_all([TUNE, PREDICT, SUGGEST], children=[], limits=LIMITS, free=4 * GB)
    assert [type(one) for one in found] == [Wait, Start, Start]


def test_idle_children_are_ended_when_nobody_wants_them_or_memory_is_short() -> None:
    old, new = replace(LIVE, idle_since=0.0), replace(PREDICTING, work="", idle_since=90.0)
    assert surplus([old, new, TUNING], limits=LIMITS, now=100.0, patience=50.0) == (4,)
    assert surplus([old, new, TUNING], limits=LIMITS, now=100.0, patience=500.0) == ()
    grown = replace(TUNING, memory=4 * GB)
    assert surplus([old, new, grown], limits=LIMITS, now=100.0, patience=500.0) == (3,), "live ones last"
    assert surplus([SPARE], limits=LIMITS, now=1e9, patience=1.0) == (), "a spare waits as long as it must"
    assert surplus([replace(TUNING, memory=9 * GB)], limits=LIMITS, now=0.0, patience=1.0) == (), "never one at work"


def test_a_quarter_of_the_machine_and_two_gigabytes_at_least_are_for_the_rest() -> None:
    found = {total: limits_for(total * GB).memory / GB for total in (1, 4, 8, 16, 64)}
    assert found == {1: 0, 4: 2, 8: 6, 16: 12, 64: 48}


def test_who_waits_is_told_for_what() -> None:
    assert why(Wait("slot", ("run 3",))) == "Waiting for this to finish: run 3"
    said = why(Wait("memory", ("run 3",), 5 * GB, 6 * GB))
    assert "run 3" in said and "5.0" in said and "6.0" in said


def test_waiting_runs_keep_their_order_and_can_be_moved() -> None:
    assert moved((1, 2, 3), 3, by=-1) == (1, 3, 2)
    assert moved((1, 2, 3), 3, by=-9) == (3, 1, 2)
    assert moved((1, 2, 3), 1, by=1) == (2, 1, 3)
    assert moved((1, 2, 3), 3, by=1) == moved((1, 2, 3), 8, by=1) == (1, 2, 3)
