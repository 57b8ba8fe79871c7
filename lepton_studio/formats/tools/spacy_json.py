"""spaCy's data in JSON: pairs of text and `{"entities": [[start, end, label]]}`, documents of `to_json`, and the old
training format with paragraphs of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.corpora.tag_schemes import spans_of
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.formats.marks_json import spans_from_json
from lepton_studio.formats.tables.json_file import load
from lepton_studio.formats.tables.json_objects import OTHER_SHAPE, peek, read_objects, unreadable_marks
from lepton_studio.formats.tables.json_values import parse, reason
from lepton_studio.formats.tokens import align, join
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_HOLDS = 0.5
"""The share of a category from which on it holds."""


def detect(head: FileStart) -> float:
    """By its shapes, as far as the head goes."""
    if head.is_folder or head.text.lstrip()[:1] not in ("[", "{"):
        return 0.0
    packed = "".join(head.text[:4000].split())
    if packed.startswith(('[["', '["')) and re.search(r'",\{"(entities|cats)":', packed):
        return 0.98
    objects = peek(head).objects
    if objects and all("ents" in one and isinstance(one.get("text"), str) for one in objects):
        return 0.98
    return 0.98 if '"paragraphs":[{' in packed and '"sentences":[{' in packed else 0.0


def describe(head: FileStart) -> Guess:
    """One column, the text."""
    return Guess(format="spacy_json", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per text. Raises UnreadableFile where the JSON is broken."""
    for number, one in enumerate(_texts(path, guess.encoding), start=1):
        if isinstance(one, Problem):
            yield one
            continue
        try:
            text, marks = _read(one)
        except OTHER_SHAPE as error:
            yield Problem(str(path), number, unreadable_marks(error))
            continue
        yield Record(number, {"text": text}, raw=one, marks=marks)


def _texts(path: Path, encoding: str) -> Iterator[Any]:
    start = "".join(load(path, encoding)[:400].split())
    if start.startswith("[["):
        try:
            found = parse(load(path, encoding))
        except (ValueError, RecursionError) as error:
            raise UnreadableFile(tr("{file} is not valid JSON ({why}).", file=path.name, why=reason(error))) from error
        yield from found if isinstance(found, list) else ()
    elif start.startswith('["'):
        for number, line in enumerate(read_lines(path, encoding), start=1):
            try:
                yield parse(line) if line.strip() else Problem(str(path), number, tr("The text is empty."))
            except (ValueError, RecursionError) as error:
                yield Problem(str(path), number, tr("This line is not valid JSON: {why}.", why=reason(error)))
    else:
        for item in read_objects(path, encoding):
            if not isinstance(item, Problem) and isinstance(item[1].get("paragraphs"), list):
                yield from item[1]["paragraphs"]
            else:
                yield item if isinstance(item, Problem) else item[1]


def _read(one: Any) -> tuple[str, Marks]:
    if isinstance(one, list):
        about: Mapping[str, Any] = one[1]
        return str(one[0]), Marks(labels=_cats(about.get("cats")), spans=_entities(about.get("entities")))
    if "sentences" in one:
        return _tokens(one)
    return str(one["text"]), Marks(labels=_cats(one.get("cats")), spans=_entities(one.get("ents")))


def _cats(found: Mapping[str, float] | None) -> tuple[str, ...] | None:
    return None if not found else tuple(name for name, value in found.items() if float(value) >= _HOLDS)


def _entities(found: Sequence[object] | None) -> tuple[SpanMark, ...] | None:
    return None if found is None else spans_from_json(found)


def _tokens(paragraph: Mapping[str, Any]) -> tuple[str, Marks]:
    tokens = [token for sentence in paragraph["sentences"] for token in sentence["tokens"]]
    words = [str(token["orth"]) for token in tokens]
    raw = paragraph.get("raw")
    joined = (align(words, str(raw)) if raw else None) or join(words)
    tags = [str(token.get("ner") or "O") for token in tokens]
    said = any("ner" in token for token in tokens)
    spans = [SpanMark(joined.places[one.first][0], joined.places[one.last][1], one.label) for one in spans_of(tags)]
    return joined.text, Marks(labels=_listed(paragraph.get("cats")), spans=tuple(spans) if said else None)


def _listed(cats: Sequence[Mapping[str, Any]] | None) -> tuple[str, ...] | None:
    return None if not cats else tuple(str(one["label"]) for one in cats if float(one["value"]) >= _HOLDS)


FORMAT = Format(id="spacy_json", title="spaCy (JSON)", detect=detect, describe=describe, records=records)
