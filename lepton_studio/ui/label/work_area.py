"""The middle of the Label page: the sample, its editor and the last decisions, or what to do where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QStackedLayout, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.ui.label.beside_panel import BesidePanel
from lepton_studio.ui.label.recent_strip import RecentStrip
from lepton_studio.ui.label.sample_card import SampleCard
from lepton_studio.ui.shared.editors import new_viewer
from lepton_studio.ui.shared.page import POINTED_AT
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import column
from lepton_studio.widgets.resized import Resized

_LOWEST_EDITOR = 44
_STRIP = 28
_GAP = 16
_AROUND = 150
"""Pixels of a window that its menus, its header and the chips take."""
_LONG = 300
"""Characters; more than fit into the usual room."""


class WorkArea(Resized):
    """An editor that shows the text gets all the room; else the card does, and the editor what its labels need."""

    def __init__(self, editor: EditorWidget, *, task: Task[Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        editor.setObjectName(POINTED_AT)
        viewer = None if editor.shows_text else new_viewer(task)
        self.card = SampleCard(head_only=editor.shows_text, reads=task.reads, viewer=viewer)
        self.recent = RecentStrip()
        self.beside = BesidePanel(self)
        self._are_long = False
        self._empty = EmptyState("check", "", sentence="")
        work = QWidget()
        if editor.shows_text:
            layout = column(self.card, editor, self.recent, gap=_GAP)
            layout.setStretch(1, 1)
            self.beside.hide()
        else:
            layout = column(column(self.card, editor, self.recent, gap=_GAP), self.beside, gap=0)
            layout.setStretch(1, 1)
        work.setLayout(layout)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(work)
        self._stack.addWidget(self._empty)
        self.resized.connect(self.fit)

    @property
    def has_sample(self) -> bool:
        """Whether a sample is shown, and not the words of an empty queue."""
        return self._stack.currentIndex() == 0

    def show_work(self, shown: bool) -> None:
        """The sample with its editor, or the words that `say_nothing_left` set."""
        self._stack.setCurrentIndex(0 if shown else 1)

    def say_nothing_left(self, title: str, sentence: str, steps: Sequence[NextStep]) -> None:
        """What stands in place of a sample."""
        self._empty.set_words(title, sentence=sentence)
        self._empty.set_steps(steps)

    def expect(self, characters: int) -> None:
        """Most texts of the project are no longer than this: long ones get all the room there is, each of them."""
        self._are_long = characters > _LONG

    def fit(self) -> None:
        """Share the height out; call it when the labels are others."""
        if self._editor.shows_text:
            return
        # Every text of a project gets the same room, so that the labels below stay in their place. What the window
        # puts below the page for a while takes from the free room at the bottom: the share is one of the window.
        height = self.height()
        share = round(max(height // 2, self.window().height() - _AROUND) * 0.44)
        most = max(84, share)
        editor = max(_LOWEST_EDITOR, min(most, self._editor.needed_height(self.width())))
        room = max(120, height - editor - _STRIP - 2 * _GAP)
        self._editor.setFixedHeight(editor)
        self.card.setFixedHeight(room if self._are_long or self.card.viewer else min(room, max(200, share)))
