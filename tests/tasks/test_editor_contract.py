"""What every task's editor does, so that the Label page works with it unseen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.contract.task import Input, Task
from lepton_studio.project.marks import QUESTION, TURNS
from lepton_studio.project.records import Labels
from lepton_studio.tasks import load_part

FIELDS = {QUESTION: "What is it?", TURNS: '[{"role": "customer", "content": "good bad"}]'}


@pytest.fixture
def editor(task: Task[Any], labels: Labels) -> Iterator[Any]:
    """The task's editor, shown offscreen with three labels."""
    app = QApplication.instance() or QApplication([])
    editor: Any = load_part(task.editor)()
    editor.set_labels(labels)
    editor.show()
    app.processEvents()
    assert isinstance(editor, QWidget)
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
