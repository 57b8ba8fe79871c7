"""How much more: a click on the progress of the Label page tells the score, a forecast and the time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.ui.label.progress_card import ProgressCard
from lepton_studio.widgets.learning_curve import LearningCurveChart
from tests.ui.driving import label_page, open_window, press, wait_until

SUBJECTS = ("card", "refund")


def test_a_click_on_the_progress_shows_what_more_labels_bring_and_how_long_they_took(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=SUBJECTS) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(f"My {SUBJECTS[n % 2]} of day {n} is late") for n in range(100))
        made.annotate_many((n + 1, {"labels": [1 + n % 2]}, (1 + n % 2,)) for n in range(70))
    with open_window(made.folder) as window:
        page, session = label_page(window), window.session
        assert session is not None
        for _ in range(6):
            current = page.queue.current
            assert current is not None
            press(window, str(2 - current.id % 2))
        wait_until(lambda: len(session.project.sessions()) == 1 and session.project.sessions()[0].labels == 6)
        QTest.mouseClick(page.side._bar, Qt.MouseButton.LeftButton)
        card = ProgressCard.over(page)
        wait_until(card.isVisible)
        wait_until(lambda: "50 more labels: about " in card.ahead.text(), seconds=120)
        wait_until(lambda: "Today: 6 labels in 1 minute of active time." in card.worked.text())
        chart = card.findChild(LearningCurveChart)
        assert chart is not None and len(chart.measured) == 5 and len(chart.ahead) == 2
        assert chart.measured[-1].share > 0.8
        QTest.keyClick(card.close_button, Qt.Key.Key_Space)
        assert not card.isVisible()
