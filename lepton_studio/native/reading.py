"""The window's side: start the process that reads a file, and take what it finds, for as long as it behaves."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, Literal, cast

import msgpack
import psutil

import lepton_studio
from lepton_studio.native.failures import NativeFailure, Reason
from lepton_studio.native.limits import Limits
from lepton_studio.stopping import go_on

Reader = Literal["workbook", "parquet", "arrow", "docbin"]
_CHUNK = 256 << 10
_WAIT = 0.1
_MOST_IN_A_VALUE = 1 << 30
_HEAD_VALUES, _HEAD_BYTES = 2000, 16 << 20
_log = logging.getLogger(__name__)


def values(reader: Reader, path: Path) -> Generator[Any, None, None]:
    """What this reader finds in a file, streamed; see its function for the values. Raises NativeFailure, OSError, and
    what `stopping.go_on` raises, within a fraction of a second.

    The first values of the last files are kept: who only looks at the head of a file again starts no process.
    """
    head = _head(reader, path, stamp(path))
    yield from head.values
    if not head.is_whole:
        with contextlib.closing(read(reader, path)) as again:
            yield from islice(again, len(head.values), None)


def stamp(path: Path) -> tuple[int, int, int]:
    """What changes when a file changes. Raises OSError."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True)
class _Head:
    values: tuple[Any, ...]
    is_whole: bool


@lru_cache(maxsize=4)
def _head(reader: Reader, path: Path, _stamp: tuple[int, int, int]) -> _Head:
    kept: list[Any] = []
    child = _reader(reader, path, Limits())
    with contextlib.closing(child.values()) as found:
        for value in found:
            kept.append(value)
            if len(kept) >= _HEAD_VALUES or child.received > _HEAD_BYTES:
                return _Head(tuple(kept), is_whole=False)
    return _Head(tuple(kept), is_whole=True)


def read(reader: Reader, path: Path, *, limits: Limits = Limits()) -> Generator[Any, None, None]:  # noqa: B008 - it is frozen
    """The values from a process of their own, nothing kept."""
    return _reader(reader, path, limits).values()


def _reader(reader: Reader, path: Path, limits: Limits) -> Child:
    told = (reader, str(path.absolute()), str(limits.memory), str(limits.processor))
    return Child("lepton_studio.native.child", told, about=path.name, limits=limits)


class Child:
    """One process that runs a module which ends in `native.child.serve`. It starts with the first value asked for, and
    is gone when the values end or are let go of. `about` is its name in the log, `environment` what it is told beside
    the environment of this process."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        about: str,
        limits: Limits,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.received = 0
        self._about = about
        self._limits = limits
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._environment = environment

    def values(self) -> Generator[Any, None, None]:
        """Everything it finds. Raises NativeFailure."""
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**_environment(), **self._environment},
            creationflags=flags,
        )
        chunks: queue.Queue[bytes] = queue.Queue(maxsize=16)
        said = bytearray()
        let_go = threading.Event()
        assert process.stdout is not None and process.stderr is not None and process.stdin is not None
        threads = [
            threading.Thread(target=_forward, args=(process.stdout, chunks, let_go), name="native-values"),
            threading.Thread(target=_keep, args=(process.stderr, said), name="native-words"),
        ]
        for thread in threads:
            thread.daemon = True
            thread.start()
        try:
            yield from self._unpacked(chunks, process)
        except NativeFailure as failure:
            process.kill()
            threads[1].join()
            words = said.decode("utf-8", "replace").strip()
            _log.warning("%s: %s (%s) %s", self._about, failure.reason, failure.detail, words[:500])
            raise
        finally:
            let_go.set()
            process.kill()
            process.wait()
            for thread in threads:
                thread.join()
            for pipe in (process.stdin, process.stdout, process.stderr):
                with contextlib.suppress(OSError):
                    pipe.close()

    def _unpacked(self, chunks: queue.Queue[bytes], process: subprocess.Popen[bytes]) -> Generator[Any, None, None]:
        unpacker = msgpack.Unpacker(
            unicode_errors="surrogatepass", strict_map_key=False, use_list=True, max_buffer_size=_MOST_IN_A_VALUE
        )
        while chunk := self._next(chunks, process):
            self.received += len(chunk)
            try:
                unpacker.feed(chunk)
                for kind, *value in unpacker:
                    if kind:
                        reason, detail = value
                        if reason:
                            raise NativeFailure(cast("Reason", reason), str(detail))
                        return
                    yield value[0]
            except (msgpack.UnpackException, ValueError, TypeError) as error:
                raise NativeFailure("crashed", f"it wrote no values: {error}") from error
        code = process.wait()
        raise NativeFailure("crashed", f"its process ended with {code}")

    def _next(self, chunks: queue.Queue[bytes], process: subprocess.Popen[bytes]) -> bytes:
        """The next bytes; b"" at the end."""
        silent_since = time.monotonic()
        while True:
            go_on()
            try:
                return chunks.get(timeout=_WAIT)
            except queue.Empty:
                if time.monotonic() - silent_since > self._limits.silence:
                    raise NativeFailure("silent", f"nothing for {self._limits.silence} s") from None
                with contextlib.suppress(psutil.Error):
                    if psutil.Process(process.pid).memory_info().rss > self._limits.memory:
                        raise NativeFailure("too_large", "over the limit of memory") from None


def _forward(stream: IO[bytes], chunks: queue.Queue[bytes], let_go: threading.Event) -> None:
    while not let_go.is_set():
        chunk = os.read(stream.fileno(), _CHUNK)
        while not let_go.is_set():
            with contextlib.suppress(queue.Full):
                chunks.put(chunk, timeout=_WAIT)
                break
        if not chunk:
            return


def _keep(stream: IO[bytes], said: bytearray) -> None:
    while chunk := os.read(stream.fileno(), _CHUNK):
        said += chunk[-_CHUNK:] if len(said) < _CHUNK else b""


def _environment() -> dict[str, str]:
    """Those of this process, but for what changes how an interpreter starts; the child finds our package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    root = Path(lepton_studio.__file__).resolve().parent.parent
    return {**kept, "PYTHONPATH": str(root), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
