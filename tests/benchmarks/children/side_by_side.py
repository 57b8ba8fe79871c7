"""A run, a live child that reads texts and a prediction at once, all of one owner: the memory that they take."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.runs.children.memory import GB
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.slots import Slot
from lepton_studio.runs.events import Event, Stepped
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.monitoring import run_job
from lepton_studio.runs.requests import Stop
from lepton_studio.studio.embedding import embed
from lepton_studio.studio.needs import need_of_run
from lepton_studio.studio.predict_file import predict_file
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import prepare_run, tune
from tests.benchmarks.figure import Figure

SECONDS = 40.0
TEXTS = 20_000


def side_by_side() -> list[Figure]:
    """What each child and all together take at their peak (proportional set size), and how many there are."""
    with (
        tempfile.TemporaryDirectory() as folder,
        create_sample_project(Path(folder) / "Sample.lepton") as project,
        Children() as children,
    ):
        tuned, _ = tune(project, recipe=Recipe(epochs=1, max_length=32))
        over = threading.Event()
        seen = _Seen(children)
        steps: list[Event] = []
        works = [
            lambda: _run(project, children, over, steps),
            lambda: _read(project, children, over),
            lambda: _predict(project, children, over, run=tuned.id, folder=Path(folder)),
        ]
        threads = [threading.Thread(target=work) for work in works]
        threads[0].start()
        _wait_until(lambda: len(steps) > 0)
        for one in threads[1:]:
            one.start()
        _wait_until(lambda: len(children.at_work()) == len(threads))
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            seen.look()
            time.sleep(0.1)
        over.set()
        for one in threads:
            one.join()
    if set(seen.of) != set(Slot):
        raise RuntimeError(f"not all were at work: {seen.of}")
    bound = children.limits.memory / GB
    note = f"built-in encoder, full fine-tuning on the sample project; {seen.looks} looks in {SECONDS:.0f} s"
    return [
        Figure("children: peak of all together", seen.all / GB, "GB", target=f"<= {bound:.2f}", note=note),
        *(
            Figure(f"children: peak of the one in the slot {slot.name.lower()}", seen.of[slot] / GB, "GB")
            for slot in Slot
        ),
        Figure("children: processes with torch at once", seen.processes, "", target=f"<= {children.limits.children}"),
    ]


class _Seen:
    """The most that was seen of each."""

    def __init__(self, children: Children) -> None:
        self._children = children
        self.of: dict[Slot, int] = {}
        self.all = self.processes = self.looks = 0

    def look(self) -> None:
        at_work = {one.pid: one.slot for one in self._children.children() if not one.is_idle}
        there = [one for one in psutil.Process().children(recursive=True) if _computes(one)]
        taken = {one.pid: _bytes(one) for one in there}
        for pid, slot in at_work.items():
            if slot is not None:
                self.of[slot] = max(self.of.get(slot, 0), taken.get(pid, 0))
        self.all = max(self.all, sum(taken.values()))
        self.processes = max(self.processes, len(there))
        self.looks += 1


def _computes(process: psutil.Process) -> bool:
    try:
        return "lepton_studio.child" in process.cmdline()
    except psutil.Error:
        return False


def _bytes(process: psutil.Process) -> int:
    """Of pages that several share, its part; where the system does not say so, what is its own."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", info.uss))


def _run(project: Project, children: Children, over: threading.Event, steps: list[Event]) -> None:
    with project.clone() as own:
        run, folder = prepare_run(own, recipe=Recipe(epochs=500))

        def tell(events: list[Event]) -> None:
            steps.extend(one for one in events if isinstance(one, Stepped))

        with children.borrow(need_of_run(run)) as child:
            run_job(
                folder, child=child, on_events=tell, should_stop=lambda: Stop(keep=False) if over.is_set() else None
            )


def _read(project: Project, children: Children, over: threading.Event) -> None:
    number = 0
    while not over.is_set():
        number += 1
        texts = (f"{number}: where is the parcel that I ordered {n} days ago, and who pays?" for n in range(TEXTS))
        _unless_over(lambda: embed(project, texts, children=children, should_stop=over.is_set))  # noqa: B023


def _predict(project: Project, children: Children, over: threading.Event, *, run: int, folder: Path) -> None:
    source = folder / "new.csv"
    source.write_text("text\n" + "".join(f"Where is parcel {n}? I am waiting.\n" for n in range(TEXTS)), "utf-8")
    with project.clone() as own:
        while not over.is_set():
            _unless_over(
                lambda: predict_file(
                    own, run, input=source, output=folder / "said.csv", children=children, should_stop=over.is_set
                )
            )


def _wait_until(condition: Callable[[], bool], *, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError("it did not begin")
        time.sleep(0.05)


def _unless_over(work: Callable[[], object]) -> None:
    with contextlib.suppress(Cancelled):
        work()


FIGURES = [side_by_side]
"""The figures: `python packaging/dev.py bench GROUP`. Measurements, never tests."""
