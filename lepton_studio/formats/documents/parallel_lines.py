"""Texts and labels in two files, matched line by line: `train_text.txt` and `train_labels.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.documents.documents import TEXT_SUFFIXES
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr

_TEXT_WORD = re.compile(r"(?<![a-z])(texts?|sentences?|inputs?|data|seq\.in)(?![a-z])", re.IGNORECASE)
_SUFFIXES = {*TEXT_SUFFIXES, ".in"}
_LABEL_WORDS = ("labels", "label", "classes", "targets", "gold")


def labels_beside(path: Path) -> Path | None:
    """The file of labels that belongs to a file of texts, by their names."""
    for match in _TEXT_WORD.finditer(path.name):
        for word in _LABEL_WORDS:
            other = path.with_name(path.name[: match.start()] + word + path.name[match.end() :])
            if other != path and other.is_file():
                return other
    return None


def detect(head: FileStart) -> float:
    """A file of lines by its name, with a file of labels beside it."""
    is_lines = head.text and head.suffix in _SUFFIXES
    return 0.96 if is_lines and labels_beside(head.path) else 0.0


def describe(head: FileStart) -> Guess:
    """Columns text and label."""
    return Guess(
        format="parallel_lines",
        paths=(head.path,),
        encoding=head.encoding,
        columns=("text", "label"),
        text="text",
        label="label",
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per line of the texts. Raises UnreadableFile when the two files have different numbers of lines."""
    labels = labels_beside(path)
    if labels is None:
        raise UnreadableFile(tr("The label file next to {file} is missing.", file=path.name))
    texts, marks = (sum(1 for _ in read_lines(one, guess.encoding)) for one in (path, labels))
    if texts != marks:
        raise UnreadableFile(
            tr(
                "Cannot match {file} and {labels} line by line: their numbers of lines differ ({texts} and {marks}).",
                file=path.name,
                labels=labels.name,
                texts=texts,
                marks=marks,
            )
        )
    both = zip(read_lines(path, guess.encoding), read_lines(labels, guess.encoding), strict=True)
    for number, (text, label) in enumerate(both, start=1):
        yield Record(number, {"text": text, "label": label}, raw={"text": text, "label": label})


FORMAT = Format(
    id="parallel_lines", title="Texts and labels in two files", detect=detect, describe=describe, records=records
)
