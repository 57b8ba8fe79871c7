"""The Label page with editors in which one sample takes several edits, on real projects in the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.ui.label.bulk_card import BulkCard
from lepton_studio.widgets.marked_text.finding import Manner, Wanted
from tests.ui.driving import label_page, open_window, own_editor, press, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier
LABELLED = Filter(state="labelled")
TEXT = "Ada wrote to Northwind. Northwind answered."


def _project(folder: Path, task: str, *, texts: int = 4, labelled: int = 0) -> Path:
    labels = ("person", "company") if task == "spans" else ()
    with Project.create(folder / "Test.lepton", task=task, labels=labels) as project:
        with project.change("Import") as change:
            change.add_samples(
                NewSample(
                    f"{TEXT} {number}",
                    value={"spans": [[0, 3, 1]]} if number < labelled else None,
                    labels=(1,) if number < labelled else (),
                )
                for number in range(texts)
            )
        return project.folder


def _spans(project: Project, sample: int) -> object:
    value = project.sample(sample).value
    return value["spans"] if isinstance(value, dict) else None


def test_every_mark_is_saved_at_once_and_taken_back_by_itself(tmp_path: Path) -> None:
    with open_window(_project(tmp_path, "spans")) as window:
        page = label_page(window)
        assert window.session is not None
        project = window.session.project
        press(window, "1", Qt.Key.Key_Right, "2")
        assert _spans(project, 1) == [[0, 3, 1], [4, 9, 2]]
        assert page.queue.current is not None and page.queue.current.id == 1, "one press does not decide a text"
        window.undo()
        assert _spans(project, 1) == [[0, 3, 1]]
        window.undo()
        assert project.sample(1).value is None and page.queue.current.id == 1
        window.redo()
        press(window, Qt.Key.Key_Return)
        assert page.queue.current.id == 2
        assert page.recent.texts() == ["person 1"]


def test_enter_on_a_text_without_marks_says_that_there_is_nothing(tmp_path: Path) -> None:
    with open_window(_project(tmp_path, "spans")) as window:
        page = label_page(window)
        assert window.session is not None
        page.panel.begin_adding()
        press(window, "place", Qt.Key.Key_Return, Qt.Key.Key_Escape)
        assert window.session.project.sample(1).value is None, "Enter named a label"
        page.setFocus()
        press(window, Qt.Key.Key_Return, Qt.Key.Key_Space)
        assert _spans(window.session.project, 1) == []
        assert window.session.project.sample(2).skipped
        assert page.queue.current is not None and page.queue.current.id == 3


def test_marking_everywhere_shows_what_it_would_do_and_leaves_unlabelled_texts_alone(tmp_path: Path) -> None:
    with open_window(_project(tmp_path, "spans", texts=30, labelled=5)) as window:
        page = label_page(window)
        assert window.session is not None
        project = window.session.project
        page.editor.bulk_wanted.emit(_mark_northwind())
        card = BulkCard.over(page)
        wait_until(lambda: card.do.isVisible())
        assert card.sentence.text() == "5 samples will change"
        assert not card.also_unlabelled.isChecked() and "25" in card.also_unlabelled.text()
        press(window, Qt.Key.Key_Return)
        wait_until(lambda: window.toast.text)
        assert "Samples changed: 5" in window.toast.text
        assert _spans(project, 1) == [[0, 3, 1], [13, 22, 2], [24, 33, 2]]
        assert project.count(LABELLED) == 5
        window.undo()
        assert _spans(project, 1) == [[0, 3, 1]]
        page.editor.bulk_wanted.emit(_mark_northwind())
        press(window, Qt.Key.Key_Escape)
        wait_until(lambda: not card.isVisible())
        page.editor.bulk_wanted.emit(_mark_northwind("(.|..)+(?<=zzz)", manner="pattern"))
        wait_until(lambda: "takes too long" in window.toast.text)
        assert not card.isVisible() and _spans(project, 1) == [[0, 3, 1]]


def test_what_was_searched_for_is_tinted_in_an_editor_that_shows_the_text(tmp_path: Path) -> None:
    with open_window(_project(tmp_path, "spans")) as window:
        page = label_page(window)
        page.search("north")
        view = own_editor(page).board.view
        assert [view.text[start:end] for start, end in view.column.found] == ["North", "North"]
        page.search("")
        assert not view.column.found


def test_a_word_list_suggests_before_there_is_a_model_and_is_kept_with_the_project(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.csv", tmp_path / "names.csv"
    bad.write_text("Northwind,bakery\n", "utf-8")
    good.write_text("Northwind,company\nAda,person\n", "utf-8")
    folder = _project(tmp_path, "spans")
    with open_window(folder) as window:
        page = label_page(window)
        page.suggestions.read_word_list(bad)
        wait_until(lambda: "bad.csv" in window.toast.text)
        page.suggestions.read_word_list(good)
        wait_until(lambda: page.suggestions.word_list is not None)
    good.unlink()
    with open_window(folder) as window:
        page = label_page(window)
        wait_until(lambda: page.suggestions.word_list is not None)
        assert "company 2" in page.box.value.text()
        press(window, Qt.Key.Key_Return)
        assert window.session is not None
        assert _spans(window.session.project, 1) == [[0, 3, 1], [13, 22, 2], [24, 33, 2]]
        assert window.session.project.decisions(1)[0].origin == "suggestion"


def test_a_suggestion_that_was_refused_does_not_come_back_on_the_same_sample(tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("Northwind,company\nAda,person\n", "utf-8")
    with open_window(_project(tmp_path, "spans")) as window:
        page = label_page(window)
        page.suggestions.read_word_list(names)
        wait_until(lambda: page.suggestions.word_list is not None)
        state = own_editor(page).board.state
        assert [(one.start, one.end) for one in state.open_suggestions] == [(0, 3), (13, 22), (24, 33)]
        press(window, Qt.Key.Key_Down, modifier=CTRL)
        press(window, Qt.Key.Key_Delete)
        assert "person" not in page.box.value.text() and "company 2" in page.box.value.text()
        page.deciding.forward()
        page.deciding.backward()
        assert [(one.start, one.end) for one in state.open_suggestions] == [(13, 22), (24, 33)]
        page.suggestions.load(page.labels)
        assert window.session is not None
        session = window.session
        wait_until(lambda: session.background.is_idle)
        page.deciding.accept()
        assert _spans(session.project, 1) == [[13, 22, 2], [24, 33, 2]], "what was refused is not accepted either"
        page.suggestions.read_word_list(names)
        wait_until(lambda: session.background.is_idle)
        page.go_to_sample(1)
        assert [(one.start, one.end) for one in state.open_suggestions] == [(0, 3)], "another list, another opinion"


def _mark_northwind(words: str = "Northwind", *, manner: Manner = "exact") -> object:
    from lepton_studio.tasks.spans.editor import mark_everywhere

    return mark_everywhere(Wanted(words, manner), label=2, name="company")


def test_what_is_being_written_is_saved_before_the_sample_the_page_or_the_last_step_is_left(tmp_path: Path) -> None:
    with open_window(_project(tmp_path, "text_to_text")) as window:
        page = label_page(window)
        assert window.session is not None and page.queue.current is not None
        project = window.session.project

        def written(sample: int) -> object:
            value = project.sample(sample).value
            return value["text"] if isinstance(value, dict) else None

        press(window, "Dear Ada")
        press(window, Qt.Key.Key_PageDown, modifier=CTRL)
        assert (written(1), page.queue.current.id) == ("Dear Ada", 2)
        press(window, "Thank you")
        window.open_page("data")
        assert written(2) == "Thank you"
        label_page(window)
        press(window, " all")
        window.undo()
        assert written(2) == "Thank you" and page.queue.current.id == 2
        press(window, "!")
        press(window, Qt.Key.Key_Return, modifier=CTRL)
        assert page.queue.current.id == 3
        assert len(project.history()) < 12, "a letter is no step"


def test_a_reply_written_elsewhere_stands_beside_the_next_similar_conversation(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Test.lepton", task="dialogue") as project, project.change("Import") as change:
        texts = ("my card was swallowed", "where is my parcel", "the machine swallowed my card")
        change.add_samples(NewSample(f"customer: {text}") for text in texts)
    with open_window(project.folder) as window:
        similar = own_editor(label_page(window)).similar
        assert window.session is not None
        session = window.session
        wait_until(lambda: session.background.is_idle)
        assert not similar.isVisible()
        window.open_page("data")
        session.perform(lambda project: project.annotate(3, {"text": "A new card is on its way."}))
        window.open_page("label")
        assert similar.isVisible() and similar.text() == "A new card is on its way."
        window.undo()
        assert not similar.isVisible(), "a reply that was taken back is no example"
        window.open_page("data")
        sample = NewSample("customer: a machine kept my card", value={"text": "We are sorry."})

        def bring_in(project: Project) -> Changes:
            with project.change("Import") as change:
                change.add_samples([sample])
            return change.result

        session.perform(bring_in)
        window.open_page("label")
        wait_until(lambda: similar.isVisible() and similar.text() == "We are sorry.")


def test_enter_on_an_untouched_text_does_not_say_that_no_label_holds(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Several.lepton", task="multi_label", labels=("late", "wet")) as project:
        with project.change("Import") as change:
            change.add_samples([NewSample("one"), NewSample("two")])
        folder = project.folder
    with open_window(folder) as window:
        page = label_page(window)
        assert window.session is not None and page.queue.current is not None
        first, project = page.queue.current.id, window.session.project
        press(window, Qt.Key.Key_Return)
        assert project.sample(first).value is None and page.queue.current.id == first
        assert "Press 0 if none of the labels applies" in window.toast.text
        press(window, "0", Qt.Key.Key_Return)
        assert project.sample(first).value == {"labels": []} and page.queue.current.id != first


def test_a_sample_with_an_open_question_stays_to_label_and_keeps_its_answers(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Asked.lepton", task="question_answering") as project:
        with project.change("Import") as change:
            change.add_samples([NewSample(TEXT, fields={"question": "Who?\nTo whom?"}), NewSample("two")])
        folder = project.folder
    with open_window(folder) as window:
        page = label_page(window)
        session = window.session
        assert session is not None
        project = session.project
        press(window, "1")
        sample = project.sample(1)
        assert sample.value is None and isinstance(sample.draft, dict)
        assert sample.draft["questions"][0]["answers"][0]["text"] == "Ada"
        assert project.count(LABELLED) == 0 and project.count(Filter(state="unlabelled")) == 2
        window.open_page("data")
        page = label_page(window)
        assert own_editor(page).asked.questions[0].answers, "what was begun is shown again"
        press(window, "2")
        sample = project.sample(1)
        assert sample.value is not None and sample.draft is None and project.count(LABELLED) == 1
        window.undo()
        assert project.sample(1).draft is not None and project.count(LABELLED) == 0
        page.deciding.forward()
        page.go_to_sample(1)
        press(window, Qt.Key.Key_Tab, Qt.Key.Key_Return)
        press(window, Qt.Key.Key_Return)
        wait_until(lambda: page.queue.current is not None and page.queue.current.id == 2)
        assert "still counts as unlabelled" in window.toast.text and project.count(LABELLED) == 0
