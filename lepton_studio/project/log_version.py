"""The schema version that the write-ahead log of a closed project has, read without SQLite: that would write beside it.

https://www.sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

_LOG_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_VERSION_AT = 60
"""Of the first page: where `PRAGMA user_version` stands."""
_MAGIC = (0x377F0682, 0x377F0683)


def version_in_log(log: Path) -> int | None:
    """What the last commit in this log says; None where it says nothing of the first page.

    Checksums are left out: pages that a power cut tore may count. Who acts on it asks SQLite again.
    """
    with suppress(OSError), log.open("rb") as file:
        head = file.read(_LOG_HEADER.size)
        if len(head) < _LOG_HEADER.size:
            return None
        magic, _format, page_size, _number, *salts = _LOG_HEADER.unpack(head)[:6]
        if magic not in _MAGIC:
            return None
        written = committed = None
        while len(frame := file.read(_FRAME.size)) == _FRAME.size:
            page, pages_after_commit, *salts_of_frame = _FRAME.unpack(frame)[:4]
            if salts_of_frame != salts:
                break  # of an earlier round of the log
            start = file.read(_VERSION_AT + 4) if page == 1 else b""
            if page == 1 and len(start) == _VERSION_AT + 4:
                written = int.from_bytes(start[_VERSION_AT:], "big")
            file.seek(page_size - len(start), 1)
            if pages_after_commit:
                committed = written
        return committed
    return None
