"""The wire between the window and the child, version 2: a frozen dataclass a message, one JSON line each.

The window asks (`Request`, with an id of its own choice) and may take it back (`Cancel`); the child does one request
after another and says `of` which each event is. A request ends with exactly one last event. Events go to the child's
file descriptor for events and, of a run, to `events.jsonl` in its folder; commands come on the child's stdin. NaN and
infinity are not JSON: they travel as null.

Version 1 knew one job a process: its events say no `of` (0 here), its stops no id. Run folders still hold both.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import Mapping
from typing import Any, get_type_hints

import msgspec

from lepton_studio.runs.events import Event
from lepton_studio.runs.requests import Command

WIRE = 2
"""The version that this program speaks."""

_KINDS: dict[str, type[Any]] = {kind.__name__.lower(): kind for kind in (*Event.__args__, *Command.__args__)}


def encode(message: Event | Command) -> str:
    """The message as one JSON line, without the line end."""
    content = {"type": type(message).__name__.lower(), **dataclasses.asdict(message)}
    return json.dumps(_finite(content), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


class BadLine(ValueError):
    """A line that is no message of this version; the text, for the log, says what is wrong with it.

    `of`: the id of the request that it was to make, where that can be read; else 0. `is_message`: it says of itself
    that it is one, and so is no stray print.
    """

    def __init__(self, what: str, *, line: str | bytes, of: int = 0, is_message: bool = False) -> None:
        super().__init__(f"{what}: {line[:200]!r}")
        self.of = of
        self.is_message = is_message


def decode(line: str | bytes) -> Event | Command:
    """The message of a line that `encode` wrote, every field of the type that it is declared with.

    A number that was not finite comes back as None or NaN, or is left out of `scores`. Unknown fields of a newer
    version are ignored. Raises BadLine.
    """
    try:
        content = msgspec.json.decode(line)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadLine(f"no JSON ({error})", line=line) from error
    name = content.get("type") if isinstance(content, dict) else None
    if not isinstance(name, str):
        raise BadLine("a line that says no type", line=line)
    id = content.get("id")
    of = id if isinstance(id, int) else 0
    kind = _KINDS.get(name)
    if kind is None:
        raise BadLine(f"the type {name!r} is not known", line=line, of=of, is_message=True)
    try:
        message: Event | Command = msgspec.convert(_with_numbers(content, kind), kind, str_keys=True)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadLine(f"{name}: {error}", line=line, of=of, is_message=True) from error
    return message


@functools.cache
def _numbers(kind: type[Any]) -> frozenset[str]:
    """The fields that must be a number."""
    return frozenset(name for name, hint in get_type_hints(kind).items() if hint is float)


def _with_numbers(content: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Nulls of numbers that were not finite: NaN where one must stand; a score that is no number is none."""
    for name in _numbers(kind):  # type: ignore[arg-type] # WORKAROUND mypy: a class is hashable
        if name in content and content[name] is None:
            content[name] = math.nan
    if "scores" in content:
        content["scores"] = _without_null(content["scores"])
    return content


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(one) for name, one in value.items() if one is not None}
    return value


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
