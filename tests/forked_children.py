"""Children of the tests that fork from a process which has imported what all of them import.

A child takes five seconds of a processor before it is ready, nearly all of it imports; forked, half a second. It is a
process of its own all the same, with its own session, pipes, variables and end; only its imports are those of the
process that it was forked from. One with other variables for those starts as in use (`tests/training/test_child.py`,
`test_warm_child.py`: a run that goes on in another process is not to depend on a seed of hashes that both share), and
so do those of every program that tests start by other means (under X, in an empty environment). Linux only.

`python -m tests.forked_children serve DESCRIPTOR DESCRIPTOR`: the process that they are forked from; see `serve`.
`python -m tests.forked_children run ARGUMENTS…`: `python -m lepton_studio ARGUMENTS…` whose children fork.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from lepton_studio.child.variables import VARIABLES
from lepton_studio.runs.places import ThisMachine, child_environment

ADDRESS = "LEPTON_TESTS_FORK_AT"
"""The variable that has the address of the process to fork from; without it children start as in use."""
_MESSAGE = 2**20
_AT_LOADING = ("OMP_", "GOMP_", "MKL_", "OPENBLAS_", "TORCH", "CUDA", "HF_", "TRANSFORMERS_", "TOKENIZERS_", "LD_")
"""How variables begin that libraries read when they are loaded."""


class Forked:
    """What `subprocess.Popen` is for the processes that it starts, as far as `ChildProcess` asks."""

    def __init__(self, pid: int, status: socket.socket, pipes: tuple[IO[bytes], IO[bytes], IO[bytes]]) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = pipes
        self.returncode: int | None = None
        self._status = status
        self._lock = threading.Lock()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, or the negative number of the signal that ended it."""
        with self._lock:
            if self.returncode is None:
                self._status.settimeout(timeout)
                self.returncode = int(self._status.recv(_MESSAGE))
                self._status.close()
        return self.returncode

    def poll(self) -> int | None:
        """The same, or None while it runs."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
            with contextlib.suppress(BlockingIOError):
                self.wait(0)
        return self.returncode


@contextlib.contextmanager
def forking() -> Iterator[None]:
    """Within it children fork, where their variables are those that the process loaded its libraries with."""
    launch = ThisMachine.launch

    def forked(place: ThisMachine, command: Sequence[str] | None = None, *, environment: Mapping[str, str]) -> Any:
        address = None if command else os.environ.get(ADDRESS)
        child = _fork(address, {**child_environment(), **environment}) if address else None
        return child or launch(place, command, environment=environment)

    ThisMachine.launch = forked  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        ThisMachine.launch = launch  # type: ignore[method-assign]


@contextlib.contextmanager
def nursery(*, at_once: bool) -> Iterator[str]:
    """The address of a process to fork from, which begins at once or when it is first asked, and ends afterwards; the
    children go on.
    """
    environment = child_environment()
    with ExitStack() as held:
        address = str(Path(held.enter_context(tempfile.TemporaryDirectory())) / "nursery")
        listening = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        listening.bind(address)
        listening.listen(64)
        until, over = os.pipe()

        def begin() -> None:
            ready = [] if at_once else select.select([listening.fileno(), until], [], [])[0]
            if until not in ready:
                command = [sys.executable, "-P", "-m", "tests.forked_children", "serve"]
                given = [listening.fileno(), until]
                subprocess.run([*command, *map(str, given)], env=environment, pass_fds=given, check=False)
            os.close(until)

        thread = threading.Thread(target=begin, name="nursery")
        thread.start()
        held.callback(thread.join)
        held.callback(os.close, over)
        yield address


def _fork(address: str, environment: Mapping[str, str]) -> Forked | None:
    status = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    status.connect(address)
    stdin, to_child = os.pipe()
    from_child, stdout = os.pipe()
    errors, stderr = os.pipe()
    asked = json.dumps({"environment": dict(environment), "folder": os.getcwd()}).encode()
    socket.send_fds(status, [asked], [stdin, stdout, stderr])
    for one in (stdin, stdout, stderr):
        os.close(one)
    pipes = os.fdopen(to_child, "wb"), os.fdopen(from_child, "rb"), os.fdopen(errors, "rb")
    if (pid := int(status.recv(_MESSAGE))) > 0:
        return Forked(pid, status, pipes)
    for pipe in (*pipes, status):
        pipe.close()
    return None


def serve(listening: socket.socket, until: int) -> None:
    """Fork a child for each connection, and say on it how the child has ended, until that descriptor has no writer.

    In a process that is nobody's child: tests look whether something has left children behind.
    """
    if os.fork():
        return
    os.setsid()
    loaded_with = _at_loading(os.environ)
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    from lepton_studio.child.light_imports import import_lightly

    import_lightly()
    import torch

    from lepton_studio.child import service  # noqa: F401 - what a child imports
    from lepton_studio.child.warm import warm_up

    torch.set_num_threads(1)  # OpenMP's threads are not there any more in what is forked, and would be waited for
    warm_up()  # with it all is imported
    children: dict[int, tuple[int, socket.socket]] = {}
    while True:
        ready, _, _ = select.select([until, listening.fileno(), *children], [], [])
        if until in ready:
            return
        for one in set(ready) & set(children):
            pid, status = children.pop(one)
            os.close(one)
            _, how = os.waitpid(pid, 0)
            with status, contextlib.suppress(OSError):
                status.send(str(os.waitstatus_to_exitcode(how)).encode())
        if listening.fileno() in ready:
            status, _ = listening.accept()
            message, pipes, _, _ = socket.recv_fds(status, _MESSAGE, 3)
            asked = json.loads(message)
            if _at_loading(asked["environment"]) != loaded_with:
                with status:
                    status.send(b"-1")
            elif pid := os.fork():
                children[os.pidfd_open(pid)] = pid, status
            else:
                for watched, (_, other) in children.items():
                    os.close(watched)
                    other.close()
                listening.close()
                os.close(until)
                _become(asked, pipes, status)
            for descriptor in pipes:
                os.close(descriptor)


def _become(asked: Any, pipes: Sequence[int], status: socket.socket) -> None:
    """What `python -m lepton_studio.child` is, with these pipes and variables. Does not return."""
    code = 1
    try:
        os.setsid()
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # as `ThisMachine` has it
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        for place, descriptor in enumerate(pipes):
            os.dup2(descriptor, place)
            os.close(descriptor)
        with status:
            status.send(str(os.getpid()).encode())
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        from lepton_studio.child.__main__ import main

        code = main()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _at_loading(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_LOADING)}


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "serve":
        serve(socket.socket(fileno=int(arguments[0])), int(arguments[1]))
    else:
        sys.argv = ["lepton-studio", *arguments]
        with forking():
            runpy.run_module("lepton_studio", run_name="__main__", alter_sys=True)
