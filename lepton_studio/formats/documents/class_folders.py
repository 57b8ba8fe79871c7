"""Folders of text files, one folder per label: `pos/1.txt neg/2.txt`, also under `train/` and `test/`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.documents.documents import is_text_file, natural, read_document
from lepton_studio.formats.guessing.file_start import FileStart, look_at
from lepton_studio.formats.guessing.label_tables import is_about
from lepton_studio.formats.splits import split_named

_COLUMNS = ("text", "label", "split", "file")
_UNLABELLED = {"unsup", "unlabeled", "unlabelled"}
_MOST_BYTES = 1 << 20
_FEW_FILES, _MANY_LINES = 4, 100


@dataclass(frozen=True, slots=True)
class _ClassFolder:
    folder: Path
    label: str
    split: str


def detect(head: FileStart) -> float:
    """At least two folders that hold text files and nothing else."""
    if not head.is_folder:
        return 0.0
    folders = _class_folders(head.path)
    return 0.9 if len({one.label for one in folders}) >= 2 and all(map(_holds_documents, folders)) else 0.0


def describe(head: FileStart) -> Guess:
    """Columns of its own making: the text, the folder's name, the split's folder, the file's name."""
    split = "split" if any(one.split for one in _class_folders(head.path)) else None
    return Guess(
        format="class_folders",
        paths=(head.path,),
        columns=_COLUMNS,
        text="text",
        label="label",
        split_column=split,
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """One record per file, in the order of folder and file names; a folder "unsup" has no label."""
    number = 0
    for one in _class_folders(path):
        texts = (each for each in one.folder.iterdir() if is_text_file(each) and not is_about(each))
        for file in sorted(texts, key=natural):
            number += 1
            label = "" if one.label.lower() in _UNLABELLED else one.label
            extra: dict[str, object] = {"label": label, "split": one.split, "file": file.name}
            yield read_document(file, encoding=guess.encoding, number=number, extra=extra)


def _class_folders(root: Path) -> list[_ClassFolder]:
    found = []
    for folder in _folders(root):
        inner = _folders(folder)
        if split_named(folder.name) and inner:
            found += [_ClassFolder(each, each.name, folder.name) for each in inner]
        else:
            found.append(_ClassFolder(folder, folder.name, ""))
    return found


def _folders(root: Path) -> list[Path]:
    inside = (one for one in root.iterdir() if one.is_dir() and not one.name.startswith((".", "__")))
    return sorted(inside, key=natural)


def _holds_documents(one: _ClassFolder) -> bool:
    """A folder of text files and nothing else; two or three files of many lines are rather a text a line."""
    inside = [file for file in one.folder.iterdir() if not file.name.startswith(".")]
    if not inside or not all(is_text_file(file) and file.stat().st_size < _MOST_BYTES for file in inside[:50]):
        return False
    return len(inside) >= _FEW_FILES or any(len(look_at(file).lines()) < _MANY_LINES for file in inside)


FORMAT = Format(id="class_folders", title="Folders, one per label", detect=detect, describe=describe, records=records)
