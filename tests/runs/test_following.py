"""A job followed to its end, against real child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from lepton_studio.files import Hold
from lepton_studio.runs.adopted import running_child
from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.events import Event, Noted, Stepped, Stopped
from lepton_studio.runs.folder import RunFolder, read_control, write_control, write_process
from lepton_studio.runs.monitoring import Patience, StopStage, follow, run_job, stage_sentence
from lepton_studio.runs.places import child_environment
from lepton_studio.runs.process import ChildProcess, CouldNotStart
from lepton_studio.runs.requests import Stop
from lepton_studio.runs.wire import encode

Speaking = Callable[[str], list[str]]
HURRY = Patience(keep=0.3, throw_away=0.2, terminate=0.2, kill=10.0, after_last_event=0.3, silence=0.2)
HOLDS = """
import sys
from pathlib import Path
from lepton_studio.files import Hold
hold = Hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
"""Holds the lock of a run folder until its stdin is closed."""


def test_a_good_run_ends_with_its_scores_and_all_its_steps(folder: RunFolder, speaking: Speaking) -> None:
    seen: list[Event] = []
    outcome = run_job(folder, command=speaking("work_well"), on_events=seen.extend)
    assert (outcome.kind, outcome.scores) == ("finished", {"test": {"accuracy": 0.9}})
    assert [event.step for event in seen if isinstance(event, Stepped)] == [1, 2, 3, 4, 5]
    assert [event for event in seen if isinstance(event, Stepped)] == [
        event for event in folder.events() if isinstance(event, Stepped)
    ]


def test_a_warm_child_takes_the_job_over_and_is_the_one_that_does_it(folder: RunFolder, speaking: Speaking) -> None:
    spare = ChildProcess.start(command=speaking("work_well"))
    outcome = run_job(folder, child=spare, command=speaking("fail"))
    assert outcome.kind == "finished"
    assert spare.ended


def test_a_spare_that_died_while_it_waited_costs_nothing(folder: RunFolder, speaking: Speaking) -> None:
    spare = ChildProcess.start(command=speaking("work_well"))
    spare.close()
    assert run_job(folder, child=spare, command=speaking("work_well")).kind == "finished"


def test_prints_of_a_library_and_torn_lines_do_not_disturb_the_curves(folder: RunFolder, speaking: Speaking) -> None:
    seen: list[Event] = []
    outcome = run_job(folder, command=speaking("print_between"), on_events=seen.extend)
    assert [event.step for event in seen if isinstance(event, Stepped)] == [1]
    assert (outcome.kind, outcome.status) == ("lost", "interrupted")
    log = folder.log_file.read_text(errors="replace")
    assert "Downloading: 100%" in log
    assert "a library prints to stdout" in log


def test_a_child_killed_in_mid_run_can_be_resumed_from_its_checkpoint(folder: RunFolder, speaking: Speaking) -> None:
    outcome = run_job(folder, command=speaking("die"))
    assert (outcome.kind, outcome.status, outcome.step) == ("killed", "interrupted", 5)
    assert "memory" in outcome.sentence
    assert "step 4" in outcome.next_step


def test_the_cause_is_read_from_the_log_when_the_child_could_not_say_it(folder: RunFolder, speaking: Speaking) -> None:
    outcome = run_job(folder, command=speaking("run_out_of_memory"))
    assert outcome.kind == "out_of_memory"
    assert "MemoryError" in outcome.detail
    assert "Traceback" not in outcome.text


def test_a_failure_that_the_child_names_reaches_the_person_as_a_sentence(folder: RunFolder, speaking: Speaking) -> None:
    outcome = run_job(folder, command=speaking("fail"))
    assert (outcome.kind, outcome.step) == ("no_space", 3)


def test_a_child_that_cannot_import_its_libraries_says_so(folder: RunFolder, speaking: Speaking) -> None:
    outcome = run_job(folder, command=speaking("broken"))
    assert outcome.kind == "not_started"
    assert "libtorch_cpu.so" in outcome.detail


