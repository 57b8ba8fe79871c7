"""While an import or a large step of the history is being written, labelling goes on as if it were not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.project.sample_writes import Annotate
from lepton_studio.project.waiting import read_waiting, waiting_file
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.shared.session import Session
from tests.ui.driving import label_page, make_project, open_window, press, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


@contextmanager
def _import(session: Session, *, removing: tuple[int, ...] = ()) -> Iterator[None]:
    """A real import, in the middle of its transaction inside the block; it is written after it."""
    began, go_on = Event(), Event()

    def rows() -> Iterator[NewSample]:
        yield NewSample("The first of the file.")
        began.set()
        assert go_on.wait(20)
        yield NewSample("The last of the file.")

    def write(project: Project) -> Changes:
        with project.change("Import letters.csv") as change:
            change.remove_samples(removing)
            change.add_samples(rows())
        return change.result

    session.perform_in_background("Importing letters.csv", write)
    assert began.wait(5)
    try:
        yield
    finally:
        go_on.set()
        wait_until(lambda: session.background.is_idle and not session.writing.waits)


def test_labels_given_during_an_import_are_shown_at_once_on_the_disk_at_once_and_in_order_behind_it(
    tmp_path: Path,
) -> None:
    with open_window(make_project(tmp_path)) as window:
        page, session = label_page(window), _session(window)
        project, file = session.project, waiting_file(session.project.folder)
        with _import(session):
            press(window, "1", "2", Qt.Key.Key_Space, "f")
            page.card.edit_note()
            press(window, "odd", Qt.Key.Key_Return)
            assert page.queue.current is not None and page.queue.current.id == 4
            assert page.recent.texts() == ["skipped", "card lost", "refund"]
            assert not window.toast.isVisible(), "nothing is refused"
            wait_until(lambda: len(read_waiting(file)) == 5)
            assert project.count(Filter(state="labelled")) == 0, "the import has not ended"
            page.deciding.back()
            assert page.queue.current.skipped
            page.deciding.back()
            assert page.queue.current.value == {"labels": [page.labels[1].id]}
            page.deciding.forward()
            assert page.queue.current.id == 4, "those that are decided are passed over"
            assert page.queue.current.flagged and page.queue.current.note == "odd"
        assert not file.exists()
        names = [entry.name for entry in reversed(project.history())]
        assert names[1:] == ["Import letters.csv", "Label as refund", "Label as card lost", "Skip", "Flag", "Note"]
        assert [one.id for one in project.all_rows(Filter(state="labelled"))] == [1, 2] and project.count() == 14
        assert page.recent.texts() == ["skipped", "card lost", "refund"]
        assert page.queue.current.id == 4, "nobody is led away from where they are"
        window.undo()
        assert project.sample(4).note == "" and project.sample(4).flagged


def test_a_label_on_a_sample_that_the_large_change_takes_away_is_said_and_no_longer_shown(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page, session = label_page(window), _session(window)
        with _import(session, removing=(2,)):
            press(window, "1", "2", "3")
            assert page.recent.texts() == ["login", "card lost", "refund"]
        assert "no longer in the project" in window.toast.text
        assert [one.id for one in session.project.labelled_rows()] == [1, 3], "what came before and after is written"
        assert page.recent.texts() == ["login", "refund"]
        assert page.queue.current is not None and page.queue.current.id == 4


def test_undo_during_an_import_takes_back_what_waits_and_then_asks_about_the_import(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page, session = label_page(window), _session(window)
        file = waiting_file(session.project.folder)
        with _import(session):
            press(window, "1", "2")
            wait_until(lambda: len(read_waiting(file)) == 2)
            window.undo()
            assert page.queue.current is not None and page.queue.current.id == 2 and page.queue.current.value is None
            assert "Undone: Label as card lost" in window.toast.text
            wait_until(lambda: len(read_waiting(file)) == 1)
            window.toast._button.click()
            assert session.sample(2).value is not None, "done again"
            window.undo()
            window.undo()
            assert session.sample(1).value is None
            window.undo()
            assert window.strip.isVisible() or session.background.writer is not None
        assert "again to undo “Import letters.csv”" in window.toast.text
        assert session.project.count() == 14 and not list(session.project.labelled_rows())
        window.undo()
        assert session.project.count() == 12


def test_other_edits_wait_for_their_turn_and_are_done_without_a_second_press(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page, session = label_page(window), _session(window)
        with _import(session):
            page.panel.add_label("praise", kind=next(iter(page.panel.groups)))
            assert "as soon as “Importing letters.csv” has finished" in window.toast.text
            session.perform_in_background("Flagging", lambda project: project.flag_many([1, 9]))
            press(window, "1", "f")
        project = session.project
        assert project.label_named("praise") is not None and "praise" in [label.name for label in page.labels]
        names = [entry.name for entry in reversed(project.history())][2:]
        assert names == ["Add label “praise”", "Flag", "Label as refund", "Flag"], "in the order of asking"


@pytest.mark.parametrize("kept", [True, False])
def test_a_window_closed_during_an_import_writes_what_waits(tmp_path: Path, kept: bool) -> None:
    path = make_project(tmp_path)
    with open_window(path) as window:
        session = _session(window)
        if not kept:  # as on a full disk: it waits in memory alone
            waiting_file(session.project.folder).mkdir()
        with _import(session):
            press(window, "1", "2")
            if not kept:
                wait_until(lambda: "not safely on disk" in window.toast.text)
    if not kept:
        waiting_file(path).rmdir()
    with Project.open(path) as again:
        assert [one.id for one in again.labelled_rows()] == [1, 2] and again.count() == 14
        assert again.caught_up.sentence() == ""


def test_what_the_last_opening_wrote_of_a_window_that_died_is_said(tmp_path: Path) -> None:
    from lepton_studio.project.waiting import append_waiting

    path = make_project(tmp_path)
    append_waiting(waiting_file(path), [(1, Annotate(1, {"labels": [1]}, (1,)))])
    with open_window(path) as window:
        wait_until(lambda: "1 edit that was waiting for it has been saved" in window.toast.text)
