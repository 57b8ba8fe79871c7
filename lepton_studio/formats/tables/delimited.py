"""Tables as text: CSV, TSV and their kin. Delimiter, quoting and header are found out; the csv module cuts the rows."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from io import StringIO
from itertools import chain, islice
from pathlib import Path

from lepton_studio.formats.base import Doubt, Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.bounds import bounded_lines
from lepton_studio.formats.guessing.file_start import FileStart, with_mark
from lepton_studio.formats.guessing.roles import knows_column
from lepton_studio.formats.tables.delimited_writing import write_delimited
from lepton_studio.formats.tables.escapes import Escapes, escaped_quotes, escapes_quotes, unescaped, writes_nulls
from lepton_studio.formats.tables.header import column_names, has_header, header_row
from lepton_studio.formats.tables.table_columns import EVERY_PART
from lepton_studio.formats.values import NO_VALUE
from lepton_studio.language import tr, trn

DELIMITERS: tuple[tuple[str, str], ...] = ((",", "Comma"), ("\t", "Tab"), (";", "Semicolon"), ("|", "Bar"))
_USUAL = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".psv": "|"}
_QUOTING_BYTES = 2 << 20
_SAMPLED_ROWS = 3000
_MOST_RECOVERIES = 100
_CHECKED_ROWS = 50_000
_FEW_LINES = 4
_MANY_ODD_ROWS, _MANY_ODD_SHARE = 5, 0.005
_NO_DELIMITER = "\x1f"
_MOST_CHARACTERS_IN_A_CELL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is cut into cells. `shape`: the share of rows with the usual number of cells, `width`. `escapes` as
    in `Guess`."""

    delimiter: str
    quoting: bool
    width: int = 1
    shape: float = 0.0
    escapes: Escapes = ""


def detect(head: FileStart) -> float:
    """Sure by extension where the rows agree; by the rows alone otherwise, tabs more than commas (prose has commas)."""
    if head.is_folder or not head.text:
        return 0.0
    found = find_dialect(head)
    if head.suffix in _USUAL:
        return 0.9 if found.shape > 0.8 or found.width == 1 else 0.6
    if found.width < 2 or head.text.count("\n") < 2:
        return 0.0
    sure = {"\t": 0.7, ";": 0.45, "|": 0.45, ",": 0.4}[found.delimiter]
    return sure if found.shape > (0.95 if found.delimiter == "\t" else 0.995) else 0.0


def describe(head: FileStart) -> Guess:
    """Dialect, header and columns of a table."""
    dialect = find_dialect(head)
    rows = cut_rows(head.text, dialect, limit=_SAMPLED_ROWS)
    rows = rows if head.complete or len(rows) >= _SAMPLED_ROWS else rows[:-1] or rows
    header = _header(rows)
    return Guess(
        format="csv",
        paths=(head.path,),
        encoding=head.encoding,
        delimiter=dialect.delimiter,
        quoting=dialect.quoting,
        escapes=dialect.escapes,
        missing=frozenset(word for word in NO_VALUE if f'"{word}"' not in head.text),  # in quotes it is a text
        header_rows=header,
        columns=_names(rows, header),
    )


def _header(rows: Sequence[Sequence[str]]) -> int:
    """How many rows end with the one that names the columns: a line "sep=;" and a title may stand above it."""
    above = 1 if rows and _says_separator(rows[0]) else 0
    if has_header(rows[above:]):
        return above + 1
    if not above and rows and sum(map(bool, rows[0])) == 1:
        width = max(map(len, rows))
        return header_row([[*row, *[""] * (width - len(row))] for row in rows])
    return above


