"""What stands beside the sample in view: it is shown with the sample, and stays as it is while that is in view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.records import Label, LabelId, Sample, SampleId
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.label.beside_panel import BesidePanel, Line
from lepton_studio.ui.label.deciding import Deciding
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import value_shown
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.words import on_one_line

if TYPE_CHECKING:
    from lepton_studio.studio.instant.beside import Neighbour

TAKE, FOLD = "Shift+Return", "Ctrl+E"
"""The keys that take the label of the nearest sample, and that close and open the panel."""
_CHARACTERS = 300
"""Of a text; more than stand in a line."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A line, and the value that its sample has."""

    line: Line
    value: Any


class Beside(QObject):
    """Fills the panel, and takes over the label of the nearest sample.

    What it says could sway the answer about a sample that is to be tested on: of such a one it says nothing.
    """

    def __init__(self, session: Session, panel: BesidePanel, deciding: Deciding) -> None:
        super().__init__(panel)
        self._session, self.panel, self._deciding = session, panel, deciding
        self._labels: Mapping[LabelId, Label] = {}
        self._of: SampleId | None = None
        """Whose neighbours and words are shown."""
        self._near: list[_Taken] = []
        set_tool_tip(panel.fold.heading, key_name(FOLD))
        panel.fold.open(session.settings.beside)
        panel.sample_wanted.connect(deciding.go_to)
        panel.folded.connect(lambda folded: session.remember(beside=not folded))
        session.instant.changed.connect(self._fill)

    @property
    def is_open(self) -> bool:
        """Whether it is shown where there is room."""
        return self.panel.fold.is_open()

    @property
    def can_take(self) -> bool:
        """Whether there is a label to take, and in view."""
        return bool(self._near) and bool(self.panel.near) and self.is_open

    def take(self) -> None:
        """Give the sample in view what the nearest one has."""
        if self.can_take:
            self._deciding.take_value(self._near[0].value)

    def fold(self) -> None:
        """Close the panel, or open it again."""
        self.panel.fold.open(not self.panel.fold.is_open())

    def show(self, labels: Mapping[LabelId, Label]) -> None:
        """Another sample is in view, or the same one looks otherwise."""
        self._labels, self._of = labels, None
        self._fill()
        if self._of is None:
            self._show_near([])
            self.panel.show_words((), label="")

    def show_next(self) -> None:
        """Other samples come next."""
        self.panel.show_next(
            [Line(one.id, on_one_line(one.caption, _CHARACTERS)) for one in self._deciding.queue.ahead]
        )

    def _fill(self) -> None:
        """The neighbours once for each sample: what changed under the finger that takes it would be a label that nobody
        meant. The words as soon as they speak for what is suggested, which may come later.
        """
        current = self._deciding.queue.current
        if current is None or self._deciding.is_blind or (self._of == current.id and self.panel.words):
            return
        found = self._session.instant.beside(current.id)
        if found is None:
            return
        suggestion = self._deciding.suggestion
        said = () if suggestion is None else self._session.task.labels_in(suggestion.value)
        label = None if found.label is None else self._labels.get(found.label)
        is_said = suggestion is not None and (found.label is None or (label is not None and label.id in said))
        if self._of != current.id:
            self._of = current.id
            self._show_near([one for one in map(self._read, found.near) if one is not None])
        self.panel.show_words(found.words if is_said else (), label="" if label is None else label.name)

    def suggestion_came(self) -> None:
        """There is another suggestion for the sample in view."""
        self._fill()

    def _show_near(self, near: list[_Taken]) -> None:
        self._near = near
        self.panel.show_near([one.line for one in near], key=key_name(TAKE))

    def _read(self, near: Neighbour) -> _Taken | None:
        try:
            sample: Sample = self._session.sample(near.sample)
        except NoSuchSample:
            return None
        if sample.value is None:
            return None
        task = self._session.task
        shown = value_shown(sample.value, task=task, labels=self._labels)
        text, after = on_one_line(sample.caption, _CHARACTERS), f"{max(0.0, near.cosine):.0%}"
        line = Line(sample.id, text, shown.words, shown.color, after)
        return _Taken(line, task.parse(sample.value, tuple(self._labels.values())))
