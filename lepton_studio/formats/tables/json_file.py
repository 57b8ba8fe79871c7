"""JSON: a list of records, several such lists under the keys of an object, or a table in another shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from lepton_studio.formats.base import ALL_TABLES, Doubt, Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.bounds import whole_text
from lepton_studio.formats.guessing.file_start import FileStart, with_mark
from lepton_studio.formats.guessing.roles import guess_roles
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tables.json_lines import union_of_keys
from lepton_studio.formats.tables.json_shapes import (
    Broken,
    Listing,
    cells_of,
    elements,
    is_object,
    is_split,
    listings_in,
    order_of_pairs,
)
from lepton_studio.formats.tables.json_values import opens_with
from lepton_studio.formats.values import as_text
from lepton_studio.language import tr

_SAMPLED_ROWS = 3000
_COMPARED_ROWS = 50


def detect(head: FileStart) -> float:
    """Starts as JSON does; JSON Lines are asked first."""
    if head.is_folder or not head.text:
        return 0.0
    if opens_with(head.text) in ("[", "{") or head.suffix == ".json":
        return 0.8 if listings_in(head.text) else (0.6 if head.suffix == ".json" else 0.0)
    return 0.0


def describe(head: FileStart) -> Guess:
    """The lists called by splits together, else the one that looks most like texts; and the keys of its objects."""
    text = _whole(head)
    lists = listings_in(text)
    if not lists:
        raise UnreadableFile(_no_list(head.path))
    splits = [one for one in lists if one.is_split]
    return _guess(head, text, lists, table=ALL_TABLES if len(splits) > 1 else _wordiest(text, lists).key)


def of_table(head: FileStart, name: str) -> Guess:
    """The guess for the list of this name. Raises UnreadableFile."""
    text = _whole(head)
    lists = listings_in(text)
    known = _tables(lists)
    if name not in known and name not in (one.key for one in lists):
        raise UnreadableFile(
            tr("{file} has no list {name}. Its lists: {known}.", file=head.path.name, name=name, known=", ".join(known))
        )
    return _guess(head, text, lists, table=name)


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The keys under another encoding."""
    text = load(path, guess.encoding)
    return _columns(text, _chosen(_lists(path, guess.encoding), guess.table, path))


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Record numbers count the elements; lists that are read together have their splits. Where the file breaks off, the
    elements before it are kept."""
    text = load(path, guess.encoding)
    chosen = _chosen(_lists(path, guess.encoding), guess.table, path)
    together = guess.table == ALL_TABLES
    numbers = 0
    for listing in chosen:
        order = _order(text, listing)
        split = split_named(listing.key.rpartition(".")[2]) if together else None
        for value, place in elements(text, listing):
            numbers += 1
            if isinstance(value, Broken):
                line, why = text.count("\n", 0, place) + 1, value.why
                if numbers == 1:
                    raise UnreadableFile(_broken(path, line=line, why=why))
                reason = tr(
                    "The JSON is invalid at line {line} ({why}); nothing after it was read.", line=line, why=why
                )
                yield Problem(str(path), numbers, reason)
            elif (cells := cells_of(value, order)) is None:
                yield Problem(str(path), numbers, tr("This element is not a JSON object with named values."))
            else:
                yield Record(numbers, cells, raw=value, split=split)


def notices(path: Path, guess: Guess) -> list[str]:
    """Which lists are read and which are not."""
    if len(guess.tables) < 2:
        return []
    names = [one for one in guess.tables if one != ALL_TABLES]
    if guess.table == ALL_TABLES:
        read = [one for one in names if is_split(one)]
        said = [tr("The lists {names} are read, each as a split.", names=", ".join(read))]
    else:
        read = [guess.table]
        said = [tr("The list {name} is read.", name=guess.table)]
    if others := [name for name in names if name not in read]:
        said.append(tr("Lists not read: {names}.", names=", ".join(others)))
    return said


def doubts(path: Path, guess: Guess) -> Sequence[Doubt]:
    """Which of several lists holds the samples, where they are not called by splits, is a guess."""
    if len(guess.tables) < 2 or guess.table == ALL_TABLES or "table" in guess.answered:
        return ()
    sentence = tr(
        "{file} has several lists ({names}); {name} is the one that looks like samples.",
        file=path.name,
        names=", ".join(one for one in guess.tables if one != ALL_TABLES),
        name=guess.table,
    )
    return (Doubt("table", sentence),)


def load(path: Path, encoding: str) -> str:
    """The whole file. Raises OSError, UnicodeDecodeError."""
    with path.open(encoding=with_mark(encoding), errors="surrogateescape", newline="") as stream:
        return whole_text(stream, path)


def _lists(path: Path, encoding: str) -> Sequence[Listing]:
    stat = path.stat()
    return _lists_of(path, encoding, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)  # a file is read several times, and finding the lists in an object means to decode it
def _lists_of(path: Path, encoding: str, _size: int, _changed: int) -> Sequence[Listing]:
    return listings_in(load(path, encoding))


def _whole(head: FileStart) -> str:
    """The text of the head; of the whole file where more lists may stand behind it."""
    return head.text if head.complete or not is_object(head.text) else load(head.path, head.encoding)


def _guess(head: FileStart, text: str, lists: Sequence[Listing], *, table: str) -> Guess:
    tables = _tables(lists)
    return Guess(
        format="json",
        paths=(head.path,),
        encoding=head.encoding,
        table=table,
        tables=tables if len(tables) > 1 else (),
        columns=_columns(text, _chosen(lists, table, head.path)),
    )


def _tables(lists: Sequence[Listing]) -> tuple[str, ...]:
    """The names to choose from; first all that are called by splits."""
    several = sum(one.is_split for one in lists) > 1
    return (*((ALL_TABLES,) if several else ()), *(one.key for one in lists))


def _chosen(lists: Sequence[Listing], table: str, path: Path) -> Sequence[Listing]:
    """The lists that a guess with this table reads. Raises UnreadableFile."""
    if table == ALL_TABLES:
        found = [one for one in lists if one.is_split]
    else:
        found = [one for one in lists if one.key == table] or list(lists[:1])
    if not found:
        raise UnreadableFile(_no_list(path))
    return found


def _wordiest(text: str, lists: Sequence[Listing]) -> Listing:
    """The list whose records have the longest texts."""
    return max(lists, key=lambda one: _words(text, one)) if len(lists) > 1 else lists[0]


def _words(text: str, listing: Listing) -> float:
    """The mean length of what looks like the text of its records, 0 where nothing does."""
    sample = [value for value, _ in islice(elements(text, listing), _COMPARED_ROWS)]
    rows = [cells for value in sample if (cells := cells_of(value)) is not None]
    column = guess_roles(union_of_keys(rows), rows).text
    return sum(len(as_text(row.get(column))) for row in rows) / len(rows) if rows and column is not None else 0.0


def _columns(text: str, lists: Sequence[Listing]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for listing in lists:
        order = _order(text, listing)
        sample = (cells_of(value, order) for value, _ in islice(elements(text, listing), _SAMPLED_ROWS))
        found.update(dict.fromkeys(union_of_keys(sample)))
    return tuple(found)


def _order(text: str, listing: Listing) -> tuple[str, ...]:
    if listing.kind != "lists":
        return ()
    return order_of_pairs([value for value, _ in islice(elements(text, listing), _COMPARED_ROWS)])


def _no_list(path: Path) -> str:
    return tr(
        "{file} has no list of records that could be samples. Save it as a list of objects, each with a text.",
        file=path.name,
    )


def _broken(path: Path, *, line: int, why: str) -> str:
    return tr("{file} is not valid JSON (line {line}: {why}).", file=path.name, line=line, why=why)


FORMAT = Format(
    id="json",
    title="JSON",
    detect=detect,
    describe=describe,
    records=records,
    columns=columns,
    of_table=of_table,
    notices=notices,
    doubts=doubts,
)
