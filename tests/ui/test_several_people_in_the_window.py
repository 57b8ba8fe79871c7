"""Several people label: one takes over from another, a copy is merged, and what they differ on is settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.copies import save_copy
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.merge_card import MergeCard
from lepton_studio.ui.frame.person_card import PersonCard
from lepton_studio.ui.label.people_card import PeopleCard
from tests.ui.driving import label_page, open_window, press, wait_until

LABELS = ("refund", "card lost", "login")
ANA, BEN = {1: 1, 2: 1, 3: 1}, {1: 1, 2: 2, 3: 3, 4: 2}
"""What each says of which sample: they agree on one and differ on two, and Ben has one more."""


def _label(folder: Path, decided: dict[int, int]) -> None:
    with Project.open(folder) as project:
        for sample, label in decided.items():
            project.annotate(sample, {"labels": [label]}, labels=(label,))


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Ana's project, and Ben's copy of it. Ana sits here."""
    ana, ben = tmp_path / "Ana.lepton", tmp_path / "Ben.lepton"
    with Project.create(ana, task="text_classification", labels=LABELS) as project:
        with project.change("Import texts") as change:
            change.add_samples(NewSample(f"This is message number {n}.") for n in range(1, 7))
        save_copy(project, ben)
    for folder, who, decided in ((ben, "Ben", BEN), (ana, "Ana", ANA)):
        monkeypatch.setenv("LEPTON_ANNOTATOR", who)
        _label(folder, decided)
    return ana, ben


@pytest.fixture
def window(folders: tuple[Path, Path]) -> Iterator[MainWindow]:
    with open_window(folders[0]) as opened:
        label_page(opened)
        yield opened


def _merge(window: MainWindow, copy: Path) -> MergeCard:
    session = window.session
    assert session is not None
    card = MergeCard.over(window.toast.host)
    card.ask(session, copy)
    wait_until(lambda: card.plan is not None)
    return card


def _label_of(window: MainWindow, sample: int) -> object:
    assert window.session is not None
    return window.session.project.sample(sample).value


def test_a_copy_is_merged_after_a_preview_and_what_differs_is_settled_by_one_key_each(
    window: MainWindow, folders: tuple[Path, Path]
) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    card = _merge(window, folders[1])
    assert "2 samples are labelled differently." in card.sentences.text()
    assert _label_of(window, 4) is None
    card.do.click()
    wait_until(lambda: _label_of(window, 4) == {"labels": [2]})
    wait_until(lambda: window.toast.isVisible() and "Ben (4)" in window.toast.text)
    assert _label_of(window, 2) == {"labels": [1]}

    session.settling_requested.emit()
    wait_until(lambda: page.settling.panel.isVisible())
    assert page.queue.current is not None and page.queue.current.id == 2
    shown = [(one.people, one.words) for one in page.settling.panel.answers]
    assert shown == [(("Ana",), "refund"), (("Ben",), "card lost")]
    press(window, Qt.Key.Key_2, modifier=Qt.KeyboardModifier.AltModifier)
    wait_until(lambda: page.queue.current is not None and page.queue.current.id == 3)
    assert _label_of(window, 2) == {"labels": [2]}
    press(window, Qt.Key.Key_1)  # what neither of them said can be given as ever; this is what Ana said
    wait_until(lambda: session.project.sample(3).origin == "settled")
    assert _label_of(window, 3) == {"labels": [1]}

    page.settling.find()
    wait_until(lambda: window.toast.isVisible() and "nothing to settle" in window.toast.text)
    for _ in range(2):
        window.undo()
    wait_until(lambda: _label_of(window, 2) == {"labels": [1]})
    window.undo()  # the merge
    wait_until(lambda: _label_of(window, 4) is None)
    assert session.project.people() == ["Ana"]


