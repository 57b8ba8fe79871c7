"""JSON: a list of objects, or one object that holds such a list under one of its keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.head import Head, with_mark
from lepton_studio.formats.json_lines import union_of_keys
from lepton_studio.formats.values import flat
from lepton_studio.language import tr

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_SAMPLED_ROWS = 3000


@dataclass(frozen=True, slots=True)
class _List:
    """Where a list of records starts: `position` is behind its "["; `key` is "" for the file's outermost list."""

    key: str
    position: int


def detect(head: Head) -> float:
    """Starts as JSON does; JSON Lines are asked first."""
    if head.is_folder or not head.text:
        return 0.0
    if head.text.lstrip()[:1] in ("[", "{"):
        return 0.8 if lists_in(head.text) else (0.6 if head.suffix == ".json" else 0.0)
    return 0.3 if head.suffix == ".json" else 0.0


def describe(head: Head) -> Guess:
    """The first list of objects, and the keys of its first objects."""
    lists = lists_in(head.text)
    if not lists:
        raise UnreadableFile(_no_list(head.path))
    chosen = lists[0]
    sample = islice(elements(head.text, chosen.position), _SAMPLED_ROWS)
    return Guess(
        format="json",
        paths=(head.path,),
        encoding=head.encoding,
        table=chosen.key,
        tables=tuple(one.key for one in lists) if len(lists) > 1 else (),
        columns=union_of_keys(value for value, _ in sample if not isinstance(value, Broken)),
    )


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The keys under another encoding or another list."""
    text = load(path, guess.encoding)
    found = _chosen(text, guess, path)
    sample = islice(elements(text, found.position), _SAMPLED_ROWS)
    return union_of_keys(value for value, _ in sample if not isinstance(value, Broken))


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Record numbers count the list's elements. Where the file breaks off, the elements before it are kept."""
    text = load(path, guess.encoding)
    found = _chosen(text, guess, path)
    for number, (value, place) in enumerate(elements(text, found.position), start=1):
        if isinstance(value, dict):
            yield Record(number, flat(value), raw=value)
        elif isinstance(value, str):
            yield Record(number, {"text": value}, raw=value)
        elif isinstance(value, Broken):
            line, why = text.count("\n", 0, place) + 1, value.why
            if number == 1:
                raise UnreadableFile(_broken(path, line=line, why=why))
            reason = tr("The JSON is broken at line {line} ({why}); nothing after it was read.", line=line, why=why)
            yield Problem(str(path), number, reason)
        else:
            yield Problem(str(path), number, tr("This element is not a JSON object with named values."))


@dataclass(frozen=True, slots=True)
class Broken:
    """In place of an element: the file goes no further, and why."""

    why: str


def load(path: Path, encoding: str) -> str:
    """The whole file. Raises OSError, UnicodeDecodeError."""
    with path.open(encoding=with_mark(encoding), errors="surrogateescape", newline="") as stream:
        return stream.read()


def _chosen(text: str, guess: Guess, path: Path) -> _List:
    lists = lists_in(text)
    found = next((one for one in lists if one.key == guess.table), lists[0] if lists else None)
    if found is None:
        raise UnreadableFile(_no_list(path))
    return found


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def lists_in(text: str) -> list[_List]:
    """The lists of objects (or strings) at the top or one level below, as far as `text` goes."""
    start = _skip(text, 0)
    if text[start : start + 1] == "[":
        return [_List("", start + 1)] if text[_skip(text, start + 1) :][:1] in ("{", '"', "]", "") else []
    found: list[_List] = []
    position = _skip(text, start + 1) if text[start : start + 1] == "{" else len(text)
    while text[position : position + 1] == '"':
        try:
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, position)
            if text[position : position + 1] != ":":
                break
            position = _skip(text, position + 1)
            if text[position : position + 1] == "[" and text[_skip(text, position + 1) :][:1] == "{":
                found.append(_List(key, position + 1))
            _, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        position = _skip(text, position)
        if text[position : position + 1] != ",":
            break
        position = _skip(text, position + 1)
    return found


def elements(text: str, position: int) -> Iterator[tuple[object, int]]:
    """(element, where it starts); last a `Broken` if the list is not closed properly."""
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return
        start = position
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
            yield Broken(why), start
            return
        yield value, start
        position = _skip(text, position)
        follows = text[position : position + 1]
        if follows == ",":
            position += 1
        elif follows != "]":
            yield Broken(tr("a comma or a closing bracket is missing")), position
            return


def _no_list(path: Path) -> str:
    return tr(
        "{file} holds no list of records that could be samples. Save it as a list of objects, each with a text.",
        file=path.name,
    )


def _broken(path: Path, *, line: int, why: str) -> str:
    return tr("{file} is not valid JSON (line {line}: {why}).", file=path.name, line=line, why=why)


FORMAT = Format(id="json", title="JSON", detect=detect, describe=describe, records=records, columns=columns)
