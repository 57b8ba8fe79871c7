"""The code of all that is shown later, imported beside the window: half a second for which no click has to wait."""

from __future__ import annotations

import gc
import threading
from importlib import import_module

from lepton_studio.private import clear_left_behind
from lepton_studio.tasks import all_tasks
from lepton_studio.ui.frame.pages import PAGES

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


def fetch_parts() -> threading.Thread:
    """Import them in a thread, which is returned. What a killed window left in the temporary folder is cleared there.

    What is there then is there to stay. Python's garbage collector walks through it again and again, in the middle of a
    key press, and takes 70 ms each time: it is told to leave it alone.
    """

    def fetch() -> None:
        clear_left_behind()
        paths = (*(page.path for page in PAGES), *(task.editor for task in all_tasks().values()), *_LATER)
        for path in paths:
            import_module(path.partition(":")[0])
        import_module("lepton_studio.formats.discovery").all_formats()
        import_module("lepton_studio.methods").all_methods()
        gc.freeze()

    thread = threading.Thread(target=fetch, name="fetch parts", daemon=True)
    thread.start()
    return thread
