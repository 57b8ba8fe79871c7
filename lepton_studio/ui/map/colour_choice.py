"""What the map is coloured by, out of what the project has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.steady import ChoiceBox

if TYPE_CHECKING:
    from lepton_studio.studio.colouring import Colouring

_RUNS = 5
"""The newest runs that can be chosen."""


class ColourChoice(ChoiceBox):
    """`chosen`: the person chose something else."""

    chosen = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName(tr("Colour the map by"))
        self.activated.connect(lambda _place: self.chosen.emit())

    @property
    def choice(self) -> str | int:
        """ "label", "suggestion", "split", or the id of a run."""
        found = self.currentData()
        return found if isinstance(found, str | int) else "label"

    def show_choices(self) -> None:
        """Offer what there is now; what was chosen stays."""
        session, before = self._session, self.choice
        offered: list[tuple[str, str | int]] = [(tr("By label"), "label")]
        if session.instant.of_whole_texts is not None and session.task.linear != "number":
            offered.append((tr("By suggestion"), "suggestion"))
        offered.append((tr("By split"), "split"))
        runs = [run for run in session.project.runs() if run.scores][:_RUNS]
        offered += [(tr("Right or wrong in run {number}", number=run.number), run.id) for run in runs]
        if [self.itemData(place) for place in range(self.count())] == [data for _, data in offered]:
            return
        self.clear()
        for title, data in offered:
            self.addItem(title, data)
        self.setCurrentIndex(max(0, self.findData(before)))

    def colouring(self) -> Callable[[Project, Any], Colouring]:
        """What colours samples by what is chosen, in any thread."""
        from lepton_studio.studio.colouring import by_label, by_split, by_suggestion, by_verdict

        choice, task, model = self.choice, self._session.task, self._session.instant.of_whole_texts
        if isinstance(choice, int):
            return lambda project, samples: by_verdict(project, samples, choice)
        if choice == "split":
            return by_split
        if choice == "suggestion" and model is not None:
            return lambda project, samples: by_suggestion(model, samples, project.labels())
        return lambda project, samples: by_label(project, samples, task)
