"""Feeds an editor that shows how similar samples were annotated with those of the project, and keeps it up to date."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.editing import Comparing
from lepton_studio.contract.task import Input, Task
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, SampleId
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.editor_widget import EditorWidget

_MOST = 20_000
"""Samples; more would take memory and find little else."""
_FEW = 50
"""Changed samples that are looked at one by one, at once; after more all are read again, beside the window."""


def feed_answered(session: Session, editor: EditorWidget) -> None:
    """Hand the annotated samples over, now and whenever others are; nothing for an editor that asks for none."""
    comparing: Comparing[Any] | None = editor.comparing
    if comparing is not None:
        _Feed(session, comparing, widget=editor)


class _Feed(QObject):
    """Reads only while the editor is seen. Lives as long as the editor."""

    def __init__(self, session: Session, editor: Comparing[Any], *, widget: QWidget) -> None:
        super().__init__(widget)
        self._session = session
        self._editor, self._widget = editor, widget
        self._must_read = True
        self._is_reading = False
        self._changed: set[SampleId] = set()
        session.changed.connect(self._note)
        session.settled.connect(self._note)
        widget.installEventFilter(self)
        self._feed()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._feed()
        return False

    def _note(self, changes: Changes) -> None:
        if changes.samples is None or changes.structure or len(changes.samples) > _FEW:
            self._must_read = True
        else:
            self._changed |= changes.samples
        if self._widget.isVisible():
            self._feed()

    def _feed(self) -> None:
        if self._is_reading:
            return
        if self._must_read or len(self._changed) > _FEW:
            self._read_all()
        elif self._changed:
            which = Filter(ids=tuple(self._changed))
            self._changed.clear()
            self._editor.keep_answered(_pairs(self._session.project, self._session.task, which))

    def _read_all(self) -> None:
        self._must_read, self._is_reading = False, True
        self._changed.clear()
        index, task = self._editor.index_answered, self._session.task

        def done(found: Any) -> None:
            self._is_reading = False
            self._editor.set_answered(found)
            self._feed()  # what was changed meanwhile

        self._session.run_in_background(
            tr("Reading annotated samples"),
            lambda progress: index(_pairs(progress.project, task, Filter(state="labelled"))),
            done,
            quiet=True,
        )


def _pairs(project: Project, task: Task[Any], which: Filter) -> Iterator[tuple[Input, Any]]:
    labels = project.labels()
    for sample in islice(project.all_rows(which), _MOST):
        value = None if sample.value is None else task.parse(sample.value, labels)
        yield task.input(sample.text, sample.fields), value
