"""Labelling at the keyboard in the real window, on a real project."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import BY_GAIN, Filter
from lepton_studio.ui.data.page import DataPage
from tests.ui.driving import label_page, make_project, open_window, own_editor, press, wait_until

LABELLED = Filter(state="labelled")


def test_ten_presses_label_ten_samples_and_nothing_is_lost_on_restart(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with open_window(folder) as window:
        page = label_page(window)
        first = page.queue.current
        assert first is not None and first.text == page.card.view.text
        press(window, *"1231231231")
        assert page.queue.current is not None and page.queue.current.id == first.id + 10
        assert page.recent.texts() == ["refund", "login", "card lost", "refund", "login"]
    with Project.open(folder) as project:
        assert project.count(LABELLED) == 10
        decision = project.decisions(first.id)[0]
        assert (decision.origin, decision.who != "") == ("manual", True)
        assert decision.seconds is not None and 0 <= decision.seconds < 60


def test_fast_typing_drops_no_key(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=200)
    with open_window(folder) as window:
        page = label_page(window)
        press(window, "123" * 60)
        assert window.session is not None
        assert window.session.project.count(LABELLED) == 180
        assert page.queue.current is not None


def test_undo_takes_the_last_decision_back_and_shows_its_sample(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        first = page.queue.current
        press(window, "1", "2")
        window.undo()
        assert page.queue.current is not None and first is not None
        assert page.queue.current.id == first.id + 1
        assert page.queue.current.value is None
        window.undo()
        assert page.queue.current.id == first.id
        window.redo()
        assert window.session is not None and window.session.project.count(LABELLED) == 1
        assert page.recent.texts() == ["refund"]


def test_the_shortcut_for_undo_works_while_the_labels_have_the_keys(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        press(window, "1")
        press(window, Qt.Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
        assert window.session is not None
        wait_until(lambda: window.session is not None and window.session.project.count(LABELLED) == 0)
        assert page.queue.current is not None and page.queue.current.value is None


def test_space_skips_backspace_goes_back_and_arrows_move(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        assert window.session is not None and page.queue.current is not None
        first = page.queue.current.id
        press(window, Qt.Key.Key_Space)
        assert window.session.project.sample(first).skipped
        assert page.queue.current.id == first + 1
        press(window, Qt.Key.Key_Right)
        assert page.queue.current.id == first + 2
        press(window, Qt.Key.Key_Left)
        assert page.queue.current.id == first + 1
        press(window, Qt.Key.Key_Backspace, Qt.Key.Key_Backspace, Qt.Key.Key_Backspace)
        assert page.queue.current.id == first
        press(window, "2")
        assert window.session.project.sample(first).value == {"labels": [page.labels[1].id]}


def test_f_flags_and_n_writes_a_note_without_leaving_the_keyboard(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        assert window.session is not None and page.queue.current is not None
        first = page.queue.current.id
        press(window, "f", "n")
        assert page.card.note.hasFocus()
        press(window, "1 is odd")
        press(window, Qt.Key.Key_Return)
        sample = window.session.project.sample(first)
        assert sample.flagged and sample.note == "1 is odd" and sample.value is None
        press(window, "1")
        assert window.session.project.sample(first).value is not None


@pytest.mark.parametrize("how", ["label", "click", "next", "page", "search", "escape", "pause", "close", "busy"])
def test_a_note_is_kept_however_its_sample_is_left(tmp_path: Path, how: str) -> None:
    path = make_project(tmp_path)
    go_on = Event()
    with open_window(path) as window:
        page = label_page(window)
        session = window.session
        assert session is not None and page.queue.current is not None
        first = page.queue.current.id
        press(window, "n", "see 2")
        if how == "label":
            own_editor(page).press(page.labels[0].id)
        elif how == "click":
            page.setFocus()
            press(window, "1")
        elif how == "next":
            page.deciding.forward()
        elif how == "page":
            window.open_page("data")
        elif how == "search":
            window.header.search.setFocus()
        elif how == "escape":
            press(window, Qt.Key.Key_Escape)
            assert not page.card.note.hasFocus()
        elif how == "pause":
            wait_until(lambda: session.project.sample(first).note)
        elif how == "busy":
            session.perform_in_background("Importing", lambda _: go_on.wait(5) and None)  # type: ignore[arg-type, return-value]
            page.card.flush_note()
            assert session.project.sample(first).note == "" and session.sample(first).note == "see 2"
            go_on.set()
            wait_until(lambda: session.project.sample(first).note)
        if how != "close":
            assert session.project.sample(first).note == "see 2"
        if how in ("label", "next"):
            assert page.card.note.text() == "" and not page.card.note.hasFocus(), "the next sample has no note"
    with Project.open(path) as again:
        assert again.sample(first).note == "see 2"


def test_with_77_labels_a_few_letters_and_enter_are_enough(tmp_path: Path) -> None:
    names = tuple(f"label {first}{second}" for first in "abcdefghijk" for second in "opqrstu")
    with open_window(make_project(tmp_path, labels=names)) as window:
        page = label_page(window)
        assert window.session is not None and page.queue.current is not None
        first = page.queue.current.id
        room = page.editor.height()
        press(window, "fs")
        assert [choice.name for choice in own_editor(page).picker.bar.shown] == ["label fs"]
        press(window, Qt.Key.Key_Return)
        assert page.queue.current.id == first + 1
        assert page.editor.height() == room  # all labels stand there again
        press(window, "label g", "3")
        press(window, Qt.Key.Key_Space)
        project = window.session.project
        by_id = {label.id: label.name for label in project.labels()}
        chosen = [project.sample(one).value for one in (first, first + 1)]
        assert [by_id[value["labels"][0]] for value in chosen if isinstance(value, dict)] == ["label fs", "label gq"]
        assert project.sample(first + 2).skipped


def test_search_finds_words_marks_them_and_the_queue_holds_only_those(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        press(window, "/")
        assert window.header.search.hasFocus()
        press(window, "number 7")
        press(window, Qt.Key.Key_Return)
        assert page.queue.current is not None and "number 7," in page.card.view.text
        assert page.queue.filter.search == "number 7"
        press(window, Qt.Key.Key_Right)
        assert "number 7," in page.card.view.text, "there is no second one"
        window.focus_search()
        press(window, Qt.Key.Key_Escape)
        assert page.queue.filter == Filter(state="unlabelled", order=BY_GAIN)


def test_a_chip_that_is_clicked_while_a_word_is_typed_does_not_lose_the_word(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.open_page("data")
        data = window.page
        assert isinstance(data, DataPage)
        window.header.search.setFocus()
        press(window, "number 1")
        data.table.filters.wanted.emit(Filter(state="unlabelled"))
        assert window.header.search.text() == "number 1"
        wait_until(lambda: data.table.model.filter == Filter(search="number 1", state="unlabelled"))


def test_a_search_keeps_its_chips_says_how_much_it_finds_and_goes_along_to_the_data_page(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with Project.open(folder) as project:
        project.annotate_many([(id, {"labels": [1]}, (1,)) for id in (2, 11, 12)])
    with open_window(folder) as window:
        page = label_page(window)
        session = window.session
        assert session is not None
        window.header.search.setFocus()
        press(window, "number 1", Qt.Key.Key_Return)
        assert page.queue.filter == Filter(search="number 1", state="unlabelled", order=BY_GAIN), (
            "not all of a sudden everything"
        )
        assert page.queue.current is None
        wait_until(lambda: page.found.all.text() == "3 in total" and page.found.all.isVisible())
        assert page.found.here.text() == "Found: 0" and page.work.has_sample is False
        window.open_page("data")
        data = window.page
        assert isinstance(data, DataPage) and data.table.model.filter == Filter(search="number 1")
        assert data.table.model.rowCount() == 3
        window.header.search.setFocus()
        window.header.search.clear()
        press(window, "number 2", Qt.Key.Key_Return)
        window.open_page("tune")
        page = label_page(window)
        assert page.queue.filter == Filter(search="number 2", state="unlabelled", order=BY_GAIN)
        assert window.header.search.text() == "number 2" and page.queue.current is not None
        wait_until(lambda: page.found.here.text() == "Found: 1")
        assert not page.found.all.isVisible()
        press(window, "1")
        wait_until(lambda: page.found.all.text() == "1 in total" and page.found.all.isVisible())
        page.found.all.click()
        assert page.queue.filter == Filter(search="number 2") and page.queue.current is not None


def test_chips_choose_what_to_work_on(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        press(window, "1", "2", "1")
        page.filters.wanted.emit(Filter(label=page.labels[0].id))
        first, second = page.queue.current, page.queue.forward()
        assert first is not None and second is not None and (first.id, second.id) == (1, 3)
        page.show_samples(Filter(state="flagged"))
        assert page.queue.current is None
        press(window, "1")  # nothing to label: harmless
        assert window.session is not None and window.session.project.count(LABELLED) == 3


def test_the_end_of_the_queue_says_what_to_do_next(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path, texts=2)) as window:
        page = label_page(window)
        press(window, "1", "1")
        assert page.queue.current is None
        window.undo()
        assert page.queue.current is not None
        press(window, "2")
        assert page.queue.current is None
