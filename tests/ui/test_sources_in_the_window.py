"""Which source suggests, and that its suggestion is hidden on some samples until the person has answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.agreement import Agreement
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, Predictor
from lepton_studio.project.suggestion_settings import SuggestionSettings
from lepton_studio.studio.instant.model import INSTANT
from lepton_studio.studio.sources import Source
from lepton_studio.studio.suggesting import new_suggestion
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.sources_card import SourcesCard
from tests.ui.driving import label_page, open_window, press, wait_until

_TASK = task_named("text_classification")


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    """Sixty texts, of which forty are labelled; two models of other programs have read them, one of them well."""
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=("card", "refund")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(f"text {n}") for n in range(60))
        made.annotate_many((n, {"labels": [1 + n % 2]}, (1 + n % 2,)) for n in range(1, 41))
        for name, wrong in (("good", 2), ("poor", 30)):
            by = made.enter_predictor("imported", name).id
            values = ((n, 1 + (n + (n < wrong or (n > 40 and name == "poor"))) % 2) for n in range(1, 61))
            made.store_suggestions(by, [new_suggestion(_TASK, n, Choice((one,))) for n, one in values])
        folder = made.folder
    with open_window(folder) as opened:
        yield opened


def test_the_source_that_is_right_most_often_suggests_unless_another_is_chosen(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    sources = page.suggestions.sources
    sources.set(SuggestionSettings(hidden=0.0))
    wait_until(lambda: len(sources.measured) == 2)
    current = page.queue.current
    assert current is not None and page.deciding.suggestion is not None
    assert page.box._origin.text() == "good" and page.deciding.suggestion.value.labels == (1 + current.id % 2,)

    next(one for one in page.actions_of_page() if one.id == "sources").run()
    card = SourcesCard.over(page)
    wait_until(lambda: len(card.choices) == 3)
    assert [one.text() for one in card.choices] == ["The one that is right most often", "good", "poor"]
    assert "Right on 98% of 40 labelled samples" in card.choices[1].accessibleDescription()
    card.choices[2].click()
    assert page.box._origin.text() == "poor"
    card.close_over()
    assert session.project.suggestion_settings().source == sources.chosen != ""


def test_a_hidden_suggestion_is_compared_with_the_answer(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    sources = page.suggestions.sources
    wait_until(lambda: len(sources.measured) == 2)
    sources.set(SuggestionSettings(hidden=1.0))
    page.deciding.forward()
    current = page.queue.current
    assert current is not None and page.deciding.suggestion is None and page.deciding.hides_suggestion
    assert "hidden here until you have answered" in page.box._sentence.text()
    press(window, Qt.Key.Key_Return)
    assert session.project.sample(current.id).value is None, "Enter takes nothing that is not seen"
    press(window, Qt.Key.Key_1 if current.id % 2 == 0 else Qt.Key.Key_2)  # as the good one says
    assert session.project.sample(current.id).origin == "manual"
    sources.set(SuggestionSettings(hidden=0.0))
    page.deciding.forward()
    assert page.deciding.suggestion is not None
    press(window, Qt.Key.Key_Return)
    assert session.project.agreement() == Agreement(agreed=1, shown=1, agreed_hidden=1, hidden=1)


def test_a_run_that_is_better_on_the_test_samples_takes_over_and_says_so_once(window: MainWindow) -> None:
    sources, session = label_page(window).suggestions.sources, window.session
    assert session is not None
    wait_until(lambda: len(sources.measured) == 2)
    said: list[str] = []
    session.said.connect(lambda sentence, _is_trouble: said.append(sentence))
    rights = {n: n > 20 for n in range(60)}
    instant = Source(INSTANT, 39, 60, 60, "test", rights)
    even = Source(Predictor(3, "run"), 40, 60, 60, "test", {n: n > 19 for n in range(60)})
    better = Source(Predictor(3, "run"), 54, 60, 60, "test", {n: n > 5 for n in range(60)})
    sources._take(((even, instant), Agreement()))
    assert sources.favours_instant(beats_by_scores=False) and not said
    sources._take(((better, instant), Agreement()))
    sources._take(((better, instant), Agreement()))
    assert not sources.favours_instant(beats_by_scores=True)
    assert said == ["Run 3 now makes the suggestions: right on 90% of 60 test samples, the instant model on 65%."]
