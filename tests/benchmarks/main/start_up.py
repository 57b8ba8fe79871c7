"""From the start of the process to the first painted window, on the sample project; what it weighs, what it loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lepton_studio.studio.sample_project import create_sample_project
from tests.benchmarks.figure import Figure

REPEATS = 5

# What `lepton-studio DIR` does, with a look at the clock after the first paint of the window. The clock starts in the
# parent, before the process exists.
_WINDOW = """
import json, os, sys, time
from pathlib import Path
from typing import Any
from lepton_studio.app import make_application, run_window
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow

class FirstPaint(QObject):
    seen = False

    def eventFilter(self, watched, event):
        if not self.seen and event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            self.seen = True
            QTimer.singleShot(0, self.say)
        return False

    def say(self):
        seconds = time.time() - float(os.environ["LEPTON_STARTED"])
        early = {"pyqtgraph", "numpy"} & set(sys.modules)  # those come in a thread, after the paint
        QTimer.singleShot(1500, lambda: self.end(seconds, early))

    def end(self, seconds, early):
        import psutil
        heavy = sorted(early | {"torch", "transformers", "datasets", "pandas"} & set(sys.modules))
        memory = psutil.Process().memory_info().rss / 2**20
        print(json.dumps({"seconds": seconds, "memory": memory, "heavy": heavy}), flush=True)
        for window in app.topLevelWidgets():
            window.close()
        app.quit()

app = make_application()
watcher = FirstPaint()
app.installEventFilter(watcher)
run_window(Path(sys.argv[1]))
"""


def start() -> list[Figure]:
    """Offscreen where there is no display. The first start, which also fills the disk cache, is not counted."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "Sample.lepton"
        create_sample_project(folder).close()
        seen = [_once(folder, home=home) for _ in range(REPEATS + 1)][1:]
    heavy = sorted({name for one in seen for name in one["heavy"]})
    return [
        Figure.of(
            "process start to first painted window",
            [one["seconds"] for one in seen],
            unit="s",
            target="<= 1.5",
            note="the sample project on its Label page; disk cache warm",
        ),
        Figure.of(
            "memory of the window's process",
            [one["memory"] for one in seen],
            unit="MB",
            target="<= 300",
            note="resident, 1.5 s after the first paint",
        ),
        Figure(
            "heavy libraries in the window's process",
            float(len(heavy)),
            unit="",
            target="<= 0",
            note=", ".join(heavy) or "no torch, transformers, datasets, pandas; no numpy, pyqtgraph before the paint",
        ),
    ]


def _once(folder: Path, *, home: str) -> dict[str, Any]:
    environment = {**os.environ, "LEPTON_HOME": home}
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    environment["LEPTON_STARTED"] = repr(time.time())
    done = subprocess.run(
        [sys.executable, "-c", _WINDOW, str(folder)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise RuntimeError(f"the window did not open: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


FIGURES = [start]
