"""The code of all that is shown later, imported beside the window: half a second for which no click has to wait."""

from __future__ import annotations

import builtins
import gc
import sys
import threading
import time
from importlib import import_module
from typing import Any

from PySide6.QtCore import QObject, QTimer

from lepton_studio.private import clear_left_behind
from lepton_studio.tasks import all_tasks
from lepton_studio.ui.frame.pages import PAGES

_FIRST = "lepton_studio.project.schema"
"""What makes a project: the first thing that a new person does."""
_LATER = (
    "lepton_studio.studio.suggesting",
    "lepton_studio.ui.data.import_view",
    "lepton_studio.ui.frame.command_palette",
    "lepton_studio.ui.frame.history_card",
    "lepton_studio.ui.frame.key_page",
    "lepton_studio.runs.runner",
    "lepton_studio.studio.needs",
    "lepton_studio.studio.queueing",
    "lepton_studio.studio.exporting",
)
"""Modules that a page or the window imports where they are first used, the first to be used in front."""
_TURN = 0.008
"""Seconds of a turn; the module that is being imported then is the last one of it."""
_BETWEEN_MS = 4
_LOOK_AGAIN = 0.02
_NO_TURN = 2.0
"""So many seconds at one place, and the window's thread is taken to wait for what only more imports bring about."""


class Fetching(QObject):
    """Imports them in a thread of its own that works only while the window's thread waits for it, 8 ms at a time.

    Qt asks for the classes of its objects without Python's lock, and finds nothing, and crashes, while another thread
    is entering a new class in PySide's table of them: so no class may be made beside a running event loop. A thread it
    is all the same, since only that can be stopped in the middle of a package and gone on with.

    What is there then is there to stay. Python's garbage collector walks through it again and again, in the middle of a
    key press, and takes 70 ms each time: it is told to leave it alone. What a killed window left in the temporary
    folder is cleared first.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changed = threading.Condition()
        self._is_its_turn = False
        self._is_over = False
        self._ends = 0.0
        self._window = threading.get_ident()
        self._imported = builtins.__import__
        self._thread = threading.Thread(target=self._fetch, name="fetch parts", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN_MS)
        self._timer.timeout.connect(self._give_turn)

    def start(self) -> None:
        """In turns with the event loop."""
        self._thread.start()
        self._timer.start()

    def finish(self) -> None:
        """All that is left, now. Blocks."""
        if not self._thread.ident:
            self._thread.start()
        while not self._is_over:
            self._give_turn()

    def _give_turn(self) -> None:
        with self._changed:
            self._is_its_turn = not self._is_over
            if self._is_its_turn:  # PySide, imported from in two threads, leaves a function of its own in this place
                builtins.__import__ = self._import_in_turns
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_over or not self._is_its_turn)
        if self._is_over:
            self._timer.stop()

    def _wait_for_turn(self) -> None:
        stood, since = self._stands_at(), time.monotonic()
        with self._changed:
            self._is_its_turn = False
            self._changed.notify_all()
            while not (waited_for := self._is_waited_for()) and not self._is_its_turn:
                if (stands := self._stands_at()) != stood:
                    stood, since = stands, time.monotonic()
                elif time.monotonic() - since >= _NO_TURN:
                    break
                self._changed.wait(_LOOK_AGAIN)
        self._ends = time.monotonic() + (0 if waited_for else _TURN)  # what waits may go on after any import

    def _is_waited_for(self) -> bool:
        """Whether the window's thread wants a module that this thread is in the middle of: then it gives no turns."""
        frame = sys._current_frames().get(self._window)
        return frame is not None and frame.f_code.co_name == "acquire" and "importlib" in frame.f_code.co_filename

    def _stands_at(self) -> tuple[int, int]:
        """Another value where the window's thread has gone on: while that imports, nothing is imported beside it."""
        frame = sys._current_frames().get(self._window)
        return (0, 0) if frame is None else (id(frame), frame.f_lasti)

    def _import_in_turns(self, *arguments: Any, **named: Any) -> Any:
        if threading.current_thread() is self._thread and time.monotonic() > self._ends:
            self._wait_for_turn()
        return self._imported(*arguments, **named)

    def _fetch(self) -> None:
        clear_left_behind()
        builtins.__import__ = self._import_in_turns  # a finder of modules would be asked under the lock of all imports
        try:
            paths = (_FIRST, *(page.path for page in PAGES), *(task.editor for task in all_tasks().values()), *_LATER)
            for path in paths:
                import_module(path.partition(":")[0])
            import_module("lepton_studio.formats.discovery").all_formats()
            import_module("lepton_studio.methods").all_methods()
            gc.freeze()
        finally:
            with self._changed:
                builtins.__import__ = self._imported
                self._is_over = True
                self._changed.notify_all()
