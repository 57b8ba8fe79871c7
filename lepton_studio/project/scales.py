"""The scale of a project's ratings, as far as it is known; no step of the history."""

from __future__ import annotations

from lepton_studio.project.connection import Connection, to_json
from lepton_studio.project.in_words import damaged, from_json
from lepton_studio.project.records import Scale


def read_scale(db: Connection) -> Scale | None:
    """The scale, None where nobody has said and no file has shown it. Raises ProjectDamaged."""
    stored = db.value("SELECT value FROM meta WHERE key = 'scale'")
    if stored is None:
        return None
    try:
        low, high = (float(one) for one in from_json(stored))
    except (TypeError, ValueError) as error:
        raise damaged() from error
    return Scale(low, high)


def write_scale(db: Connection, scale: Scale) -> None:
    """Keep the scale, inside a transaction."""
    values = ("scale", to_json([scale.low, scale.high]))
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", values)
