"""Sentences with one pair in tags, `<e1>...</e1>` and `<e2>...</e2>`, and its relation below: SemEval-2010 task 8."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

ENTITY = "entity"
"""The label of both spans: these files name none."""
_SENTENCE = re.compile(r'(\d+)\t"?(.*?)"?\s*\Z')
_TAG = re.compile(r"</?e[12]>")
_DIRECTED = re.compile(r"(.+)\((e[12]),(e[12])\)\Z")
_NO_RELATION = frozenset({"other", "none", "no_relation", "no relation", "na", "unknown", "false"})


def detect(head: FileStart) -> float:
    """Numbered sentences with tags begin the file."""
    lines = [line for line in head.lines()[:12] if line.strip()]
    tagged = [line for line in lines if _SENTENCE.match(line) and "<e1>" in line and "<e2>" in line]
    return 0.98 if len(tagged) >= max(1, len(lines) // 4) else 0.0


def describe(head: FileStart) -> Guess:
    """Columns text, id and comment; the relation is among the marks."""
    return Guess(
        format="tagged_pairs",
        paths=(head.path,),
        encoding=head.encoding,
        columns=("text", "relation", "comment"),
        text="text",
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each sentence; `Other` means that the two are not related. The relation's direction is in its name
    in the file, and in which span is the head here."""
    sentence: tuple[int, str, str] | None = None
    relation = comment = ""
    for number, line in enumerate([*read_lines(path, guess.encoding), ""], start=1):
        found = _SENTENCE.match(line) if "<e1>" in line else None
        if found is None and line.strip():
            if line.startswith("Comment:"):
                comment = line.removeprefix("Comment:").strip()
            elif sentence is not None and not relation:
                relation = line.strip()
            continue
        if sentence is not None:
            yield _record(path, sentence, relation=relation, comment=comment)
            sentence, relation, comment = None, "", ""
        if found is not None:
            sentence = (number, found[1], found[2])


def _record(path: Path, sentence: tuple[int, str, str], *, relation: str, comment: str) -> Record | Problem:
    row, name, tagged = sentence
    text = _TAG.sub("", tagged)
    spans = [_span(tagged, which) for which in ("e1", "e2")]
    if None in spans:
        return Problem(str(path), row, tr("The sentence lacks one of the tags <e1> and <e2>."))
    marks = Marks(spans=tuple(one for one in spans if one is not None), relations=relations_of(relation))
    raw = {"id": name, "sentence": tagged, "relation": relation, "comment": comment}
    cells: dict[str, object] = {"text": text, "relation": relation or None, "comment": comment or None}
    return Record(row, cells, raw=raw, marks=marks, id=name)


def _span(tagged: str, which: str) -> SpanMark | None:
    start, end = tagged.find(f"<{which}>"), tagged.find(f"</{which}>")
    if start < 0 or end < start:
        return None
    first = len(_TAG.sub("", tagged[:start]))
    quote = _TAG.sub("", tagged[start:end])
    return SpanMark(first, first + len(quote), ENTITY, quote, id=which)


def relations_of(relation: str) -> tuple[RelationMark, ...] | None:
    """The relation of this name between two spans, with its direction; None for no name, () where it says none."""
    if not relation:
        return None
    if relation.strip().lower() in _NO_RELATION:
        return ()
    directed = _DIRECTED.match(relation)
    if directed is None:
        return (RelationMark(0, 1, relation),)
    head = 0 if directed[2] == "e1" else 1
    return (RelationMark(head, 1 - head, directed[1]),)


FORMAT = Format(
    id="tagged_pairs",
    title="Sentences with a tagged pair (SemEval)",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
)
