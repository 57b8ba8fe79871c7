"""Spans by label and by words, `{"label": {"name": {"words": [[start, end]]}}}`, ends included: CLUENER and its kin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.head import Head
from lepton_studio.formats.json_objects import JsonObject, extra_columns, peek, read_objects, share
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark


def detect(head: Head) -> float:
    """The label of a text is an object of objects of lists of pairs."""
    return 0.98 if share(head, _has_spans) > 0.5 else 0.0


def _has_spans(one: JsonObject) -> bool:
    label = one.get("label")
    return (
        isinstance(one.get("text"), str)
        and isinstance(label, dict)
        and all(
            isinstance(words, dict) and all(isinstance(places, list) for places in words.values())
            for words in label.values()
        )
    )


def describe(head: Head) -> Guess:
    """Text and marks; what else there is are extra fields."""
    columns = extra_columns(peek(head).objects, frozenset({"label"}))
    return Guess(
        format="surface_spans",
        paths=(head.path,),
        encoding=head.encoding,
        columns=columns,
        text="text",
        offsets="inclusive",
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per object; each span quotes its words."""
    for item in read_objects(path, guess.encoding):
        if isinstance(item, Problem):
            yield item
            continue
        number, one = item
        label, spans = one.get("label"), []
        try:
            for name, words in label.items() if isinstance(label, dict) else ():
                for quote, places in words.items():
                    spans += [SpanMark(int(start), int(end), name, quote) for start, end in places]
        except (AttributeError, TypeError, ValueError) as error:
            yield Problem(str(path), number, tr("Its marks cannot be read: {why}.", why=error))
            continue
        ordered = tuple(sorted(spans, key=lambda span: (span.start, -span.end)))
        cells = {key: value for key, value in one.items() if key != "label"}
        marks = Marks(spans=None if label is None else ordered)
        yield Record(number, cells, raw=one, marks=marks, id=str(one.get("id", "")))


FORMAT = Format(
    id="surface_spans",
    title="Spans by label and words (CLUENER)",
    detect=detect,
    describe=describe,
    records=records,
)
