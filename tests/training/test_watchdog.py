"""A child that is stuck does not outlive its window, nor does it take all of the machine's memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lepton_studio.child.watchdog import ABANDONED
from lepton_studio.runs.events import Failed
from lepton_studio.runs.wire import decode

STUCK = """
import sys, time
from lepton_studio.runs.wire import encode
from lepton_studio.child.orders import Orders
from lepton_studio.child.watchdog import watch
watch(Orders(), send=lambda event: print(encode(event), flush=True), {limit})
print("ready", flush=True)
held = []
while True:  # looks at no wish: a library that never comes back
    {work}
"""


@pytest.mark.parametrize(
    ("limit", "work", "code"),
    [("grace=0.2", "time.sleep(0.01)", ABANDONED), ("most_memory=300_000_000", "held.append(bytes(10**6))", 1)],
)
def test_a_stuck_child_is_ended(limit: str, work: str, code: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", STUCK.format(limit=limit, work=work)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    said, log = child.communicate(timeout=60)  # which closes its stdin: the window is gone
    assert child.returncode == code
    if code == ABANDONED:
        assert "window" in log and not said
    else:
        event = decode(said)
        assert isinstance(event, Failed) and event.kind == "out_of_memory" and "GB" in event.message


def test_a_child_that_was_let_go_of_goes_on() -> None:
    code = STUCK.format(limit="grace=0.2", work="time.sleep(1.5); print('on', flush=True); sys.exit()")
    child = subprocess.run(
        [sys.executable, "-c", code], input='{"type": "detach"}\n', capture_output=True, text=True, check=False
    )
    assert child.stdout == "ready\non\n", child.stderr
