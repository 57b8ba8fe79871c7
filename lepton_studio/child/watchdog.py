"""Beside the work, whatever the work is stuck in: a child whose window is gone ends, and one that takes too much memory
does before the system ends somebody else for it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

import psutil

from lepton_studio.child.orders import Orders
from lepton_studio.language import tr
from lepton_studio.runs.events import Event, Failed

_LOOK = 0.5
"""Seconds between two looks."""
_TUNING_GRACE = 120.0
_USUAL_GRACE = 10.0
"""Seconds that a child without its window has to end by itself; one that trains saves a checkpoint first."""
_TUNING_SHARE = 0.9
_USUAL_SHARE = 0.6
"""How much of the machine's memory a child may take."""
ABANDONED = 3
"""The exit code of a child that was still busy when its time without a window was over."""


def watch(
    orders: Orders,
    *,
    send: Callable[[Event], None],
    grace: float | None = None,
    most_memory: int | None = None,
) -> None:
    """Start the thread that ends this process where it must. `grace` in seconds and `most_memory` in bytes (of resident
    memory) are those of the work that goes on, if not given."""
    threading.Thread(target=_look, args=(orders, send, grace, most_memory), name="watchdog", daemon=True).start()


def _look(orders: Orders, send: Callable[[Event], None], given_grace: float | None, given_memory: int | None) -> None:
    process = psutil.Process()
    total = psutil.virtual_memory().total
    while True:
        time.sleep(_LOOK)
        grace = given_grace or (_TUNING_GRACE if orders.trains else _USUAL_GRACE)
        share = _TUNING_SHARE if orders.trains else _USUAL_SHARE
        most = given_memory or int(total * share)
        since = orders.abandoned_since
        if since is not None and time.monotonic() - since > grace:
            print(f"the window has been gone for {grace:.0f} s and the work does not end", file=sys.stderr, flush=True)
            os._exit(ABANDONED)
        if (used := process.memory_info().rss) > most:
            message = tr("The job used {used:.1f} GB of memory and was stopped.", used=used / 1e9)
            send(Failed("out_of_memory", message, f"{used} of {most} bytes"))
            os._exit(1)
