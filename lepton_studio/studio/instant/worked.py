"""How long labelling takes, in sentences: labels, active time, seconds a label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from lepton_studio.language import tr, trn
from lepton_studio.project.active_time import Worked, by_day, together

_FEWEST = 5
"""Labels from which on a pace is told."""


def seconds_a_label(sessions: Sequence[Worked]) -> float | None:
    """In the newest stretch of work with enough labels, else in all; None before there are a few."""
    newest = next((one for one in reversed(sessions) if one.labels >= 4 * _FEWEST), together(sessions))
    return None if newest is None or newest.labels < _FEWEST else newest.per_label


def worked_sentences(sessions: Sequence[Worked], *, today: date) -> Iterator[str]:
    """For a person: today, in all, how fast, and how long the next 100 labels take; nothing before the first label."""
    whole = together(sessions)
    if whole is None:
        return
    days = by_day(sessions)
    if today in days:
        yield tr("Today: {labels} in {time} of active time.", **_said(days[today]))
    yield tr(
        "In all: {labels} in {time} of active time, on {days}.",
        days=trn("{count} day", "{count} days", len(days)), **_said(whole),
    )  # fmt: skip
    seconds = seconds_a_label(sessions)
    if seconds:
        yield tr(
            "{seconds} seconds a label, {n} an hour: 100 more take about {time}.",
            seconds=f"{seconds:.1f}", n=f"{3600 / seconds:,.0f}", time=duration(100 * seconds),
        )  # fmt: skip


def duration(seconds: float) -> str:
    """In hours and minutes, for a person."""
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return trn("{count} minute", "{count} minutes", minutes)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def _said(worked: Worked) -> dict[str, str]:
    return {"labels": trn("{count} label", "{count} labels", worked.labels), "time": duration(worked.seconds)}
