"""The child's process: a fresh interpreter in a session of its own, read by threads, ended with its whole group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

import psutil

import lepton_studio
from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.runs.folder import RunFolder, write_process
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.runs.wire import BadLine, Command, Detach, Event, Ready, Run, decode, encode

CHILD_COMMAND = (sys.executable, "-P", "-m", "lepton_studio.child")
"""`-P`: a file `random.py` in the folder that the app was started from must not be imported by the child."""

_TAIL_BYTES = 8192


class CouldNotStart(StudioError):
    """The system refused to start the child; the text is a sentence for a person, `__cause__` the system's answer."""


def needs_network(model: str) -> bool:
    """Whether the base model is neither the built-in one nor a folder here, so that it must come from the Hub."""
    return model != BUILT_IN_MODEL and not Path(model).exists()


def child_environment(*, online: bool) -> dict[str, str]:
    """The variables the child starts with: ours, and no word to the network unless `online`."""
    environment = dict(os.environ)
    for name in ("PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONHASHSEED"):
        environment.pop(name, None)
    environment |= {
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }
    if not online:
        environment |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    checkout = Path(lepton_studio.__file__).resolve().parent.parent
    if checkout.name != "site-packages":
        paths = [str(checkout), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


class ChildProcess:
    """A child and what it says. Make one with `start`; every method may be called from any thread and none blocks long.

    It is the owner's to end: by a job that ends, by `close`, or by `close_stdin` or `detach` when the window goes.
    """

    def __init__(self, process: subprocess.Popen[bytes], *, online: bool) -> None:
        self.online = online
        self.pid = process.pid
        self.ready: Ready | None = None
        self._process = process
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._events: list[Event] = []
        self._bytes_read = 0
        self._tail: deque[bytes] = deque(maxlen=200)
        self._log: Path | None = None
        self._log_start = 0
        self._reader = self._start_thread(self._read_events, "events")
        self._logger = self._start_thread(self._read_stderr, "log")
        self._start_thread(self._wait, "end")

    @classmethod
    def start(
        cls,
        *,
        command: Sequence[str] | None = None,
        online: bool = False,
        spare: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> ChildProcess:
        """Start a child, which says Ready once its imports are done. `online`: it may ask the Hub.

        A `spare` gives way to everything else on the machine until it is handed a job.

        `command` and `environment` are for another interpreter or another program that speaks the wire.
        Raises CouldNotStart.
        """
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        try:
            process = subprocess.Popen(
                list(command or CHILD_COMMAND),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**child_environment(online=online), **(environment or {})},
                start_new_session=sys.platform != "win32",
                creationflags=flags,
            )
        except OSError as error:
            raise CouldNotStart(tr("The training process could not start.")) from error
        _give_way(process.pid, far=spare)
        return cls(process, online=online)

    @property
    def ended(self) -> bool:
        """The process is gone and all that it said has been read."""
        return self._ended.is_set()

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.returncode

    def hand_over(self, folder: RunFolder, *, resume: bool = False) -> bool:
        """Give it the job of this folder; False when it is gone already. From here on its log goes to log.txt there."""
        _give_way(self.pid, far=False)
        with contextlib.suppress(psutil.Error, OSError):  # a full disk: the child will meet it and say so
            write_process(folder, pid=self.pid)
        self._log_start = folder.log_file.stat().st_size if folder.log_file.exists() else 0
        with self._lock:
            self._log = folder.log_file
            _append(folder.log_file, self._tail)
        return self.send(Run(str(folder.path), resume))

    def send(self, command: Command) -> bool:
        """Write one command; False when the child no longer listens."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            with self._lock:
                stdin.write(encode(command).encode() + b"\n")
                stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def take(self, seconds: float) -> list[Event]:
        """All events since the last call, after `seconds` or as soon as the process has ended."""
        self._ended.wait(seconds)
        with self._lock:
            taken, self._events = self._events, []
        return taken

    def log_tail(self) -> str:
        """The last lines of its log (of this job only), for a report and for the cause of a sudden end."""
        if self._log is None:
            return b"".join(self._tail).decode("utf-8", "replace")
        return read_tail(self._log, start=self._log_start)

    def terminate(self) -> None:
        """Ask the system to end it (SIGTERM); on Windows the same as `kill`."""
        with contextlib.suppress(OSError):
            self._process.terminate()

    def kill(self) -> None:
        """End it and everything that it started, now."""
        if self._process.poll() is None:
            _kill_group(self.pid)

    def close_stdin(self) -> None:
        """The window goes: a child at work saves a checkpoint and ends by itself, an idle one just ends."""
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError), self._lock:
            stdin.close()

    def detach(self) -> None:
        """The window goes and the child goes on: it writes events.jsonl and obeys the control file."""
        self.send(Detach())
        self.close_stdin()

    def close(self, *, wait: float = 5.0) -> None:
        """End a child that has nothing to lose, and wait up to `wait` seconds until it is gone."""
        self.kill()
        self._ended.wait(wait)

    def _start_thread(self, work: object, name: str) -> threading.Thread:
        assert callable(work)
        thread = threading.Thread(target=work, name=f"child-{self.pid}-{name}", daemon=True)
        thread.start()
        return thread

    def _read_events(self) -> None:
        with self._pipe("stdout") as lines:
            for line in lines:
                self._bytes_read += len(line)
                try:
                    event = decode(line.decode("utf-8", "replace"))
                except BadLine:
                    self._keep(line)
                    continue
                if isinstance(event, Command):
                    continue
                if isinstance(event, Ready):
                    self.ready = event
                with self._lock:
                    self._events.append(event)

    def _read_stderr(self) -> None:
        with self._pipe("stderr") as lines:
            for line in lines:
                self._keep(line)

    def _keep(self, line: bytes) -> None:
        with self._lock:
            self._tail.append(line)
            if self._log is not None:
                _append(self._log, [line])

    def _wait(self) -> None:
        """The end is the end of the process, not of its pipe, which a process that it started may hold open."""
        self._process.wait()
        _kill_group(self.pid)
        for thread in (self._reader, self._logger):
            seen = -1
            while thread.is_alive() and seen != self._bytes_read:
                seen = self._bytes_read
                thread.join(0.1)
        self.close_stdin()
        self._ended.set()

    def _pipe(self, name: str) -> IO[bytes]:
        pipe: IO[bytes] | None = getattr(self._process, name)
        assert pipe is not None
        return pipe


def read_tail(path: Path, *, start: int = 0) -> str:
    """The last lines of a log, nothing of it before byte `start`."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(start, size - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _append(path: Path, lines: Iterable[bytes]) -> None:
    """A log that cannot be written (the disk is full) must not stop the events."""
    with contextlib.suppress(OSError), path.open("ab") as file:
        file.writelines(lines)


def _give_way(pid: int, *, far: bool) -> None:
    """Let a spare that warms up (`far`) take only what nobody else wants, and a child at work its full share again.

    On Linux a plain user may lower a process but not raise it again, a session's group both: see sched(7), autogroup.
    """
    with contextlib.suppress(psutil.Error, OSError):
        if sys.platform == "linux":
            os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))  # never ahead of a window that wakes up
            Path(f"/proc/{pid}/autogroup").write_text("15" if far else "0")
        elif sys.platform == "win32":
            level = psutil.BELOW_NORMAL_PRIORITY_CLASS if far else psutil.NORMAL_PRIORITY_CLASS
            psutil.Process(pid).nice(level)


def _kill_group(pid: int) -> None:
    """Kill the process and all that it started."""
    if sys.platform == "win32":
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            for one in [*process.children(recursive=True), process]:
                with contextlib.suppress(psutil.Error):
                    one.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
