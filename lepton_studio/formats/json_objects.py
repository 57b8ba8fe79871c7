"""The objects of a JSON or JSON Lines file, for the formats of tools: looked at in the head, and read one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Problem, UnreadableFile
from lepton_studio.formats.head import Head, read_lines
from lepton_studio.formats.json_file import Broken, elements, lists_in, load
from lepton_studio.language import tr

JsonObject = Mapping[str, Any]
_PEEKED = 40
_MOST_KEYS = 12


@dataclass(frozen=True, slots=True)
class Peek:
    """The first objects of a file; `lines`: it is JSON Lines; `outer`: it is one object, `key` holds its list."""

    objects: tuple[JsonObject, ...] = ()
    lines: bool = False
    key: str = ""
    outer: JsonObject | None = None


@lru_cache(maxsize=8)  # every format of a JSON tool asks for the same head
def peek(head: Head) -> Peek:
    """What the head of a file holds; nothing for other kinds of file. A whole file that is one object counts as one
    object, whatever lists it holds."""
    if head.is_folder or head.text.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return Peek()
    first = _whole(head.text) if head.complete else None
    if isinstance(first, dict):
        return Peek((first,), outer=first)
    if head.text.lstrip().startswith("{"):
        lines = [line for line in islice(head.lines(), _PEEKED) if line.strip()]
        found = [_whole(line) for line in lines]
        objects = tuple(one for one in found if isinstance(one, dict))
        if len(objects) > 0.7 * len(lines):
            return Peek(objects, lines=True)
    lists = lists_in(head.text)
    if not lists:
        return Peek()
    values = (value for value, _ in islice(elements(head.text, lists[0].position), _PEEKED))
    return Peek(tuple(one for one in values if isinstance(one, dict)), key=lists[0].key)


def share(head: Head, test: Callable[[JsonObject], bool]) -> float:
    """The share of the objects at the head of a file that pass the test, 0 where there are none."""
    objects = peek(head).objects
    return sum(map(test, objects)) / len(objects) if objects else 0.0


def read_objects(path: Path, encoding: str, *, single: bool = False) -> Iterator[tuple[int, JsonObject] | Problem]:
    """(number from 1, object) of a list of objects, of JSON Lines, or of one object where `single`.

    What is no object is a Problem; where JSON breaks off, what stands before is kept. Raises UnreadableFile where
    nothing can be read, and OSError.
    """
    if _is_lines(path, encoding):
        yield from _from_lines(path, encoding)
        return
    text = load(path, encoding)
    whole = _whole(text) if single else None
    if isinstance(whole, dict):
        yield 1, whole
        return
    lists = lists_in(text)
    if not lists:
        raise UnreadableFile(tr("{file} holds no list of records.", file=path.name))
    for number, (value, place) in enumerate(elements(text, lists[0].position), start=1):
        if isinstance(value, dict):
            yield number, value
        elif isinstance(value, Broken):
            line, why = text.count("\n", 0, place) + 1, value.why
            if number == 1:
                raise UnreadableFile(
                    tr("{file} is not valid JSON (line {line}: {why}).", file=path.name, line=line, why=why)
                )
            reason = tr("The JSON is broken at line {line} ({why}); nothing after it was read.", line=line, why=why)
            yield Problem(str(path), number, reason)
        else:
            yield Problem(str(path), number, tr("This element is not a JSON object with named values."))


def _from_lines(path: Path, encoding: str) -> Iterator[tuple[int, JsonObject] | Problem]:
    for number, line in enumerate(read_lines(path, encoding), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
            yield Problem(str(path), number, tr("This line is not valid JSON: {why}.", why=why))
            continue
        if isinstance(found, dict):
            yield number, found
        else:
            yield Problem(str(path), number, tr("This line is not a JSON object with named values."))


def _is_lines(path: Path, encoding: str) -> bool:
    """Whether each of the first two lines is an object by itself (or the one line there is)."""
    lines = [line for line in islice(read_lines(path, encoding), 5) if line.strip()][:2]
    return (
        bool(lines)
        and all(line.lstrip("\ufeff ").startswith("{") for line in lines)
        and (len(lines) > 1 or isinstance(_whole(lines[0]), dict))
    )


def _whole(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def extra_columns(objects: tuple[JsonObject, ...], used: frozenset[str]) -> tuple[str, ...]:
    """The other keys of these objects, in order."""
    return tuple(dict.fromkeys(key for one in objects for key in one if key not in used))
