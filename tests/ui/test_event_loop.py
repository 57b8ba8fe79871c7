"""The watch over the window's thread sees a slot that stands still, and nothing where none does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Event, Lock, Thread

import pytest
from PySide6.QtCore import QTimer

from tests.event_loop import ALLOWED, LONGEST, SURE, watched_event_loop
from tests.ui.driving import label_page, make_project, open_window, press, wait_until, watched_window

_STILL = 4 * SURE * LONGEST
_COMPUTED = 1.2
"""Seconds of a processor that are a stall on a slow machine too, where they count for fewer."""


def _sleep() -> None:
    time.sleep(_STILL)


def _compute() -> None:
    until = time.thread_time() + _COMPUTED
    while time.thread_time() < until:
        pass


def _join() -> None:
    thread = Thread(target=_sleep)
    thread.start()
    thread.join()


def _wait_for_a_lock() -> None:
    lock, held = Lock(), Event()

    def hold() -> None:
        with lock:
            held.set()
            time.sleep(_STILL)

    thread = Thread(target=hold)
    thread.start()
    held.wait()
    with lock:
        thread.join()


@contextmanager
def _busy_machine() -> Iterator[None]:
    """Other processes want every processor twice."""
    burning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for one in burning:
            one.kill()
            one.wait()


@pytest.mark.parametrize("stands_still", [_sleep, _compute, _join, _wait_for_a_lock])
def test_a_slot_that_stands_still_is_found_with_its_stack(tmp_path: Path, stands_still: Callable[[], None]) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        assert window.session is not None
        done = []

        def counted(_counts: object) -> None:
            stands_still()
            done.append(True)

        page.counter.counted.connect(counted)
        wait_until(lambda: window.session is not None and window.session.background.is_idle)
        with watched_event_loop() as watch:
            for count in range(1, 31):  # a busy machine hides some
                page.counter.ask()
                wait_until(lambda: len(done) == count)  # noqa: B023 - waited for at once
                if watch.stalls:
                    break
        with pytest.raises(AssertionError, match="stood still"):
            watch.check()
        assert stands_still.__name__ in str(watch.stalls[0])


@pytest.mark.parametrize("others", [nullcontext, _busy_machine])
def test_labelling_never_stands_still_be_the_machine_busy_or_not_and_what_the_test_does_itself_is_no_stall(
    tmp_path: Path, others: Callable[[], AbstractContextManager[None]]
) -> None:
    with watched_window(make_project(tmp_path, texts=60)) as window, others():
        page = label_page(window)
        ticks = []
        timer = QTimer()
        timer.timeout.connect(lambda: ticks.append(1))
        timer.start(5)
        for key in "123" * 5:
            ticks.clear()
            press(window, key)
            wait_until(lambda: len(ticks) > 2)
        _compute()
        wait_until(lambda: len(ticks) > 2)
        assert page.queue.current is not None and page.queue.current.id == 16


@pytest.mark.parametrize(("allowed", "is_too_long"), [(_COMPUTED, False), (LONGEST, True)])
def test_what_is_allowed_to_stand_still_may_not_do_so_for_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: float, is_too_long: bool
) -> None:
    monkeypatch.setitem(ALLOWED, "test_event_loop.py:_compute", (allowed, "it is planted"))
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        with watched_event_loop() as watch:

            def counted(_counts: object) -> None:
                if not watch.stalls:
                    _compute()
                    page.counter.ask()

            page.counter.counted.connect(counted)
            page.counter.ask()
            wait_until(lambda: watch.stalls)
    assert {one.allowed for one in watch.stalls} == {"test_event_loop.py:_compute"}
    assert bool(watch.too_long()) == is_too_long
