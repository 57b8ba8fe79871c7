"""Names are suggested beside the text while a person marks them, before there is any tuned model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.ui.frame.main_window import MainWindow
from tests.studio.test_instant_spans import rows
from tests.ui.driving import label_page, open_window, press, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty texts with names and places, of which none is labelled."""
    with Project.create(tmp_path / "Test.lepton", task="spans", labels=("person", "place")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(text) for text, _ in rows(60))
        return made.folder


@pytest.fixture
def window(folder: Path) -> Iterator[MainWindow]:
    with open_window(folder) as opened:
        label_page(opened)
        assert opened.session is not None
        opened.session.instant.start()
        yield opened


def test_names_are_suggested_beside_the_text_and_enter_accepts_them(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    gold = list(rows(60))
    wait_until(lambda: session.instant.read[1] > 0 and session.background.is_idle, seconds=120)
    assert session.instant.model is None and page.queue.current is not None
    current = page.queue.current.id
    some = [(one, {"spans": gold[one - 1][1]}, (1, 2)) for one in range(1, 16) if one != current][:12]
    session.perform(lambda project: project.annotate_many(some))
    wait_until(lambda: page.deciding.suggestion is not None and session.background.is_idle, seconds=120)
    suggestion = page.deciding.suggestion
    assert suggestion is not None and suggestion.predictor.kind == "instant"
    assert [[one.start, one.end, one.label] for one in suggestion.value.spans] == gold[current - 1][1]
    assert "instant model" in page.box._origin.text() and "Enter" in page.box._sentence.text()
    assert page.side._instant.text().startswith("F1 ")
    press(window, Qt.Key.Key_Return)
    accepted = session.project.sample(current)
    assert accepted.value == {"spans": gold[current - 1][1]} and accepted.origin == "suggestion"
    wait_until(lambda: session.instant.model is not None and session.instant.model.decisions == 13, seconds=120)
    wait_until(lambda: page.deciding.suggestion is not None, seconds=60)
    assert session.project.count(Filter(state="labelled")) == 13