def test_what_others_said_is_not_seen_where_nothing_is_being_settled(
    window: MainWindow, folders: tuple[Path, Path]
) -> None:
    page = label_page(window)
    _merge(window, folders[1]).do.click()
    wait_until(lambda: _label_of(window, 4) is not None)
    page.go_to_sample(2)
    assert not page.settling.panel.isVisible()
    press(window, Qt.Key.Key_3)
    assert window.session is not None
    assert window.session.project.sample(2).origin == "manual"


def test_the_person_who_labelled_a_copy_can_be_named_before_it_is_merged(
    window: MainWindow, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    session = window.session
    assert session is not None
    card = _merge(window, folders[1])
    assert card.who.text() == "Ben"
    card.who.setText("Benedict")
    card.who.taken.emit("Benedict")
    wait_until(lambda: card.plan is not None and dict(card.plan.people) == {"Benedict": 4})
    card.do.click()
    wait_until(lambda: session.project.people() == ["Ana", "Benedict"])


def test_another_project_is_refused_in_a_sentence(window: MainWindow, tmp_path: Path) -> None:
    Project.create(tmp_path / "Else.lepton", task="text_classification").close()
    assert window.session is not None
    card = MergeCard.over(window.toast.host)
    card.ask(window.session, tmp_path / "Else.lepton")
    wait_until(lambda: window.toast.isVisible() and "is not a copy of this project" in window.toast.text)
    assert not card.isVisible()


def test_people_and_their_agreement_are_shown_and_a_click_on_a_difference_settles_it(
    window: MainWindow, folders: tuple[Path, Path]
) -> None:
    page = label_page(window)
    _merge(window, folders[1]).do.click()
    wait_until(lambda: _label_of(window, 4) is not None)
    page.settling.show_people()
    card = PeopleCard.over(page)
    wait_until(lambda: card.found is not None)
    assert card.sentences.text().startswith("Labelled by: Ana (3), Ben (4).\n3 samples were labelled by two or more")
    assert "Least agreement on: “refund” " in card.sentences.text()
    assert card.settle.text() == "Settle 2 samples"
    model = card.differences.model()
    said = [model.index(row, 1).data() for row in range(model.rowCount())]
    assert said == ["Ben: card lost", "Ben: login"]
    card.differences.cellClicked.emit(1, 0)
    wait_until(lambda: page.settling.panel.isVisible())
    assert page.queue.current is not None and page.queue.current.id == 3
    assert not card.isVisible()


def test_another_person_takes_over_and_their_decisions_bear_their_name(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    titles = [one.title for one in window.usual_actions() if one.id == "person"]
    assert titles == ["Labelling as Ana…"]
    window.header.person.click()
    card = PersonCard.over(window.toast.host)
    assert card.isVisible() and card.name.text() == "Ana"
    card.name.setText("Cleo")
    card.take.click()
    assert [one.title for one in window.usual_actions() if one.id == "person"] == ["Labelling as Cleo…"]
    assert window.settings.annotator == "Cleo"
    assert (window.header.person.text(), window.header.person.accessibleName()) == ("C", "Labelling as Cleo")
    page.go_to_sample(5)
    press(window, Qt.Key.Key_1)
    wait_until(lambda: session.project.people() == ["Ana", "Cleo"])
    window.cards.choose({"annotator": ""})


def test_who_sits_here_is_asked_once_when_the_work_of_several_comes_together(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LEPTON_ANNOTATOR")
    merged: list[str] = []
    window.cards.when_named(lambda: merged.append("first"))
    card = PersonCard.over(window.toast.host)
    assert card.isVisible() and merged == []
    card.name.setText("Ana Berg")
    card.take.click()
    assert merged == ["first"] and window.settings.annotator == "Ana Berg"
    window.cards.when_named(lambda: merged.append("second"))
    assert merged == ["first", "second"] and not card.isVisible()
    label_page(window)
    press(window, Qt.Key.Key_2)
    session = window.session
    assert session is not None
    wait_until(lambda: "Ana Berg" in session.project.people())
