"""A conversation a line, `__eou__` behind each turn, labels behind tabs or in files beside it (DailyDialog)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.corpora.conversations import PARTIES, as_sample, turns_json
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr
from lepton_studio.project.marks import TURNS, Marks

_END = "__eou__"
_BESIDE = ("topic", "action", "emotion")
_IN_LINE = ("topic", "acts", "emotions")
_TEXT = re.compile(r"_text(_\w+)?(?=\.)")
_LABELS = re.compile(r"_(topic|action|act|emotion)(?=\.)")


def detect(head: FileStart) -> float:
    """Nearly every line has ends of turns."""
    if head.is_folder or _END not in head.text:
        return 0.0
    lines = [line for line in head.lines()[:100] if line.strip()]
    return 0.98 if sum(_END in line for line in lines) > 0.9 * len(lines) else 0.0


def is_beside(path: Path) -> bool:
    """Whether this is a file of labels that belongs to a file of conversations."""
    if not _LABELS.search(path.name):
        return False
    return any(_TEXT.search(other.name) for other in path.parent.glob("*" + path.suffix))


def describe(head: FileStart) -> Guess:
    """The label is the topic; what each turn does and feels are extra fields."""
    first = next((line for line in head.lines() if line.strip()), "")
    names = _IN_LINE[: first.count("\t")] or tuple(_label_files(head.path))
    return Guess(
        format="turn_lines",
        paths=(head.path,),
        encoding=head.encoding,
        columns=("text", *names),
        text="text",
        label="topic" if "topic" in names else None,
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per line; two parties speak by turns. Raises UnreadableFile where files of labels have other lines."""
    files = _label_files(path)
    count = sum(1 for _ in read_lines(path, guess.encoding))
    beside = {}
    for name, file in files.items():
        beside[name] = list(read_lines(file, "utf-8"))
        if len(beside[name]) != count:
            raise UnreadableFile(
                tr("Cannot match {file} and {labels} line by line: their numbers of lines differ ({texts} and "
                   "{marks}).",
                    file=path.name, labels=file.name, texts=count, marks=len(beside[name]))
            )  # fmt: skip
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        talk, *labels = line.split("\t")
        said = [turn.strip() for turn in talk.split(_END) if turn.strip()]
        if not said:
            continue
        turns = tuple((PARTIES[place % 2], turn) for place, turn in enumerate(said))
        text, stored, targets = as_sample(turns, wants=guess.wants)
        cells: dict[str, object] = {"text": text, TURNS: turns_json(turns) if guess.by_turn else stored}
        cells |= {name: lines[number - 1].strip() for name, lines in beside.items()}
        cells |= {name: label.strip() for name, label in zip(_IN_LINE, labels, strict=False)}
        wrong = [
            name
            for name in ("acts", "emotions", "action", "emotion")
            if name in cells and len(str(cells[name]).split()) != len(said)
        ]
        remark = tr("Its number of {names} differs from its number of turns.", names=", ".join(wrong)) if wrong else ""
        yield Record(number, cells, raw=line, marks=Marks(targets=targets), remark=remark)


def _label_files(path: Path) -> dict[str, Path]:
    """Label -> its file of lines beside a file of conversations."""
    if not _TEXT.search(path.name):
        return {}
    files = {name: path.with_name(_TEXT.sub(f"_{name}", path.name)) for name in _BESIDE}
    return {name: file for name, file in files.items() if file.is_file()}


FORMAT = Format(
    id="turn_lines",
    title="Conversations, one per line",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
)
