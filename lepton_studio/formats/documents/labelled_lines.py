"""Lines that begin with their label: `0 text`, `COARSE:fine text`, `__label__x text` (fastText)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.documents.fasttext import ends_at_commas, has_labels, labels_and_text
from lepton_studio.formats.guessing.file_start import FileStart, read_lines

_FASTTEXT, _FASTTEXT_WITH_COMMAS = "fastText", "fastText,"
"""What `Guess.table` says of these lines."""
_CODE = re.compile(r"(-?\d{1,4}|[A-Z][A-Z_]+(:[A-Za-z_]+)?|[a-z]+:[a-z_]+)(?= )")
_WORDS = {"pos", "neg", "neu", "positive", "negative", "neutral", "spam", "ham", "true", "false", "yes", "no"}


def detect(head: FileStart) -> float:
    """Every line begins with a label, and there are far fewer labels than lines."""
    if head.is_folder:
        return 0.0
    lines = [line for line in head.lines() if line.strip()]
    if _is_fasttext(lines):
        return 0.91
    firsts = [line.split(" ", 1)[0] for line in lines if " " in line]
    if not firsts or len(firsts) < len(lines):
        return 0.0
    distinct = set(firsts)
    few = len(distinct) <= max(2, len(lines) / 5)
    coded = all(_CODE.match(first + " ") for first in distinct) or {one.lower() for one in distinct} <= _WORDS
    return 0.8 if few and coded and len(lines) > 1 else 0.0


def describe(head: FileStart) -> Guess:
    """Columns text and label; `coarse` too where labels are written COARSE:fine."""
    lines = [line for line in head.lines() if line.strip()]
    fasttext = _is_fasttext(lines)
    two_level = not fasttext and all(":" in line.split(" ", 1)[0] for line in lines)
    columns = ("text", "label", "coarse") if two_level else ("text", "label")
    return Guess(
        format="labelled_lines",
        paths=(head.path,),
        encoding=head.encoding,
        table="" if not fasttext else _FASTTEXT_WITH_COMMAS if ends_at_commas(lines) else _FASTTEXT,
        columns=columns,
        text="text",
        label="label",
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """The first space ends the label, of fastText its rules; everything after it is the text, untouched."""
    coarse = "coarse" in guess.columns
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        if not line.strip():
            continue
        if guess.table or has_labels(line):
            labels, text = labels_and_text(line, comma_ends=guess.table == _FASTTEXT_WITH_COMMAS)
            yield Record(number, {"text": text, "label": labels or None}, raw=line)
            continue
        label, _, text = line.partition(" ")
        cells: dict[str, object] = {"text": text, "label": label}
        if coarse:
            cells["coarse"] = label.partition(":")[0]
        yield Record(number, cells, raw=line)


def _is_fasttext(lines: list[str]) -> bool:
    """A label begins the first line, or some stand in most of the first ones: a table may hold such a text too."""
    first = lines[:10]
    return any(line.startswith("__label__") for line in first[:1]) or 2 * sum(map(has_labels, first)) > len(first)


FORMAT = Format(
    id="labelled_lines",
    title="Lines that start with their label",
    detect=detect,
    describe=describe,
    records=records,
)
