"""The objects of a JSON or JSON Lines file, for the formats of tools: looked at in the head, and read one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart, look_at, read_lines
from lepton_studio.formats.guessing.roles import knows_column
from lepton_studio.formats.marks_json import BadMarks
from lepton_studio.formats.misshapen import MISSHAPEN
from lepton_studio.formats.tables.json_file import load
from lepton_studio.formats.tables.json_shapes import OF_ONE_TEXT, Broken, elements, listings_in
from lepton_studio.formats.tables.json_values import opens_with, read_values
from lepton_studio.language import tr

JsonObject = Mapping[str, Any]
_PEEKED = 40


@dataclass(frozen=True, slots=True)
class Peek:
    """The first objects of a file; `lines`: they stand there one by one, as in JSON Lines; `outer`: there is only this
    one; `key` holds their list."""

    objects: tuple[JsonObject, ...] = ()
    lines: bool = False
    key: str = ""
    outer: JsonObject | None = None


@lru_cache(maxsize=8)  # every format of a JSON tool asks for the same head
def peek(head: FileStart) -> Peek:
    """What the head of a file holds; nothing for other kinds of file, and where several lists are to choose from. A
    whole file that is one object is one record, unless all it does is to hold a list."""
    opens = "" if head.is_folder else opens_with(head.text)
    if opens not in ("{", "["):
        return Peek()
    found = list(islice(read_values(head.lines()), _PEEKED)) if opens == "{" else []
    objects = _objects(one.value for one in found)
    is_alone = head.complete and len(found) == len(objects) == 1
    if is_alone and not _holds_records(objects[0]):
        return Peek(objects, lines=True, outer=objects[0])
    if not is_alone and objects and len(objects) > 0.7 * len(found):
        return Peek(objects, lines=True)
    lists = listings_in(head.text)
    if len(lists) != 1:
        return Peek()
    return Peek(_objects(value for value, _ in islice(elements(head.text, lists[0]), _PEEKED)), key=lists[0].key)


def _holds_records(one: JsonObject) -> bool:
    """Whether an object says no text itself: it has no usual column, nor an object of columns, nor a conversation."""
    says = any(isinstance(value, dict) or (isinstance(value, str) and knows_column(key)) for key, value in one.items())
    return not says and not OF_ONE_TEXT & one.keys() and any(isinstance(value, list) for value in one.values())


def _objects(values: Iterable[object]) -> tuple[JsonObject, ...]:
    return tuple(one for one in values if isinstance(one, dict))


def share(head: FileStart, test: Callable[[JsonObject], bool]) -> float:
    """The share of the objects at the head of a file that pass the test, 0 where there are none. One that has another
    shape than the test expects does not pass."""
    objects = peek(head).objects
    return sum(_passes(one, test) for one in objects) / len(objects) if objects else 0.0


def _passes(one: JsonObject, test: Callable[[JsonObject], bool]) -> bool:
    try:
        return test(one)
    except OTHER_SHAPE:
        return False


OTHER_SHAPE = MISSHAPEN
"""What reading raises where a value has another shape than its tool gives it."""


def each_record(
    path: Path, encoding: str, read: Callable[[int, JsonObject], Record | Problem]
) -> Iterator[Record | Problem]:
    """What `read` makes of each object, as `read_objects` finds them; one whose marks it cannot understand is a
    Problem. Raises UnreadableFile, OSError."""
    for item in read_objects(path, encoding):
        if isinstance(item, Problem):
            yield item
            continue
        number, one = item
        try:
            yield read(number, one)
        except OTHER_SHAPE as error:
            yield Problem(str(path), number, unreadable_marks(error))


def unreadable_marks(error: Exception) -> str:
    """The sentence for an object whose marks have another shape."""
    why = str(error) if isinstance(error, BadMarks) else tr("they have a different structure")
    return tr("Cannot read its marks: {why}.", why=why)


def read_objects(path: Path, encoding: str) -> Iterator[tuple[int, JsonObject] | Problem]:
    """(number from 1, object) of a list of objects, of JSON Lines, or of one object.

    What is no object is a Problem; where JSON breaks off, what stands before is kept. Raises UnreadableFile where
    nothing can be read, and OSError.
    """
    if peek(look_at(path, encoding=encoding)).lines:
        yield from _from_lines(path, encoding)
        return
    text = load(path, encoding)
    lists = listings_in(text)
    if not lists:
        raise UnreadableFile(tr("{file} has no list of records.", file=path.name))
    for number, (value, place) in enumerate(elements(text, lists[0]), start=1):
        if isinstance(value, dict):
            yield number, value
        elif isinstance(value, Broken):
            line, why = text.count("\n", 0, place) + 1, value.why
            if number == 1:
                raise UnreadableFile(
                    tr("{file} is not valid JSON (line {line}: {why}).", file=path.name, line=line, why=why)
                )
            reason = tr("The JSON is invalid at line {line} ({why}); nothing after it was read.", line=line, why=why)
            yield Problem(str(path), number, reason)
        else:
            yield Problem(str(path), number, tr("This element is not a JSON object with named values."))


def _from_lines(path: Path, encoding: str) -> Iterator[tuple[int, JsonObject] | Problem]:
    for one in read_values(read_lines(path, encoding)):
        if isinstance(one.value, dict):
            yield one.number, one.value
        elif one.why:
            yield Problem(str(path), one.number, tr("This line is not valid JSON: {why}.", why=one.why))
        else:
            yield Problem(str(path), one.number, tr("This line is not a JSON object with named values."))


def extra_columns(objects: tuple[JsonObject, ...], used: frozenset[str]) -> tuple[str, ...]:
    """The other keys of these objects, in order."""
    return tuple(dict.fromkeys(key for one in objects for key in one if key not in used))
