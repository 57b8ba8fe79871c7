"""The code of what is shown later comes in turns with the event loop: no class of Qt is made while that runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import builtins, gc, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from lepton_studio.ui.frame.fetching import Fetching

app = QApplication([])
imported, fetching = builtins.__import__, Fetching()
looks, moved = [], []

def look():  # the thread stands still while the event loop goes on
    before, began = len(sys.modules), time.monotonic()
    while time.monotonic() - began < 0.002:
        pass
    moved.append(len(sys.modules) - before)
    looks.append(before)
    if len(looks) == 10:
        {meanwhile}
        looks.append(len(sys.modules))
    if fetching._is_over:
        app.quit()

timer = QTimer()
timer.timeout.connect(look)
timer.start(0)
fetching.start()
app.exec()
assert gc.get_freeze_count() > 0 and "lepton_studio.ui.inspect.page" in sys.modules
assert len(set(looks)) > 20, looks
assert moved.count(0) == len(moved), moved
assert builtins.__import__ is imported
print("all there")
"""


def _run(script: str) -> str:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_modules_come_while_the_event_loop_waits_and_only_then() -> None:
    assert _run(_SCRIPT.format(meanwhile="pass")) == "all there"


def test_a_page_that_is_opened_meanwhile_waits_for_its_modules_and_no_longer() -> None:
    script = _SCRIPT.format(meanwhile="import lepton_studio.ui.inspect.page")
    assert _run(script.replace("== len(moved)", ">= len(moved) - 1")) == "all there"


def test_what_a_library_leaves_in_the_place_of_import_does_not_end_the_turns() -> None:
    assert _run(_SCRIPT.format(meanwhile="builtins.__import__ = imported")) == "all there"


def test_whoever_cannot_wait_gets_all_at_once() -> None:
    script = """
import gc
from PySide6.QtWidgets import QApplication
from lepton_studio.ui.frame.fetching import Fetching
app = QApplication([])
Fetching().finish()
assert gc.get_freeze_count()
Fetching().finish()  # again: nothing is left to do
print("all there")
"""
    assert _run(script) == "all there"
