"""What cannot be done with a project that is only read: it is there, grey, and says why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.ui.shared.actions import Action
from lepton_studio.widgets.greyed import grey_entry, keep_grey

CHANGING = frozenset(
    {
        "rename", "import", "merge_copy", "undo", "redo",
        "skip", "flag", "note", "clear", "replace", "like_nearest", "nearly_equal", "keep", "ambiguous",
        *(f"take_answer_{number}" for number in range(1, 7)),
        "add_label", "example", "counter_example", "suggest", "word_list", "no_word_list", "automate", "spot_check",
        "label_selected", "rules", "map.change",
        "tune.start", "tune.resume", "tune.delete",
        "inspect.again", "inspect.accept", "inspect.label", "inspect.edit",
    }
)  # fmt: skip
"""Ids of commands that begin with a change. Others may end in one (Enter goes on, or accepts what is suggested; a card
has a choice in it), and then the session refuses it.
"""


def why_only_read(project: Project) -> str:
    """Why nothing can be changed, in a sentence; "" where it can."""
    if project.is_newer:
        return tr("This project was made by a newer version of this app and is open read-only.")
    return (
        tr("This project is read-only: its folder cannot be written to, or the disk is full.")
        if project.read_only
        else ""
    )


def without_changes(actions: Iterable[Action], project: Project) -> list[Action]:
    """The same; where the project is only read nothing that changes it is enabled."""
    why = why_only_read(project)
    return [replace(one, enabled=_never, why_not=why) if why and one.id in CHANGING else one for one in actions]


def grey_if_only_read(project: Project, *parts: QWidget | QAction) -> None:
    """These begin a change of the project: where it is only read they are grey from now on, and say why. An entry of a
    menu is to stand in it already.
    """
    why = why_only_read(project)
    for part in parts if why else ():
        if isinstance(part, QWidget):
            keep_grey(part, why)
        else:
            grey_entry(part, why)


def _never() -> bool:
    return False
