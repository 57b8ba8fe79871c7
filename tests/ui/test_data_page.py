"""Files come in through the Data page, and its numbers and chips lead to samples."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.formats import Guess, sniff
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, Order, Sample, State
from lepton_studio.ui.bulk.actions import Chosen
from lepton_studio.ui.bulk.step_card import BulkStepCard
from lepton_studio.ui.data.guess_form import GuessForm
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.widgets.choice_popup import ChoicePopup
from tests.ui.driving import application, label_page, make_project, open_window, press, wait_until


def _page(window: MainWindow) -> DataPage:
    window.open_page("data")
    assert isinstance(window.page, DataPage)
    return window.page


def _csv(folder: Path) -> Path:
    file = folder / "messages.csv"
    lines = [f'"Where is parcel {n}?\nIt is late.",delivery' for n in range(20)]
    lines += [f'"Please send my money for order {n} back.",refund' for n in range(20)]
    file.write_text("message,topic\n" + "\n".join(lines) + '\n"",refund\n', "utf-8")
    return file


def test_a_dropped_file_is_shown_with_a_guess_and_one_button_brings_it_in(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=0, labels=("refund",))
    with open_window(folder, page="data") as window:
        page = _page(window)
        window.import_files([_csv(tmp_path)])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        assert (view.form.text.currentText(), view.form.label.currentText()) == ("message", "topic")
        assert view.preview.rowCount() == 41
        press(window, Qt.Key.Key_Return)
        assert window.session is not None
        project = window.session.project
        wait_until(lambda: project.count() == 40 and window.toast.text)
        assert [label.name for label in project.labels()] == ["refund", "delivery"]
        assert project.split_counts()["train"] == 32
        wait_until(lambda: page.table.model.rowCount() == 40)
        wait_until(lambda: page.panel._problems.text().endswith(": 1"))
        window.undo()
        window.undo()  # so much is asked about first
        wait_until(lambda: project.count() == 0)


def test_another_column_can_be_chosen_as_the_text(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path, texts=0), page="data") as window:
        page = _page(window)
        window.import_files([_csv(tmp_path)])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        view.form.text.setCurrentIndex(view.form.text.findData("topic"))
        view.form.text.activated.emit(view.form.text.currentIndex())
        wait_until(lambda: view.preview.model().index(0, 1).data() == "delivery")
        assert window.session is not None and window.session.project.count() == 0, "looking changes nothing"


def test_shares_that_do_not_add_up_are_refused_beside_the_field(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path, texts=0), page="data") as window:
        page = _page(window)
        window.import_files([_csv(tmp_path)])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        view.shares[0].setValue(70)
        assert not view.import_button.isEnabled()
        view.shares[2].setValue(20)
        assert view.import_button.isEnabled()


def test_a_file_that_cannot_be_read_leaves_the_project_as_it_was(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 this is no parquet")
    with open_window(make_project(tmp_path), page="data") as window:
        page = _page(window)
        window.import_files([broken])
        view = page.import_view
        assert view is not None
        wait_until(lambda: window.toast.text)
        assert "broken.parquet" in window.toast.text
        assert not view.import_button.isEnabled()
        assert "broken.parquet" in view._failed.text() and view._failed.isVisible()
        assert not view.form.isVisible() and not view.preview.isVisible(), "there is nothing to answer"
        assert window.session is not None and window.session.project.count() == 12
        press(window, Qt.Key.Key_Escape)
        assert not view.isVisible() and page.isVisible()


def test_the_table_reads_page_by_page_and_opens_a_sample_in_large(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path, texts=250), page="data") as window:
        page = _page(window)
        model = page.table.model
        assert model.rowCount() == 100
        page.table.view.scrollToBottom()
        wait_until(lambda: model.rowCount() > 100)
        page.table.view.setCurrentIndex(model.index(5, 0))
        QTest.keyClick(page.table.view, Qt.Key.Key_Return)
        assert window.page is not None and window.page is not page
        assert window._pages["label"].queue.current.id == model.sample_at(5).id  # type: ignore[attr-defined]


def test_numbers_are_doors_to_duplicates_leaks_and_conflicts(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=3)
    with Project.open(folder) as project:
        one, other = (label.id for label in project.labels()[:2])
        with project.change("Import") as change:
            change.add_samples(
                [
                    NewSample("the same", split="train", value={"labels": [one]}, labels=(one,)),
                    NewSample("the same", split="test", value={"labels": [other]}, labels=(other,)),
                ]
            )
    with open_window(folder, page="data") as window:
        page = _page(window)
        wait_until(lambda: page.panel._figures["leaks"].accessibleName().startswith("2 "))
        page.panel._figures["leaks"].click()
        assert [page.table.model.sample_at(row).id for row in range(page.table.model.rowCount())] == [4, 5]
        page.panel._conflicts.click()
        assert page.table.model.rowCount() == 2
        page.panel.labels.row_clicked.emit(one)
        assert page.table.model.filter == Filter(label=one)


def test_many_samples_are_labelled_at_once_and_taken_back_at_once(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path), page="data") as window:
        page = _page(window)
        assert window.session is not None and not page.table.label_as.isVisible()
        project = window.session.project
        view = page.table.view
        view.setFocus()
        view.setCurrentIndex(page.table.model.index(0, 0))
        for _ in range(11):
            press(window, Qt.Key.Key_Down, modifier=Qt.KeyboardModifier.ShiftModifier)
        assert page.table.label_as.isVisible()
        press(window, "l")
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, ChoicePopup)
        QTest.keyClick(popup._list, Qt.Key.Key_Return)
        wait_until(lambda: project.count(Filter(state="labelled")) == 12)
        assert page.table.model.index(0, 1).data() == "refund"
        window.undo()
        assert project.count(Filter(state="labelled")) == 0


def _label(page: DataPage, name: str) -> None:
    chosen = page.table.chosen()
    assert chosen is not None
    page.table.bulk.give(chosen, next(one for one in page.table.bulk.choices() if one.words == name))


def test_ctrl_a_is_all_found_and_other_labels_and_test_samples_stay_unless_one_says_so(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=250)
    with Project.open(folder) as project:
        refund, lost, _login = (label.id for label in project.labels())
        project.annotate(3, {"labels": [refund]}, labels=(refund,))
        project.annotate(4, {"labels": [lost]}, labels=(lost,), origin="suggestion")
        project.annotate_many([(5, {"labels": [refund]}, (refund,)), (6, {"labels": [lost]}, (lost,))])
        project.set_split([9, 10, 11], "test")
    with open_window(folder, page="data") as window:
        page = _page(window)
        session = window.session
        assert session is not None
        project = session.project
        page.search("message")
        view, model = page.table.view, page.table.model
        wait_until(lambda: page.table._amount.text() == "Found: 250")
        view.setFocus()
        press(window, Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
        assert page.table._amount.text() == "All matches selected: 250" and model.rowCount() == 100
        view.scrollToBottom()
        wait_until(lambda: model.rowCount() > 100)
        assert len(view.selectionModel().selectedRows()) == model.rowCount()
        _label(page, "card lost")
        wait_until(lambda: window.findChild(BulkStepCard) is not None)
        card = window.findChild(BulkStepCard)
        assert card is not None and card.isVisible() and card.do.text() == "Label 243 samples"
        assert [line.split()[0] for line in card.sentence.text().splitlines()] == ["243", "2", "2", "3"]
        card.overwrite.click()
        assert card.do.text() == "Label 245 samples"
        card.also_test.click()
        assert card.do.text() == "Label 248 samples"
        card.also_test.click()
        card.overwrite.click()
        card.setFocus()
        press(window, Qt.Key.Key_Return)
        wait_until(lambda: project.label_counts() == {refund: 2, lost: 245, 3: 0} and session.background.is_idle)
        assert project.sample(3).value == {"labels": [refund]} and "243" in window.toast.text
        assert project.sample(9).value is None

        acts: list[tuple[Callable[[], None], State, int]] = [
            (lambda: page.table.bulk.skip(_all(page), True), "skipped", 250),
            (lambda: page.table.bulk.skip(_all(page), False), "skipped", 0),
            (lambda: page.table.bulk.flag(_all(page), True), "flagged", 250),
            (lambda: page.table.bulk.move(_all(page), "test"), "any", 250),
            (lambda: page.table.bulk.remove(_all(page)), "any", 0),
        ]
        for act, state, count in acts:
            act()
            assert project.count(Filter(state=state)) == count
        assert page._stack.currentIndex() == 0
        window.undo(sure=True)
        wait_until(lambda: page.table._amount.text() == "Found: 250" and model.rowCount() == 100)
        assert project.split_counts()["test"] == 250
        view.setCurrentIndex(model.index(0, 0))
        press(window, Qt.Key.Key_C, modifier=Qt.KeyboardModifier.ControlModifier)
        wait_until(lambda: "This is message number 0" in QGuiApplication.clipboard().text())


def _all(page: DataPage) -> Chosen:
    page.table.view.selectAll()
    chosen = page.table.chosen()
    assert chosen is not None
    return chosen


def test_the_table_and_its_count_say_the_same_after_every_change_undo_and_redo(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=130)
    with open_window(folder, page="data") as window:
        page = _page(window)
        session = window.session
        assert session is not None
        project, table = session.project, page.table
        label = project.labels()[0]
        value = ({"labels": [label.id]}, (label.id,))

        def agree(which: Filter) -> None:
            wait_until(lambda: session.background.is_idle)
            rows = table.model.rowCount()
            shown = [table.model.sample_at(row).id for row in range(rows)]
            read_so_far = rows if table.model.canFetchMore(QModelIndex()) else 1000
            assert shown == [one.id for one in project.samples(which, limit=read_so_far)], which
            assert rows >= min(100, project.count(which))
            if project.count():
                assert table._amount.text().split(": ")[1] == str(project.count(which)), which

        writes: list[Callable[[Project], Changes | None]] = [
            lambda one: one.annotate(2, value[0], labels=value[1]),
            lambda one: one.annotate_many([(id, *value) for id in range(3, 125)]),
            lambda one: one.flag_many(range(1, 60)),
            lambda one: one.note(7, "message again"),
            lambda one: one.set_split([1, 2, 50], "test"),
            lambda one: one.remove_samples([1, 60, 129]),
            lambda one: one.delete_label(label.id, relabel=session.relabeller({label.id: None})),
        ]
        filters = [
            Filter(state="unlabelled"),
            Filter(state="labelled"),
            Filter(state="flagged", search="message"),
            Filter(split="test"),
            Filter(label=label.id),
            Filter(ids=(1, 2, 3, 60)),
            Filter(search="again"),
        ]
        for which in filters:
            page.show_samples(which)
            for write in writes:
                session.perform(write)
                agree(which)
            for _ in writes:
                window.undo(sure=True)
                agree(which)
            window.redo()
            window.redo()
            agree(which)
            window.undo(sure=True)
            window.undo(sure=True)
            agree(which)


def test_an_empty_project_says_how_to_begin(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path, texts=0), page="data") as window:
        page = _page(window)
        assert page._stack.currentIndex() == 0
        assert page._empty.buttons[0].isVisible()


def test_the_import_asks_for_the_columns_that_the_task_wants_and_shows_what_each_row_becomes(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Test.lepton", task="ratings") as project:
        folder = project.folder
    file = tmp_path / "meals.csv"
    file.write_text("meal,stars,price\nGood soup,4,7\nCold fish,1,9\nFine,3.5,3\n", "utf-8")
    with open_window(folder, page="data") as window:
        page = _page(window)
        window.import_files([file])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        assert not view.form.label.isVisible() and view.form.roles["rating"].currentText() == "stars"
        assert view.preview.model().index(2, 2).data() == "3.5"
        price = view.form.roles["rating"].findData("price")
        view.form.roles["rating"].setCurrentIndex(price)
        view.form.roles["rating"].activated.emit(price)
        wait_until(lambda: view.preview.model().index(0, 2).data() == "7")
        view.import_button.click()
        wait_until(lambda: page.table.model.rowCount() == 3)
        assert page.table.model.index(1, 1).data() == "9"
        assert not page.panel.labels.isVisible()


def test_the_turns_of_the_customer_come_in_as_samples_with_what_was_said_before(tmp_path: Path) -> None:
    said = (("human", "Where is it?"), ("gpt", "What?"), ("human", "My card."))
    turns = [{"from": role, "value": text} for role, text in said]
    file = tmp_path / "calls.json"
    file.write_text(json.dumps([{"id": "call 1", "conversations": turns}]), "utf-8")
    with open_window(make_project(tmp_path, texts=0), page="data") as window:
        page = _page(window)
        window.import_files([file])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        assert view.preview.rowCount() == 1 and view.form.turns.currentText() == "a whole conversation"
        view.form.turns.setCurrentIndex(view.form.turns.findData("user"))
        view.form.turns.activated.emit(view.form.turns.currentIndex())
        wait_until(lambda: view.preview.rowCount() == 2)
        press(window, Qt.Key.Key_Return)
        assert window.session is not None
        project = window.session.project
        wait_until(lambda: project.count() == 2)
        last = list(project.all_rows(Filter()))[-1]
        assert (last.text, last.fields["id"]) == ("My card.", "call 1") and "Where is it?" in last.fields["context"]
        window.open_page("label")
        card = label_page(window).card
        assert not card.context.isVisible()
        label_page(window).go_to_sample(last.id)
        assert card.context.isVisible() and "Where is it?" in card.context.accessibleDescription()


def test_how_places_are_counted_is_asked_only_of_files_that_count_them(tmp_path: Path) -> None:
    tagged, counted = tmp_path / "tagged.conll", tmp_path / "counted.jsonl"
    tagged.write_text("Maria B-PER\nLopez I-PER\ncame O\n. O\n\nAcme B-ORG\ngrew O\n. O\n", "utf-8")
    task = {"text": "Maria came.", "spans": [{"start": 0, "end": 5, "label": "PER"}], "answer": "accept"}
    counted.write_text(json.dumps(task) + "\n", "utf-8")
    application()
    form = GuessForm(("spans",))
    for path, asked in ((tagged, False), (counted, True)):
        form.show_guess(sniff([path], wants=("spans",)))
        assert form.offsets.isVisibleTo(form) is asked, path.name
    form.deleteLater()


def test_a_column_is_a_label_or_what_a_model_said_and_never_both(tmp_path: Path) -> None:
    application()
    file = tmp_path / "a.csv"
    file.write_text("text,topic\nWhere is my card?,late\nThank you very much,thanks\nIt is late again,late\n", "utf-8")
    form = GuessForm(("label",))
    told: list[Guess] = []
    form.changed.connect(told.append)
    form.show_guess(sniff([file], wants=("label",)))
    assert not form.roles["confidence"].isVisibleTo(form), "nobody said yet that a model speaks"
    for box, kept in ((form.roles["suggestion"], (None, {"suggestion": "topic"})), (form.label, ("topic", {}))):
        box.setCurrentIndex(box.findData("topic"))
        box.activated.emit(box.currentIndex())
        assert (told[-1].label, told[-1].roles) == kept
        form.show_guess(told[-1])
    form.deleteLater()


def test_what_is_in_doubt_must_be_answered_before_it_comes_in(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("text,label,kind\n" + "".join(f"the text {n},name {n},{n % 2}\n" for n in range(60)), "utf-8")
    with open_window(make_project(tmp_path, texts=0), page="data") as window:
        page = _page(window)
        window.import_files([file])
        view = page.import_view
        assert view is not None
        wait_until(view.confirm.isVisible)
        assert "60 different labels" in view._doubts.text() and not view.import_button.isEnabled()
        press(window, Qt.Key.Key_Return)
        assert view.isVisible(), "Enter on a doubtful guess brings nothing in"
        view.confirm.click()
        assert view.import_button.isEnabled()
        view.confirm.click()
        assert not view.import_button.isEnabled()
        view.form.label.setCurrentIndex(view.form.label.findData("kind"))
        view.form.label.activated.emit(view.form.label.currentIndex())
        wait_until(view.import_button.isEnabled)
        assert not view.confirm.isVisible()


def test_a_file_that_comes_back_updates_its_samples_when_asked_and_twins_become_one(tmp_path: Path) -> None:
    first, again = tmp_path / "first.csv", tmp_path / "again.csv"
    first.write_text("id,text,label\n1,late box,bad\n2,all fine,good\n3,meh day,\n", "utf-8")
    again.write_text("id,text,label\n1,late box,Good\n2,all fine,good\n3,meh day,bad\n4,new one,bad\n", "utf-8")
    with open_window(make_project(tmp_path, texts=0, labels=()), page="data") as window:
        page = _page(window)
        assert window.session is not None
        project = window.session.project
        window.import_files([first])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        assert not view.known.isVisible(), "nothing is there yet"
        view.import_button.click()
        wait_until(lambda: project.count() == 3)
        window.import_files([again])
        wait_until(view.known.isVisible)
        said = view.known.rows.text()
        assert "3 rows are already in the project: 2 would update their samples, 1 is unchanged. 1 row is new." in said
        assert "row 2: bad → Good" in said and "“good” = “Good”" in view.known.twins.text()
        view.known.again.setCurrentIndex(view.known.again.findData(True))
        view.known.merge.setChecked(True)
        view.import_button.click()
        wait_until(lambda: project.count() == 4)
        wait_until(lambda: "2 samples were updated" in window.toast.text)
        counts = project.label_counts()
        assert {label.name: counts[label.id] for label in project.labels()} == {"bad": 2, "good": 2}
        window.undo()
        window.undo()  # so much is asked about first
        wait_until(lambda: project.count() == 3)


def test_a_sheet_and_the_row_of_its_header_can_be_chosen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "May"
    for row in (["Feedback", ""], ["text", "label"], ["late box", "bad"], ["all fine", "good"]):
        book.active.append(row)
    other = book.create_sheet("codes")
    for row in (["code", "meaning"], ["bad", "to be mended soon"], ["good", "nothing to do here"]):
        other.append(row)
    book.save(tmp_path / "book.xlsx")
    with open_window(make_project(tmp_path, texts=0), page="data") as window:
        page = _page(window)
        window.import_files([tmp_path / "book.xlsx"])
        view = page.import_view
        assert view is not None
        wait_until(view.import_button.isEnabled)
        assert (view.form.table.currentText(), view.form.header.value()) == ("May", 2)
        assert view.form.table.isVisible() and view.form.header.isVisible()
        view.form.table.setCurrentIndex(view.form.table.findData("codes"))
        view.form.table.activated.emit(view.form.table.currentIndex())
        wait_until(lambda: "codes is read" in view._notices.text())

        def shows(rows: int) -> bool:
            return view.preview.rowCount() == rows

        for number, shown in ((0, 3), (1, 2)):
            view.form.header.setValue(number)
            wait_until(partial(shows, shown))
        assert view.form.text.currentText() == "meaning"


def test_headings_sort_and_columns_are_chosen_moved_sized_and_remembered(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=0)
    with Project.open(folder) as project, project.change("Import texts") as change:
        change.add_samples(
            NewSample(
                f"{n} " + "x" * ((n * 7) % 300),
                split=(None, "test", "train")[n % 3],
                fields={"shop & co": f"shop {n}"},
                value={"labels": [1 + n % 2]} if n % 3 else None,
                labels=(1 + n % 2,) if n % 3 else (),
            )
            for n in range(250)
        )
    with open_window(folder, page="data") as window:
        page = _page(window)
        model, header, choice = page.table.model, page.table.view.horizontalHeader(), page.table.columns

        def shown() -> list[str]:
            while model.canFetchMore(QModelIndex()):
                model.fetchMore(QModelIndex())
            return [model.sample_at(row).text for row in range(model.rowCount())]

        first = shown()
        keys: tuple[Callable[[Sample], Any], ...] = (
            lambda sample: len(sample.text),
            lambda sample: str(sample.value or ""),
            lambda sample: sample.split or "",
        )
        for section, key in enumerate(keys):
            for down in (False, True):
                x = header.sectionViewportPosition(section) + 20
                spot = QPoint(x, header.height() // 2)
                QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot, delay=600)
                assert model.rowCount() == 100, "no more is read than is shown"
                assert sorted(shown()) == sorted(first), "each of them once"
                by_key = [key(model.sample_at(row)) for row in range(250)]
                assert by_key == sorted(by_key, reverse=down)
        assert window.session is not None
        page.table.view.setCurrentIndex(model.index(180, 0))
        current = model.sample_at(180).id
        window.session.perform(lambda project: project.flag(current, True))
        assert model.sample_at(page.table.view.currentIndex().row()).id == current, "it stays in view"
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        assert shown() == first

        choice.menu().actions()
        titles = [column.title for column in model.columns]
        own = titles.index("shop & co")
        choice.show_column(own, True)
        header.moveSection(header.visualIndex(own), 0)
        header.resizeSection(own, 222)
        choice.show_column(2, False)
        assert model.index(3, own).data() == "shop 3"
        header.setSortIndicator(own, Qt.SortOrder.DescendingOrder)
        wait_until(lambda: model.rowCount() and model.index(0, own).data() == "shop 99")
        assert header.sortIndicatorSection() == own
        assert not window.session.project.lacks_index(Order("field", field="shop & co"))
        wait_until(lambda: window.settings.tables)
        settings = window.settings
    with open_window(folder, page="data", settings=settings) as window:
        page = _page(window)
        header, titles = page.table.view.horizontalHeader(), [column.title for column in page.table.model.columns]
        own = titles.index("shop & co")
        assert header.visualIndex(own) == 0 and header.sectionSize(own) == 222
        assert header.isSectionHidden(2) and not header.isSectionHidden(0)


def test_identical_texts_stand_together_and_further_copies_go_in_one_step(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=0)
    with Project.open(folder) as project:
        one, other = (label.id for label in project.labels()[:2])

        def labelled(text: str, label: int) -> NewSample:
            return NewSample(text, value={"labels": [label]}, labels=(label,))

        with project.change("Import texts") as change:
            change.add_samples(
                [
                    *(NewSample(text) for text in ("a", "b", "c", "alone", "a", "b")),
                    labelled("b", one),  # 7: the one of its text that somebody labelled
                    labelled("c", one),
                    labelled("c", other),
                    NewSample("a"),
                ]
            )
    with open_window(folder, page="data") as window:
        page = _page(window)
        assert window.session is not None
        project = window.session.project
        page.table.show_filter(Filter(state="duplicate"))
        texts = [page.table.model.sample_at(row).text for row in range(page.table.model.rowCount())]
        assert len(texts) == 9
        assert sum(here != there for here, there in pairwise(texts)) == 2, "three groups"
        assert page.table._single.isVisible()
        page.table._single.click()
        wait_until(lambda: project.count() == 6)
        assert list(project.sample_ids()) == [1, 3, 4, 7, 8, 9], "a labelled one is kept, differing ones all"
        window.undo()
        window.undo()  # so much is asked about first
        wait_until(lambda: project.count() == 10)


def test_nearly_equal_texts_stand_together_to_be_labelled_together(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=5)
    with Project.open(folder) as project, project.change("Import") as change:
        change.add_samples([NewSample("A text like no other one here.")])
    with open_window(folder, page="data") as window:
        page = window.page
        assert isinstance(page, DataPage)
        page.show_near_groups()
        wait_until(lambda: page.table.model.filter.ids == (1, 2, 3, 4, 5))
        wait_until(lambda: page.table.model.rowCount() == 5)
        assert window.toast.text.startswith("1 group of nearly equal texts")
