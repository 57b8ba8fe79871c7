"""The keys with which spans are edited: one table, for the editors and for their page of keys."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from lepton_studio.language import tr

Command = Literal[
    "next", "previous", "around", "grow_start", "shrink_start", "grow_end", "shrink_end", "split", "merge", "remove",
    "leave", "characters", "next_suggestion", "previous_suggestion", "accept", "accept_all", "mark_all",
]  # fmt: skip

_SIGNS: dict[str, Command] = {
    ".": "around",
    "[": "grow_start",
    "{": "shrink_start",
    "]": "grow_end",
    "}": "shrink_end",
    "-": "split",
    "+": "merge",
    "=": "mark_all",
}
_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_KEYS: dict[tuple[Qt.KeyboardModifier, int], Command] = {
    (_NONE, Qt.Key.Key_Tab): "next",
    (_SHIFT, Qt.Key.Key_Backtab): "previous",
    (_NONE, Qt.Key.Key_Backtab): "previous",
    (_SHIFT, Qt.Key.Key_Tab): "previous",
    (_ALT, Qt.Key.Key_Right): "grow_end",
    (_ALT, Qt.Key.Key_Left): "shrink_end",
    (_ALT | _SHIFT, Qt.Key.Key_Left): "grow_start",
    (_ALT | _SHIFT, Qt.Key.Key_Right): "shrink_start",
    (_NONE, Qt.Key.Key_Delete): "remove",
    (_NONE, Qt.Key.Key_Backspace): "remove",
    (_NONE, Qt.Key.Key_Escape): "leave",
    (_CTRL, Qt.Key.Key_T): "characters",
    (_CTRL, Qt.Key.Key_Down): "next_suggestion",
    (_CTRL, Qt.Key.Key_Up): "previous_suggestion",
    (_NONE, Qt.Key.Key_Return): "accept",
    (_NONE, Qt.Key.Key_Enter): "accept",
    (_CTRL, Qt.Key.Key_Return): "accept_all",
    (_CTRL, Qt.Key.Key_Enter): "accept_all",
}


def command_of(event: QKeyEvent) -> Command | None:
    """What a key asks for; None for a key that means nothing to spans.

    A sign counts as what it prints, so that it works where a keyboard needs Shift or AltGr for it.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    found = _KEYS.get((modifiers, event.key()))
    if found is not None:
        return found
    alone = bool(modifiers & _CTRL) != bool(modifiers & _ALT)  # both together are AltGr
    return None if alone else _SIGNS.get(event.text())


def span_keys() -> list[tuple[str, str]]:
    """(key, what it does), the most wanted first."""
    return [
        ("Shift+Right", tr("extend the selection; a label's key marks it")),
        ("Tab", tr("next span; a label's key changes it, Delete removes it")),
        ("[ ]  { }", tr("grow or shrink the span at its start or end (also Alt with the arrow keys)")),
        ("Ctrl+Down", tr("next suggestion; Enter accepts it")),
        ("Ctrl+Return", tr("accept all suggestions")),
        ("=", tr("mark all occurrences, here or in all samples")),
        (".", tr("next of nested spans")),
        ("-  +", tr("split the span at the cursor; merge it with the next one")),
        ("Ctrl+T", tr("move by character or by word")),
        ("Esc", tr("clear the selection")),
    ]
