"""Plain text, one text per line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr


def detect(head: FileStart) -> float:
    """Any text can be read so."""
    return 0.3 if head.text and not head.is_folder else 0.0


def describe(head: FileStart) -> Guess:
    """One column, the line."""
    return Guess(format="lines", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per line, its spaces kept."""
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        yield Record(number, {"text": line}, raw=line)


def notices(path: Path, guess: Guess) -> Sequence[str]:
    """What a sample is."""
    return (tr("{file} has no columns: each line is a text.", file=path.name),)


FORMAT = Format(
    id="lines",
    title="Plain text, one sample per line",
    detect=detect,
    describe=describe,
    records=records,
    notices=notices,
)
