"""What models of other programs said of the texts in a file, beside what people said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lepton_studio.formats.base import Foreign, Guess
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.marks_json import BadMarks
from lepton_studio.formats.misshapen import MISSHAPEN
from lepton_studio.formats.offsets import repair


def has_foreign(guess: Guess) -> bool:
    """Whether files of this format may say what a model said."""
    return all_formats()[guess.format].foreign_of is not None


def foreign_of(raw: object, text: str, guess: Guess, *, wants: Sequence[str]) -> Foreign | None:
    """What a model said of this text in the source row `raw` of a file, offsets in code points; None where none did, or
    where it cannot be read.
    """
    look = all_formats()[guess.format].foreign_of
    try:
        found = None if look is None else look(raw, text, wants)
    except (BadMarks, *MISSHAPEN):
        return None
    return found and replace(found, marks=repair(text, found.marks, scheme=guess.offsets).marks)
