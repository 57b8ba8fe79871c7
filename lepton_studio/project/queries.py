"""A `Filter` as SQL: which table drives the query, and the conditions on it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from lepton_studio.project.connection import storable
from lepton_studio.project.records import Filter, State
from lepton_studio.search_form import search_form

_TRIGRAM = 3


@dataclass(frozen=True, slots=True)
class Selection:
    """The samples `s` of a filter: `FROM {source} WHERE {condition}` with `values`; `key` is the sample's id.

    The source is walked in the order of `key`, so that a page costs what it shows and not what it skips.
    """

    source: str
    key: str
    condition: str
    values: tuple[object, ...]


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
    "duplicate": "EXISTS (SELECT 1 FROM sample o WHERE o.text_hash = s.text_hash AND o.id <> s.id)",
    "leak": "EXISTS (SELECT 1 FROM sample o WHERE o.text_hash = s.text_hash AND o.split <> s.split)",
}


def selection(filter: Filter) -> Selection:
    """The SQL of a filter. Never fails on what a person typed into the search field."""
    conditions: list[str] = []
    values: list[object] = []
    phrases, pieces = _search_terms(filter.search)
    if phrases:
        source, key = "sample_search CROSS JOIN sample s ON s.id = sample_search.rowid", "sample_search.rowid"
        conditions.append("sample_search MATCH ?")
        values.append(" AND ".join(f'"{phrase}"' for phrase in phrases))
    elif filter.label is not None:
        source, key = "annotation_label a CROSS JOIN sample s ON s.id = a.sample", "a.sample"
        conditions.append("a.label = ?")
        values.append(filter.label)
    elif filter.state in _INDEXED:
        source, key = f"sample s INDEXED BY {_INDEXED[filter.state]}", "s.id"
    else:
        source, key = "sample s", "s.id"
    for piece in pieces:
        conditions.append("(SELECT body FROM search_body WHERE id = s.id) LIKE ? ESCAPE '\\'")
        values.append(f"%{piece}%")
    if phrases and filter.label is not None:
        conditions.append("EXISTS (SELECT 1 FROM annotation_label a WHERE a.label = ? AND a.sample = s.id)")
        values.append(filter.label)
    if filter.state in _STATES:
        conditions.append(_STATES[filter.state])
    if filter.split is not None:
        conditions.append("s.split = ?")
        values.append(filter.split)
    if filter.ids is not None:
        conditions.append("s.id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(filter.ids)))
    return Selection(source, key, " AND ".join(conditions) or "true", tuple(values))


def _search_terms(search: str) -> tuple[list[str], list[str]]:
    """(phrases for the trigram index, shorter pieces for LIKE), each escaped for its place; every word must occur."""
    words = search_form(storable(search)).replace("\0", " ").split()
    phrases = [word.replace('"', '""') for word in words if len(word) >= _TRIGRAM]
    pieces = [word for word in words if len(word) < _TRIGRAM]
    escaped = [piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for piece in pieces]
    return phrases, escaped
