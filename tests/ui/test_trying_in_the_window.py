"""The Tune page shows what methods make of texts and which learning rate to use, before a run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from lepton_studio.project.project import Project
from lepton_studio.runs.events import Previewed, RateFound
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.start import StartPanel
from lepton_studio.ui.tune.trying import TryPanel
from tests.chart_window import application, shown, wait_until


def trials(panel: StartPanel) -> TryPanel:
    (found,) = panel.findChildren(TryPanel)
    return found


def sentences(panel: StartPanel) -> list[str]:
    """What the part for trials shows."""
    return [one.text() for one in trials(panel).findChildren(QLabel) if one.isVisible()]


def test_changed_texts_and_a_learning_rate_are_seen_before_a_run(tmp_path: Path) -> None:
    application()
    project: Project = create_sample_project(tmp_path / "Post.lepton", "text_classification")
    session = Session(project)
    with shown(StartPanel(session), width=340, height=1400) as panel:
        choices = panel.choices
        choices.more.open()
        trying = trials(panel)
        assert trying.find_rate.isVisible() and not trying.preview.isVisible()
        choices.settings.methods.ticks["word_noise"].setChecked(True)
        assert trying.preview.isVisible()
        panel._calm.stop()
        QTest.mouseClick(trying.preview, Qt.MouseButton.LeftButton)
        wait_until(lambda: len(sentences(panel)) == 6, seconds=120)
        before, after = sentences(panel)[::2], sentences(panel)[1::2]
        assert all(one and one != other for one, other in zip(before, after, strict=True))
        trying.show_answer(Previewed(("as it was",), ("as it was",)))
        assert sentences(panel) == ["None of the texts that were tried has changed."]

        trying.show_answer(RateFound((1e-6, 1e-5, 1e-4, 1e-3), (1.0, 0.9, 0.5, 3.0), 5e-5))
        assert trying.curve.isVisible() and "smallest at 0.0001" in sentences(panel)[0]
        QTest.mouseClick(trying.use, Qt.MouseButton.LeftButton)
        field = choices.settings.fields["learning_rate"]
        assert isinstance(field, QLineEdit) and field.text() == "5e-05" and not trying.curve.isVisible()
        recipe = choices.recipe()
        assert recipe is not None and recipe.learning_rate == 5e-5
        choices.choose_method("quick")
        assert not trying.find_rate.isVisible()
    session.close()
    project.close()