def _says_separator(row: Sequence[str]) -> bool:
    return bool(row) and row[0].lstrip("\ufeff").lower().startswith("sep=") and not any(row[1:])


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The columns under other settings than those guessed."""
    rows = [cells for _, cells in islice(table_rows(path, guess), _SAMPLED_ROWS) if not isinstance(cells, Problem)]
    return _names(rows, guess.header_rows)


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """The rows after the header. A row with fewer or more filled cells than there are columns is a Problem."""
    names, source = guess.columns, str(path)
    width = len(names)
    needed = 1 + max((names.index(name) for name in (guess.text, guess.label) if name in names), default=0)
    for number, cells in table_rows(path, guess):
        if isinstance(cells, Problem):
            yield cells
            continue
        if number <= guess.header_rows or not cells:
            continue
        if len(cells) < needed or (len(cells) > width and any(cells[width:])):
            yield Problem(source, number, _wrong_width(len(cells), width, guess), dict(zip(names, cells, strict=False)))
            continue
        values = dict(zip(names, cells, strict=False))
        yield Record(number, values, raw=values)


def notices(path: Path, guess: Guess) -> Sequence[str]:
    """That there are no columns, where there are none; what backslashes mean."""
    said = []
    if len(guess.columns) == 1 and not guess.header_rows:
        said.append(tr("{file} has no columns: each line is a text.", file=path.name))
    if guess.escapes == "quotes":
        said.append(tr("A backslash before a quotation mark is not part of the text."))
    if guess.escapes == "all":
        said.append(tr("Backslashes are read as databases write them: \\n is a new line, \\N a missing value."))
    return said


def doubts(path: Path, guess: Guess) -> Sequence[Doubt]:
    """Whether many rows do not have the cells that the others have: then the quotes fit no table from some row on."""
    found = _odd_rows(path, guess)
    if found.odd < _MANY_ODD_ROWS or found.odd < _MANY_ODD_SHARE * found.rows:
        return ()
    other = _odd_rows(path, replace(guess, quoting=not guess.quoting))
    first = max(found, other, key=lambda one: one.first)  # as far as the table goes, read in the better way
    sentence = tr(
        "{odd} of {rows} rows of {file} do not have {width} cells. The first is row {first}. A quotation mark may "
        "be missing or misplaced there.",
        odd=found.odd, rows=found.rows, file=path.name, width=len(guess.columns), first=first.shown,
    )  # fmt: skip
    return (Doubt("quoting", sentence),)


@dataclass(frozen=True, slots=True)
class _OddRows:
    """How many rows do not fit, of how many; the first of them, and how a person may find it."""

    odd: int
    rows: int
    first: int = 0
    shown: str = ""


def _odd_rows(path: Path, guess: Guess) -> _OddRows:
    width, rows, short = len(guess.columns), 0, 0
    wrong: list[Record | Problem] = []
    first_short: Record | None = None
    odd = 0
    for record in islice(records(path, guess), _CHECKED_ROWS):
        rows += 1
        if isinstance(record, Problem):
            odd += 1
            wrong = wrong or [record]
        elif len(record.cells) < width:
            short += 1
            first_short = first_short or record
    if 2 * short > rows and first_short is not None:  # else some rows only end early
        odd += short
        wrong.append(first_short)
    first = min(wrong, key=lambda one: one.row, default=None)
    return _OddRows(odd, rows, first.row, _shown(first.row, first.cells)) if first is not None else _OddRows(odd, rows)


def _shown(row: int, cells: Mapping[str, object] | None) -> str:
    words = " ".join(" ".join(map(str, (cells or {}).values())).split())
    return f"{row} (“{words[:50]}…”)" if words else str(row)


def _wrong_width(found: int, expected: int, guess: Guess) -> str:
    if found < expected:
        return tr("This row has {found} of {expected} cells.", found=found, expected=expected)
    if guess.quoting:
        return tr(
            "This row has {found} cells instead of {expected}; a cell that contains the separator must be in quotes.",
            found=found,
            expected=expected,
        )
    return tr("This row has {found} cells instead of {expected}.", found=found, expected=expected)


def _names(rows: Sequence[Sequence[str]], header_rows: int) -> tuple[str, ...]:
    body = rows[header_rows:]
    width = Counter(len(row) for row in body if row).most_common(1)[0][0] if any(body) else 0
    first = list(rows[header_rows - 1]) if 0 < header_rows <= len(rows) else []
    first = [] if _says_separator(first) else first
    return column_names(first if first else [""] * width)


def table_rows(path: Path, guess: Guess) -> Iterator[tuple[int, list[str] | Problem]]:
    """(row number from 1, cells). A quote that is opened and never closed costs its line, not the rest of the file."""
    csv.field_size_limit(_MOST_CHARACTERS_IN_A_CELL)
    with path.open(encoding=with_mark(guess.encoding), errors="surrogateescape", newline="") as stream:
        lines: Iterator[str] = bounded_lines(stream, path)
        number = 0
        for _ in range(_MOST_RECOVERIES):
            feed = _Feed(lines)
            for cells in _reader(feed, Dialect(guess.delimiter, guess.quoting, escapes=guess.escapes)):
                number += 1
                if feed.ended and len(feed.pending) > 0:
                    yield number, Problem(str(path), number, tr("A quotation mark opened here is never closed."))
                    break
                feed.pending.clear()
                yield number, cells
            else:
                return
            lines = chain(feed.pending[1:], lines)
        rest = sum(1 for _ in lines)
        reason = trn(
            "From here on the quotation marks do not match: {count} line was left out.",
            "From here on the quotation marks do not match: {count} lines were left out.",
            rest,
        )
        yield number + 1, Problem(str(path), number + 1, reason)


class _Feed:
    """Lines for a csv reader, with those of the row being read kept in `pending`; `ended` once the file has run out."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.pending: list[str] = []
        self.ended = False
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.ended = True
            raise
        self.pending.append(line)
        return line


