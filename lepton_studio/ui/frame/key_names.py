"""Keys as people see them on their keyboard."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence


def key_name(key: str) -> str:
    """A portable key sequence ("Ctrl+K") as this system writes it; words that name no key are left as they are."""
    named = QKeySequence(key.replace("Return", "Enter")).toString(QKeySequence.SequenceFormat.NativeText)
    return named or key
