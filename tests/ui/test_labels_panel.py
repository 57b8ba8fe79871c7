"""Labels are renamed, merged and deleted from the Label page, each with undo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.label_card import LabelCard, Swatch
from lepton_studio.widgets.plain_text import PlainLabel
from tests.ui.driving import label_page, make_project, open_window, press, wait_until


def _card(window: MainWindow, name: str) -> LabelCard:
    page = label_page(window)
    label = next(one for one in page.labels if one.name == name)
    return page.panel.open_card(label.id)


def _names(window: MainWindow) -> list[str]:
    return [label.name for label in label_page(window).labels]


def test_a_renamed_label_keeps_its_decisions_and_the_toast_takes_it_back(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        press(window, "1", "1")
        card = _card(window, "refund")
        card.rename("money back")
        card.close()
        assert _names(window)[0] == "money back"
        assert "on 2 samples" in window.toast.text
        assert label_page(window).recent.texts() == ["money back", "money back"]
        window.undo()
        assert _names(window)[0] == "refund"


def test_the_focus_stays_on_what_the_card_shows(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = _card(window, "refund")
        reached: dict[QWidget, bool] = {}
        while (focused := card.focusWidget()) not in reached:
            assert focused is not None
            reached[focused] = focused.visibleRegion() == QRegion(focused.rect())
            QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert all(reached.values())
        assert set(card.findChildren(Swatch)) < set(reached)
        card.close()


def test_merging_moves_the_decisions_and_undo_brings_both_labels_back(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        press(window, "1", "2", "2")
        page = label_page(window)
        target = page.labels[0].id
        _card(window, "card lost").merge_into(target)
        assert window.session is not None
        assert _names(window) == ["refund", "login"]
        assert window.session.project.label_counts()[target] == 3
        window.undo()
        assert _names(window) == ["refund", "card lost", "login"]
        assert window.session.project.label_counts()[target] == 1


def test_deleting_a_label_makes_its_samples_unlabelled_until_undone(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        press(window, "1", "3")
        _card(window, "refund").delete_label()
        assert window.session is not None
        project = window.session.project
        assert _names(window) == ["card lost", "login"]
        assert project.sample(1).value is None and project.sample(2).value is not None
        window.undo()
        assert project.sample(1).value is not None
        assert len(_names(window)) == 3


def test_a_key_can_be_changed_and_works_at_once(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = _card(window, "login")
        press_in(card.key, "x")
        card.close()
        page = label_page(window)
        page.setFocus()
        press(window, "x")
        assert window.session is not None
        assert window.session.project.sample(1).value == {"labels": [page.labels[2].id]}


def test_a_label_is_added_by_name_and_gets_the_next_key(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        page.panel.begin_adding()
        press(window, "delivery")
        press(window, Qt.Key.Key_Return)
        assert _names(window)[-1] == "delivery"
        press(window, Qt.Key.Key_Escape)
        press(window, "4")
        assert window.session is not None and window.session.project.sample(1).value is not None


def test_an_empty_or_taken_name_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = _card(window, "refund")
        card.rename("login")
        card.close()
        assert window.toast.text
        assert _names(window) == ["refund", "card lost", "login"]


def test_the_panel_counts_decisions_as_they_are_made(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        press(window, "1", "1", "2")
        wait_until(lambda: [row.count for row in page.panel.rows.rows()] == [2, 1, 0])


def press_in(field: object, keys: str) -> None:
    """Type into one field, in place of what is there."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, keys)


def test_a_relation_links_what_it_is_told_to_and_follows_a_label_that_is_renamed(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Test.lepton", task="relations", labels=["person", "company"]) as project:
        project.add_label("works for", options={"kind": "relation"})
        folder = project.folder
    with open_window(folder) as window:
        page = label_page(window)
        assert window.session is not None
        project = window.session.project
        assert [row.title for row in page.panel.groups["relation"].rows.rows()] == ["works for"]
        page.panel.add_label("knows", kind="relation")
        assert project.labels()[-1].options == {"kind": "relation"}
        card = _card(window, "works for")
        assert card.relation is not None
        card.relation.add.click()
        card.relation.directed.click()
        card.close()
        assert _card(window, "person").relation is None
        _card(window, "person").rename("employee")
        wanted = {"kind": "relation", "pairs": [["employee", "employee"]], "directed": False}
        assert project.label(3).options == wanted
        window.undo()
        assert project.label(3).options == {**wanted, "pairs": [["person", "person"]]}


def test_what_labels_mean_stands_beside_the_sample_and_can_be_folded(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        meanings = page.side.meanings
        assert window.session is not None and not meanings.isVisible(), "nothing is said of any label"
        first = window.session.project.labels()[0]
        window.session.perform(
            lambda project: project.describe_label(first.id, "The customer wants <b>money</b> back.")
        )
        said = [label.text() for label in meanings.findChildren(PlainLabel)]
        assert meanings.isVisible() and said == [first.name, "The customer wants <b>money</b> back."]
        assert meanings.room() > 20, "its words are seen"
        meanings.fold.click()
        assert not meanings.words.isVisible() and meanings.fold.isVisible()
        window.undo()
        assert not meanings.isVisible()


def test_label_buttons_stay_where_they_are_whatever_the_text_and_the_strip(tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=10)
    with Project.open(folder) as project, project.change("Import texts") as change:
        change.add_samples([NewSample("A long story. " * 400)])
    with open_window(folder) as window:
        page = label_page(window)

        def place() -> int:
            QApplication.processEvents()
            return page.editor.mapTo(window, QPoint()).y()

        short = place()
        page.go_to_sample(11)
        assert place() == short, "a long text scrolls in the same room"
        window.strip.begin("Copying", can_cancel=False)
        window.strip.show()
        assert window.strip.isVisible() and place() == short