def _reader(lines: Iterator[str], dialect: Dialect) -> Iterator[list[str]]:
    cut = csv.reader(
        escaped_quotes(lines) if dialect.escapes == "quotes" else lines,
        delimiter=dialect.delimiter or _NO_DELIMITER,
        quoting=csv.QUOTE_MINIMAL if dialect.quoting else csv.QUOTE_NONE,
    )
    return unescaped(cut, dialect.escapes) if dialect.escapes else cut


@lru_cache(maxsize=4)  # `detect` and `describe` ask one after the other
def find_dialect(head: FileStart) -> Dialect:
    """The delimiter under which most rows have the same number of cells, two or more; whether quotes are syntax."""
    if not head.text:
        raise UnreadableFile(tr("{file} is empty.", file=head.path.name))
    csv.field_size_limit(_MOST_CHARACTERS_IN_A_CELL)
    usual = _USUAL.get(head.suffix)
    if said := re.match(r"sep=([,;\t|])\r?\n", head.text, re.IGNORECASE):
        return _measure(head.text, said[1], quoting=_quotes_are_syntax(head, said[1]))
    tried = []
    for delimiter, _ in DELIMITERS:
        if delimiter in head.text and not _is_prose(head, delimiter):
            ways = [_measure(head.text, delimiter, quoting=quoting) for quoting in (True, False)]
            if escapes_quotes(head.text, delimiter):
                ways.insert(0, _measure(head.text, delimiter, quoting=True, escapes="quotes"))
            tried.append(max(ways, key=lambda one: one.shape if one.width > 1 else 0.0))
    wide = [one for one in tried if one.width > 1 and one.shape > 0.5]
    if not wide and (named := _by_header(head)):
        return named
    if not wide:
        absent = next((char for char, _ in ((usual or ",", ""), *DELIMITERS) if char not in head.text), _NO_DELIMITER)
        return Dialect(absent, quoting='"' in head.text and _quotes_are_syntax(head, absent), width=1, shape=1.0)
    best = max(wide, key=lambda one: (round(one.shape, 2), one.delimiter == usual, one.delimiter == "\t", one.width))
    if best.escapes:
        return best
    quoting = _quotes_are_syntax(head, best.delimiter)
    escapes: Escapes = "all" if best.delimiter == "\t" and writes_nulls(head.text) and '"' not in head.text else ""
    return _measure(head.text, best.delimiter, quoting=quoting and not escapes, escapes=escapes)


