"""How often people agreed with what was suggested, with the suggestion in view and without it."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.project.connection import Connection

OFFERED = """
ALTER TABLE decision ADD COLUMN hidden INTEGER;  -- a suggestion was hidden until then, or (0) in view; NULL: none

ALTER TABLE decision ADD COLUMN agreed INTEGER;  -- and the answer is what was suggested
"""

# Of a sample that takes several edits the last one counts.
_COUNTED = """
SELECT d.hidden, sum(d.agreed), count(*) FROM decision d JOIN entry e ON e.id = d.entry
WHERE d.hidden IS NOT NULL AND e.undone IS NULL AND e.dropped = 0 AND NOT EXISTS (
    SELECT 1 FROM decision l JOIN entry f ON f.id = l.entry
    WHERE l.sample = d.sample AND l.id > d.id AND l.hidden IS NOT NULL AND f.undone IS NULL AND f.dropped = 0
) GROUP BY d.hidden
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The answer was what was suggested on `agreed` of `shown` samples with the suggestion in view, and on
    `agreed_hidden` of `hidden` ones on which it was hidden until then.
    """

    agreed: int = 0
    shown: int = 0
    agreed_hidden: int = 0
    hidden: int = 0


def read_agreement(db: Connection) -> Agreement:
    """As the decisions stand that hold."""
    counts = {bool(hidden): (int(agreed), int(n)) for hidden, agreed, n in db.execute(_COUNTED)}
    return Agreement(*counts.get(False, (0, 0)), *counts.get(True, (0, 0)))
