"""A text with marked spans and arcs between them: shown, read, and marked with the mouse or by keys."""

from __future__ import annotations

from lepton_studio.widgets.marked_text.marks import TextArc, TextMark
from lepton_studio.widgets.marked_text.tokens import token_around
from lepton_studio.widgets.marked_text.view import MarkedText

__all__ = ["MarkedText", "TextArc", "TextMark", "token_around"]
