"""Files out: which formats can hold what there is, and one file or folder written whole, with a list of its losses."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from lepton_studio.atomic import new_file, new_folder
from lepton_studio.formats.base import Format, Loss, OutLabel, Part, Row
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.losses import Losses, part_title, parts_of
from lepton_studio.formats.tables.table_columns import EVERY_PART

_WHOLE_BEFORE_PART: dict[Part, Part] = {
    "several_labels": "labels",
    "nested_spans": "spans",
    "attributes": "spans",
    "several_questions": "questions",
    "several_targets": "targets",
}
"""A part of a part: where the whole is lost, it is not counted again."""
_TABLES = ("excel", "csv")


def writers_for(parts: Collection[Part]) -> list[Format]:
    """The formats that can be written: by how many of these parts they lack, tables for a person's desk first."""
    can_write = [one for one in all_formats().values() if one.write is not None]
    return sorted(can_write, key=lambda one: (len(set(parts) - one.holds), one.id not in _TABLES, one.title))


def lacking(parts: Iterable[Part], chosen: Format) -> list[Part]:
    """Which of these parts the format cannot hold; a part of a part is not named beside the whole."""
    return [
        part
        for part in parts
        if part not in chosen.holds and ((whole := _WHOLE_BEFORE_PART.get(part)) is None or whole in chosen.holds)
    ]


def write(format_id: str, target: Path, *, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """Write the rows, streamed, and say what the format could not hold.

    A file, or a folder where `Format.suffix` is "", appears at `target` whole or not at all; what stood there goes away
    last. `Row.row` is the id that losses name. Raises OSError, KeyError for a format that does not exist, ValueError
    for one that is only read.
    """
    chosen = all_formats()[format_id]
    if chosen.write is None:
        raise ValueError(f"{format_id} is only read")
    losses = Losses()
    place = new_file if chosen.suffix else new_folder
    with place(target) as temporary:
        told = chosen.write(temporary, _counted(rows, chosen, losses), labels)
    return (*losses.found(), *told)


def _counted(rows: Iterable[Row], chosen: Format, losses: Losses) -> Iterator[Row]:
    if chosen.holds.issuperset(EVERY_PART):
        yield from rows
        return
    for row in rows:
        counts = parts_of(row)
        for part in lacking(counts, chosen):
            losses.add(part_title(part), row, counts[part])
        yield row
