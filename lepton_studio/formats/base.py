"""What reading files is about: rows, problems, the guess how a file is to be read, and what a format must say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lepton_studio.formats.head import Head
from lepton_studio.project.records import Split


@dataclass(frozen=True, slots=True)
class Row:
    """One text on its way in, with what its file says of it.

    `labels` are label names as spelled in the file, or what its table of names says for its numbers; `source` is the
    path as given; `row` is 1-based: the row a spreadsheet shows for tables (header counted), else the line or record.
    `raw` is the source row as read, JSON-able. `remark` is a sentence where something of the row was not taken over.
    """

    text: str
    labels: tuple[str, ...] = ()
    split: Split | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    row: int = 0
    raw: object | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken; `reason` is a sentence for the person."""

    source: str
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row as its format sees it, before anyone asks which cell is the text: column name -> cell.

    Cells are str, or JSON values (list, dict, int, float, bool, None) where the format has types.
    """

    row: int
    cells: Mapping[str, object]
    raw: object | None = None
    source: str = ""
    """Where it differs from the path being read (folders of files)."""


class UnreadableFile(Exception):
    """A file that cannot be read at all; its text names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Guess:
    """How a set of files is read. Every field may be changed with `dataclasses.replace`, then `formats.refresh`.

    `splits` and `file_labels` have one entry per path. Empty `encoding` or `delimiter`: the format has none to choose.
    """

    format: str
    paths: tuple[Path, ...]
    encoding: str = ""
    delimiter: str = ""
    quoting: bool = True
    header_rows: int = 0
    table: str = ""
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    text: str | None = None
    more_text: tuple[str, ...] = ()
    joiner: str = "\n"
    label: str | None = None
    label_separator: str = ""
    label_names: Mapping[str, str] = field(default_factory=dict)
    split_column: str | None = None
    splits: tuple[Split | None, ...] = ()
    file_labels: tuple[str, ...] = ()
    verdict: str | None = None
    preview: tuple[Row | Problem, ...] = ()
    notices: tuple[str, ...] = ()

    def with_split(self, split: Split | None) -> Guess:
        """The same, with every row in `split`, whatever the file or its name says."""
        return replace(self, split_column=None, splits=(split,) * len(self.paths))


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. A module of this package that defines `FORMAT = Format(...)` is found by `all_formats`.

    detect(head) -> confidence in 0..1; 0 for "not mine". Looks at the head only.
    describe(head) -> Guess with encoding, delimiter, columns...; may leave text and label None for `roles` to find.
        Raises UnreadableFile.
    records(path, guess) -> the rows of one file, streamed. Raises UnreadableFile, also mid-way.
    columns(path, guess) -> the column names under the guess's present settings (after the person changed them).
    """

    id: str
    title: str
    detect: Callable[[Head], float]
    describe: Callable[[Head], Guess]
    records: Callable[[Path, Guess], Iterator[Record | Problem]]
    columns: Callable[[Path, Guess], tuple[str, ...]] = lambda path, guess: guess.columns
