"""A second run while one is at work: it waits in a queue that can be seen, changed, and outlives the window."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.memory import GB, Limits
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.children.slots import Need, Slot
from lepton_studio.runs.events import Finished
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, Job, JobLabel, Recipe
from lepton_studio.runs.outcome import outcome
from lepton_studio.runs.process import ChildProcess
from lepton_studio.ui.frame.closing import ClosingQuestion, going_on
from lepton_studio.ui.shared.background import Background, Work, WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.page import TunePage
from lepton_studio.ui.tune.runs import STATUS
from tests.chart_window import application, shown, wait_until
from tests.ui.driving import make_project, open_window
from tests.ui.tuned_project import tuned_project


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TunePage]:
    """A run is at work; no child is started for it."""
    monkeypatch.setattr(Session, "measure", lambda _self, *, model, recipe: None)
    application()
    session = Session(tuned_project(tmp_path / "p.lepton", runs=1))
    page = TunePage(session)
    with shown(page, width=1180, height=800):
        page.activate()
        run = session.project.create_run(model=BUILT_IN_MODEL, recipe=Recipe().to_json(), counts={"train": 192})
        session.scheduler._run = run
        session.run_active_changed.emit()
        wait_until(lambda: session.background.is_idle and page.left.start.isEnabled())
        yield page
        page.deactivate()
        session.scheduler._run = None
        session.close()
    session.deleteLater()


def _waiting(page: TunePage) -> list[int]:
    return [one.run.number for one in page.queue.rows]


def _settle(page: TunePage) -> None:
    wait_until(lambda: page.session.background.is_idle and not page.session.scheduler.is_preparing)


def test_a_run_started_while_another_is_at_work_waits_and_can_be_moved_and_taken_out(page: TunePage) -> None:
    session = page.session
    assert page.queue.isHidden() and page.left.start.text() == "Add to queue"
    said: list[str] = []
    session.said.connect(lambda sentence, _undo: said.append(sentence))
    for number in (3, 4, 5):
        QTest.mouseClick(page.left.start, Qt.MouseButton.LeftButton)
        wait_until(lambda: number in _waiting(page))  # noqa: B023 - waited for at once
        _settle(page)
    assert _waiting(page) == [3, 4, 5] and "Run 3 was added to the queue." in said
    assert page.runs.model().index(0, STATUS).data() == "waiting"
    assert "after 4 other runs" in page.left.reason.text()
    assert session.active_run is not None and session.active_run.number == 2, "the run at work goes on"

    first, _, last = page.queue.rows
    assert not first.earlier.isEnabled() and not last.later.isEnabled()
    last.earlier.setFocus()
    QTest.keyClick(last.earlier, Qt.Key.Key_Space)
    wait_until(lambda: _waiting(page) == [3, 5, 4])
    assert page.queue.rows[1].earlier.hasFocus(), "who moves it by the keyboard goes on moving it"
    QTest.keyClick(page.queue.rows[1].earlier, Qt.Key.Key_Space)
    wait_until(lambda: _waiting(page) == [5, 3, 4])
    QTest.mouseClick(page.queue.rows[1].out, Qt.MouseButton.LeftButton)
    wait_until(lambda: _waiting(page) == [5, 4])
    _settle(page)
    assert 3 not in {run.number for run in session.project.runs()}

    page.show_run(4)
    page.ledger.ask_delete()
    QTest.mouseClick(page.ledger.really, Qt.MouseButton.LeftButton)
    wait_until(lambda: _waiting(page) == [5])
    _settle(page)


def test_the_queue_is_there_for_the_next_window_and_the_next_run_begins_when_one_ends(page: TunePage) -> None:
    session = page.session
    for number in (3, 4):
        session.start_run(model=BUILT_IN_MODEL, recipe=Recipe())
        wait_until(lambda: number in _waiting(page))  # noqa: B023 - waited for at once
        _settle(page)
    begun: list[int] = []
    session.scheduler._follow = lambda run, folder, *, resume: begun.append(run.number)  # type: ignore[method-assign, assignment, misc]
    with Project.open(session.project.folder, read_only=True) as other:
        assert other.waiting_runs() == (3, 4)
    session.scheduler._run = None  # as when a run has been collected
    session.scheduler._begin_next()
    wait_until(lambda: begun == [3])
    wait_until(lambda: _waiting(page) == [4])
    assert session.project.run(3).status == "running" and session.project.run(4).status == "queued"


def test_closing_names_all_that_goes_on(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        session = window.session
        assert session is not None and going_on(session) is None
        session._children = Children(limits=Limits(3, GB), start=_start)
        question = ClosingQuestion.over(window.toast.host)
        with session.child_owner.borrow(Need(Slot.PREDICTING, "Predicting new.csv")):
            window.close()
            assert window.session is session and question.isVisible()
            assert "Predicting new.csv" in question.sentence.text() and "labels are saved" in question.sentence.text()
            assert question.leave.isVisible() and not question.keep.isVisible(), "no run could be kept running"
            question.close_over()
            assert window.session is session, "Escape changes nothing"
            session.scheduler._run = session.project.create_run(model=BUILT_IN_MODEL, recipe={}, counts={})
            window.close()
            assert question.keep.isVisible() and "Predicting new.csv" in question.sentence.text()
            session.scheduler._run = None
            question.close_over()
            window.close()
            question.leave.click()
            assert window.session is None


@pytest.mark.parametrize("is_asked_for", [False, True], ids=["by itself", "asked for"])
def test_a_model_that_reads_by_itself_ends_with_the_window_without_a_question(
    tmp_path: Path, is_asked_for: bool
) -> None:
    with tuned_project(tmp_path / "p.lepton") as project:
        with project.change("Import") as change:
            change.add_samples([NewSample("Who reads this?")])
        run, labels = project.runs()[0], tuple(JobLabel(label.id, label.name) for label in project.labels())
        folder = RunFolder(project.run_folder(run.id))
        folder.write_job(Job("tune", project.task_id, labels))
        folder.model.mkdir()
    with open_window(tmp_path / "p.lepton") as window:
        session = window.session
        assert session is not None
        session._children = Children(limits=Limits(3, GB), start=_start)
        if is_asked_for:
            session.suggesting.start(run.id)
        else:
            session.run_ended.emit(run.id, outcome(Finished(1, 1.0), 0))
        wait_until(lambda: any(one.title == "Getting suggestions" for one in session.background.shown()))
        wait_until(lambda: session.child_owner.children() and session.child_owner.at_work())
        window.close()
        assert (window.session is None) is not is_asked_for
        if is_asked_for:
            ClosingQuestion.over(window.toast.host).leave.click()
            assert window.session is None


def test_work_that_outlives_its_window_ends_in_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(args.exc_value))
    go_on = threading.Event()

    def work(progress: WorkContext) -> None:
        go_on.wait(30)
        progress.show(1, 2)

    application()
    with Project.open(make_project(tmp_path)) as project:
        background = Background()
        job = Work("Reading", writes=False, quiet=False, can_cancel=True)
        background.run(job, project=project, function=work, done=raised.append, failed=raised.append)
        shiboken6.delete(background)
        go_on.set()
        assert job.thread is not None
        job.thread.join(30)
    assert not job.thread.is_alive() and raised == []


def _start(*, spare: bool = False) -> ChildProcess:
    """A process that does nothing, until it is ended."""
    return ChildProcess.start(command=[sys.executable, "-c", "import sys; sys.stdin.read()"])


def test_keys_in_the_window_let_tuning_give_way(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        assert window.session is not None and not window.session.child_owner.is_tuning_behind
        handle = window.windowHandle()
        assert handle is not None
        event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(handle, event)
        assert window.session.child_owner.is_tuning_behind
