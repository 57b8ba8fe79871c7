"""Which samples are asked about again to see whether the answer is the same, and how many of them."""

from __future__ import annotations

from lepton_studio.project.connection import Connection
from lepton_studio.project.records import SampleId

_KEY = "ask_again"
_MOST = 50


def read_share(db: Connection) -> float:
    """So many of all questions are such; 0 where a person has not asked for any."""
    return float(db.value("SELECT value FROM meta WHERE key = ?", (_KEY,)) or 0.0)


def write_share(db: Connection, share: float) -> None:
    """Keep it, inside a transaction."""
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (_KEY, share))


def to_ask_again(db: Connection, who: str, *, gap: int) -> tuple[SampleId, ...]:
    """Some samples, drawn by chance, that this person labelled one by one, at least `gap` decisions ago, and that were
    not asked about again. Reads the whole log of decisions: not for the window's thread.
    """
    rows = db.execute(
        """SELECT d.sample FROM decision d JOIN entry e ON e.id = d.entry JOIN sample s ON s.id = d.sample
           WHERE e.undone IS NULL AND e.who = ? AND d.origin IN ('manual', 'suggestion')
           AND d.after IS NOT NULL AND d.after = s.value AND NOT s.skipped
           AND NOT EXISTS (SELECT 1 FROM review r WHERE r.sample = d.sample AND r.kind = 'again')
           GROUP BY d.sample HAVING max(d.id) <= (SELECT id FROM decision ORDER BY id DESC LIMIT 1 OFFSET ?)
           ORDER BY random() LIMIT ?""",
        (who, gap, _MOST),
    )
    return tuple(sample for (sample,) in rows)
