"""The further conditions of a filter in words, and dates as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from lepton_studio.language import tr
from lepton_studio.project.records import Filter, Labels, Suggested
from lepton_studio.studio.scores_in_words import per_cent


def condition_words(which: Filter, labels: Labels, *, is_said: bool) -> str:
    """All of them on one line, "" for none. `is_said`: something else says what is asked of suggestions."""
    said = [tr("flagged")] if which.flagged else []
    said += [tr("with a note")] if which.noted else []
    if which.suggested is not None and not is_said:
        said += _of_suggestion(which.suggested, labels)
    if which.decided is not None:
        decided = which.decided
        said += [] if decided.who is None else [tr("by {name}", name=decided.who)]
        said += [tr("since {date}", date=day_of(decided.since))] if decided.since else []
        said += [tr("until {date}", date=day_of(decided.until, is_end=True))] if decided.until else []
    for one in which.fields:
        contains = tr("{field} contains “{value}”", field=one.name, value=one.value)
        said.append(contains if one.contains else tr("{field}: {value}", field=one.name, value=one.value))
    return " · ".join(said)


def _of_suggestion(said: Suggested, labels: Labels) -> list[str]:
    names = [tr("Suggested: {label}", label=one.name) for one in labels if one.id == said.label]
    disagrees = [tr("suggestion differs")] if said.disagrees else []
    low, high = per_cent(said.score_from, digits=0), per_cent(said.score_to, digits=0)
    return [*names, *disagrees, *([tr("confidence {low}–{high}", low=low, high=high)] if said.has_range else [])]


def moment_of(day: str, *, is_end: bool = False) -> str:
    """The moment at which a day begins here, or the next one (`is_end`), as the project stores moments; "" for none.

    Raises ValueError for what is no date (2026-11-29).
    """
    if not day.strip():
        return ""
    begins = date.fromisoformat(day.strip()) + timedelta(days=1 if is_end else 0)
    return datetime.combine(begins, time()).astimezone().astimezone(UTC).isoformat(timespec="milliseconds")


def day_of(moment: str, *, is_end: bool = False) -> str:
    """The day that `moment_of` made this of; "" for none."""
    if not moment:
        return ""
    local = datetime.fromisoformat(moment).astimezone()
    return (local - timedelta(days=1 if is_end else 0)).date().isoformat()
