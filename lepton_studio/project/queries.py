"""A `Filter` as SQL: which table drives the query, and the conditions on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.project import repeats
from lepton_studio.project.conditions import Condition, more_conditions, more_sources, words_in_fields
from lepton_studio.project.connection import Connection, storable
from lepton_studio.project.records import Filter, State, Suggested
from lepton_studio.project.word_index import TRIGRAM, is_whole, may_hold
from lepton_studio.search_form import search_form


@dataclass(frozen=True, slots=True)
class Selection:
    """The samples `s` of a filter: `FROM {source} WHERE {condition}` with `values`; `key` is the sample's id.

    `in_order`: the source is walked in the order of `key`, so that a page costs what it shows and not what it skips.
    `entered` is the condition by which the source is entered: how many rows it has is soon counted.
    """

    source: str
    key: str
    condition: str
    values: tuple[object, ...]
    entered: Condition
    in_order: bool = True


@dataclass(frozen=True, slots=True)
class _Driver:
    """A table that has only the samples of one condition, called as in `_conditions`."""

    source: str
    key: str
    condition: Condition
    in_order: bool = True


_EVERY = _Driver("sample s", "s.id", ("true", ()))

_INDEXED: dict[State, str] = {
    "labelled": "sample_labelled",
    "unlabelled": "sample_unlabelled",
    "skipped": "sample_skipped",
    "flagged": "sample_flagged",
    "noted": "sample_noted",
}

_STATES: dict[State, str] = {
    "labelled": "s.value IS NOT NULL",
    "unlabelled": "s.value IS NULL AND s.skipped = 0",
    "skipped": "s.skipped = 1",
    "flagged": "s.flagged = 1",
    "noted": "s.note <> ''",
    "duplicate": repeats.HAS_COPY,
    "leak": repeats.LEAKS,
}

# Another annotation than accepting would give; what is said with labels that are gone says nothing.
_DISAGREES = """ifnull(s.value <> ifnull(q.accepted, q.value), s.labels <> q.labels)
    AND NOT EXISTS (SELECT 1 FROM json_each(q.labels) WHERE value NOT IN (SELECT id FROM label))"""


def selection(db: Connection, filter: Filter) -> Selection:
    """The SQL of a filter by the table that is narrowest as a rule, in the order of the ids.

    Never fails on what a person typed into the search field.
    """
    return next(one for one in selections(db, filter) if one.in_order)


def selections(db: Connection, filter: Filter) -> list[Selection]:
    """All ways to find the samples of a filter, those in front that are narrowest as a rule; at the end through all."""
    conditions, drivers = _conditions(filter), _drivers(db, filter)
    return [*(_through(driver, conditions, name) for name, driver in drivers.items()), _through(_EVERY, conditions, "")]


def _through(driver: _Driver, conditions: Mapping[str, Condition], name: str) -> Selection:
    """A selection by a driver, which makes the condition of its name needless."""
    others = [condition for key, condition in conditions.items() if key != name]
    both = [*([driver.condition] if driver is not _EVERY else []), *others]
    return Selection(
        driver.source,
        driver.key,
        " AND ".join(condition for condition, _ in both) or "true",
        tuple(value for _, values in both for value in values),
        driver.condition,
        driver.in_order,
    )


def _drivers(db: Connection, filter: Filter) -> dict[str, _Driver]:
    found: dict[str, _Driver] = {}
    long = [word for word in _words(f"{filter.search} {words_in_fields(filter)}") if len(word) >= TRIGRAM]
    said = filter.suggested if filter.suggested is not None and filter.suggested.there else None
    if long and is_whole(db):
        source = "sample_search CROSS JOIN sample s ON s.id = sample_search.rowid"
        found["index"] = _Driver(source, "sample_search.rowid", ("sample_search MATCH ?", (may_hold(long),)))
    if said is not None and said.label is not None:
        source, entered = "prediction_label t CROSS JOIN sample s ON s.id = t.sample", (said.by, said.label)
        found["said_label"] = _Driver(source, "t.sample", ("t.predictor = ? AND t.label = ?", entered))
    if filter.label is not None:
        source = "annotation_label a CROSS JOIN sample s ON s.id = a.sample"
        found["label"] = _Driver(source, "a.sample", ("a.label = ?", (filter.label,)))
    found |= {name: _Driver(*source) for name, source in more_sources(filter)}
    if filter.state in _INDEXED:
        source = f"sample s INDEXED BY {_INDEXED[filter.state]}"
        found["state"] = _Driver(source, "s.id", (_STATES[filter.state], ()))
    if filter.state in ("duplicate", "leak") and repeats.are_few(db):
        found["listed"] = _Driver("sample s", "s.id", (repeats.SAMPLES, ()))
    if said is not None:
        source = "prediction g CROSS JOIN sample s ON s.id = g.sample"
        if said.has_range:
            condition = score_range("g", said)
            of_range = f"g.predictor = ? AND {condition[0]}", (said.by, *condition[1])
            found["range"] = _Driver(source, "g.sample", of_range, in_order=False)
        if said.disagrees:
            annotated = "sample s INDEXED BY sample_labelled"
            found["annotated"] = _Driver(annotated, "s.id", (_STATES["labelled"], ()))
        elif not found or list(found) == ["range"]:
            found["said"] = _Driver(source, "g.sample", ("g.predictor = ?", (said.by,)))
    return found


def _conditions(filter: Filter) -> dict[str, Condition]:
    """All conditions, each on samples `s` alone."""
    found: dict[str, Condition] = {}
    if words := _words(filter.search):
        found["words"] = _written(words)
    if filter.label is not None:
        one = "EXISTS (SELECT 1 FROM annotation_label a WHERE a.label = ? AND a.sample = s.id)"
        found["label"] = one, (filter.label,)
    if filter.state in _STATES:
        found["state"] = _STATES[filter.state], ()
    if filter.split is not None:
        found["split"] = "s.split = ?", (filter.split,)
    if filter.ids is not None:
        found["ids"] = "s.id IN (SELECT value FROM json_each(?))", (json.dumps(list(filter.ids)),)
    if filter.suggested is not None:
        found |= dict(_on_suggestion(filter.suggested))
    return found | dict(more_conditions(filter))


def _on_suggestion(wanted: Suggested) -> Iterator[tuple[str, Condition]]:
    of_sample = "SELECT 1 FROM prediction q WHERE q.predictor = ? AND q.sample = s.id"
    if not wanted.there:
        yield "said", (f"NOT EXISTS ({of_sample})", (wanted.by,))
        return
    if wanted.label is not None:
        one = "EXISTS (SELECT 1 FROM prediction_label t WHERE t.predictor = ? AND t.label = ? AND t.sample = s.id)"
        yield "said_label", (one, (wanted.by, wanted.label))
    more = [score_range("q", wanted)] if wanted.has_range else []
    if wanted.disagrees:
        yield "annotated", ("s.value IS NOT NULL", ())
        more.append((_DISAGREES, ()))
    if more or wanted.label is None:
        condition, values = _all_of(more) if more else ("true", ())
        yield "said" if not more else "said_so", (f"EXISTS ({of_sample} AND {condition})", (wanted.by, *values))


def score_range(table: str, wanted: Suggested) -> Condition:
    """The range of the score, on a prediction."""
    upper = f" AND {table}.score < ?" if wanted.score_to < 1.0 else ""
    return f"{table}.score >= ?{upper}", (wanted.score_from, *([wanted.score_to] if upper else []))


def _written(words: Sequence[str]) -> Condition:
    """Each word stands in what a sample is searched by: mostly in its text as it is, and then no form is made of it."""
    each = " AND ".join(["(instr(c.text, ?) OR instr(searchable(c.text, c.fields, s.note), ?))"] * len(words))
    return f"(SELECT {each} FROM content c WHERE c.id = s.id)", tuple(word for word in words for _ in range(2))


def _all_of(conditions: list[Condition]) -> Condition:
    sql = " AND ".join(condition for condition, _ in conditions)
    return sql, tuple(value for _, values in conditions for value in values)


def _words(search: str) -> list[str]:
    """What must occur, in its form."""
    return search_form(storable(search)).replace("\0", " ").split()
