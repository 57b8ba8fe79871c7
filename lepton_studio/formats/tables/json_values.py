"""JSON as programs and people write it: NaN is no value, and lines that are nearly JSON are read as what they mean."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lepton_studio.formats.guessing.file_start import split_lines
from lepton_studio.formats.values import as_json
from lepton_studio.language import tr, trn

Repair = Literal["comma", "comment", "lines", "glued", "python"]
"""What was done to a value that is nearly JSON: a comma taken off, a comment passed over, lines put together, one line
taken apart, a value as Python prints it understood."""

DECODER = json.JSONDecoder(parse_constant=lambda _name: None, strict=False)
"""NaN and infinity are no values; a tab or a line end inside of a string belongs to it."""

_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_TRAILING = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
_ABOVE = re.compile(r"(?:[ \t\r\n\ufeff]+|(?://|#)[^\r\n]*)*")
_LOOKS_SO = re.compile(r"\s*(?:\{\s*[\"']|\[\s*[{\"\[]|[\[{]\s*$)", re.MULTILINE)
_COMMENTS = ("//", "#")
_REASONS = {
    "Expecting value": "a value is missing or not in quotation marks",
    "Unterminated string": "a quotation mark is missing",
    "Expecting ',' delimiter": "a comma or a bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name": "a name in quotation marks is missing",
    "Extra data": "there is more after its end",
    "Invalid \\": "a backslash has no meaning",
    "Exceeds the limit": "a number has too many digits",
}
"""How Python begins to say what is wrong -> the same for a person."""
_LONGEST_PYTHON = 100_000
_MOST_LINES, _MOST_CHARACTERS = 100_000, 16 << 20
"""What one value may be spread over, so that a lost bracket does not make one of a whole file."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a file of lines, or why the line is none; `number` is the line where it begins."""

    number: int
    value: object = None
    why: str = ""


def parse(text: str) -> object:
    """The value of a JSON text. Raises ValueError, RecursionError."""
    value, end = DECODER.raw_decode(text, _start(text))
    if text[end:].strip():
        raise json.JSONDecodeError("Extra data", text, end)
    return value


def reason(error: Exception) -> str:
    """Why a text is no JSON, for a person."""
    if isinstance(error, RecursionError):
        return tr("too deeply nested")
    said = str(error)
    return next((tr(why) for begin, why in _REASONS.items() if said.startswith(begin)), tr("it is not JSON"))


def read_values(lines: Iterable[str], repairs: Counter[Repair] | None = None) -> Iterator[Value]:
    """The values of these lines, one a line or spread over several. `repairs` counts what was done to them.

    A value spread over lines ends with its last bracket; a line that begins with a whole object is not part of one.
    """
    counts = Counter[Repair]() if repairs is None else repairs
    pending: list[tuple[int, str]] = []
    depth = size = 0
    for number, line in enumerate(lines, start=1):
        if not pending and line.startswith("{"):
            try:  # nearly every line is an object by itself
                value, end = DECODER.raw_decode(line)
                if end == len(line):
                    yield Value(number, value)
                    continue
            except (ValueError, RecursionError):
                pass
        bare = line.strip()
        if not bare:
            continue
        if bare.startswith(_COMMENTS):
            counts["comment"] += 1
            continue
        if not pending and (several := _several(bare)):
            counts["glued"] += 1
            yield from (Value(number, one) for one in several)
            continue
        if not pending or line.startswith("{"):
            found = _value(number, bare, counts)
            if not found.why and (not pending or isinstance(found.value, dict)):
                yield from _flaws(pending)
                pending, depth, size = [], 0, 0
                yield found
                continue
            if not pending and not bare.startswith(("{", "[")):
                yield found
                continue
        pending.append((number, bare))
        depth, size = depth + _depth(bare), size + len(bare)
        if depth <= 0:
            whole = _value(pending[0][0], "\n".join(one for _, one in pending), counts)
            counts["lines"] += not whole.why and len(pending) > 1
            yield from _flaws(pending) if whole.why else (whole,)
            pending, size = [], 0
        elif len(pending) > _MOST_LINES or size > _MOST_CHARACTERS:
            yield from _flaws(pending)
            pending, depth, size = [], 0, 0
    yield from _flaws(pending)


