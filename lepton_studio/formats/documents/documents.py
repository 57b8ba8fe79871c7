"""Plain text, one text per file: single files, or a folder of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.bounds import whole_text
from lepton_studio.formats.guessing.file_start import FileStart, look_at, with_mark
from lepton_studio.formats.guessing.label_tables import is_about
from lepton_studio.formats.refusal import cannot_open
from lepton_studio.language import tr

TEXT_SUFFIXES = {".txt", ".text", ".md", ""}


def detect(head: FileStart) -> float:
    """A folder of nothing but text files; single files only when asked for (see `sniffing.group`)."""
    if not head.is_folder:
        return 0.05 if head.text else 0.0
    files = [head.path / name for name in head.entries]
    texts = [file for file in files if file.is_file() and file.suffix.lower() in TEXT_SUFFIXES]
    return 0.5 if len(texts) == len(files) >= 20 and all(_is_short(file) for file in texts[:20]) else 0.0


def describe(head: FileStart) -> Guess:
    """One column; each file's encoding is found by itself unless one is chosen."""
    return Guess(format="documents", paths=(head.path,), encoding="", columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """One record per file, files in the order a person counts them (2 before 10)."""
    files = (
        sorted((one for one in path.iterdir() if is_text_file(one) and not is_about(one)), key=natural)
        if path.is_dir()
        else [path]
    )
    for number, file in enumerate(files, start=1):
        yield read_document(file, encoding=guess.encoding, number=number, extra={})


def read_document(file: Path, *, encoding: str, number: int, extra: dict[str, object]) -> Record | Problem:
    """The whole file as one text, without its last line end. `encoding` "" finds it out."""
    try:
        head = look_at(file, encoding=encoding or None)
        if head.kind:
            return Problem(str(file), 1, tr("This is a {kind} file, not text.", kind=head.kind))
        with file.open(encoding=with_mark(head.encoding or "utf-8"), errors="surrogateescape", newline="") as stream:
            text = whole_text(stream, file)
    except UnreadableFile as error:
        return Problem(str(file), 1, str(error))
    except OSError as error:
        return Problem(str(file), 1, cannot_open(file, error))
    except UnicodeDecodeError:
        return Problem(str(file), 1, tr("The text is not valid {encoding}.", encoding=head.encoding))
    text = text.removesuffix("\n").removesuffix("\r")
    return Record(number, {"text": text, **extra}, raw=text, source=str(file))


def is_text_file(path: Path) -> bool:
    """By its name: .txt, .text, .md or no extension, not hidden."""
    return path.is_file() and path.suffix.lower() in TEXT_SUFFIXES and not path.name.startswith(".")


def natural(path: Path | str) -> list[tuple[int, int | str]]:
    """A sort key under which "2" stands before "10"."""
    name = path if isinstance(path, str) else path.name
    parts = re.findall(r"\d+|\D+", name.lower())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]


def _is_short(file: Path) -> bool:
    return file.stat().st_size < 64 << 10


FORMAT = Format(
    id="documents", title="Plain text, one sample per file", detect=detect, describe=describe, records=records
)
