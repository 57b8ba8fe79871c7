"""What cannot be done with a project that is only read: those commands are there, and disabled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lepton_studio.ui.shared.actions import Action

CHANGING = frozenset(
    {
        "rename", "import", "merge_copy", "undo", "redo",
        "skip", "flag", "note", "clear", "replace", "nearly_equal", "add_label", "suggest", "word_list", "no_word_list",
        "label_selected", "rules",
        "tune.start", "tune.resume", "inspect.again", "inspect.accept", "inspect.label", "inspect.edit", "map.change",
    }
)  # fmt: skip
"""Ids of commands that begin with a change. Others end in one after a choice, and then the session refuses it."""


def without_changes(actions: Iterable[Action]) -> list[Action]:
    """The same, but nothing that changes the project is enabled."""
    return [replace(one, enabled=_never) if one.id in CHANGING else one for one in actions]


def _never() -> bool:
    return False
