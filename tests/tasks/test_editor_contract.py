"""What every task's editor does, so that the Label page works with it unseen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.contract.editing import Editor
from lepton_studio.contract.task import Input, Task
from lepton_studio.project.marks import QUESTION, TURNS
from lepton_studio.project.records import Labels, Scale
from lepton_studio.ui.shared.editors import new_editor
from lepton_studio.widgets.editor_widget import EditorWidget

FIELDS = {QUESTION: "What is it?", TURNS: '[{"role": "customer", "content": "good bad"}]'}


@pytest.fixture
def editor(task: Task[Any], labels: Labels) -> Iterator[EditorWidget]:
    """The task's editor, shown offscreen with three labels."""
    app = QApplication.instance() or QApplication([])
    editor = new_editor(task)
    editor.set_labels(labels)
    editor.show()
    app.processEvents()
    yield editor
    editor.close()
    editor.deleteLater()


def test_one_key_is_one_decision_that_the_project_can_keep(editor: Any, task: Task[Any], labels: Labels) -> None:
    emitted: list[Any] = []
    editor.edited.connect(emitted.append)
    editor.show_sample(task.input("good bad odd text", FIELDS), None)
    target = editor.focusProxy() or editor
    target.setFocus()
    QTest.keyClick(QApplication.focusWidget() or target, Qt.Key.Key_1)
    QTest.qWait(0)
    (value,) = emitted
    assert task.parse(task.dump(value), labels) == value


def test_a_key_that_means_nothing_here_reaches_the_page(editor: Any) -> None:
    emitted: list[Any] = []
    editor.edited.connect(emitted.append)
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F7):
        QTest.keyClick(editor, key)
    assert not emitted


def test_the_page_may_use_every_part_of_an_editor_without_asking_whether_it_is_there(
    editor: EditorWidget, inputs: list[Input], values: list[Any]
) -> None:
    spoken_to: Editor[Any] = editor  # mypy holds every editor's base against the contract
    spoken_to.show_sample(inputs[0], None)
    spoken_to.mark_searched(["good"])
    spoken_to.flush()
    for said in (spoken_to.finished, spoken_to.refused, spoken_to.bulk_wanted):
        said.connect(lambda *_: None)
    assert spoken_to.problem_with(values[0]) == "" and spoken_to.needed_height(600) > 0
    keys = spoken_to.keys()
    assert all(key and what for key, what in keys)
    comparing = spoken_to.comparing
    if comparing is not None:
        comparing.set_answered(comparing.index_answered(zip(inputs, values, strict=True)))
        comparing.keep_answered([(inputs[0], None)])
    if spoken_to.scaled is not None:
        spoken_to.scaled.set_scale(Scale(1, 3))


def test_it_shows_any_value_and_none_without_calling_that_a_decision(
    editor: Any, inputs: list[Input], values: list[Any]
) -> None:
    emitted: list[Any] = []
    editor.edited.connect(emitted.append)
    for input, value in zip(inputs, [*values[:3], None, None, None], strict=True):
        editor.show_sample(input, value)
        editor.suggest(value)
        editor.grab()
    assert not emitted


def test_the_window_opens_every_editor_without_loading_torch() -> None:
    script = (
        "import sys; sys.modules.update(torch=None, transformers=None)\n"
        "from lepton_studio.tasks import all_tasks, load_part\n"
        "assert [load_part(task.editor) for task in all_tasks().values()]"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
