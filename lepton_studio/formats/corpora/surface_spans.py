"""JSON Lines with spans by label and by what they cover: `{"label": {"name": {"Ann": [[0, 2]]}}}` (CLUENER)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables.json_objects import JsonObject, extra_columns, peek, read_objects, share
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_TEXT, _LABEL = "text", "label"


def detect(head: FileStart) -> float:
    """Labels, each with its surfaces, each with a list of places; a record without a label counts beside others."""
    objects = [one for one in peek(head).objects if _LABEL in one]
    marked = [one for one in objects if one[_LABEL]]
    return 0.98 * share(head, _has_text) if marked and all(map(_has_surfaces, marked)) else 0.0


def _has_text(one: JsonObject) -> bool:
    return isinstance(one.get(_TEXT), str)


def _has_surfaces(one: JsonObject) -> bool:
    label = one[_LABEL]
    return isinstance(label, Mapping) and all(
        isinstance(surfaces, Mapping) and all(isinstance(places, list) for places in surfaces.values())
        for surfaces in label.values()
    )


def describe(head: FileStart) -> Guess:
    """The text and what else stands in the records."""
    more = extra_columns(peek(head).objects, frozenset({_TEXT, _LABEL}))
    columns = (_TEXT, *more)
    return Guess(
        format="surface_spans",
        paths=(head.path,),
        encoding=head.encoding,
        columns=columns,
        text=_TEXT,
        offsets="inclusive",
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each object, its spans in the order of the text. The ends are as in the file: mostly inclusive."""
    for found in read_objects(path, guess.encoding):
        if isinstance(found, Problem):
            yield found
            continue
        row, one = found
        if not _has_text(one):
            yield Problem(str(path), row, tr("This object has no text."))
            continue
        try:
            spans = None if _LABEL not in one else tuple(sorted(_spans(one[_LABEL]), key=lambda span: span.start))
        except (TypeError, ValueError, AttributeError):
            yield Problem(str(path), row, tr("The positions of its spans are not pairs of numbers."))
            continue
        cells = {name: value for name, value in one.items() if name != _LABEL}
        yield Record(row, cells, raw=dict(one), marks=Marks(spans=spans))


def _spans(label: Mapping[str, Mapping[str, list[list[int]]]]) -> Iterator[SpanMark]:
    for name, surfaces in (label or {}).items():
        for surface, places in surfaces.items():
            for start, end in places:
                yield SpanMark(int(start), int(end), name, surface)


FORMAT = Format(
    id="surface_spans", title="Spans by label and surface (CLUENER)", detect=detect, describe=describe, records=records
)
