"""Dictionaries and pattern files: words that are marked wherever they stand, as suggestions.

Read are the patterns of Prodigy and spaCy, `{"label": "CITY", "pattern": "New York"}` or with a list of tokens
`[{"lower": "new"}, {"lower": "york"}]` a line (their "Token-based matching": https://spacy.io/usage/rule-based-matching);
tables of two columns (words, label) with a comma, semicolon or tab between; and plain lists of words in a file that is
named as the label.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lepton_studio.contract.span_values import Span, in_order
from lepton_studio.contract.task import BadAnnotation
from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.scripts import HAN_AND_KANA
from lepton_studio.stopping import go_on

_LONGEST_CELL = 10_000
"""Characters of words to look for; what is longer is another kind of file."""
_TOKEN = re.compile(rf"[{HAN_AND_KANA}]|[^\W{HAN_AND_KANA}]+|[^\w\s]")

_LONGEST = 0.01
"""Seconds for a regular expression and one token: who labels waits for those of a text."""

Find = Callable[[str], tuple[Span, ...]]
"""The spans of a text that a dictionary knows."""

Condition = Callable[[str], bool]
"""Whether a token may stand there."""

_FLAGS: Mapping[str, Condition] = {
    "is_digit": str.isdigit,
    "is_alpha": str.isalpha,
    "is_title": str.istitle,
    "is_upper": str.isupper,
    "is_lower": str.islower,
    "is_punct": lambda token: not any(character.isalnum() for character in token),
    "like_num": str.isnumeric,
}


@dataclass(slots=True)
class _Node:
    """Where reading has come to: what may follow as a case-folded token, and the labels of what ends here."""

    next: dict[str, _Node] = field(default_factory=dict)
    labels: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Tokens told by conditions."""

    conditions: tuple[Condition, ...]
    label: int

    def fits(self, tokens: Sequence[tuple[int, int, str]]) -> bool:
        """Whether each token, (start, end, word), is as its condition wants it."""
        return all(fits(word) for fits, (_, _, word) in zip(self.conditions, tokens, strict=True))


def read_patterns(path: Path, labels: Labels) -> Find:
    """The function that marks what the file lists: words in any case, the longest match where several begin.

    Raises BadAnnotation with a sentence where the file is none of these, or names no label of the project; OSError.
    """
    ids = {label.name.casefold(): label.id for label in labels}
    root, patterns, unknown = _Node(), [], set()
    for name, pattern in _entries(path, ids):
        label = ids.get(name.casefold())
        if label is None:
            unknown.add(name)
        elif isinstance(pattern, str):
            _insert(root, pattern, label=label)
        else:
            patterns.append(_Pattern(pattern, label))
    if not root.next and not patterns:
        shown = ", ".join(sorted(unknown)[:5])
        if unknown:
            raise BadAnnotation(
                tr("{file} has labels that are not in this project: {names}.", file=path.name, names=shown)
            )
        raise BadAnnotation(tr("{file} contains no words.", file=path.name))
    return lambda text: _find(text, root, patterns)


def is_pattern_file(path: Path) -> bool:
    """Whether it may hold rules, which take time, rather than words only."""
    return path.suffix.lower() in (".jsonl", ".json", ".ndjson")