def test_an_interpreter_that_is_not_there_is_an_outcome_not_a_crash(folder: RunFolder) -> None:
    assert run_job(folder, command=["/no/such/python"]).kind == "not_started"
    with pytest.raises(CouldNotStart):
        ChildProcess.start(command=["/no/such/python"])


@pytest.mark.parametrize(("keep", "kind"), [(True, "stopped"), (False, "thrown_away")])
def test_stop_keeps_the_best_model_or_throws_it_away(
    folder: RunFolder, speaking: Speaking, keep: bool, kind: str
) -> None:
    seen: list[Event] = []
    outcome = run_job(
        folder,
        command=speaking("obey"),
        on_events=seen.extend,
        should_stop=lambda: Stop(keep=keep) if seen else None,
    )
    assert outcome.kind == kind
    assert folder.checkpoints.exists() == keep


def test_a_child_that_ignores_every_request_is_ended_in_stages_and_can_be_resumed(
    folder: RunFolder, speaking: Speaking
) -> None:
    seen: list[Event] = []
    stages: list[StopStage] = []
    outcome = run_job(
        folder,
        command=speaking("ignore_everything"),
        on_events=seen.extend,
        on_stage=stages.append,
        should_stop=lambda: Stop(keep=True) if Noted("deaf") in seen else None,
        patience=HURRY,
    )
    assert stages == ["asked", "terminating", "killing"]
    assert len({stage_sentence(stage) for stage in stages}) == 3
    assert (outcome.status, outcome.step, outcome.resumable) == ("interrupted", 8, True)
    checkpoint = newest_sound_checkpoint(folder)
    assert checkpoint is not None and checkpoint.step == 7


def test_a_child_that_does_not_listen_but_ends_when_the_system_asks_is_not_killed(
    folder: RunFolder, speaking: Speaking
) -> None:
    seen: list[Event] = []
    stages: list[StopStage] = []
    outcome = run_job(
        folder,
        command=speaking("end_on_terminate"),
        on_events=seen.extend,
        on_stage=stages.append,
        should_stop=lambda: Stop(keep=False) if Noted("deaf") in seen else None,
        patience=HURRY,
    )
    assert stages == ["asked", "terminating"]
    assert outcome.kind == "thrown_away"


@pytest.mark.parametrize("manner", ["leave_a_worker", "leave_a_runaway"])
def test_a_worker_that_holds_the_pipe_open_does_not_delay_the_end(
    folder: RunFolder, speaking: Speaking, manner: str
) -> None:
    seen: list[Event] = []
    outcome = run_job(folder, command=speaking(manner), on_events=seen.extend)
    assert outcome.kind == "finished"
    worker = int(next(event.message for event in seen if isinstance(event, Noted)))
    if manner == "leave_a_worker":
        _wait_until(lambda: _gone(worker))
    else:
        assert psutil.pid_exists(worker)  # the end came while the pipe was still open
        os.kill(worker, signal.SIGKILL)


def test_an_error_in_the_window_lets_the_child_save_and_end(folder: RunFolder, speaking: Speaking) -> None:
    def break_down(_: list[Event]) -> None:
        raise RuntimeError("a page could not paint")

    child = ChildProcess.start(command=speaking("obey"))
    with pytest.raises(RuntimeError, match="could not paint"):
        run_job(folder, child=child, on_events=break_down)
    _wait_until(lambda: child.ended)
    assert isinstance(list(folder.events())[-1], Stopped)


def test_a_resumed_run_does_not_end_by_what_an_earlier_attempt_said(folder: RunFolder, speaking: Speaking) -> None:
    folder.events_file.write_text(encode(Stopped(3, True, 1.0)) + "\n" + '{"type":"stepp')
    outcome = run_job(folder, resume=True, command=speaking("work_well"))
    assert outcome.kind == "finished"
    events = list(folder.events())
    assert events[1] == Noted("Resumed.")
    assert Stepped(1, 100, 0.01, 1.0, 1e-5, 50.0, 100.0, 1.0) in events


