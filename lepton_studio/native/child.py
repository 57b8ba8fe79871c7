"""The process: reads one file with one native library, and writes what it finds to its output in MessagePack.

A value is [0, value]; the end is [1, reason, detail], with "" as the reason where all was read.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import msgpack

from lepton_studio.native import arrow, docbin, workbooks
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.limits import Limits, hold

READERS: dict[str, Callable[[Path], Iterator[object]]] = {
    "workbook": workbooks.sheets,
    "parquet": arrow.parquet,
    "arrow": arrow.stream,
    "docbin": docbin.documents,
}
_SENT_AT_ONCE = 256 << 10


def main() -> None:
    """Read the file that the command line names: reader, path, bytes of memory, seconds of the processor."""
    reader, path, memory, processor = sys.argv[1:]
    serve(lambda: READERS[reader](Path(path)), limits=Limits(memory=int(memory), processor=int(processor)))


def serve(values: Callable[[], Iterator[object]], *, limits: Limits, at_once: bool = False) -> NoReturn:
    """Send the values to who started this process, then how it ended, and end with it; `at_once`: each as it comes."""
    hold(limits)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is none of ours
    threading.Thread(target=_end_with_parent, daemon=True).start()
    end: tuple[str, str] = ("", "")
    try:
        _send(values(), out, most_waiting=0 if at_once else _SENT_AT_ONCE)
    except NativeFailure as failure:
        end = (failure.reason, failure.detail)
    except MemoryError as error:
        end = ("too_large", str(error))
    except OSError as error:
        end = ("damaged", f"{type(error).__name__}: {error}")
    out.write(_packer().pack((1, *end)))
    out.flush()
    os._exit(0)  # a library that is torn down after a failure may crash


def _send(values: Iterator[object], out: BinaryIO, *, most_waiting: int) -> None:
    packer, waiting = _packer(), bytearray()
    for number, value in enumerate(values):
        waiting += packer.pack((0, value))
        if number < 1 or len(waiting) > most_waiting:
            out.write(waiting)
            out.flush()
            waiting.clear()
    out.write(waiting)


def _packer() -> msgpack.Packer:
    return msgpack.Packer(default=_words, unicode_errors="surrogatepass")


def _words(value: Any) -> str:
    """What MessagePack does not know: dates as ISO, whatever else as its own words."""
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
