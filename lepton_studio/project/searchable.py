"""What a search finds a sample by."""

from __future__ import annotations

import json

from lepton_studio.project.marks import TURNS
from lepton_studio.search_form import search_form

_NOT_SEARCHED = (TURNS, "context")
"""Fields that say again what the text says, or what other samples do."""


def searchable(text: str, fields: str, note: str) -> str:
    """The form of its text, of its fields (a JSON object) and of its note. The index stops reading at a NUL."""
    return search_form("\n".join((text, *_values(fields), *([note] if note else ()))).replace("\0", " "))


def _values(fields: str) -> list[str]:
    try:
        found = {} if fields == "{}" else json.loads(fields)
    except ValueError:
        return []  # a damaged file: who reads the sample is told
    return [str(value) for name, value in found.items() if name not in _NOT_SEARCHED] if isinstance(found, dict) else []
