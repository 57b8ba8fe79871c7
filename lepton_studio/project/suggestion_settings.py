"""Which source of suggestions a person chose, and on how many samples they are hidden; no step of the history, but in
`meta`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lepton_studio.project.connection import Connection, to_json
from lepton_studio.project.in_words import from_json

_KEY = "suggestions"


@dataclass(frozen=True, slots=True)
class SuggestionSettings:
    """`source`: which one suggests, as `lepton_studio.studio.sources` names it; "" for the one that is right most
    often. `hidden`: on which share of the samples, drawn by chance, the suggestion comes after the person's answer.
    `instruction`: what a model that is not tuned is told to do with each sample; "" for what the task says.
    """

    source: str = ""
    hidden: float = 0.05
    instruction: str = ""


def read_suggestion_settings(db: Connection) -> SuggestionSettings:
    """As they are kept; what is missing or damaged is as usual."""
    stored = from_json(db.value("SELECT value FROM meta WHERE key = ?", (_KEY,)) or "{}")
    usual = SuggestionSettings()
    if not isinstance(stored, dict):
        return usual
    source, hidden, instruction = (stored.get(name) for name in ("source", "hidden", "instruction"))
    if isinstance(hidden, bool) or not isinstance(hidden, float | int) or not 0 <= hidden <= 1:
        hidden = usual.hidden
    return SuggestionSettings(
        source if isinstance(source, str) else usual.source,
        float(hidden),
        instruction if isinstance(instruction, str) else usual.instruction,
    )


def write_suggestion_settings(db: Connection, settings: SuggestionSettings) -> None:
    """Keep them, inside a transaction."""
    values = (_KEY, to_json(asdict(settings)))
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", values)