def test_a_stop_left_over_from_the_last_run_does_not_stop_the_next(folder: RunFolder, speaking: Speaking) -> None:
    write_control(folder, "discard")
    assert run_job(folder, command=speaking("work_well")).kind == "finished"
    assert not folder.control_file.exists()


def test_the_child_is_in_no_group_of_ours_so_that_ctrl_c_does_not_reach_it(
    folder: RunFolder, speaking: Speaking
) -> None:
    child = ChildProcess.start(command=speaking("obey"))
    assert os.getsid(child.pid) == child.pid != os.getsid(0)
    child.close()


def test_an_idle_spare_ends_when_its_window_goes(speaking: Speaking) -> None:
    child = ChildProcess.start(command=speaking("obey"))
    child.close_stdin()
    _wait_until(lambda: child.ended)
    assert child.exit_code == 0
    assert not child.cancel(1, "keep")


def test_the_child_asks_nobody_on_the_network() -> None:
    said = child_environment()
    assert said["HF_HUB_OFFLINE"] == said["TRANSFORMERS_OFFLINE"] == said["HF_DATASETS_OFFLINE"] == "1"


# ------------------------------------------------------------------------------------------- without a window


def test_a_run_that_goes_on_without_its_window_is_followed_again_and_obeys(
    folder: RunFolder, speaking: Speaking
) -> None:
    child = ChildProcess.start(command=speaking("outlive"))
    child.hand_over(folder)
    _wait_until(lambda: len(list(folder.events())) > 3)
    adopted = running_child(folder)
    assert adopted is not None
    seen: list[Event] = []
    outcome = follow(
        adopted,
        folder,
        on_events=seen.extend,
        should_stop=lambda: Stop(keep=True) if len(seen) > 5 else None,
    )
    assert outcome.kind == "stopped"
    assert seen[: len(seen)] == list(folder.events())


def test_an_adopted_child_that_does_not_answer_is_ended_too(folder: RunFolder, speaking: Speaking) -> None:
    child = ChildProcess.start(command=speaking("ignore_everything"))
    child.hand_over(folder)
    _wait_until(lambda: Noted("deaf") in list(folder.events()))
    adopted = running_child(folder)
    assert adopted is not None
    stages: list[StopStage] = []
    outcome = follow(adopted, folder, on_stage=stages.append, should_stop=lambda: Stop(keep=True), patience=HURRY)
    assert stages == ["asked", "terminating", "killing"]
    assert (outcome.status, outcome.resumable) == ("interrupted", True)
    assert child.take(5.0) is not None and child.exit_code == -signal.SIGKILL


def test_a_run_is_at_work_as_long_as_its_process_holds_the_lock_whatever_its_files_say(folder: RunFolder) -> None:
    folder.process_file.write_text(f'{{"pid": {os.getpid()}, "started": {time.time()}}}')
    assert running_child(folder) is None
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, folder.lock_file], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    folder.process_file.write_text("{torn")
    child = running_child(folder)
    assert child is not None and child.pid == process.pid
    with pytest.raises(BlockingIOError):
        Hold(folder.lock_file)
    process.kill()
    process.communicate()
    assert running_child(folder) is None
    Hold(folder.lock_file).release()


def test_a_child_of_another_machine_on_a_shared_drive_is_followed_by_its_files_and_gets_no_signal(
    folder: RunFolder,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, folder.lock_file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        write_process(folder, pid=process.pid, host="another-machine")
        child = running_child(folder)
        assert child is not None and child.pid == 0 and child.memory() == 0
        for act in (child.terminate, child.kill, lambda: child.signal("behind")):
            act()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        assert child.cancel("keep") and read_control(folder) == "keep", "it is asked by its control file"
        write_process(folder, pid=process.pid)
        found = running_child(folder)
        assert found is not None and found.pid == process.pid
        found.kill()
        process.wait(30)


def test_a_command_in_the_control_file_is_taken_once(folder: RunFolder) -> None:
    assert read_control(folder) is None
    write_control(folder, "keep")
    assert read_control(folder) == "keep"
    assert read_control(folder) is None
    folder.control_file.write_text("rubbish")
    assert read_control(folder) is None


def _gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
