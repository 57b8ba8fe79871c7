"""JSON Lines: one object per line, whatever the file is called."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.head import Head, read_lines
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.roles import knows_column
from lepton_studio.formats.spool import spooled
from lepton_studio.formats.table_columns import EVERY_PART, columns_of, mark_cells, renamed_field
from lepton_studio.formats.values import flat
from lepton_studio.language import tr

_SAMPLED_ROWS = 3000


def detect(head: Head) -> float:
    """Most of the first lines are objects by themselves."""
    if head.is_folder or not head.text.lstrip().startswith("{"):
        return 0.0
    lines = [line for line in head.lines()[:20] if line.strip()]
    objects = sum(_object(line) is not None for line in lines)
    if head.complete and len(lines) == 1:
        only = _object(lines[0]) or {}
        return 0.9 if any(knows_column(name) and isinstance(value, str) for name, value in only.items()) else 0.5
    return 0.95 if objects > 0.7 * len(lines) else 0.0


def describe(head: Head) -> Guess:
    """The union of the keys in the head, in order of first appearance."""
    return Guess(
        format="jsonl", paths=(head.path,), encoding=head.encoding, columns=union_of_keys(map(_object, head.lines()))
    )


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The columns under another encoding."""
    return union_of_keys(_object(line) for line in islice(read_lines(path, guess.encoding), _SAMPLED_ROWS))


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per line; a line that is no JSON object is a Problem, a blank one is nothing."""
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
            yield Problem(str(path), number, tr("This line is not valid JSON: {why}.", why=why))
            continue
        if isinstance(found, dict):
            yield Record(number, flat(found), raw=found)
        elif isinstance(found, str):
            yield Record(number, {"text": found}, raw=found)
        else:
            yield Problem(str(path), number, tr("This line is not a JSON object with named values."))


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """One object per line in UTF-8: text, label (a list in every row where any has several or explicitly none), split,
    note, the marks that a row has, and its extra fields. Raises OSError."""
    losses = Losses()
    with spooled(rows) as kept, target.open("w", encoding="utf-8", newline="\n") as stream:
        columns = columns_of(kept)
        renamed = columns.renamed
        for row in kept:
            if renamed:
                losses.add(renamed_field(), row, sum(name in row.fields for name in renamed))
            label = _label(row, as_list=columns.has_several_labels)
            whole: dict[str, object] = {"text": row.text, "label": label, "split": row.split, "note": row.note}
            if columns.marks:
                cells = mark_cells(row).items()
                whole |= {name: cell for name, cell in cells if cell is not None and name in columns.marks}
            whole |= {column: row.fields[name] for name, column in columns.fields.items() if name in row.fields}
            stream.write(json.dumps(whole, ensure_ascii=False) + "\n")
    return losses.found()


def _label(row: Row, *, as_list: bool) -> object:
    labels = row.marks.labels
    if labels is None:
        return None
    return list(labels) if as_list or len(labels) != 1 else labels[0]


def union_of_keys(objects: Iterable[object]) -> tuple[str, ...]:
    """The column names of these objects, one level opened."""
    names: dict[str, None] = {}
    for one in objects:
        if isinstance(one, dict):
            names.update(dict.fromkeys(flat(one)))
        elif isinstance(one, str):
            names["text"] = None
    return tuple(names)


def _object(line: str) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


FORMAT = Format(
    id="jsonl",
    title="JSON Lines",
    detect=detect,
    describe=describe,
    records=records,
    columns=columns,
    write=write,
    holds=EVERY_PART,
    suffix=".jsonl",
)
