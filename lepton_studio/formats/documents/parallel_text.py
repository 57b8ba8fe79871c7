"""Texts and what is written for them in two files of lines: `train.en` and `train.de`, `val.src` and `val.tgt`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row, UnreadableFile
from lepton_studio.formats.guessing.column_roles import is_language
from lepton_studio.formats.guessing.file_start import FileStart, look_at, read_lines
from lepton_studio.formats.losses import Losses
from lepton_studio.language import tr

_SIDES = (
    ("src", "tgt"), ("src", "trg"), ("source", "target"), ("article", "summary"), ("document", "summary"),
    ("input", "output"), ("dialogue", "summary"), ("complex", "simple"), ("orig", "corr"),
)  # fmt: skip
_FIRST = ("en", "src")


def pair_of(path: Path) -> tuple[Path, Path] | None:
    """(texts, what is written for them) where there is exactly one other file of the same name with the ending of a
    language or a side; English, or else the first in the alphabet, is the text."""
    name, side = _split(path)
    if not side:
        return None
    others = []
    for other in path.parent.glob(f"{_escaped(name)}.*"):
        other_name, other_side = _split(other)
        if other != path and other_name == name and other_side and _belong(side, other_side):
            others.append(other)
    if len(others) != 1:
        return None
    both = sorted((path, others[0]), key=lambda one: _order(_split(one)[1], _split(path)[1], _split(others[0])[1]))
    return both[0], both[1]


def written_beside(path: Path) -> Path | None:
    """The texts that belong to a file of what is written for them, for a file that is the second of a pair."""
    pair = pair_of(path)
    return pair[0] if pair and pair[1] == path else None


def detect(head: FileStart) -> float:
    """By the names of two files."""
    return 0.96 if head.text and not head.is_folder and pair_of(head.path) else 0.0


def describe(head: FileStart) -> Guess:
    """Two columns, called by the endings of the files. Raises UnreadableFile where one file is gone."""
    texts, written = _files(head.path)
    names = (_split(texts)[1], _split(written)[1])
    return Guess(
        format="parallel_text",
        paths=(texts,),
        encoding=head.encoding,
        columns=names,
        text=names[0],
        roles={"target": names[1]},
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per line. Raises UnreadableFile when the two files have different numbers of lines."""
    texts, written = _files(path)
    encodings = [look_at(one).encoding if one != path else guess.encoding for one in (texts, written)]
    counts = [
        sum(1 for _ in read_lines(one, code or "utf-8")) for one, code in zip((texts, written), encodings, strict=True)
    ]
    if counts[0] != counts[1]:
        raise UnreadableFile(
            tr(
                "Cannot match {file} and {other} line by line: their numbers of lines differ ({texts} and "
                "{written}).",
                file=texts.name, other=written.name, texts=counts[0], written=counts[1],
            )
        )  # fmt: skip
    names = (_split(texts)[1], _split(written)[1])
    lines = (read_lines(one, code or "utf-8") for one, code in zip((texts, written), encodings, strict=True))
    for number, (text, translation) in enumerate(zip(*lines, strict=True), start=1):
        cells = {names[0]: text, names[1]: translation}
        yield Record(number, cells, raw=cells)


def _files(path: Path) -> tuple[Path, Path]:
    pair = pair_of(path)
    if pair is None:
        raise UnreadableFile(tr("There is no matching second file next to {file}.", file=path.name))
    return pair


def _split(path: Path) -> tuple[str, str]:
    """("train", "en") of train.en and train.en.txt; ("", "") for other names."""
    name = path.name.removesuffix(".txt")
    stem, _, side = name.rpartition(".")
    sides = {one for pair in _SIDES for one in pair}
    return (stem, side) if stem and (side in sides or is_language(side)) else ("", "")


def _belong(one: str, other: str) -> bool:
    return (is_language(one) and is_language(other)) or (one, other) in _SIDES or (other, one) in _SIDES


def _order(side: str, one: str, other: str) -> tuple[bool, str]:
    known = next((pair for pair in _SIDES if set(pair) == {one, other}), None)
    return (side != (known[0] if known else _FIRST[0]), side)


def _escaped(name: str) -> str:
    return re.sub(r"([\[\]*?])", r"[\1]", name)


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """A folder with a pair of files for each split, `train.source` and `train.target`; rows without a split go to
    "all". Line ends inside texts become spaces; a sample without anything written is left out. Raises OSError."""
    losses = Losses()
    target.mkdir()
    streams = {}
    try:
        for row in rows:
            if not row.marks.targets:
                losses.add(tr("samples without a target text"), row)
                continue
            name = row.split or "all"
            if name not in streams:
                streams[name] = [
                    (target / f"{name}.{side}").open("w", encoding="utf-8", newline="\n")
                    for side in ("source", "target")
                ]
            for stream, text in zip(streams[name], (row.text, row.marks.targets[0]), strict=True):
                line = re.sub(r"\r\n|\r|\n", " ", text)
                losses.add(tr("line breaks inside texts"), row, line != text)
                stream.write(line + "\n")
    finally:
        for pair in streams.values():
            for stream in pair:
                stream.close()
    return losses.found()


FORMAT = Format(
    id="parallel_text",
    title="Texts and translations in two files",
    detect=detect,
    describe=describe,
    records=records,
    write=write,
    holds=frozenset({"targets", "split", "spacing"}),
)
