"""Filters that combine, kept by name, in the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import Decided, FieldIs, Filter, NewSample
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.filters.condition_card import ConditionCard
from lepton_studio.ui.frame.name_card import NameCard
from tests.ui.driving import label_page, open_window, press, wait_until

UK_FLAGGED = Filter(flagged=True, fields=(FieldIs("country", "UK"),))


def _project(folder: Path) -> Path:
    with Project.create(folder / "Test.lepton", task="text_classification", labels=["refund", "lost"]) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample(f"text {n}", fields={"country": ("UK", "DE")[n % 2]}) for n in range(40))
        project.flag_many(range(1, 21))
        project.annotate(1, {"labels": [1]}, labels=(1,))
        return project.folder


def test_conditions_combine_on_a_card_and_are_kept_by_a_name_that_both_pages_know(tmp_path: Path) -> None:
    with open_window(_project(tmp_path), page="data") as window:
        page = window.page
        assert isinstance(page, DataPage) and window.session is not None
        project, further = window.session.project, page.table.filters.further
        further.conditions.click()
        card = window.findChild(ConditionCard)
        assert card is not None and card.isVisible() and len(card.fields) == 1
        card.flagged.click()
        card.fields[0].name.setCurrentIndex(1)
        assert len(card.fields) == 2, "another field can be asked for"
        assert set(card.fields[0]._values.stringList()) == {"UK", "DE"}
        card.fields[0].value.setText("UK")
        card.since.setText("yesterday")
        card.apply.click()
        assert card.isVisible() and card._no_date.isVisible()
        card.since.clear()
        card.apply.click()
        wait_until(lambda: page.table.model.filter == UK_FLAGGED)
        wait_until(lambda: page.table._amount.text() == "Found: 10")
        assert not project.lacks_index("country") and further.conditions.text() == "flagged · country: UK"

        further._save()
        asked = window.findChild(NameCard)
        assert asked is not None and asked.isVisible()
        press(window, "Flagged in the UK", Qt.Key.Key_Return)
        assert further.saved.text() == "Flagged in the UK" and further.saved.isChecked()
        further.conditions.click()
        assert card.flagged.isChecked() and card.fields[0].condition() == FieldIs("country", "UK")
        card.reset.click()
        card.who.setCurrentIndex(1)
        card.apply.click()
        wait_until(lambda: page.table.model.rowCount() == 1)
        assert page.table.model.filter == Filter(decided=Decided(who=card.who.currentText()))
        assert not further.saved.isChecked()

        label = label_page(window)
        menu = label.filters.further.menu()
        entry = next(one for one in menu.actions() if one.text() == "Flagged in the UK")
        entry.trigger()
        assert label.queue.filter == UK_FLAGGED and label.queue.current is not None
        assert label.queue.current.fields["country"] == "UK"
        label.filters.further._delete("Flagged in the UK")
        assert not any(one.text() == "Flagged in the UK" for one in label.filters.further.menu().actions())
