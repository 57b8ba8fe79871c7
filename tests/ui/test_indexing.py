"""What was imported is indexed by the window, behind the person."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from tests.project.steps import add
from tests.ui.driving import open_window, wait_until


def test_texts_that_a_command_imported_are_indexed_once_a_window_opens(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Mail.lepton", task="text_classification", labels=["a"]) as project:
        add(project, [f"text n{n}n of a person" for n in range(5000)])
        assert project.texts_to_index == 5000
    with open_window(project.folder) as window:
        assert window.session is not None
        shown = window.session.project
        assert [one.id for one in shown.samples(Filter(search="n4321n"))] == [4322]
        wait_until(lambda: shown.texts_to_index == 0, seconds=60)
        assert [one.id for one in shown.samples(Filter(search="n4321n"))] == [4322]