def opens_with(text: str) -> str:
    """The first character that is neither white space nor part of a comment; "" where there is none."""
    match = _ABOVE.match(text)
    return text[match.end() : match.end() + 1] if match else ""


def why_no_json(text: str, *, suffix: str) -> str:
    """Why a text that is plainly meant to be JSON, by its first line or by the name of its file, cannot be read; ""
    where it is meant to be something else."""
    if not _LOOKS_SO.match(text) and suffix not in (".json", ".jsonl", ".ndjson"):
        return ""
    flaw = next((one for one in read_values(split_lines(text)) if one.why), None)
    return "" if flaw is None else tr("line {line}: {why}", line=flaw.number, why=flaw.why)


def repaired(repairs: Counter[Repair], *, first: int | None = None) -> list[str]:
    """What was repaired, in sentences; `first`: only so many lines were looked at."""
    said = []
    if count := repairs["comma"]:
        said.append(
            trn("{count} object ends with a comma, which was removed.",
                "{count} objects end with a comma, which was removed.", count)
        )  # fmt: skip
    if count := repairs["comment"]:
        said.append(trn("{count} line is a comment and was ignored.",
                        "{count} lines are comments and were ignored.", count))  # fmt: skip
    if count := repairs["lines"]:
        said.append(trn("{count} object spans several lines and was joined.",
                        "{count} objects span several lines and were joined.", count))  # fmt: skip
    if count := repairs["glued"]:
        said.append(trn("{count} line holds several objects and was split up.",
                        "{count} lines hold several objects and were split up.", count))  # fmt: skip
    if count := repairs["python"]:
        said.append(trn("{count} line is in Python's notation instead of JSON and was converted.",
                        "{count} lines are in Python's notation instead of JSON and were converted.",
                        count))  # fmt: skip
    if said and first is not None:
        said.append(tr("Only the first {count} lines were counted.", count=first))
    return said


def _start(text: str) -> int:
    return len(text) - len(text.lstrip())


def _value(number: int, text: str, counts: Counter[Repair]) -> Value:
    """The value of a text, repaired where that is plain."""
    try:
        return Value(number, parse(text))
    except (ValueError, RecursionError) as error:
        why = reason(error)
    mended = _TRAILING.sub(lambda found: found[1] or "", text.removesuffix(",").rstrip())
    try:
        if mended != text:
            found = Value(number, parse(mended))
            counts["comma"] += 1
            return found
    except (ValueError, RecursionError):
        pass
    if text.startswith(("{'", "['", '{"')) and len(text) <= _LONGEST_PYTHON:
        try:
            printed = ast.literal_eval(text.removesuffix(","))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return Value(number, why=why)
        if isinstance(printed, (dict, list)):
            counts["python"] += 1
            return Value(number, as_json(printed))
    return Value(number, why=why)


def _several(line: str) -> list[object]:
    """The objects that stand on one line, with commas between them or not; none where it is not several objects."""
    found: list[object] = []
    position = 0
    while line[position : position + 1] == "{":
        try:
            value, position = DECODER.raw_decode(line, position)
        except (ValueError, RecursionError):
            return []
        found.append(value)
        position = len(line) - len(line[position:].lstrip(" \t,"))
    return found if position == len(line) and len(found) > 1 else []


def _flaws(pending: Iterable[tuple[int, str]]) -> Iterator[Value]:
    """Lines that make no value: each by itself, so that none is lost."""
    for number, line in pending:
        yield _value(number, line, Counter())


def _depth(line: str) -> int:
    """How many more brackets a line opens than it closes, outside of strings."""
    bare = _STRING.sub("", line)
    return bare.count("{") + bare.count("[") - bare.count("}") - bare.count("]")
