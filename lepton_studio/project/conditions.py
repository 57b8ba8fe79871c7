"""Conditions of a filter beside words, label, state and suggestion, as SQL: marks, decisions, fields of the file."""

from __future__ import annotations

from collections.abc import Iterator

from lepton_studio.project.connection import storable
from lepton_studio.project.fields import expression
from lepton_studio.project.marks import TURNS
from lepton_studio.project.records import Decided, FieldIs, Filter
from lepton_studio.search_form import search_form

Condition = tuple[str, tuple[object, ...]]
"""SQL on samples `s`, and its values."""

Source = tuple[str, str, Condition, bool]
"""A table that has only the samples of one condition: what stands behind FROM, the sample's id in it, the condition on
it, and whether it is walked in the order of the ids."""

# The last decision that holds, and it gave the annotation of now.
_LAST = """made.after IS NOT NULL AND made.id = (
    SELECT max(l.id) FROM decision l JOIN entry h ON h.id = l.entry WHERE l.sample = s.id AND h.undone IS NULL)"""

# What a merge took over from a copy is that of the person who decided it there.
_WHOSE = """SELECT a.who FROM answer a
    WHERE a.entry = step.id AND a.sample = made.sample AND a.value = made.after ORDER BY a.at DESC LIMIT 1"""


def more_conditions(filter: Filter) -> Iterator[tuple[str, Condition]]:
    """Each by a name, on samples `s` alone."""
    if filter.flagged:
        yield "flagged", ("s.flagged = 1", ())
    if filter.noted:
        yield "noted", ("s.note <> ''", ())
    if filter.decided is not None:
        entry, values = _of_entry(filter.decided)
        last = f"""SELECT 1 FROM decision made JOIN entry step ON step.id = made.entry
                   WHERE made.sample = s.id AND CASE WHEN {entry} THEN {_LAST} END"""  # the cheaper question first
        yield "decided", (f"s.value IS NOT NULL AND EXISTS ({last})", values)
    for place, wanted in enumerate(filter.fields):
        condition, values = _of_field(wanted)
        yield f"field {place}", (f"EXISTS (SELECT 1 FROM content f WHERE f.id = s.id AND {condition})", values)


def more_sources(filter: Filter) -> Iterator[tuple[str, Source]]:
    """The narrow tables of those of them that have one, by the same name."""
    for place, wanted in enumerate(filter.fields):
        if not wanted.contains:
            yield f"field {place}", ("content f CROSS JOIN sample s ON s.id = f.id", "f.id", _of_field(wanted), True)
    for name in ("flagged", "noted"):
        if getattr(filter, name):
            condition = dict(more_conditions(filter))[name]
            yield name, (f"sample s INDEXED BY sample_{name}", "s.id", condition, True)
    if filter.decided is not None:
        entry, values = _of_entry(filter.decided)
        source = "entry step CROSS JOIN decision made ON made.entry = step.id CROSS JOIN sample s ON s.id = made.sample"
        yield "decided", (source, "made.sample", (f"{entry} AND s.value IS NOT NULL AND {_LAST}", values), False)


def words_in_fields(filter: Filter) -> str:
    """What a search for all of it finds at least all samples whose fields fit: fields are searched too."""
    return " ".join(one.value for one in filter.fields if one.name not in (TURNS, "context"))


def _of_entry(wanted: Decided) -> Condition:
    parts: list[Condition] = [("step.undone IS NULL", ())]
    if wanted.who is not None:
        parts.append((f"ifnull(({_WHOSE}), step.who) = ?", (wanted.who,)))
    if wanted.since:
        parts.append(("step.at >= ?", (wanted.since,)))
    if wanted.until:
        parts.append(("step.at < ?", (wanted.until,)))
    return " AND ".join(sql for sql, _ in parts), tuple(value for _, values in parts for value in values)


def _of_field(wanted: FieldIs) -> Condition:
    value = storable(wanted.value)
    if wanted.contains:
        form = f"instr(searchable(ifnull({expression(wanted.name)}, ''), '{{}}', ''), ?) > 0"
        return form, (search_form(value),)
    if not value:  # a sample without the field has nothing in it
        return f"ifnull({expression(wanted.name)}, '') = ''", ()
    return f"{expression(wanted.name)} = ?", (value,)
