"""The sheets of a workbook as words."""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from lepton_studio.formats.native_files import unreadable
from lepton_studio.language import tr
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.reading import read, stamp

_SPANS_ROWS = re.compile(rb'number-rows-spanned="(?!1")')
_SEARCHED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `rows` are of one width and begin at the sheet's row 1: their numbers are those a person sees.

    `filled`: how many cells got the words of the merged cell that they are part of.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    is_hidden: bool = False
    filled: int = 0

    @property
    def rows_with_cells(self) -> int:
        """How many rows are not empty."""
        return sum(any(row) for row in self.rows)


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """All sheets with cells, in the order of their tabs; sheets of charts are none. Raises UnreadableFile, OSError."""
    try:
        return _read(path, stamp(path))
    except NativeFailure as failure:
        damaged = tr("Cannot open {file} as a workbook: it is damaged, or not a workbook.", file=path.name)
        raise unreadable(path, failure, damaged=damaged) from failure


@lru_cache(maxsize=1)  # a guess asks for the same workbook several times
def _read(path: Path, _stamp: tuple[int, int, int]) -> tuple[Sheet, ...]:
    found = []
    with closing(read("workbook", path)) as values:
        for name, is_hidden, filled, count in values:
            found.append(Sheet(name, tuple(map(tuple, islice(values, count))), is_hidden, filled))
    return tuple(found)


def has_unfilled(path: Path) -> bool:
    """Whether a workbook of OpenOffice has cells merged downwards: the library tells of those of Excel only."""
    if path.suffix.lower() != ".ods":
        return False
    with (
        suppress(OSError, KeyError, zipfile.BadZipFile, zlib.error),
        zipfile.ZipFile(path) as packed,
        packed.open("content.xml") as stream,
    ):
        return _SPANS_ROWS.search(stream.read(_SEARCHED_BYTES)) is not None
    return False
