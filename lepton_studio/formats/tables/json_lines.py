"""JSON Lines: one object per line, whatever the file is called; nearly such lines are repaired and counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.guessing.file_start import FileStart, look_at, read_lines
from lepton_studio.formats.guessing.roles import knows_column
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.spool import spooled
from lepton_studio.formats.tables.json_shapes import cells_of, order_of_pairs
from lepton_studio.formats.tables.json_values import Repair, Value, opens_with, read_values, repaired
from lepton_studio.formats.tables.table_columns import EVERY_PART, columns_of, mark_cells, renamed_field
from lepton_studio.language import tr

_SAMPLED_ROWS = 3000
_OF_A_FILE = {"title", "description", "topic", "category", "class", "set", "split", "part", "subset", "target"}
"""Usual names of columns that say as well what a whole file is about."""


def detect(head: FileStart) -> float:
    """Most of the first values are objects, or all are rows of cells; one object alone may as well be what holds a list
    of them."""
    opens = "" if head.is_folder else opens_with(head.text)
    if opens not in ("{", "["):
        return 0.0
    found = list(islice(_values(head), 20))
    if opens == "[":
        rows = [one for one in found if cells_of(one.value) is not None and isinstance(one.value, list)]
        return 0.95 if 1 < len(rows) == len(found) else 0.0
    if head.complete and len(found) == 1:
        only = found[0].value
        return (0.9 if _is_record(only) else 0.5) if isinstance(only, dict) else 0.0
    objects = sum(isinstance(one.value, dict) for one in found)
    return 0.95 if found and objects > 0.7 * len(found) else 0.0


def _is_record(one: dict[str, object]) -> bool:
    """Whether an object is a sample rather than what holds samples in a list."""
    named = {name.strip().lower() for name, value in one.items() if isinstance(value, str) and knows_column(name)}
    return bool(named - (_OF_A_FILE if any(_are_objects(value) for value in one.values()) else set()))


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def describe(head: FileStart) -> Guess:
    """The union of the keys in the head, in order of first appearance."""
    values = [one.value for one in _values(head)]
    order = order_of_pairs(values)
    keys = union_of_keys(cells_of(one, order) for one in values)
    return Guess(format="jsonl", paths=(head.path,), encoding=head.encoding, columns=keys)


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The columns under another encoding."""
    lines = islice(read_lines(path, guess.encoding), _SAMPLED_ROWS)
    values = [one.value for one in read_values(lines)]
    order = order_of_pairs(values)
    return union_of_keys(cells_of(one, order) for one in values)


def notices(path: Path, guess: Guess) -> list[str]:
    """What was repaired, as far as the head goes."""
    head = look_at(path, encoding=guess.encoding)
    repairs = Counter[Repair]()
    for _ in read_values(head.lines(), repairs):
        pass
    return repaired(repairs, first=None if head.complete else len(head.lines()))


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per object; a line that is no JSON object is a Problem, a blank one is nothing."""
    order = guess.columns if set(guess.columns) == {"text", "label"} else ()
    for one in read_values(read_lines(path, guess.encoding)):
        if one.why:
            yield Problem(str(path), one.number, tr("This line is not valid JSON: {why}.", why=one.why))
        elif (cells := cells_of(one.value, order)) is not None:
            yield Record(one.number, cells, raw=one.value)
        else:
            yield Problem(str(path), one.number, tr("This line is not a JSON object with named values."))


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
    """The names of the cells of these rows, in order of first appearance; what is no row has none."""
    return tuple(dict.fromkeys(name for one in objects if isinstance(one, dict) for name in one))


def _values(head: FileStart) -> Iterator[Value]:
    """What the head holds; not the flaws of an object that goes on behind it."""
    found = read_values(head.lines())
    return found if head.complete else (one for one in found if not one.why)


FORMAT = Format(
    id="jsonl",
    title="JSON Lines",
    detect=detect,
    describe=describe,
    records=records,
    columns=columns,
    notices=notices,
    write=write,
    holds=EVERY_PART,
    suffix=".jsonl",
)
