"""Tables of pairs: head, tail, relation and the sentence that both stand in, tab by tab (FinRE)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

ENTITY = "entity"
"""The label of both spans: these files name none."""
_NO_RELATION = frozenset({"unknown", "na", "no_relation", "none"})


def detect(head: FileStart) -> float:
    """Four cells without a header, the first two words of the fourth."""
    if head.is_folder:
        return 0.0
    rows = [line.split("\t") for line in head.lines()[:60] if line.strip()]
    fitting = [row for row in rows if len(row) == 4 and row[0] and row[1] and row[0] in row[3] and row[1] in row[3]]
    return 0.97 if len(fitting) > 3 and len(fitting) > 0.9 * len(rows) else 0.0


def describe(head: FileStart) -> Guess:
    """The four columns; the same sentence stands there once for each pair, so rows fold."""
    return Guess(
        format="pair_table",
        paths=(head.path,),
        encoding=head.encoding,
        delimiter="\t",
        columns=("text", "head", "tail", "relation"),
        text="text",
        fold=True,
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each pair. The first place that is free is taken where a word stands in the sentence twice."""
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) != 4:
            yield Problem(
                str(path), number, tr("This row should have four cells (head, tail, relation and sentence), but has "
                                      "{count}.",
                                      count=len(cells))
            )  # fmt: skip
            continue
        head, tail, relation, text = cells
        spans = _places(text, head, tail)
        if spans is None:
            yield Problem(str(path), number, tr("“{head}” or “{tail}” is not in the sentence.",
                                                head=head, tail=tail))  # fmt: skip
            continue
        related = relation.strip().lower() not in _NO_RELATION
        marks = Marks(spans=spans, relations=(RelationMark(0, 1, relation),) if related else ())
        raw = {"head": head, "tail": tail, "relation": relation, "sentence": text}
        yield Record(number, {"text": text, "head": head, "tail": tail, "relation": relation}, raw=raw, marks=marks)


def _places(text: str, head: str, tail: str) -> tuple[SpanMark, SpanMark] | None:
    start = text.find(head)
    other = text.find(tail)
    if other >= 0 and start <= other < start + len(head) and other + len(tail) <= start + len(head):
        other = max(other, text.find(tail, start + len(head)))  # inside the head only where it stands nowhere else
    if start < 0 or other < 0:
        return None
    return SpanMark(start, start + len(head), ENTITY, head), SpanMark(other, other + len(tail), ENTITY, tail)


FORMAT = Format(
    id="pair_table",
    title="Tables of related pairs",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
)
