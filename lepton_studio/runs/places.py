"""Where children run: to launch one, find the one at work in a folder, push and pull files, signal and measure.

Everything else of ours asks a `Place` for these and knows nothing of processes, paths or signals itself. This
machine is the first place. One that is reached by a network (a login shell, a cluster's scheduler) keeps for each
pushed path a path there, answers `push` with it, and starts there a child that speaks the same wire through the same
three pipes; a run that goes on without its window is then followed by pulling its `events.jsonl`.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import psutil

import lepton_studio
from lepton_studio.files import holder
from lepton_studio.runs.children.memory import memory_of
from lepton_studio.runs.children.pace import Pace, set_pace
from lepton_studio.runs.folder import RunFolder

Signal = Literal["terminate", "kill"] | Pace
"""End soon; end now with all that it started; or a share of the processors."""

CHILD_COMMAND = (sys.executable, "-P", "-m", "lepton_studio.child")
"""`-P`: a file `random.py` in the folder that the app was started from must not be imported by the child."""


class Place(Protocol):
    """Where children run. Any thread; a place behind a network may block, so never the window's thread."""

    @property
    def host(self) -> str:
        """The name that `process.json` of its runs bears."""

    def launch(
        self, command: Sequence[str] | None = None, *, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        """Start a child (`command`: another program that speaks the wire) with pipes to its stdin, stdout and stderr.

        `environment`: variables beside those of `child_environment`. Raises OSError.
        """

    def find(self, folder: RunFolder) -> int | None:
        """The process id there of the child at work in this folder, 0 where it cannot be told; None for no child."""

    def push(self, path: Path) -> str:
        """See to it that a file or folder is there as it is here, of a run folder with the models that its job names (a
        place elsewhere says in its own models.json there where they are) and the files in `RunFolder.media`.

        Returns its path there. Raises OSError.
        """

    def pull(self, path: Path) -> None:
        """See to it that a pushed file or folder is here as it is there. Raises OSError."""

    def signal(self, pid: int, how: Signal) -> None:
        """Do this to a process of this place; nothing where it is gone."""

    def memory(self, pid: int) -> int:
        """The bytes that a process of this place takes of the machine that the window runs at."""


class ThisMachine:
    """The place that the window runs at: a path there is the path here, and nothing has to be moved."""

    host = platform.node()

    def launch(
        self, command: Sequence[str] | None = None, *, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        process = subprocess.Popen(
            list(command or CHILD_COMMAND),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**child_environment(), **environment},
            start_new_session=sys.platform != "win32",
            creationflags=flags,
        )
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # never ahead of a window that wakes up
                os.sched_setscheduler(process.pid, os.SCHED_BATCH, os.sched_param(0))
        return process

    def find(self, folder: RunFolder) -> int | None:
        """As the lock that it holds says. A number of another machine (a shared drive) is none of a process here."""
        pid = holder(folder.lock_file)
        return 0 if pid and _host_of(folder, pid) not in ("", self.host) else pid

    def push(self, path: Path) -> str:
        return str(path)

    def pull(self, path: Path) -> None:
        return None

    def signal(self, pid: int, how: Signal) -> None:
        if how == "kill":
            _kill_group(pid)
        elif how == "terminate":
            with contextlib.suppress(psutil.Error):
                psutil.Process(pid).terminate()
        else:
            set_pace(pid, how)

    def memory(self, pid: int) -> int:
        return memory_of(pid)


THIS_MACHINE = ThisMachine()


def child_environment() -> dict[str, str]:
    """The variables a child starts with here: ours, and no word to the network. `lepton_studio.hub` fetches models."""
    environment = dict(os.environ)
    for name in ("PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONSTARTUP", "PYTHONHASHSEED"):
        environment.pop(name, None)
    environment |= {
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
    }
    checkout = Path(lepton_studio.__file__).resolve().parent.parent
    if checkout.name != "site-packages":
        paths = [str(checkout), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def _host_of(folder: RunFolder, pid: int) -> str:
    """The host that the folder's process.json names for this process; "" where it names none."""
    with contextlib.suppress(OSError, ValueError):
        stored = json.loads(folder.process_file.read_text("utf-8"))
        if isinstance(stored, dict) and stored.get("pid") == pid:
            return str(stored.get("host", ""))
    return ""


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
