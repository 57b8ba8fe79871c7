"""What a person says of a project's models in their own words, for the model cards; no step of the history, but in
`meta`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from lepton_studio.project.connection import Connection, storable, to_json
from lepton_studio.project.in_words import from_json

_KEY = "model_card"


@dataclass(frozen=True, slots=True)
class CardNotes:
    """`use`: what the models are meant for; `limits`: what they are not to be used for, and what is known against them.

    Plain text; lines that begin with "- " are a list.
    """

    use: str = ""
    limits: str = ""


def read_card_notes(db: Connection) -> CardNotes:
    """What is kept; nothing where it is damaged."""
    stored = from_json(db.value("SELECT value FROM meta WHERE key = ?", (_KEY,)) or "{}")
    if not isinstance(stored, dict):
        return CardNotes()
    use, limits = (one if isinstance(one := stored.get(name), str) else "" for name in ("use", "limits"))
    return CardNotes(use, limits)


def write_card_notes(db: Connection, notes: CardNotes) -> None:
    """Keep it, inside a transaction."""
    kept = {name: storable(text).replace("\0", "") for name, text in asdict(notes).items()}
    values = (_KEY, to_json(kept))
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", values)
