"""A run at work, one that waits, suggestions for who labels and a file being predicted: all at once, within bounds."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.runs.children.memory import GB, Limits, forecast, memory_of
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.slots import Need, Slot
from lepton_studio.runs.events import Finished, Stepped
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.runs.monitoring import run_job
from lepton_studio.runs.requests import Embed, Stop
from lepton_studio.studio.embedding import embed
from lepton_studio.studio.needs import need_of_run
from lepton_studio.studio.predict_file import predict_file
from lepton_studio.studio.queueing import begin_next, queue_run, queued_runs
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.suggesting import suggest
from lepton_studio.studio.tuning import collect_run, prepare_run, tune

LIMITS = Limits(children=3, memory=4 * GB)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with create_sample_project(tmp_path / "Sample.lepton") as made:
        yield made


def test_a_run_a_live_child_and_a_prediction_side_by_side_stay_within_their_bounds(
    project: Project, tmp_path: Path
) -> None:
    first, _ = tune(project, recipe=Recipe(epochs=1, max_length=32))
    long = Recipe(epochs=90, max_length=32)
    waiting = [queue_run(project, model=BUILT_IN_MODEL, recipe=long).id for _ in range(2)]
    begun = begin_next(project)
    assert begun is not None
    source = tmp_path / "new.csv"
    source.write_text("text\n" + "Where is my parcel?\nI want my money back\n" * 50, "utf-8")
    over = threading.Event()
    steps: list[Stepped] = []
    most = {"children": 0, "memory": 0}

    with Children(limits=LIMITS) as children:

        def tuning() -> None:
            with children.borrow(need_of_run(begun.run)) as child:
                outcomes.append(
                    run_job(
                        begun.folder,
                        child=child,
                        on_events=lambda events: steps.extend(one for one in events if isinstance(one, Stepped)),
                        should_stop=lambda: Stop(keep=False) if over.is_set() else None,
                    )
                )

        def predicting() -> None:
            with project.clone() as own:
                said.append(predict_file(own, first.id, input=source, output=tmp_path / "said.csv", children=children))

        def watching() -> None:
            while not over.wait(0.05):
                there = children.children()
                most["children"] = max(most["children"], len(there))
                most["memory"] = max(most["memory"], sum(memory_of(one.pid) for one in there))

        outcomes: list[object] = []
        said: list[object] = []
        threads = [threading.Thread(target=one) for one in (tuning, predicting, watching)]
        for one in threads:
            one.start()
        read = [suggest(project, first.id, at_most=4, children=children) for _ in range(2)]
        live = [one for one in children.children() if one.slot is Slot.LIVE]
        while not steps or not said:
            assert threads[0].is_alive() or outcomes, "the run ended early"
            time.sleep(0.05)
        at_work = {need.slot for need in children.at_work()}
        over.set()
        for one in threads:
            one.join(60)
    assert read == [4, 4] and len(live) == 1, "the second click found the child of the first"
    assert at_work == {Slot.TUNING} and (tmp_path / "said.csv").exists()
    assert most["children"] == 3 and GB < most["memory"] <= LIMITS.memory
    assert [run.id for run in queued_runs(project)] == waiting[1:], "the other run waited all the while"
    collect_run(project, begun.run.id, outcomes[0])  # type: ignore[arg-type]
    assert project.run(begun.run.id).status == "stopped"


@pytest.mark.usefixtures("children_start_as_in_use")
def test_what_does_not_fit_beside_a_run_and_a_live_child_waits_and_goes_when_there_is_room(
    project: Project, tmp_path: Path
) -> None:
    run, folder = prepare_run(project, recipe=Recipe(epochs=90, max_length=32))
    texts = [f"Where is parcel {n}?" for n in range(200_000)]
    over = threading.Event()
    said: list[str] = []
    most = 0

    def tuning() -> None:
        with children.borrow(need_of_run(run)) as child:
            run_job(folder, child=child, should_stop=lambda: Stop(keep=False) if over.is_set() else None)

    def reading() -> None:
        with contextlib.suppress(Cancelled):
            embed(project, texts, children=children, should_stop=over.is_set)

    def predicting() -> None:
        need = Need(Slot.PREDICTING, "Predicting new.csv", forecast("predict", BUILT_IN_MODEL))
        with children.borrow(need, on_wait=said.append) as child:
            ends.append(child.ask(Embed(0, BUILT_IN_MODEL, str(tmp_path), ("one text",))).wait(60))

    ends: list[object] = []
    with Children(limits=Limits(children=3, memory=2 * GB)) as children:
        threads = [threading.Thread(target=one) for one in (tuning, reading)]
        for one in threads:
            one.start()
        _wait_until(lambda: {one.slot for one in children.children() if one.work} == {Slot.TUNING, Slot.LIVE})
        threads.append(threading.Thread(target=predicting))
        threads[-1].start()
        _wait_until(lambda: said)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            most = max(most, sum(1 for one in psutil.Process().children() if "lepton_studio.child" in one.cmdline()))
            time.sleep(0.05)
        assert most == 2 and not ends, "the third is not started"
        over.set()
        for one in threads:
            one.join(60)
    assert said[0].startswith("Waiting for memory: ") and "run 1" in said[0] and "2.0 GB" in said[0]
    assert isinstance(ends[0], Finished)


def _wait_until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)
