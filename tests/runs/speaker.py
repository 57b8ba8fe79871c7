"""A small child that speaks the wire and misbehaves in one chosen way: `python speaker.py MANNER`.

A real process, for what the real child is never asked to do: ignore a stop, print between its events, die at a step.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from lepton_studio.files import Hold
from lepton_studio.runs.checkpoints import checkpoint_file
from lepton_studio.runs.events import Alive, Checkpointed, Event, Failed, Finished, Noted, Ready, Stepped, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.requests import Cancel, Run
from lepton_studio.runs.wire import decode, encode


class Speaker:
    """Sends events to the pipe and to events.jsonl, as the child does."""

    def __init__(self) -> None:
        self.events = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)
        self.folder: RunFolder | None = None

    def send(self, event: Event) -> None:
        line = encode(event) + "\n"
        if self.folder is not None:
            with self.folder.events_file.open("a") as file:
                file.write(line)
        self.events.write(line)

    def wait_for_run(self) -> bool:
        """False: the window has gone."""
        line = sys.stdin.readline()
        if not line:
            return False
        command = decode(line)
        assert isinstance(command, Run)
        self.folder = RunFolder(Path(command.folder))
        self.hold = Hold(self.folder.lock_file, seconds=5)
        return True

    def step(self, number: int) -> None:
        self.send(Stepped(number, 100, number / 100, 1.0, 1e-5, 50.0, 100.0, 1.0))

    def save(self, number: int) -> None:
        assert self.folder is not None
        path = checkpoint_file(self.folder, number)
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("weights", b"weights" * 1000)
        self.send(Checkpointed(number))


def main(manner: str) -> int:
    """Behave in this manner; the exit code."""
    if manner == "broken":
        raise ImportError("libtorch_cpu.so: cannot open shared object file")
    speaker = Speaker()
    speaker.send(Ready(os.getpid(), 0.0, "cpu", {}))
    if not speaker.wait_for_run():
        return 0
    return MANNERS[manner](speaker)


def work_well(speaker: Speaker) -> int:
    for number in range(1, 6):
        speaker.step(number)
    speaker.send(Finished(5, 1.5, 40.0, {"test": {"accuracy": 0.9}}))
    return 0


def say_much(speaker: Speaker) -> int:
    for number in range(1, 100_001):
        speaker.step(number)
    speaker.send(Finished(100_000, 1.0))
    return 0


def print_between(speaker: Speaker) -> int:
    os.write(speaker.events.fileno(), b'Downloading: 100%\n\xff\xfe not text\n{"type": "stepped"}\n[1, 2]\n')
    print("a library prints to stdout")
    speaker.step(1)
    os.write(speaker.events.fileno(), b'{"type":"step')
    return 0


def obey(speaker: Speaker) -> int:
    """Trains until told to stop; saves a checkpoint when the window goes."""
    speaker.step(1)
    speaker.save(1)
    line = sys.stdin.readline()
    command = decode(line) if line else None
    if isinstance(command, Cancel) and command.how == "keep":
        speaker.send(Stopped(1, True, 1.0))
    else:
        speaker.send(Stopped(1, False, 1.0))
    return 0


def ignore_everything(speaker: Speaker) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    speaker.step(7)
    speaker.save(7)
    speaker.step(8)
    speaker.send(Noted("deaf"))
    while True:
        time.sleep(0.05)
        speaker.send(Alive(8))


def end_on_terminate(speaker: Speaker) -> int:
    speaker.step(8)
    speaker.send(Noted("deaf"))
    while True:
        time.sleep(60)


def fall_silent(speaker: Speaker) -> int:
    speaker.step(3)
    time.sleep(0.5)
    speaker.step(4)
    speaker.send(Finished(4, 1.0))
    return 0


def leave_a_worker(speaker: Speaker) -> int:
    """A data loader's worker that holds the pipe open for a minute."""
    speaker.step(1)
    worker = _worker(speaker, new_session=False)
    speaker.send(Noted(str(worker)))
    speaker.send(Finished(1, 1.0))
    return 0


def leave_a_runaway(speaker: Speaker) -> int:
    """A process in a session of its own, which no signal to our group reaches, holds the pipe open."""
    worker = _worker(speaker, new_session=True)
    speaker.send(Noted(str(worker)))
    speaker.send(Finished(1, 1.0))
    return 0


def _worker(speaker: Speaker, *, new_session: bool) -> int:
    pipe = speaker.events.fileno()
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    worker = subprocess.Popen(sleep, pass_fds=[pipe], stdout=pipe, start_new_session=new_session)
    worker.returncode = 0
    return worker.pid


def die(speaker: Speaker) -> int:
    speaker.step(4)
    speaker.save(4)
    speaker.step(5)
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def run_out_of_memory(speaker: Speaker) -> int:
    speaker.step(2)
    raise MemoryError


def fail(speaker: Speaker) -> int:
    speaker.step(3)
    speaker.send(Failed("no_space", "No space left on device", "Traceback ...", 3))
    return 1


def outlive(speaker: Speaker) -> int:
    """Goes on without its window, until the control file says stop."""
    assert speaker.folder is not None
    number = 0
    while not speaker.folder.control_file.exists():
        number += 1
        with speaker.folder.events_file.open("a") as file:
            file.write(encode(Alive(number)) + "\n")
        time.sleep(0.05)
    command = json.loads(speaker.folder.control_file.read_text())
    with speaker.folder.events_file.open("a") as file:
        file.write(encode(Stopped(number, command["keep"], 1.0)) + "\n")
    return 0


MANNERS = {
    one.__name__: one
    for one in (
        work_well,
        say_much,
        print_between,
        obey,
        ignore_everything,
        end_on_terminate,
        fall_silent,
        leave_a_worker,
        leave_a_runaway,
        die,
        run_out_of_memory,
        fail,
        outlive,
    )
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
