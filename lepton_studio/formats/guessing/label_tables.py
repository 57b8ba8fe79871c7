"""Names for labels that a file gives as numbers, from a small file beside it: `classes.txt`, `label2id.json`."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lepton_studio.formats.corpora.turn_lines import is_beside
from lepton_studio.formats.guessing.file_start import look_at
from lepton_studio.formats.tools.comprehend import is_annotated_beside
from lepton_studio.formats.tools.label_studio_config import is_configuration

_NUMBER_FIRST = re.compile(r"(-?\d+)[\t ,;:=]+(\S.*)")
_NUMBER_LAST = re.compile(r"(\S.*?)[\t ,;:=]+(-?\d+)")
TABLE_NAMES = ("mapping.txt", "classes.txt", "labels.txt", "label_names.txt", "label_map.txt", "class_names.txt",
               "classes.names", "labels.csv", "classes.csv", "tags.txt", "categories.txt")  # fmt: skip
_JSON_NAMES = ("id2label.json", "label2id.json", "labels.json", "classes.json", "label_map.json", "categories.json",
               "label_names.json", "class_names.json", "label_mapping.json", "mapping.json")  # fmt: skip
_NUMBERED = re.compile(r"(\w+2id|id2\w+)\.(txt|json|csv|tsv)", re.IGNORECASE)
_ABOUT = ("readme", "licen", "copying", "notice", "citation", "label_index", "label2id", "id2label")
_IS_ABOUT = re.compile(r"(readme|licen[cs]e|copying|notice|citation|authors|changelog)(\.\w{2,4})?", re.IGNORECASE)
_MOST_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Code in the data -> name; `file` is where it stands. `is_clear`: nothing speaks for counting from another number;
    where it is not, more of the data may tell."""

    file: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    is_clear: bool = True


def table_beside(path: Path, codes: Collection[str]) -> LabelTable:
    """The table that names all of these codes; an empty one when the codes are no numbers or no table fits."""
    if not codes or not all(re.fullmatch(r"-?\d+", code) for code in codes):
        return LabelTable()
    for file in _candidates(path):
        names, is_clear = _read(file, codes)
        if names and set(codes) - {"-1"} <= set(names):
            return LabelTable(file.name, names, is_clear)
    return LabelTable()


def _candidates(path: Path) -> list[Path]:
    """The files beside the data that may be a table of names, the usual ones first."""
    folder = path.parent
    usual = [folder / name for name in (*TABLE_NAMES, *_JSON_NAMES)]
    numbered = sorted(one for one in folder.glob("*2*") if _NUMBERED.fullmatch(one.name))
    found = [one for one in dict.fromkeys((*usual, *numbered)) if one != path and one.is_file()]
    return [one for one in found if one.stat().st_size < _MOST_BYTES]


def _read(file: Path, codes: Collection[str]) -> tuple[dict[str, str], bool]:
    """Code -> name, and whether that is clear: numbered lines, a JSON object or list, or a name a line, counted from
    0 or 1."""
    text = look_at(file).text
    if text.lstrip()[:1] in "[{":
        names = _of_json(text)
        return (names, True) if isinstance(names, dict) else _counted(names, codes)
    lines = [line.strip() for line in look_at(file).lines() if line.strip()]
    for first, pattern in ((True, _NUMBER_FIRST), (False, _NUMBER_LAST)):
        rest = lines[1:] if lines and not pattern.fullmatch(lines[0]) else lines  # how many there are, or a header
        pairs = [match.groups() for line in rest if (match := pattern.fullmatch(line))]
        if pairs and len(pairs) == len(rest):
            return {code if first else name: (name if first else code).strip() for code, name in pairs}, True
    if any(re.fullmatch(r"-?\d+", line) or "\t" in line for line in lines) or file.suffix == ".csv":
        return {}, True
    return _counted(lines, codes)


def _of_json(text: str) -> dict[str, str] | list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(found, list):
        return [one for one in found if isinstance(one, str)] if all(isinstance(one, str) for one in found) else []
    if not isinstance(found, dict):
        return []
    for code, name in found.items():
        if not (isinstance(name, str) and re.fullmatch(r"-?\d+", code)) and not isinstance(name, int):
            return []
    return {str(name) if isinstance(name, int) else code: code if isinstance(name, int) else name
            for code, name in found.items()}  # fmt: skip


def _counted(names: list[str], codes: Collection[str]) -> tuple[dict[str, str], bool]:
    """The names by their places, counted so that all codes have one; not clear where 0 and 1 both would do."""
    numbers = sorted(int(code) for code in codes if code != "-1")
    if not numbers or not names:
        return {}, True
    fitting = [start for start in (0, 1) if numbers[0] >= start and numbers[-1] < len(names) + start]
    if not fitting:
        return {}, True
    return {str(place): name for place, name in enumerate(names, start=fitting[0])}, len(fitting) == 1


def is_support_file(path: Path) -> bool:
    """Whether a file beside data is about the data: a table of labels, a readme, a licence."""
    stem = path.stem.lower()
    if path.suffix == ".ann" and path.with_suffix(".txt").is_file():
        return True
    if is_beside(path) or is_configuration(path) or is_about(path) or is_annotated_beside(path):
        return True
    if _NUMBERED.fullmatch(path.name):
        return True
    if path.name in {"annotation.conf", "visual.conf", "tools.conf", "kb_shortcuts.conf"}:
        return True
    known = {*TABLE_NAMES, *_JSON_NAMES, "dataset_info.json", "vocab.txt", "schema.txt"} - {"labels.csv", "classes.csv"}
    return path.name.lower() in known or stem.startswith(_ABOUT)


def is_about(path: Path) -> bool:
    """Whether a file is a readme, a licence or the like by its whole name."""
    return bool(_IS_ABOUT.fullmatch(path.name))
