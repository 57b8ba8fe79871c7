"""The first part of a file, read and decoded once for all formats to look at; and the text of a file, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lepton_studio.formats.bounds import bounded_lines, is_regular
from lepton_studio.formats.encoding import detect_encoding
from lepton_studio.formats.refusal import UnreadableFile
from lepton_studio.language import tr

HEAD_BYTES = 256 << 10
_LONGEST_FIRST_LINE = 2 << 20

_MAGIC = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3\0", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "Office"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
)


_CONTROLS = bytes({*range(1, 32)} - set(b"\t\n\v\f\r\x1a\x1b"))
_FEW_CONTROLS, _MOST_CONTROLS = 64, 0.02


@dataclass(frozen=True, slots=True)
class FileStart:
    """What is known of a path before it is read: for a folder its entries, for a file its first 256 KiB, decoded.

    `encoding` is "" and `text` empty for binary files; `kind` names the binary kind by its first bytes ("PDF", "zip").
    `text` ends at a line end unless it is the whole file (`complete`).
    """

    path: Path
    is_folder: bool = False
    size: int = 0
    start: bytes = b""
    kind: str = ""
    encoding: str = ""
    text: str = ""
    complete: bool = True
    entries: tuple[str, ...] = field(default_factory=tuple)

    @property
    def suffix(self) -> str:
        """The extension, lower-case, with its dot."""
        return self.path.suffix.lower()

    @property
    def ascii_only(self) -> bool:
        """Whether any ASCII-compatible encoding reads this file alike."""
        return self.encoding == "ascii"

    def lines(self) -> list[str]:
        """The lines of the decoded head, without their ends."""
        return split_lines(self.text)


def look_at(path: Path, *, encoding: str | None = None) -> FileStart:
    """The head of a path. `encoding` overrides detection. Raises OSError, UnreadableFile."""
    if path.is_dir():
        entries = tuple(sorted(entry.name for entry in path.iterdir() if not entry.name.startswith((".", "__"))))
        return FileStart(path, is_folder=True, entries=entries)
    if not is_regular(path):
        raise UnreadableFile(tr("{file} is not an ordinary file. Save its content as a file first.", file=path.name))
    with path.open("rb") as stream:
        start = stream.read(HEAD_BYTES)
        if b"\n" not in start and start.lstrip()[:1] in (b"{", b"["):
            start += stream.readline(_LONGEST_FIRST_LINE)  # one long text a line: half a record tells nothing
    size = path.stat().st_size
    complete = size <= len(start)
    kind = next((name for magic, name in _MAGIC if start.startswith(magic)), "") or _unknown_kind(start)
    if kind or not start:
        return FileStart(path, size=size, start=start, kind=kind, complete=complete)
    name = encoding or detect_encoding(path, start)
    text = _decode(start, name, complete=complete)
    if not complete and "\n" in text:
        text = text[: text.rindex("\n") + 1]
    return FileStart(path, size=size, start=start, encoding=name, text=text, complete=complete)


def _unknown_kind(start: bytes) -> str:
    """ "binary" where control characters abound, as in no text but UTF-16 and UTF-32, whose control bytes are zeros."""
    controls = len(start) - len(start.translate(None, _CONTROLS))
    return "binary" if controls > max(_FEW_CONTROLS, _MOST_CONTROLS * len(start)) else ""


def _decode(start: bytes, encoding: str, *, complete: bool) -> str:
    import codecs

    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if "16" not in encoding else "replace")
    return decoder.decode(start, final=complete)


def split_lines(text: str) -> list[str]:
    """Split at \\n, \\r\\n or (in files without \\n) \\r, nowhere else: U+2028 and form feeds stay in the text."""
    end = "\n" if "\n" in text or "\r" not in text else "\r"
    lines = text.split(end)
    if lines and not lines[-1]:
        lines.pop()
    return [line[:-1] if end == "\n" and line.endswith("\r") else line for line in lines]


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines of a file as `split_lines` cuts them, streamed. Bytes that do not fit come as lone surrogates, for the
    caller to report (see `values.is_broken`). Raises OSError, UnicodeDecodeError (UTF-16 and UTF-32 only)."""
    newline = _line_end(path, encoding)
    with path.open(encoding=with_mark(encoding), errors="surrogateescape", newline=newline) as stream:
        for line in bounded_lines(stream, path):
            if line.endswith(newline):
                line = line[:-1]
                if newline == "\n" and line.endswith("\r"):
                    line = line[:-1]
            yield line


def _line_end(path: Path, encoding: str) -> str:
    with path.open(encoding=with_mark(encoding), errors="surrogateescape", newline="") as stream:
        start = stream.read(64 << 10)
    return "\r" if "\r" in start and "\n" not in start else "\n"


def with_mark(encoding: str) -> str:
    """The codec that also takes a byte order mark off, so that none gets into the first text."""
    return {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "ascii": "utf-8-sig"}.get(encoding.lower(), encoding)
