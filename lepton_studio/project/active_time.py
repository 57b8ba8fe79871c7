"""How long people were at work on a project, by the log of decisions: a pause is not counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from lepton_studio.project.connection import Connection

PAUSE = 300.0
"""Seconds without a decision from which on it was a pause."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A stretch of work by one person without a pause, or several together: so many `labels`, in active `seconds`."""

    began: datetime
    ended: datetime
    seconds: float
    labels: int

    @property
    def per_label(self) -> float | None:
        """Seconds; None where nothing was labelled."""
        return self.seconds / self.labels if self.labels else None

    @property
    def day(self) -> date:
        """When it began, where this computer is."""
        return self.began.astimezone().date()


def sessions(db: Connection) -> list[Worked]:
    """Every stretch of work of every person, the oldest first. Reads the whole log. What was decided of many samples in
    one step is none: it was merged, or done by a rule.

    Between two decisions the time counts as long as it is no pause; before the first one of a stretch, as long as the
    person saw the sample.
    """
    rows = db.execute(
        """SELECT entry.who, entry.at, max(decision.seconds), total(decision.after NOT NULL)
           FROM entry JOIN decision ON decision.entry = entry.id
           WHERE decision.origin IN ('manual', 'suggestion', 'settled')
           GROUP BY entry.id HAVING count(*) = 1 ORDER BY entry.id"""
    )
    done: list[Worked] = []
    open_: dict[str, Worked] = {}
    for who, at, seconds, labels in rows:
        moment, last = datetime.fromisoformat(at), open_.get(who)
        gap = PAUSE if last is None else (moment - last.ended).total_seconds()
        if last is not None and 0 <= gap < PAUSE:
            open_[who] = replace(last, ended=moment, seconds=last.seconds + gap, labels=last.labels + int(labels))
            continue
        if last is not None:
            done.append(last)
        open_[who] = Worked(moment, moment, float(seconds or 0.0), int(labels))
    return sorted([*done, *open_.values()], key=lambda one: one.began)


def together(some: Iterable[Worked]) -> Worked | None:
    """All of these as one; None of none."""
    found: Worked | None = None
    for one in some:
        found = (
            one
            if found is None
            else Worked(
                min(found.began, one.began),
                max(found.ended, one.ended),
                found.seconds + one.seconds,
                found.labels + one.labels,
            )
        )
    return found


def by_day(some: Iterable[Worked]) -> dict[date, Worked]:
    """All of each day together."""
    days: dict[date, list[Worked]] = {}
    for one in some:
        days.setdefault(one.day, []).append(one)
    return {day: whole for day, found in days.items() if (whole := together(found)) is not None}
