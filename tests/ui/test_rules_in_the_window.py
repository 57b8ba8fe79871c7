"""Rules in the real window: made while what they find is shown, applied by the step that leaves other labels alone."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.studio.rules import Rule, rules_of
from lepton_studio.ui.bulk.rule_card import RuleCard
from lepton_studio.ui.bulk.rules_card import RulesCard
from lepton_studio.ui.bulk.step_card import BulkStepCard
from lepton_studio.ui.frame.main_window import MainWindow
from tests.ui.driving import open_window, press, wait_until

Card = TypeVar("Card", bound=QWidget)


def _project(folder: Path) -> Path:
    with Project.create(folder / "Test.lepton", task="text_classification", labels=["refund", "lost"]) as project:
        with project.change("Import") as change:
            change.add_samples(
                NewSample(
                    f"text {n}, " + ("I want a refund" if n % 2 else "where is it?"), split="test" if n < 4 else None
                )
                for n in range(40)
            )
        project.annotate(6, {"labels": [1]}, labels=(1,))
        project.annotate(8, {"labels": [2]}, labels=(2,))
        return project.folder


def _card(window: MainWindow, kind: type[Card]) -> Card:
    found = window.findChild(kind)
    assert found is not None and found.isVisible()
    return found


def _press(card: QWidget, name: str) -> None:
    next(one for one in card.findChildren(QPushButton) if one.accessibleName() == name).click()


def test_a_rule_is_made_judged_applied_changed_and_deleted(tmp_path: Path) -> None:
    with open_window(_project(tmp_path)) as window:
        assert window.page is not None and window.session is not None
        project = window.session.project
        next(one for one in window.page.actions_of_page() if one.id == "rules").run()
        rules = _card(window, RulesCard)
        rules.new.click()
        form = _card(window, RuleCard)
        assert not form.do.isEnabled()
        press(window, "refund, money back")
        wait_until(lambda: "Matches 20 of 40 samples (50.0%); 18 of them are not labelled yet." in form.found.text())
        assert "Precision 50.0% on 2 samples" in form.found.text()
        form.do.click()
        rule = Rule("refund, money back", 1, "refund, money back")
        assert rules_of(project) == [rule] and rules.isVisible()
        wait_until(lambda: "Matches 20" in rules.measured[rule.name].text())

        _press(rules, f"Apply rule “{rule.name}”")
        wait_until(lambda: window.findChild(BulkStepCard) is not None)
        step = _card(window, BulkStepCard)
        assert (
            step.do.text() == "Label 16 samples" and "2 samples of the test split are left out" in step.sentence.text()
        )
        step.setFocus()
        press(window, Qt.Key.Key_Return)
        wait_until(lambda: project.count(Filter(state="labelled")) == 18)
        assert project.sample(8).value == {"labels": [2]} and project.sample(2).value is None
        window.undo()
        assert project.count(Filter(state="labelled")) == 2

        rules.show_rules(window.session)
        _press(rules, f"Edit rule “{rule.name}”")
        form.manner.setCurrentIndex(2)
        form.looks_for.setText("(refund")
        wait_until(lambda: "not a valid regular expression" in form.found.text())
        assert not form.do.isEnabled()
        form.looks_for.setText("refund$")
        form.name.setText("End")
        wait_until(lambda: "Matches 20" in form.found.text())
        form.do.click()
        assert rules_of(project) == [Rule("End", 1, "refund$", "pattern")]
        _press(rules, "Delete rule “End”")
        assert rules_of(project) == [] and not rules._scroll.isVisible()
        assert window.toast.text.startswith("Rule “End” deleted.")
        window.toast._button.click()
        assert [one.name for one in rules_of(project)] == ["End"]