def _entries(path: Path, ids: Mapping[str, int]) -> Iterator[tuple[str, str | tuple[Condition, ...]]]:
    """(label, words or conditions) of each line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadAnnotation(tr("{file} is not a UTF-8 text file.", file=path.name)) from error
    if is_pattern_file(path):
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _prodigy(line, place=tr("line {number} of {file}", number=number, file=path.name))
        return
    delimiter = max("\t;,", key=lambda one: sum(one in line for line in lines[:100]))
    own = path.stem if path.stem.casefold() in ids else ""
    for number, row in _rows(lines, delimiter, file=path.name):
        cells = [cell.strip() for cell in row]
        if len(cells) > 1 and cells[0] and cells[1]:
            yield cells[1], cells[0]
        elif any(cells) and own:
            yield own, cells[0]
        elif any(cells):
            sentence = tr(
                "Line {number} of {file} has no label. Use two columns, or name the file after the label.",
                number=number,
                file=path.name,
            )
            raise BadAnnotation(sentence)


def _rows(lines: Sequence[str], delimiter: str, *, file: str) -> Iterator[tuple[int, list[str]]]:
    """(number from 1, cells). Raises BadAnnotation where a cell is longer than any words to look for."""
    number = 0
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            if max(map(len, row), default=0) > _LONGEST_CELL:  # not csv's own limit: that one is the whole process's
                raise BadAnnotation(_too_long(number, file))
            yield number, row
    except csv.Error as error:
        raise BadAnnotation(_too_long(number + 1, file)) from error


def _too_long(number: int, file: str) -> str:
    return tr("Line {number} of {file} is too long for an entry of a word list.", number=number, file=file)


def _prodigy(line: str, *, place: str) -> tuple[str, str | tuple[Condition, ...]]:
    try:
        stored = json.loads(line)
        label, pattern = str(stored["label"]), stored["pattern"]
        if isinstance(pattern, str):
            return label, pattern
        tokens = [{str(key).lower(): wanted for key, wanted in token.items()} for token in pattern]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadAnnotation(tr("Invalid pattern ({place}).", place=place)) from error
    if all(set(token) == {"lower"} for token in tokens):
        return label, " ".join(str(token["lower"]) for token in tokens)
    return label, tuple(_condition(token, place=place) for token in tokens)


def _condition(token: Mapping[str, object], *, place: str) -> Condition:
    tests = []
    for key, wanted in token.items():
        test = _test(key, wanted)
        if test is None:
            raise BadAnnotation(tr("Unknown condition {name} ({place}).", name=key, place=place))
        tests.append(test)
    return lambda word: all(test(word) for test in tests)


def _test(key: str, wanted: object) -> Condition | None:
    match key, wanted:
        case "lower", str(folded):
            return lambda word: word.casefold() == folded.casefold()
        case (("orth" | "text"), str(exact)):
            return lambda word: word == exact
        case "text", {"REGEX": str(rule)}:
            return _rule(rule)
        case _, bool(flag) if key in _FLAGS:
            return lambda word: _FLAGS[key](word) == flag
    return None


def _rule(rule: str) -> Condition | None:
    """Whether a token holds what a regular expression wants; one that takes too long holds it not."""
    import regex  # here: few files have such a condition, and the window starts without it

    try:
        wanted = regex.compile(rule)
    except regex.error:
        return None

    def test(word: str) -> bool:
        try:
            return wanted.search(word, timeout=_LONGEST) is not None
        except TimeoutError:
            return False

    return test


def _insert(root: _Node, words: str, *, label: int) -> None:
    node = root
    for token in _TOKEN.findall(words):
        node = node.next.setdefault(token.casefold(), _Node())
    if node is not root and label not in node.labels:
        node.labels.append(label)


def _find(text: str, root: _Node, patterns: Iterable[_Pattern]) -> tuple[Span, ...]:
    tokens = [(match.start(), match.end(), match.group()) for match in _TOKEN.finditer(text)]
    folded = [token.casefold() for _, _, token in tokens]
    spans: list[Span] = []
    free = 0
    for first, (start, _, _) in enumerate(tokens):
        go_on()
        if first < free:
            continue
        last, labels = _longest(folded, first, root)
        for pattern in patterns:
            end = first + len(pattern.conditions)
            if last < end <= len(tokens) and pattern.fits(tokens[first:end]):
                last, labels = end, [pattern.label]
        spans += (Span(start, tokens[last - 1][1], label) for label in labels[:1])
        free = max(free, last)
    return in_order(spans)


def _longest(folded: list[str], first: int, root: _Node) -> tuple[int, list[int]]:
    """(the place behind the longest entry that begins at `first`, its labels)."""
    node, last, labels = root, first, list[int]()
    for place in range(first, len(folded)):
        found = node.next.get(folded[place])
        if found is None:
            break
        node = found
        if node.labels:
            last, labels = place + 1, node.labels
    return last, labels
