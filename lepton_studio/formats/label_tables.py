"""Names for labels that a file gives as numbers, from a small file beside it: `mapping.txt`, `classes.txt`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lepton_studio.formats.head import look_at
from lepton_studio.formats.label_studio_config import is_configuration
from lepton_studio.formats.turn_lines import is_beside

_PAIR = re.compile(r"(-?\d+)[\t ,;:=]+(\S.*)")
TABLE_NAMES = ("mapping.txt", "classes.txt", "labels.txt", "label_names.txt", "label_map.txt", "class_names.txt")
_MOST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Code in the data -> name; `file` is where it stands."""

    file: str = ""
    names: Mapping[str, str] = field(default_factory=dict)


def table_beside(path: Path, codes: Collection[str]) -> LabelTable:
    """The table that names all of these codes; an empty one when the codes are no numbers or no table fits."""
    if not codes or not all(re.fullmatch(r"-?\d+", code) for code in codes):
        return LabelTable()
    for name in TABLE_NAMES:
        file = path.parent / name
        if file != path and file.is_file() and file.stat().st_size < _MOST_BYTES:
            names = _read(file, codes)
            if names and set(codes) - {"-1"} <= set(names):
                return LabelTable(name, names)
    return LabelTable()


def _read(file: Path, codes: Collection[str]) -> dict[str, str]:
    """Either numbered lines, or one name per line counted from the smallest code (0 or 1)."""
    lines = [line.strip() for line in look_at(file).lines() if line.strip()]
    pairs = [_PAIR.fullmatch(line) for line in lines]
    if lines and all(pairs):
        return {pair[1]: pair[2].strip() for pair in pairs if pair}
    numbers = sorted(map(int, codes))
    first = 0 if numbers[0] <= 0 else 1
    if any(re.fullmatch(r"-?\d+", line) for line in lines) or numbers[-1] > len(lines) - 1 + first:
        return {}
    return {str(place): line for place, line in enumerate(lines, start=first)}


def is_support_file(path: Path) -> bool:
    """Whether a file beside data is about the data: a table of labels, a readme, a licence."""
    stem = path.stem.lower()
    if path.suffix == ".ann" and path.with_suffix(".txt").is_file():
        return True
    if is_beside(path) or is_configuration(path):
        return True
    if path.name in {"annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf"}:
        return True
    return path.name.lower() in {*TABLE_NAMES, "dataset_info.json", "categories.json"} or stem.startswith(
        ("readme", "licen", "copying", "notice", "citation", "label_index", "label2id", "id2label")
    )