def _is_prose(head: FileStart, delimiter: str) -> bool:
    """Whether these are the commas of sentences: a space behind nearly each, no header above them, and no few words
    that begin or end many lines."""
    if delimiter not in ",;" or any(knows_column(cell.strip(' "\r')) for cell in head.lines()[0].split(delimiter)):
        return False
    apart = head.text.count(f"{delimiter} ") + head.text.count(f"{delimiter}\n")
    if '"' in head.text or apart <= 0.95 * head.text.count(delimiter):
        return False
    cells = [line.split(delimiter) for line in head.lines() if delimiter in line]
    edges = ({cell[0].strip() for cell in cells}, {cell[-1].strip() for cell in cells})
    return len(cells) < _FEW_LINES or all(2 * len(words) > len(cells) for words in edges)


def _by_header(head: FileStart) -> Dialect | None:
    """For few, uneven rows: the delimiter under which the first line has several cells, one a usual column's name."""
    first = head.text.partition("\n")[0]
    for delimiter, _ in DELIMITERS:
        cells = first.split(delimiter)
        if len(cells) > 1 and any(knows_column(cell.strip(' "\r')) for cell in cells):
            return Dialect(delimiter, _quotes_are_syntax(head, delimiter), len(cells), 1.0)
    return None


def cut_rows(text: str, dialect: Dialect, *, limit: int) -> list[list[str]]:
    return list(islice(_reader(StringIO(text, newline=""), dialect), limit))


def _measure(text: str, delimiter: str, *, quoting: bool, escapes: Escapes = "") -> Dialect:
    tried = Dialect(delimiter, quoting, escapes=escapes)
    rows = [row for row in cut_rows(text, tried, limit=_SAMPLED_ROWS) if row]
    if not rows:
        return tried
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return replace(tried, width=width, shape=count / len(rows))


def _quotes_are_syntax(head: FileStart, delimiter: str) -> bool:
    """Whether `"` encloses cells. It does where quoted cells hold the delimiter. It does not where the rows come out
    even with quotes as plain text, and some stand where CSV has none: in unquoted cells, or (but in CSV proper) behind
    a backslash."""
    text = head.text if head.complete else _more_text(head)
    if '"' not in text:
        return True
    first = text.partition("\n")[0].rstrip("\r").split(delimiter)
    if all(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in first):
        return True  # even the names of the columns stand in quotes
    edge = re.escape(delimiter)
    quoted_cell = re.compile(rf'(?:^|{edge})"([^"\n]*(?:""[^"\n]*)*)"(?=$|\r|{edge})', re.MULTILINE)
    enclosed = quoted_cell.findall(text)
    stray = len(re.findall(rf'(?:^|{edge})[^"{edge}\n][^{edge}\n]*"', quoted_cell.sub("", text), re.MULTILINE))
    if sum(delimiter in cell for cell in enclosed) > 2 * stray:
        return True
    quoted, plain = (_measure_all(text, delimiter, quoting=quoting) for quoting in (True, False))
    if plain.shape < 0.98 * quoted.shape:
        return True
    if quoted.shape < 0.98 * plain.shape or len(enclosed) <= stray:
        return False
    return delimiter == "," or not any('\\"' in cell for cell in enclosed)


def _measure_all(text: str, delimiter: str, *, quoting: bool) -> Dialect:
    widths = Counter(len(row) for row in _reader(StringIO(text, newline=""), Dialect(delimiter, quoting)) if row)
    width, count = widths.most_common(1)[0]
    return Dialect(delimiter, quoting, width, count / widths.total())


def _more_text(head: FileStart) -> str:
    with head.path.open(encoding=with_mark(head.encoding), errors="surrogateescape", newline="") as stream:
        text = stream.read(_QUOTING_BYTES)
    return text[: text.rfind("\n") + 1] or text


FORMAT = Format(
    id="csv",
    title="Table (CSV, TSV)",
    detect=detect,
    describe=describe,
    records=records,
    columns=columns,
    notices=notices,
    doubts=doubts,
    write=write_delimited,
    holds=EVERY_PART,
    suffix=".csv",
)
