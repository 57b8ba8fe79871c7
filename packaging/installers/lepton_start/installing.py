"""Doing it: the commands one after another, what they say in the log, and progress told as it comes. Any thread."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lepton_start import switching
from lepton_start.failures import sentence_for
from lepton_start.places import WINDOWS, Payload
from lepton_start.plan import Choices, Step, parts, save_choices, steps, variables, without_torch

_LAST = 6000
"""Characters of what a command said in which its failure is looked for."""
_FETCHES = re.compile(r"^\s*Downloading (?P<name>[\w.\-]+) \((?P<size>[\d.]+)(?P<unit>[KMG])iB\)")
_FETCHED = re.compile(r"^\s*Downloaded (?P<name>[\w.\-]+)")
_UNIT = {"K": 2**10, "M": 2**20, "G": 2**30}


@dataclass(frozen=True, slots=True)
class Progress:
    """`doing`: a key of `words.py`. `fetched` and `total` in bytes, of the larger parts that have come whole; `now`:
    the parts that are on their way, with their sizes.
    """

    doing: str
    fetched: int = 0
    total: int = 0
    now: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`environment`: where it went well. `sentence` and `detail`: where it did not; both empty after a cancel."""

    environment: Path | None = None
    sentence: str = ""
    detail: str = ""


@dataclass
class Fetching:
    """Which parts are on their way and which have come, read from what `uv` says of each above a megabyte."""

    total: int = 0
    now: dict[str, int] = field(default_factory=dict)
    fetched: int = 0

    def read(self, line: str) -> bool:
        """Take one line in; whether anything changed."""
        if begun := _FETCHES.match(line):
            self.now[begun["name"]] = int(float(begun["size"]) * _UNIT[begun["unit"]])
        elif come := _FETCHED.match(line):
            self.fetched += self.now.pop(come["name"], 0)
        else:
            return False
        return True

    def progress(self, doing: str) -> Progress:
        """As it stands."""
        now = tuple(sorted(self.now.items(), key=lambda one: -one[1]))
        return Progress(doing, self.fetched, max(self.total, self.fetched), now)


class Installation:
    """One try. `cancel` may be called from any thread while `run` works in another."""

    def __init__(
        self, payload: Payload, home: Path, choices: Choices, *, python: str, platform: str, log: Path
    ) -> None:
        self._payload, self._home, self._choices = payload, home, choices
        self._python, self._platform, self._log = python, platform, log
        self._cancelled = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def cancel(self) -> None:
        """End what runs; `run` then removes what it has made."""
        self._cancelled.set()
        process = self._process
        if process is not None:
            with contextlib.suppress(OSError):
                process.terminate()

    def run(self, on_progress: Callable[[Progress], None]) -> Outcome:
        """Make an environment beside the others and point to it. Raises Busy; nothing else."""
        with switching.only_one(self._home):
            try:
                return self._run(on_progress)
            except OSError as error:
                self._note(f"{type(error).__name__}: {error}")
                sentence, detail = sentence_for(f"{error} os error {error.errno}")
                return Outcome(sentence=sentence, detail=detail)

    def _run(self, on_progress: Callable[[Progress], None]) -> Outcome:
        switching.tidy(self._home)
        environment = switching.new_environment(self._home, self._payload.version)
        save_choices(self._home, self._choices)
        fetching = Fetching(sum(part.size for part in parts(self._payload, self._choices, self._platform)))
        todo = steps(self._payload, environment, self._choices, python=self._python, platform=self._platform)
        failed: tuple[str, str] | None = None
        for number, step in enumerate(todo):
            on_progress(fetching.progress(step.doing))
            said = self._call(step, fetching, on_progress)
            if self._cancelled.is_set() or said is not None:
                failed = sentence_for(said or "")
                break
            if number == 0:
                lock = self._payload.requirements.read_text("utf-8")
                (environment / "without-torch.txt").write_text(without_torch(lock), encoding="utf-8")
        if self._cancelled.is_set():
            self._leave_nothing(environment)
            return Outcome()
        if failed:
            shutil.rmtree(environment, ignore_errors=True)
            return Outcome(sentence=failed[0], detail=failed[1])
        switching.switch(self._home, environment)
        switching.tidy(self._home)
        return Outcome(environment)

    def _call(self, step: Step, fetching: Fetching, on_progress: Callable[[Progress], None]) -> str | None:
        """Run one command; None when it went well, else the end of what it said."""
        if self._cancelled.is_set():
            return ""
        self._note("$ " + " ".join(step.command))
        own = variables(self._home, self._choices)
        process = self._process = subprocess.Popen(
            step.command, cwd=self._home, env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        said = ""
        with process:
            if self._cancelled.is_set():
                process.terminate()
            for line in process.stdout or ():
                self._note(line.rstrip())
                said = (said + line)[-_LAST:]
                if fetching.read(line):
                    on_progress(fetching.progress(step.doing))
        self._note(f"(ended with {process.returncode})")
        return None if process.returncode == 0 else said

    def _leave_nothing(self, environment: Path) -> None:
        """After a cancel: no environment, and, where there is none to go on with, nothing of what was fetched."""
        shutil.rmtree(environment, ignore_errors=True)
        if switching.current(self._home) is None:
            shutil.rmtree(self._home / switching.CACHE, ignore_errors=True)

    def _note(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self._log.parent.mkdir(parents=True, exist_ok=True)
            with self._log.open("a", encoding="utf-8") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")


def start(python: Path, arguments: list[str]) -> int:
    """Become the app (on Windows: start it and wait only where there is a console to give back its code).

    What the launchers tell Python for us is not for the app: without its compiled modules each start takes much longer.
    """
    command = [str(python), "-m", "lepton_studio", *arguments]
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")}
    if not WINDOWS:
        os.execve(command[0], command, own)
    if python.name == "pythonw.exe":
        subprocess.Popen(command, env=own)
        return 0
    return subprocess.run(command, check=False, env=own).returncode
