"""From the cell of any format to the text, the label names and the fields of a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

NO_VALUE = frozenset({r"\N", "NaN", "nan", "NULL", "<NA>", "NaT", "#N/A"})
"""What databases, pandas and spreadsheets write where there is no value; nobody calls a label so."""


def as_text(value: object) -> str:
    """A cell as a person would read it: strings untouched, None and NaN as "", structures as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return "" if is_missing(value) else str(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="surrogateescape")
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=as_text)
    return str(value)


def is_missing(value: object) -> bool:
    """Whether a cell has no value: None, or the NaN that stands for it in numeric columns."""
    return value is None or (isinstance(value, float) and value != value)


def confidence(cell: object) -> float | None:
    """How sure a cell says that somebody is: 0 to 1, or per cent with its sign; None for all else, which may be a scale
    of another kind.
    """
    written = as_text(cell).strip().replace(",", ".")
    try:
        said = float(written.removesuffix("%")) / (100 if written.endswith("%") else 1)
    except ValueError:
        return None
    return said if 0 <= said <= 1 else None


def as_json(value: object) -> object:
    """The same value with everything that JSON does not know turned into text."""
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return as_text(value)


def label_names(value: object, *, separator: str = "", names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The label names that a cell gives: one or several, none for an empty cell, or for -1 where there are `names`.

    Edge spaces of a label are not part of it; otherwise it stays as spelled ("NA", "null", "1.0", "yes" are labels).
    """
    if is_missing(value):
        return ()
    if isinstance(value, str) and not separator and not names:
        one = value.strip()
        return (one,) if one else ()
    parts: list[Any]
    if isinstance(value, Mapping):
        parts = _chosen(value)
    elif isinstance(value, (list, tuple)):
        parts = [part for part in value if not isinstance(part, (list, tuple, dict))]
    else:
        text = as_text(value)
        parts = text.split(separator) if separator else [text]
    spelled = [as_text(part).strip() for part in parts]
    named = [names.get(one, "" if one == "-1" else one) if names else one for one in spelled]
    return tuple(dict.fromkeys(one for one in named if one))


def says_none(value: object) -> bool:
    """Whether a mapping says of each of its labels that it is off, or that nothing was chosen."""
    return isinstance(value, Mapping) and not _chosen(value) and bool(value)


def _chosen(value: Mapping[str, object]) -> list[Any]:
    """The names that a mapping gives: Label Studio's {"choices": [...]}, else those that are switched on."""
    if "choices" in value:
        chosen = value["choices"]
        return list(chosen) if isinstance(chosen, (list, tuple)) else [chosen]
    return [name for name, on in value.items() if on in (1, True, "1", "true", "True", "yes")]


def is_broken(text: str) -> bool:
    """Whether it holds half a character: a byte that did not fit the encoding, or half a pair from a \\u escape."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def flat(record: Mapping[str, object]) -> dict[str, object]:
    """A JSON object with one level of objects opened: {"data": {"text": "x"}} gives the column "data.text". Answers
    with their places, {"text": [...], "answer_start": [...]}, stay together."""
    if not any(isinstance(value, dict) for value in record.values()):
        return dict(record)
    cells: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict) and not {"text", "answer_start"} <= value.keys():
            cells.update({f"{key}.{inner}": item for inner, item in value.items()})
        else:
            cells[key] = value
    return cells


def share_of(value: object) -> float | None:
    """A number in 0..1; None for anything else, such as a logit."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0.0 <= value <= 1.0 else None
