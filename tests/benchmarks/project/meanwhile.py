"""Labels pressed while much is written: how long from the key press until it is painted, and until it is on the disk.

A real window (offscreen) on a project of texts to label. While nothing goes on, while an import of 100,000 rows and its
undo are written, and while the results of a finished run are read, a thread presses label keys at any moment, as a
person does. Another process reads the project through a connection of its own, and says when it sees each label.

`python -m tests.benchmarks.project.meanwhile FOLDER LAST` is that other process: it writes "ID SECONDS" on stdout.
"""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.project.places import DATABASE_NAME
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, LabelId, NewSample, SampleId
from lepton_studio.project.waiting import read_waiting, waiting_file
from lepton_studio.runs.events import Finished, Ready, Staged
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job, JobLabel
from lepton_studio.runs.wire import encode
from lepton_studio.studio.tuning import left_runs
from lepton_studio.tasks.text_classification import TASK
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.fetching import Fetching
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.page import LabelPage
from lepton_studio.ui.shared.session import Session
from tests.benchmarks.figure import Figure
from tests.event_loop import watched_event_loop
from tests.ui.driving import application, label_page, open_window, wait_until

ROWS = 100_000
"""Of the import, and predictions of the run."""
TO_LABEL = 6_000
BETWEEN = (0.05, 0.15)
"""Seconds from one press to the next."""
LIMIT = "<= 50"
"""Milliseconds."""
LABELS = ("refund", "card lost", "login")
_LOOK_EVERY = 0.02
_LONG = 1800.0


@dataclass
class Press:
    """Moments on the monotonic clock. `kept`: the window said that it is saved; `seen`: by the other process."""

    sample: SampleId
    label: LabelId
    pressed: float
    painted: float = 0.0
    kept: float = 0.0
    seen: float = 0.0


def labelling_meanwhile() -> list[Figure]:
    """From the moment of the press, be the window busy or not; each part of it has its own presses."""
    figures: list[Figure] = []
    application()
    with tempfile.TemporaryDirectory(prefix="meanwhile-") as scratch:
        folder, table = _make_project(Path(scratch)), _make_table(Path(scratch) / "rows.csv")
        presses: list[Press] = []
        with open_window(folder) as window, _reader(folder) as seen:
            Fetching().finish()  # as the app does soon after its start
            presser = Presser(window, label_page(window))
            for name, prepare, begin in (
                ("nothing else goes on", _nothing, _nothing),
                (f"an import of {ROWS:,} rows is written", _nothing, lambda: _import(window, table)),
                ("that much is undone", lambda: _import_again(window, table), lambda: window.undo(sure=True)),
                (
                    f"the results of a run on {ROWS:,} samples are read",
                    lambda: _leave_results(_session(window).project),
                    lambda: _read_results(_session(window)),
                ),
            ):
                prepare()
                began = time.monotonic()
                begin()
                label_page(window)
                with watched_event_loop() as watch:
                    pressed = presser.press_until(partial(_is_quiet, _session(window)), at_least=100)
                took = time.monotonic() - began
                wait_until(partial(_are_kept, pressed, seen), seconds=_LONG)
                figures += _figures(name, pressed, took=took, lateness=watch.lateness)
                presses += pressed
        figures.append(Figure("labels that are not there at the end", _missing(folder, presses), "", "<= 0"))
    return figures


def _nothing() -> None:
    pass


def _are_kept(presses: list[Press], seen: Mapping[SampleId, float]) -> bool:
    for press in presses:
        press.seen = seen.get(press.sample, 0.0)
    return all(press.kept and press.seen for press in presses)


class Presser(QObject):
    """Presses label keys in the window's thread when another thread says so; each is timed from that moment."""

    def __init__(self, window: MainWindow, page: LabelPage) -> None:
        super().__init__()
        self._window = window
        self._page = page
        self._keys = {label.id: label.key for label in page.labels}
        self._chance = random.Random(10)
        self._due: list[float] = []
        self._unpainted: list[Press] = []
        self._unkept: list[Press] = []
        self._all: list[Press] = []
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        page.session.writing.kept.connect(self._note_kept)

    def press_until(self, is_over: Callable[[], bool], *, at_least: int) -> list[Press]:
        """Press until that much is written, and at least so often."""
        self._all = []
        over = threading.Event()

        def ask() -> None:
            while not over.wait(self._chance.uniform(*BETWEEN)):
                self._due.append(time.monotonic())
                QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

        thread = threading.Thread(target=ask, name="presses keys", daemon=True)
        thread.start()
        wait_until(lambda: len(self._all) >= at_least and is_over(), seconds=_LONG)
        over.set()
        thread.join()
        wait_until(lambda: not self._due and not self._unpainted)
        return self._all

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.User:
            return super().event(event)
        pressed, shown = self._due.pop(0), self._page.queue.current
        assert shown is not None, "there are enough samples"
        label = self._chance.choice(list(self._keys))
        press = Press(shown.id, label, pressed)
        for waiting in (self._all, self._unpainted, self._unkept):
            waiting.append(press)
        QTest.keyClicks(self._window.focusWidget() or self._window, self._keys[label])
        assert self._page.queue.current is not None and self._page.queue.current.id != press.sample
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_paint = event.type() == QEvent.Type.Paint and isinstance(watched, QWidget)
        if is_paint and self._unpainted and self._page.work.isAncestorOf(cast(QWidget, watched)):
            QTimer.singleShot(0, self, self._note_painted)  # once all that is to be painted is
        return False

    def _note_painted(self) -> None:
        now = time.monotonic()
        for press in self._unpainted:
            press.painted = now
        self._unpainted = []

    def _note_kept(self) -> None:
        now = time.monotonic()
        for press in self._unkept:
            press.kept = now
        self._unkept = []


