"""How much of a file is taken at once: a line that no person wrote is refused, whatever the file says of itself."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from lepton_studio.formats.refusal import UnreadableFile
from lepton_studio.language import tr
from lepton_studio.stopping import go_on

MOST_COLUMNS = 10_000
_LONGEST_LINE = 32 << 20
_LARGEST_TEXT = 1 << 30
_CHUNK = 4 << 20
_LINES_BETWEEN = 256


def bounded_lines(stream: TextIO, path: Path) -> Iterator[str]:
    """The lines of an open file, ends and all. Raises UnreadableFile at one of more than 32 million characters, and
    what `stopping.go_on` raises."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        if number % _LINES_BETWEEN == 1:
            go_on()
        if len(line) == _LONGEST_LINE:
            raise UnreadableFile(
                tr(
                    "Line {line} of {file} has more than {count} million characters, too many for a text "
                    "to be labelled. Is it another kind of file?",
                    file=path.name,
                    count=_LONGEST_LINE >> 20,
                    line=f"{number:,}",
                )
            )
        yield line


def whole_text(stream: TextIO, path: Path) -> str:
    """All of an open file. Raises UnreadableFile over 1 GiB, and what `stopping.go_on` raises."""
    if path.stat().st_size > _LARGEST_TEXT:
        raise UnreadableFile(
            tr("{file} is too large to be read at once. Save it as JSON Lines, one record per line.", file=path.name)
        )
    pieces = []
    while piece := stream.read(_CHUNK):
        go_on()
        pieces.append(piece)
    return "".join(pieces)


def is_regular(path: Path) -> bool:
    """Whether it is a plain file: opening a pipe or a device may never come back. Raises OSError."""
    return stat.S_ISREG(path.stat().st_mode)
