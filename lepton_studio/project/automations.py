"""What a model was let label, and how often it was asked whether it may; no step of the history, but in `meta`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lepton_studio.project.connection import Connection, to_json
from lepton_studio.project.in_words import damaged, from_json
from lepton_studio.project.records import SampleId


@dataclass(frozen=True, slots=True)
class Automation:
    """A step of the history in which a model labelled samples, at most the share `risk` of them wrong.

    `covered`: samples that it was as sure of and left alone, as chance has chosen them to test on. What is left to
    label is not like them any more. `withdrawn_by`: the step that took the labels back, 0 for none.
    """

    entry: int
    risk: float
    covered: tuple[SampleId, ...] = ()
    withdrawn_by: int = 0


@dataclass(frozen=True, slots=True)
class Automations:
    """All that is kept, whether the steps hold or not."""

    looks: tuple[str, ...] = ()
    steps: tuple[Automation, ...] = ()


def read_automations(db: Connection) -> Automations:
    """Raises ProjectDamaged."""
    stored = from_json(db.value("SELECT value FROM meta WHERE key = 'automation'") or "{}")
    try:
        steps = (Automation(entry, risk, tuple(some), by) for entry, risk, some, by in stored.get("steps", ()))
        return Automations(tuple(stored.get("looks", ())), tuple(steps))
    except (AttributeError, TypeError, ValueError) as error:
        raise damaged() from error


class AutomationRecords:
    """The part of a project that keeps them."""

    _db: Connection

    def looks(self) -> tuple[str, ...]:
        """What tells the states apart in which the test split was asked for a proof, the first one first."""
        return read_automations(self._db).looks

    def note_look(self, state: str) -> None:
        """Keep that the test split was asked in this state."""
        with self._db.transaction():
            found = read_automations(self._db)
            if state not in found.looks:
                _write(self._db, replace(found, looks=(*found.looks, state)))

    def automations(self) -> tuple[Automation, ...]:
        """The steps in which a model labelled samples, without those that were undone or taken back."""

        def holds(entry: int) -> bool:
            return self._db.value("SELECT 1 FROM entry WHERE id = ? AND undone IS NULL", (entry,)) is not None

        steps = read_automations(self._db).steps
        return tuple(one for one in steps if holds(one.entry) and not (one.withdrawn_by and holds(one.withdrawn_by)))

    def labelled_in(self, entry: int) -> dict[SampleId, object]:
        """What the samples were labelled as in a step of the history, as the task's JSON value."""
        rows = self._db.execute("SELECT sample, after FROM decision WHERE entry = ? AND after NOT NULL", (entry,))
        return {sample: from_json(after) for sample, after in rows}


def note_automation(db: Connection, step: Automation) -> None:
    """Keep a step, in the transaction that makes it."""
    found = read_automations(db)
    _write(db, replace(found, steps=(*found.steps, step)))


def note_withdrawal(db: Connection, entry: int, *, by: int) -> None:
    """Keep that the labels of a step were taken back, in the transaction that does so."""
    found = read_automations(db)
    steps = (replace(one, withdrawn_by=by) if one.entry == entry else one for one in found.steps)
    _write(db, replace(found, steps=tuple(steps)))


def _write(db: Connection, found: Automations) -> None:
    steps = [[one.entry, one.risk, list(one.covered), one.withdrawn_by] for one in found.steps]
    stored = to_json({"looks": list(found.looks), "steps": steps})
    values = ("automation", stored)
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", values)