def _figures(name: str, presses: list[Press], *, took: float, lateness: list[float]) -> list[Figure]:
    painted = sorted(1000 * (one.painted - one.pressed) for one in presses)
    kept = sorted(1000 * (max(one.kept, one.seen) - one.pressed) for one in presses)
    note = f"n = {len(presses)} in {took:.0f} s; p50 {statistics.median(painted):.1f}, max {painted[-1]:.1f} ms"
    disk = f"p50 {statistics.median(kept):.0f}, max {kept[-1]:.0f} ms; the other process looks every 20 ms"
    return [
        Figure(f"press to painted while {name}, p95", _p95(painted), "ms", LIMIT, note=note),
        Figure(
            f"the window's thread stands still while {name}, longest",
            1000 * max(lateness),
            "ms",
            LIMIT,
            note=f"n = {len(lateness)}; time in which other programs had the processor is taken off",
        ),
        Figure(f"press to on disk while {name}, p95", _p95(kept), "ms", note=disk),
    ]


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


# ------------------------------------------------------------------------------------------ what goes on meanwhile


def _is_quiet(session: Session) -> bool:
    return session.background.writer is None and not session.background.shown() and not session.writing.waits


def _import(window: MainWindow, table: Path) -> None:
    """As a person does it, up to the press on Import."""
    window.import_files([table])
    page = window.page
    assert isinstance(page, DataPage) and page.import_view is not None
    wait_until(page.import_view.import_button.isEnabled, seconds=60)
    page.import_view.import_button.click()


def _import_again(window: MainWindow, table: Path) -> None:
    """So that nothing is in the history after it. One row is new: a table that is there already changes nothing."""
    session = _session(window)
    before = session.project.count()
    with table.open("a", encoding="utf-8") as file:
        file.write("the last row,refund\n")
    _import(window, table)
    wait_until(lambda: session.project.count() > before and _is_quiet(session), seconds=_LONG)


def _leave_results(project: Project) -> None:
    """What a child leaves that has ended."""
    labels = project.labels()
    ids = [one.id for one in project.labelled_rows()][:ROWS]
    run = project.create_run(model="built-in", recipe={}, counts={"train": len(ids)})
    folder = RunFolder(project.run_folder(run.id))
    folder.write_job(Job("tune", TASK.id, tuple(JobLabel(one.id, one.name) for one in labels)))
    events = (Ready(1, 0.0, "cpu"), Staged("training"), Finished(9, 9.0, 9.0))
    folder.events_file.write_text("".join(f"{encode(one)}\n" for one in events), "utf-8")
    chance = random.Random(4)
    scores = {str(label.id): 1 / len(labels) for label in labels}
    with folder.predictions_file.open("w", encoding="utf-8") as file:
        for place, sample in enumerate(ids):
            gold, value = (TASK.dump(Choice((chance.choice(labels).id,))) for _ in range(2))
            split = SPLITS[place % len(SPLITS)]
            line = {"id": sample, "split": split, "value": value, "gold": gold, "score": 0.5, "scores": scores}
            file.write(json.dumps(line) + "\n")
    choices = [Choice((labels[0].id,))]
    folder.report_file.write_text(json.dumps({"test": TASK.score(choices, choices, labels).to_json()}), "utf-8")


def _read_results(session: Session) -> None:
    """As the window does of a run that has ended."""
    session.run_in_background(
        "Reading the results", lambda progress: left_runs(progress.project), lambda _left: None, can_cancel=False
    )


# --------------------------------------------------------------------------------------------------------- the project


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def _make_project(folder: Path) -> Path:
    with Project.create(folder / "Meanwhile.lepton", task=TASK.id, labels=LABELS) as project:
        with project.change("Import texts") as change:
            change.add_samples(NewSample(_text("to label", number)) for number in range(TO_LABEL))
        return project.folder


def _make_table(file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(("text", "label"))
        rows.writerows((_text("imported", number), LABELS[number % 3]) for number in range(ROWS))
    return file


def _text(kind: str, number: int) -> str:
    return f"Message {number} {kind}: my card was swallowed by the machine at the station, and the bank is closed."


def _missing(folder: Path, presses: list[Press]) -> int:
    """How many of them the project, opened anew, does not have as they were given."""
    with Project.open(folder) as project:
        return sum(project.sample(one.sample).value != TASK.dump(Choice((one.label,))) for one in presses)


# ------------------------------------------------------------------------------------------------ the other process


@contextmanager
def _reader(folder: Path) -> Iterator[Mapping[SampleId, float]]:
    """When another process saw each sample labelled first."""
    seen: dict[SampleId, float] = {}
    command = [sys.executable, "-m", "tests.benchmarks.project.meanwhile", str(folder), str(TO_LABEL)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None

        def listen() -> None:
            for line in reader.stdout or ():
                sample, _, at = line.partition(" ")
                seen[int(sample)] = float(at)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield seen
        finally:
            reader.terminate()
            thread.join()


def read_on(folder: Path, last: SampleId) -> None:
    """Say of each sample up to `last` when its label is in the project, or waits on the disk; until terminated."""
    said: set[SampleId] = set()
    with closing(sqlite3.connect(f"{(folder / DATABASE_NAME).as_uri()}?mode=ro", uri=True)) as db:
        while True:
            there = {id for (id,) in db.execute("SELECT id FROM sample WHERE value IS NOT NULL AND id <= ?", (last,))}
            there |= {write.sample for _number, write in read_waiting(waiting_file(folder))}
            now = time.monotonic()
            for sample in sorted(there - said):
                print(sample, now, flush=True)
            said |= there
            time.sleep(_LOOK_EVERY)


FIGURES = [labelling_meanwhile]

if __name__ == "__main__":
    read_on(Path(sys.argv[1]), int(sys.argv[2]))
