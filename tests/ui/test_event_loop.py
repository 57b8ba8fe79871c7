"""The watch over the window's thread sees a slot that stands still, and nothing where none does."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from PySide6.QtCore import QTimer

from tests.event_loop import watched_event_loop
from tests.ui.driving import label_page, make_project, open_window, press, wait_until


def _sleep() -> None:
    time.sleep(0.08)


def _compute() -> None:
    until = time.thread_time() + 0.08
    while time.thread_time() < until:
        pass


def _join() -> None:
    thread = Thread(target=_sleep)
    thread.start()
    thread.join()


@pytest.mark.parametrize("stands_still", [_sleep, _compute, _join])
def test_a_slot_that_stands_still_for_80_ms_is_found_with_its_stack(
    tmp_path: Path, stands_still: Callable[[], None]
) -> None:
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


def test_labelling_never_stands_still_and_what_the_test_does_itself_is_no_stall(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path, texts=60)) as window:
        page = label_page(window)
        ticks = []
        timer = QTimer()
        timer.timeout.connect(lambda: ticks.append(1))
        timer.start(5)
        with watched_event_loop() as watch:
            for key in "123" * 5:
                ticks.clear()
                press(window, key)
                wait_until(lambda: len(ticks) > 2)
            _compute()
            wait_until(lambda: len(ticks) > 2)
        assert page.queue.current is not None and page.queue.current.id == 16
        assert watch.lateness, "it was asked, and answered"
        watch.check()
