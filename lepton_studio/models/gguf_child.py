"""The process that turns a GGUF file into a folder: the file, the folder to fill, bytes of memory. Its values are
(done, total) in bytes, or a sentence where it could not."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from lepton_studio.errors import StudioError
from lepton_studio.models.gguf_folder import write_folder
from lepton_studio.native.child import serve
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.limits import Limits


def _values(source: Path, folder: Path) -> Iterator[tuple[int, int] | str]:
    told: SimpleQueue[tuple[int, int] | str | BaseException | None] = SimpleQueue()

    def work() -> None:
        try:
            write_folder(source, folder, progress=lambda done, total: told.put((done, total or 0)))
        except StudioError as error:
            told.put(str(error))
        except BaseException as error:
            told.put(error)
        told.put(None)

    Thread(target=work, daemon=True).start()
    while (value := told.get()) is not None:
        if isinstance(value, BaseException):
            full = isinstance(value, OSError) and value.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            raise NativeFailure("disk_full" if full else "crashed", repr(value)) from value
        yield value


if __name__ == "__main__":
    serve(lambda: _values(Path(sys.argv[1]), Path(sys.argv[2])), limits=Limits(memory=int(sys.argv[3])), at_once=True)
