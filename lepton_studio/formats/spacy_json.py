"""spaCy's old training data: `["text", {"entities": [[0, 5, "PER"]], "cats": {"x": 1.0}}]`, a list or a line each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.head import Head, read_lines
from lepton_studio.formats.json_file import load
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark


def detect(head: Head) -> float:
    """A list that begins with a text and an object of entities or categories."""
    start = head.text.lstrip("\ufeff \r\n\t")
    if not start.startswith("["):
        return 0.0
    for text in (start, *islice(head.lines(), 1)):
        try:
            found, _ = json.JSONDecoder().raw_decode(text.lstrip("[ \r\n\t") and "[" + text.lstrip("[ \r\n\t"))
        except ValueError:
            continue
        if _is_pair(found):
            return 0.97
    return 0.0


def _is_pair(one: object) -> bool:
    return (
        isinstance(one, list)
        and len(one) == 2
        and isinstance(one[0], str)
        and isinstance(one[1], dict)
        and bool({"entities", "cats"} & one[1].keys())
    )


def describe(head: Head) -> Guess:
    """One column, the text."""
    return Guess(format="spacy_json", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each pair. Raises UnreadableFile."""
    for number, one in _pairs(path, guess):
        if not _is_pair(one):
            yield Problem(str(path), number, tr("This is no text with an object of entities or categories."))
            continue
        try:
            marks = _marks(one[1])
        except (TypeError, ValueError, IndexError):
            yield Problem(str(path), number, tr("Its entities are no lists of start, end and label."))
            continue
        yield Record(number, {"text": one[0]}, raw=one, marks=marks)


def _pairs(path: Path, guess: Guess) -> Iterator[tuple[int, Any]]:
    text = load(path, guess.encoding)
    try:
        found = json.loads(text)
        yield from enumerate(found if found and not _is_pair(found) else [found], start=1)
        return
    except ValueError as error:
        broken = error
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError:
                if number == 1:
                    raise UnreadableFile(
                        tr("{file} is not valid JSON ({why}).", file=path.name, why=broken)
                    ) from broken
                yield number, None


def _marks(said: Mapping[str, Any]) -> Marks:
    spans = tuple(SpanMark(int(start), int(end), str(label)) for start, end, label in said.get("entities") or ())
    labels = tuple(name for name, share in (said.get("cats") or {}).items() if float(share) >= 0.5)
    return Marks(labels=labels if "cats" in said else None, spans=spans if "entities" in said else None)


FORMAT = Format(id="spacy_json", title="spaCy's old training JSON", detect=detect, describe=describe, records=records)
