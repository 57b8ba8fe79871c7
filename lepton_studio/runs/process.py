"""The child's process: asked one thing after another, read by threads, ended with its whole group."""

from __future__ import annotations

import contextlib
import dataclasses
import subprocess
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.runs.events import Alive, Event, Ready
from lepton_studio.runs.folder import RunFolder, write_process
from lepton_studio.runs.places import THIS_MACHINE, Place, Signal
from lepton_studio.runs.reply import Reply
from lepton_studio.runs.requests import (
    Cancel,
    Command,
    Detach,
    Draft,
    Embed,
    Explain,
    LayOut,
    LearnCurve,
    LearnSpans,
    Load,
    LookBeside,
    Predict,
    ReadOn,
    Refit,
    Request,
    Reword,
    Run,
    StopMode,
    Suspect,
)
from lepton_studio.runs.wire import BadLine, decode, encode


class CouldNotStart(StudioError):
    """The system refused to start the child; the text is a sentence for a person, `__cause__` the system's answer."""


class ChildProcess:
    """A child and what it says. Make one with `start`; every method may be called from any thread and none blocks long.

    It does what it is asked one after another and tells the `Reply` of each; it is warm for the next while it waits.
    It is the owner's to end: by a run that does not `stay`, by `close`, or by `close_stdin` or `detach` when the window
    goes.
    """

    def __init__(self, process: subprocess.Popen[bytes], *, place: Place = THIS_MACHINE) -> None:
        self.place = place
        self.pid = process.pid
        self.ready: Ready | None = None
        self._process = process
        self._lock = threading.Lock()
        self._to_child = threading.Lock()
        """Of its own: what the child says is read on while a long request is written."""
        self._ended = threading.Event()
        self._asked = 0
        self._replies: dict[int, Reply] = {}
        self._events: deque[Event] = deque(maxlen=1000)
        self._bytes_read = 0
        self._tail: deque[bytes] = deque(maxlen=200)
        self._log: Path | None = None
        self._reader = self._start_thread(self._read_events, "events")
        self._logger = self._start_thread(self._read_stderr, "log")
        self._start_thread(self._wait, "end")

    @classmethod
    def start(
        cls,
        *,
        command: Sequence[str] | None = None,
        spare: bool = False,
        environment: Mapping[str, str] | None = None,
        place: Place = THIS_MACHINE,
    ) -> ChildProcess:
        """Start a child, which says Ready once its imports are done.

        A `spare` gives way to everything else on the machine until its owner says otherwise.

        `command` and `environment` are for another interpreter or another program that speaks the wire.
        Raises CouldNotStart.
        """
        try:
            process = place.launch(command, environment=environment or {})
        except OSError as error:
            raise CouldNotStart(tr("The training process could not start.")) from error
        child = cls(process, place=place)
        if spare:
            child.signal("behind")
        return child

    @property
    def ended(self) -> bool:
        """The process is gone and all that it said has been read."""
        return self._ended.is_set()

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.returncode

    @property
    def waiting(self) -> int:
        """How many requests it has not ended yet, the one at work among them; 0: it is idle."""
        with self._lock:
            return len(self._replies)

    def ask(self, request: Request, *, log: Path | None = None) -> Reply:
        """Let it do this once it is done with what it was asked before; see `Reply.reached`.

        The request gets an id of its own (give it 0), and for its paths those of the child's place. `log`: a file for
        what the child prints meanwhile.
        """
        there = self._at_its_place(request)
        with self._lock:
            self._asked += 1
            numbered = dataclasses.replace(there, id=self._asked)
            reply = Reply(self, numbered, log=log)
            self._replies[numbered.id] = reply
            if log is not None:
                self._log = log
                _append(log, self._tail)
                self._tail.clear()
            if self.ready is not None:
                reply.hear(self.ready)
            if self._ended.is_set():
                reply.close()
        reply.reached = self.send(numbered)
        return reply

    def hand_over(self, folder: RunFolder, *, resume: bool = False, stay: bool = False) -> Reply:
        """Ask it to do the job of this folder, with its log in log.txt there. `stay`: it waits for more afterwards."""
        with contextlib.suppress(OSError, LookupError):  # a full disk: the child will meet it and say so
            write_process(folder, pid=self.pid, host=self.place.host)
        return self.ask(Run(0, str(folder.path), resume, stay), log=folder.log_file)

    def cancel(self, request: int, how: StopMode = "discard") -> bool:
        """Take a request back, at work or waiting; its last event says so. False when the child no longer listens."""
        return self.send(Cancel(request, how))

    def send(self, command: Command) -> bool:
        """Write one command; False when the child no longer listens."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            with self._to_child:
                stdin.write(encode(command).encode() + b"\n")
                stdin.flush()
        except (OSError, ValueError):
            return False
        return True

    def take(self, seconds: float) -> list[Event]:
        """What it said while nothing was asked (Ready) since the last call, after `seconds` or when it has ended."""
        self._ended.wait(seconds)
        with self._lock:
            taken = list(self._events)
            self._events.clear()
        return taken

    def wait(self, seconds: float) -> bool:
        """Wait so long for its end; whether it has ended."""
        return self._ended.wait(seconds)

    def log_tail(self) -> str:
        """The last lines that it printed where that went into no file."""
        with self._lock:
            return b"".join(self._tail).decode("utf-8", "replace")

    def terminate(self) -> None:
        """Ask the system to end it (SIGTERM); on Windows the same as `kill`."""
        self.signal("terminate")

    def kill(self) -> None:
        """End it and everything that it started, now."""
        self.signal("kill")

    def signal(self, how: Signal) -> None:
        """Do this to it, unless it has ended."""
        if self._process.poll() is None:
            self.place.signal(self.pid, how)

    def memory(self) -> int:
        """The bytes that it takes here, with those of the processes that it started."""
        return self.place.memory(self.pid)

    def close_stdin(self) -> None:
        """The window goes: a child at work saves a checkpoint and ends by itself, an idle one just ends."""
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError), self._to_child:
            stdin.close()

    def detach(self) -> None:
        """The window goes and the child goes on: it writes events.jsonl and obeys the control file."""
        self.send(Detach())
        self.close_stdin()

    def close(self, *, wait: float = 5.0) -> None:
        """End a child that has nothing to lose, and wait up to `wait` seconds until it is gone."""
        self.kill()
        self._ended.wait(wait)

    def _at_its_place(self, request: Request) -> Request:
        match request:
            case Run():
                return dataclasses.replace(request, folder=self.place.push(Path(request.folder)))
            case Predict() | Explain() | Reword():
                return dataclasses.replace(request, run=self.place.push(Path(request.run)))
            case Draft():
                there = self.place.push(Path(request.model)) if Path(request.model).is_dir() else request.model
                return dataclasses.replace(request, model=there)
            case Embed():
                encoder, vectors = self._encoder_at_its_place(request.encoder), self.place.push(Path(request.vectors))
                return dataclasses.replace(request, encoder=encoder, vectors=vectors)
            case LayOut():
                return dataclasses.replace(request, folder=self.place.push(Path(request.folder)))
            case ReadOn() | Refit() | LearnSpans() | LookBeside() | Suspect() | LearnCurve():
                encoder, vectors = self._encoder_at_its_place(request.encoder), self.place.push(Path(request.vectors))
                folder = self.place.push(Path(request.folder))
                return dataclasses.replace(request, folder=folder, encoder=encoder, vectors=vectors)
            case Load():
                return dataclasses.replace(request, encoder=self._encoder_at_its_place(request.encoder))

    def _encoder_at_its_place(self, encoder: str) -> str:
        return self.place.push(Path(encoder)) if Path(encoder).is_dir() else encoder

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
                    event = decode(line)
                except BadLine as error:
                    self._keep(f"{error}\n".encode() if error.is_message else line)
                    continue
                if not isinstance(event, Command):
                    self._hand_on(event)

    def _hand_on(self, event: Event) -> None:
        """To the reply that it is for; what is of no request in particular to all, or kept where nothing was asked."""
        with self._lock:
            if isinstance(event, Ready):
                self.ready = event
            theirs = self._replies.get(event.of)
            replies = [theirs] if theirs is not None else []
            if not event.of:
                replies = list(self._replies.values())
                if not replies:
                    self._events.append(event)
            elif isinstance(event, Alive):
                for waiting in self._replies.values():
                    if waiting is not theirs:
                        waiting.hear(Alive(0, of=waiting.id))
            for reply in replies:
                reply.hear(event)
                if reply.last is not None:
                    self._replies.pop(reply.id, None)
                    if not reply.ends_child:
                        self._log = None

    def _read_stderr(self) -> None:
        with self._pipe("stderr") as lines:
            for line in lines:
                self._keep(line)

    def _keep(self, line: bytes) -> None:
        with self._lock:
            if self._log is None:
                self._tail.append(line)
            else:
                _append(self._log, [line])

    def _wait(self) -> None:
        """The end is the end of the process, not of its pipe, which a process that it started may hold open."""
        self._process.wait()
        self.place.signal(self.pid, "kill")
        for thread in (self._reader, self._logger):
            seen = -1
            while thread.is_alive() and seen != self._bytes_read:
                seen = self._bytes_read
                thread.join(0.1)
        self.close_stdin()
        with self._lock:
            self._ended.set()
            for reply in self._replies.values():
                reply.close()

    def _pipe(self, name: str) -> IO[bytes]:
        pipe: IO[bytes] | None = getattr(self._process, name)
        assert pipe is not None
        return pipe


def _append(path: Path, lines: Iterable[bytes]) -> None:
    """A log that cannot be written (the disk is full) must not stop the events."""
    with contextlib.suppress(OSError), path.open("ab") as file:
        file.writelines(lines)
