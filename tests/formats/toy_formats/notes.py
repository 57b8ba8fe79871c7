"""A whole format in one file: `label | text`, a line each. A new format touches nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr

_BAR = " | "


def detect(head: FileStart) -> float:
    return 0.95 if head.suffix == ".notes" and _BAR in head.text else 0.0


def describe(head: FileStart) -> Guess:
    columns = ("label", "text")
    return Guess("notes", (head.path,), encoding=head.encoding, columns=columns, text="text", label="label")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        label, bar, text = line.partition(_BAR)
        if bar:
            yield Record(number, {"label": label, "text": text}, raw=line)
        else:
            yield Problem(str(path), number, tr("There is no bar between label and text."), {"text": line})


def write(path: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            label = row.labels[0] if row.labels else ""
            stream.write(f"{label}{_BAR}{' '.join(row.text.split())}\n")
    return ()


FORMAT = Format(
    id="notes",
    title="Notes",
    detect=detect,
    describe=describe,
    records=records,
    write=write,
    holds=frozenset({"labels"}),
    suffix=".notes",
)
