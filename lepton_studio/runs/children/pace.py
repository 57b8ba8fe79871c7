"""How much of the processors a child gets: its full share, or only what nobody else wants."""

from __future__ import annotations

import contextlib
import os
import sys
from functools import cache
from pathlib import Path
from typing import Literal

import psutil

Pace = Literal["full", "behind"]

_FAR = 15
_DARWIN_PROCESS, _DARWIN_BACKGROUND = 4, 0x1000


def set_pace(pid: int, pace: Pace) -> None:
    """Let a child take its full share of the processors from now on, or stay behind all others. Both ways at any time.

    On Linux a plain user may make a process nicer but never less nice again; of the group of a session (the child leads
    one) he may do both: see sched(7), autogroup. Where the kernel does not schedule by these groups, the child gives up
    half of the processors instead. The Mac's background state is left and entered by anybody.
    """
    with contextlib.suppress(psutil.Error, OSError):  # it is gone, or the system knows no such thing
        if sys.platform == "linux":
            if counts_by_session():
                Path(f"/proc/{pid}/autogroup").write_text(str(_FAR if pace == "behind" else 0), "ascii")
            else:
                _use_processors(pid, pace)
        elif sys.platform == "win32":
            level = psutil.BELOW_NORMAL_PRIORITY_CLASS if pace == "behind" else psutil.NORMAL_PRIORITY_CLASS
            psutil.Process(pid).nice(level)
        elif sys.platform == "darwin":
            os.setpriority(_DARWIN_PROCESS, pid, _DARWIN_BACKGROUND if pace == "behind" else 0)


@cache
def counts_by_session() -> bool:
    """Whether Linux shares the processors between sessions: it does not where control groups do it."""
    try:
        if Path("/proc/sys/kernel/sched_autogroup_enabled").read_text("ascii").strip() != "1":
            return False
        for line in Path("/proc/self/cgroup").read_text("utf-8").splitlines():
            _, controllers, group = line.split(":", 2)
            if "cpu" in controllers.split(",") and group != "/":
                return False
            if not controllers and Path("/sys/fs/cgroup", group.lstrip("/"), "cpu.weight").exists():
                return False
    except (OSError, ValueError):
        return False
    return True


def _use_processors(pid: int, pace: Pace) -> None:
    """All of ours, or half of them; thread by thread, as those that come later inherit it."""
    ours = sorted(os.sched_getaffinity(0))
    used = ours[: max(1, len(ours) // 2)] if pace == "behind" else ours
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(task), used)
