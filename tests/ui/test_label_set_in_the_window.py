"""What a change of the label set would touch is shown first; each is one step, and can be undone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from lepton_studio.project.label_options import is_retired, split_into
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.label_card import LabelCard
from lepton_studio.ui.label.label_change_card import LabelChangeCard
from lepton_studio.widgets.choice_popup import ChoicePopup
from tests.project.steps import add, choice, new
from tests.ui.driving import label_page, open_window, press, wait_until


def _folder(tmp_path: Path) -> Path:
    made = Project.create(tmp_path / "Set.lepton", task="text_classification", labels=("money", "card", "bank"))
    texts = ("give my money back", "refund please", "what does a transfer cost", "the fee is too high") * 4
    add(made, [new(f"{text} {n}", 1, split="test" if n % 8 == 0 else "train") for n, text in enumerate(texts)])
    add(made, [new("my card is lost", 2), new("where is my card", 2), new("not labelled yet")])
    made.close()
    return made.folder


def _card(window: MainWindow, name: str) -> LabelCard:
    page = label_page(window)
    return page.panel.open_card(next(label.id for label in page.labels if label.name == name))


def _asked(window: MainWindow) -> LabelChangeCard:
    card = LabelChangeCard.over(label_page(window))
    wait_until(card.isVisible)
    return card


def _choose(card: LabelCard, value: object) -> None:
    popup = card.findChild(ChoicePopup)
    assert popup is not None
    popup.chosen.emit(value)


def test_merging_and_deleting_tell_first_what_they_change(tmp_path: Path) -> None:
    with open_window(_folder(tmp_path)) as window:
        session = window.session
        assert session is not None
        card = _card(window, "money")
        card.merge.click()
        _choose(card, 2)
        asked = _asked(window)
        assert asked.title.text() == "Merge “money” into “card”?"
        assert asked.sentences[0] == "16 samples change (training 14, test 2)."
        assert "Test samples are among them" in asked.sentences[1]
        press(window, Qt.Key.Key_Escape)
        assert session.project.label_counts()[1] == 16, "Escape leaves everything as it is"
        card = _card(window, "money")
        card.merge.click()
        _choose(card, 2)
        _asked(window).do.click()
        assert session.project.label_counts()[2] == 18
        window.undo()
        _card(window, "money").delete.click()
        asked = _asked(window)
        assert asked.title.text() == "Delete “money”?" and "retire it instead" in asked.sentences[-1]
        press(window, Qt.Key.Key_Return)
        assert session.project.count(Filter(state="labelled")) == 2
        window.undo()
        assert session.project.count(Filter(state="labelled")) == 18


def test_a_retired_label_is_offered_no_more_and_stays_on_what_has_it(tmp_path: Path) -> None:
    with open_window(_folder(tmp_path)) as window:
        page, session = label_page(window), window.session
        assert session is not None and page.queue.current is not None
        _card(window, "money").retire.click()
        assert is_retired(session.project.label(1)) and session.project.label_counts()[1] == 16
        assert [row.title for row in page.panel.rows.rows()] == ["money (retired)", "card", "bank"]
        press(window, "1")
        assert page.queue.current is not None and page.queue.current.value is None, "its key does nothing any more"
        page.show_samples(Filter(label=1))
        press(window, "1")
        assert session.project.undo_name() == "Label as money", "who has it can keep it"
        window.undo()
        page.show_samples(Filter(state="unlabelled"))
        _card(window, "money").retire.click()
        assert not is_retired(session.project.label(1))
        press(window, "1")
        assert session.project.label_counts()[1] == 17


def test_a_label_is_nested_with_all_below_it(tmp_path: Path) -> None:
    with open_window(_folder(tmp_path)) as window:
        session = window.session
        assert session is not None
        session.perform(lambda project: project.add_label("card/lost"))
        card = _card(window, "card")
        card.nest.click()
        _choose(card, "bank")
        asked = _asked(window)
        assert asked.sentences[:2] == ["“card” becomes “bank/card”.", "“card/lost” becomes “bank/card/lost”."]
        asked.do.click()
        assert [one.name for one in session.project.labels()] == ["money", "bank/card", "bank", "bank/card/lost"]
        assert session.project.label_counts()[2] == 2
        card = _card(window, "bank")
        card.nest.click()
        _choose(card, "bank/card")
        assert window.toast.text == "A label cannot stand below itself."
        card = _card(window, "bank/card/lost")
        card.nest.click()
        _choose(card, "")
        _asked(window).do.click()
        assert session.project.labels()[-1].name == "lost"
        window.undo()
        window.undo()
        assert [one.name for one in session.project.labels()] == ["money", "card", "bank", "card/lost"]


def test_a_label_is_split_and_its_samples_come_sorted_by_what_they_look_like(tmp_path: Path) -> None:
    with open_window(_folder(tmp_path)) as window:
        page, session = label_page(window), window.session
        assert session is not None
        _card(window, "money").split.click()
        asked = _asked(window)
        asked.field.setPlainText("money back, a refund\n\ncost of a transfer, fee")
        asked.do.click()
        money, refund, fee = session.project.label(1), *session.project.labels()[-2:]
        assert is_retired(money) and split_into(money) == (refund.id, fee.id)
        assert page.queue.filter.label == 1
        wait_until(lambda: session.instant.model is not None and fee.id in session.instant.model.labels, seconds=120)
        wait_until(lambda: session.background.is_idle, seconds=60)
        page.show_samples(page.queue.filter)
        current, said = page.queue.current, page.deciding.suggestion
        assert current is not None and said is not None and said.labels[0] in (refund.id, fee.id)
        assert page._why().startswith("Looks like “")
        sorted_out = [one.sample for one in page.deciding.splitting.asked(page.queue.filter)]
        assert len(sorted_out) == 16 and sorted_out[0] == current.id
        press(window, Qt.Key.Key_Return)
        wait_until(lambda: session.project.sample(current.id).value == choice(said.labels[0]))
        assert page.queue.current is not None and page.queue.current.id != current.id
        counts = session.project.label_counts()
        assert counts[1] == 15 and counts[said.labels[0]] == 1
        card = _card(window, "money")
        assert card.split.text() == "Go on splitting"
        card.close()
