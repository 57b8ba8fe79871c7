"""Which encoding the bytes of a text file are in. Nothing is ever replaced: a wrong byte is found, not hidden."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "Unicode (UTF-8)"),
    ("utf-16", "Unicode (UTF-16)"),
    ("cp1252", "Western European (Windows-1252)"),
    ("latin-1", "Western European (Latin-1)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("cp1253", "Greek (Windows-1253)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp1255", "Hebrew (Windows-1255)"),
    ("cp1256", "Arabic (Windows-1256)"),
    ("gb18030", "Chinese, simplified (GB 18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("euc_jp", "Japanese (EUC-JP)"),
    ("euc_kr", "Korean (EUC-KR)"),
)
"""Codec name and title of the encodings to offer; any codec that Python knows may be used."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHECKED_BYTES = 64 << 20
_CHUNK = 1 << 20
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")
_WINDOWS_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def detect_encoding(path: Path, head: bytes) -> str:
    """The codec name for the file whose first bytes are `head` ("ascii" when any ASCII superset would do).

    Byte order marks, then UTF-16 without a mark, strict UTF-8 over the first 64 MiB, Chinese, then the rest.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if sixteen := _unmarked_utf16(head):
        return sixteen
    if head.isascii() and len(head) < _CHUNK // 4:
        return "ascii"
    try:
        return "ascii" if _all_ascii_or_utf8(path) else "utf-8"
    except UnicodeDecodeError:
        return _eight_bit(_sample_with_high_bytes(path))


def _all_ascii_or_utf8(path: Path) -> bool:
    """True when ASCII, False when UTF-8; raises UnicodeDecodeError when neither."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    ascii_only, seen = True, 0
    with path.open("rb") as stream:
        while (chunk := stream.read(_CHUNK)) and seen < _CHECKED_BYTES:
            seen += len(chunk)
            if not chunk.isascii():
                ascii_only = False
            if not ascii_only:
                decoder.decode(chunk)
        if not chunk:
            decoder.decode(b"", final=True)
    return ascii_only


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in every second byte of its ASCII characters."""
    even, odd, half = head[0::2].count(0), head[1::2].count(0), max(1, len(head) // 2)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _sample_with_high_bytes(path: Path) -> bytes:
    """Up to 256 KiB around the file's non-ASCII bytes: enough to tell the encoding by."""
    found = bytearray()
    with path.open("rb") as stream:
        while (chunk := stream.read(_CHUNK)) and len(found) < 256 << 10:
            for line in chunk.split(b"\n"):
                if not line.isascii():
                    found += line + b"\n"
    return bytes(found[: 256 << 10])


def _eight_bit(sample: bytes) -> str:
    """The encoding of bytes that are not strict UTF-8 throughout."""
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs)) or 1
    sequences = sum(len(match) for match in _SEQUENCE.findall(sample))
    if sequences > 0.9 * high and high > 40:
        return "utf-8"  # nearly all of it is: the few rows with wrong bytes are reported one by one
    if sum(len(run) for run in runs if len(run) == 1) > 0.8 * high:
        return _western(sample)
    if _is_simplified_chinese(sample):
        return "gb18030"
    return _by_statistics(sample) or _western(sample)


def _western(sample: bytes) -> str:
    return "cp1252" if _WINDOWS_ONLY.search(sample) and not _WINDOWS_UNDEFINED.search(sample) else "latin-1"


def _is_simplified_chinese(sample: bytes) -> bool:
    """Decodes as GB 18030, mostly to the 3,755 commonest characters (GB 2312 level 1, leads B0-D7) and punctuation."""
    try:
        text = codecs.getincrementaldecoder("gb18030")("strict").decode(sample)
    except UnicodeDecodeError:
        return False
    wide = [char for char in text if ord(char) > 127]
    common = 0
    for char in wide:
        lead, *rest = char.encode("gb18030")
        common += len(rest) == 1 and rest[0] >= 0xA1 and (0xB0 <= lead <= 0xD7 or 0xA1 <= lead <= 0xA3)
    return common > 0.85 * len(wide) and any("\u4e00" <= char <= "\u9fff" for char in wide) and "的" in text


def _by_statistics(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # here, since it costs 50 ms and few files need it

    best = from_bytes(
        sample[: 32 << 10], cp_isolation=[name for name, _ in ENCODINGS if not name.startswith("utf")]
    ).best()
    return best.encoding if best else None
