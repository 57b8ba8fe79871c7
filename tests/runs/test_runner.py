"""The window's thread of a job: batches, stages, an end that always comes."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from lepton_studio.runs.children.memory import Limits
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.slots import Need, Slot
from lepton_studio.runs.events import Event, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.monitoring import Patience
from lepton_studio.runs.outcome import Outcome
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.runner import Runner, wait_for_retired

TUNE = Need(Slot.TUNING, "run 1")
Speaking = Callable[[str], list[str]]
HURRY = Patience(keep=0.3, throw_away=0.2, terminate=0.2, kill=10.0, after_last_event=0.3, silence=0.2)


@pytest.fixture
def app() -> QCoreApplication:
    return QCoreApplication.instance() or QApplication([])


class Watch:
    """What a runner told the window."""

    def __init__(self, runner: Runner) -> None:
        self.batches: list[list[Event]] = []
        self.outcomes: list[Outcome] = []
        self.stages: list[str] = []
        self.responding: list[bool] = []
        runner.events_arrived.connect(self.batches.append)
        runner.ended.connect(self.outcomes.append)
        runner.stopping_stage_changed.connect(self.stages.append)
        runner.responding_changed.connect(self.responding.append)

    @property
    def events(self) -> list[Event]:
        return [event for batch in self.batches for event in batch]


def test_a_hundred_thousand_events_reach_the_window_in_few_batches(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("say_much"))
    watch = Watch(runner)
    clock = QElapsedTimer()
    clock.start()
    runner.start()
    _wait_until(lambda: bool(watch.outcomes))
    assert runner.wait(5000)
    steps = [event.step for event in watch.events if isinstance(event, Stepped)]
    assert steps == list(range(1, 100_001))
    assert len(watch.batches) <= clock.elapsed() / 50 + 2
    assert len(watch.outcomes) == 1


def test_the_first_loop_of_the_window_sees_the_events_in_their_order(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("work_well"))
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: bool(watch.outcomes))
    runner.wait()
    assert isinstance(watch.events[-1], Finished)
    assert watch.outcomes[0].kind == "finished"


def test_a_deaf_child_is_ended_and_the_button_can_say_each_stage(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("ignore_everything"), patience=HURRY)
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: Noted("deaf") in watch.events)
    runner.stop(keep=True)
    _wait_until(lambda: bool(watch.outcomes))
    runner.wait()
    assert watch.stages == ["asked", "terminating", "killing"]
    assert watch.outcomes[0].resumable


def test_pressing_throw_away_again_does_not_wait_any_longer(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    patient = Patience(keep=600, throw_away=600, terminate=600)
    runner = Runner(folder, command=speaking("ignore_everything"), patience=patient)
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: Noted("deaf") in watch.events)
    runner.stop(keep=True)
    _wait_until(lambda: len(watch.stages) == 1)
    runner.stop(keep=False)
    _wait_until(lambda: len(watch.stages) == 2)  # asked again, now to throw away
    runner.stop(keep=False)
    _wait_until(lambda: watch.stages[-1] == "terminating")
    runner.stop(keep=False)
    _wait_until(lambda: bool(watch.outcomes))
    runner.wait()
    assert watch.outcomes[0].kind == "thrown_away"


def test_a_silent_child_is_said_to_be_silent_and_to_be_back(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("fall_silent"), patience=HURRY)
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: bool(watch.outcomes))
    runner.wait()
    assert watch.responding[:2] == [False, True]


def test_closing_the_window_lets_the_child_save_and_end_by_itself(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("obey"))
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: bool(watch.events))
    runner.leave(detach=False)
    assert runner.wait(5000)
    _wait_until(lambda: any(type(event).__name__ == "Stopped" for event in folder.events()))
    assert not watch.outcomes


def test_a_run_kept_on_without_the_window_is_found_and_followed_by_the_next(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("outlive"))
    runner.start()
    _wait_until(lambda: len(list(folder.events())) > 3)
    runner.leave(detach=True)
    assert runner.wait(5000)
    again = Runner(folder, adopt=True)
    watch = Watch(again)
    again.start()
    _wait_until(lambda: len(watch.events) > 5)
    again.stop(keep=True)
    _wait_until(lambda: bool(watch.outcomes))
    again.wait()
    assert watch.outcomes[0].kind == "stopped"
    assert watch.events == list(folder.events())


def test_stop_pressed_before_the_child_is_there_still_counts(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("obey"))
    watch = Watch(runner)
    runner.stop(keep=False)
    runner.start()
    _wait_until(lambda: bool(watch.outcomes))
    runner.wait()
    assert watch.outcomes[0].kind == "thrown_away"


@pytest.mark.parametrize("adopt", [True, False])
def test_a_job_that_cannot_be_started_ends_with_a_sentence(
    app: QCoreApplication, folder: RunFolder, adopt: bool
) -> None:
    runner = Runner(folder, adopt=adopt, command=["/no/such/python"])
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: bool(watch.outcomes))
    runner.wait()
    assert watch.outcomes[0].status == "failed"
    assert watch.outcomes[0].sentence


def test_a_stop_while_it_waits_for_a_child_ends_it_and_it_can_be_gone_on_with_after_a_pause(
    app: QCoreApplication, folder: RunFolder
) -> None:
    with Children(limits=Limits(children=1, memory=0), start=_idle_child) as children, children.borrow(TUNE):
        for ask, kind in (
            (lambda runner: runner.stop(keep=True), "thrown_away"),
            (lambda runner: runner.stop(keep=False), "thrown_away"),
            (lambda runner: runner.pause(), "paused"),
        ):
            runner = Runner(folder, children=children, need=TUNE)
            watch = Watch(runner)
            said: list[str] = []
            runner.waits.connect(said.append)
            runner.start()
            _wait_until(lambda: bool(said))  # noqa: B023 - waited for at once
            ask(runner)
            _wait_until(lambda: bool(watch.outcomes))  # noqa: B023
            runner.wait()
            assert watch.outcomes[0].kind == kind
            assert said == ["Waiting for this to finish: run 1"]


def test_a_retired_thread_is_forgotten_when_it_ends(
    app: QCoreApplication, folder: RunFolder, speaking: Speaking
) -> None:
    runner = Runner(folder, command=speaking("obey"))
    watch = Watch(runner)
    runner.start()
    _wait_until(lambda: bool(watch.events))
    runner.leave(detach=False)
    runner.retire()
    wait_for_retired(milliseconds=5000)
    assert runner.isFinished() and not watch.outcomes


def _idle_child(*, spare: bool = False) -> ChildProcess:
    return ChildProcess.start(command=[sys.executable, "-c", "import sys; sys.stdin.read()"])


def _wait_until(condition: Callable[[], bool]) -> None:
    """Run the window's loop until it comes true."""
    loop = QEventLoop()
    ticks = QTimer(interval=5)
    ticks.timeout.connect(lambda: loop.exit() if condition() else None)
    limit = QTimer(singleShot=True, interval=120_000)
    limit.timeout.connect(loop.quit)
    ticks.start()
    limit.start()
    loop.exec()
    assert condition(), "it never came true"
