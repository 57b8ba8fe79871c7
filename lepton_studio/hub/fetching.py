"""Downloads a model of the Hub into the cache that all programs of the person share. Child only.

Every file is written beside its place (`blobs/DIGEST.incomplete`) and gets its name once its digest is right; the
folder of the commit is filled when all are there, and the branch points to it last. So what is ended in the middle, by
a kill too, leaves nothing that looks whole, and the next attempt goes on with the bytes that are here.

WORKAROUND huggingface_hub 2.4 does not go on with a file where another process ended
(https://github.com/huggingface/huggingface_hub/pull/4228), and compares lengths, not digests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import httpx2
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import hf_raise_for_status

from lepton_studio.atomic import new_file
from lepton_studio.files import Hold
from lepton_studio.hub.failures import Failed
from lepton_studio.hub.listing import look
from lepton_studio.hub.places import cache_folder, repo_folder
from lepton_studio.hub.requests import Fetched, FetchModel, Ready
from lepton_studio.hub.wanted import has_weights
from lepton_studio.hub.web import Stopped, Web, retry_after

_PIECE = 1 << 18
_EVERY = 0.2
"""Seconds between two words on how far it is."""
_SPARE = 64 << 20
"""Bytes that stay free on the disk."""
_AT_MOST_WAITED = 30
"""Seconds that a server may ask to wait; longer, and the person is told instead."""
_TRANSIENT = (httpx2.TransportError, httpx2.StreamError)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a commit. `digest`: SHA-256 of a large file, else what git calls it; its blob is named so."""

    path: str
    size: int
    digest: str
    is_large: bool

    @classmethod
    def of(cls, path: str, entry: Mapping[str, Any]) -> _File:
        lfs = entry.get("lfs")
        if lfs:
            return cls(path, int(lfs["size"]), str(lfs["oid"]), is_large=True)
        return cls(path, int(entry["size"]), str(entry["oid"]), is_large=False)

    def hasher(self) -> Any:
        """What comes to `digest` over the content. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
        return hashlib.sha256() if self.is_large else hashlib.sha1(b"blob %d\0" % self.size)


def fetch(web: Web, asked: FetchModel, *, say: Callable[[Fetched], None]) -> Ready:
    """Download what is not here yet. Raises Stopped, and what `web.failures_told` knows."""
    about, tree = look(web, asked.id, asked.revision)
    commit = str(about["sha"])
    if not has_weights(tree):
        raise Stopped(Failed("no_weights"))
    files = [_File.of(path, entry) for path, entry in tree.items()]
    cache = cache_folder()
    repo = repo_folder(asked.id, cache)
    for folder in (repo / "blobs", repo / "refs", repo / "snapshots", cache / ".locks" / repo.name):
        folder.mkdir(parents=True, exist_ok=True)
    with _alone(cache / ".locks" / repo.name / "lepton-studio.lock"):
        folder = repo / "snapshots" / commit
        counter = _Counter(files, repo, folder, say)
        missing = [file for file in files if not _is_there(file, repo, folder)]
        _check_space(sum(file.size for file in missing), repo)
        for file in missing:
            url = f"{web.address}/{asked.id}/resolve/{commit}/{quote(file.path)}"
            _fetch_blob(web, url, file, repo / "blobs" / file.digest, counter)
        for file in sorted(files, key=lambda one: one.path.endswith("config.json")):  # without one it is no model
            _link(repo / "blobs" / file.digest, folder / file.path)
        if asked.revision != commit:
            _write(repo / "refs" / (asked.revision or "main"), commit)
        elif not (repo / "refs" / "main").exists():
            _write(repo / "refs" / "main", commit)  # it is found by its name alone, too
    counter.tell(at_once=True)
    return Ready(str(folder), commit)


class _Counter:
    """How many bytes of all are here, told now and then."""

    def __init__(self, files: list[_File], repo: Path, folder: Path, say: Callable[[Fetched], None]) -> None:
        self.total = sum(file.size for file in files)
        self.done = sum(_begun(file, repo, folder) for file in files)
        self._say = say
        self._last = 0.0
        self.tell(at_once=True)

    def add(self, count: int) -> None:
        self.done += count
        self.tell()

    def tell(self, *, at_once: bool = False, waits: bool = False) -> None:
        now = time.monotonic()
        if at_once or now - self._last >= _EVERY:
            self._last = now
            self._say(Fetched(self.done, self.total, waits))


def _fetch_blob(web: Web, url: str, file: _File, blob: Path, counter: _Counter) -> None:
    """A whole file, and as published. What is here of it may be of another origin: then all of it comes anew, once."""
    partial = partial_of(blob)
    with partial.open("ab+") as written:
        was_begun = written.tell() > 0
        _fill(web, url, file, written, counter)
        is_sound = _digest(written, file) == file.digest
        if not is_sound and was_begun:
            _empty(written, counter)
            _fill(web, url, file, written, counter)
            is_sound = _digest(written, file) == file.digest
    if not is_sound:
        partial.unlink()
        raise Stopped(Failed("damaged", detail=file.path))
    os.replace(partial, blob)


def partial_of(blob: Path) -> Path:
    """Where the bytes of a file are until all have come."""
    return blob.with_name(f"{blob.name}.incomplete")


def _fill(web: Web, url: str, file: _File, written: BinaryIO, counter: _Counter) -> None:
    """Append what is missing. Where the connection breaks it is tried again, as long as that brings something."""
    fruitless = 0
    while (start := written.tell()) < file.size:
        try:
            _append(web, url, written, counter, most=file.size)
        except (*_TRANSIENT, HfHubHTTPError) as error:
            fruitless = 0 if written.tell() > start else fruitless + 1
            wait = _wait_after(error, usual=web.patience.pause * 2**fruitless)
            if wait is None or fruitless >= web.patience.attempts:
                raise
            written.flush()
            counter.tell(at_once=True, waits=True)
            time.sleep(wait)
        else:
            if written.tell() <= start:
                raise Stopped(Failed("broken_off", detail="an empty answer"))


def _append(web: Web, url: str, written: BinaryIO, counter: _Counter, *, most: int) -> None:
    """Append what one request brings, at most one piece more than there should be."""
    start = written.tell()
    with web.stream(url, start=start) as response:
        hf_raise_for_status(response)
        if start and response.status_code != 206:  # all of it comes, whatever was asked
            _empty(written, counter)
        for piece in response.iter_bytes():
            written.write(piece)
            counter.add(len(piece))
            if written.tell() > most:
                return


def _wait_after(error: Exception, *, usual: float) -> float | None:
    """Seconds until another attempt; None where it would be of no use, or the person better tries it later."""
    if not isinstance(error, HfHubHTTPError):
        return usual
    if error.response.status_code == 429:
        seconds = retry_after(error.response) or usual
        return seconds if seconds <= _AT_MOST_WAITED else None
    return usual if error.response.status_code >= 500 or error.response.status_code == 408 else None


def _empty(written: BinaryIO, counter: _Counter) -> None:
    counter.add(-written.tell())
    written.seek(0)
    written.truncate()


def _digest(written: BinaryIO, file: _File) -> str:
    """Of all that was written."""
    written.flush()
    written.seek(0)
    whole = file.hasher()
    while piece := written.read(_PIECE):
        whole.update(piece)
    return str(whole.hexdigest())


def _is_there(file: _File, repo: Path, folder: Path) -> bool:
    """Whether all of it is here: a blob has its name from the moment on that its digest was right."""
    return any(_size(path) == file.size for path in (repo / "blobs" / file.digest, folder / file.path))


def _begun(file: _File, repo: Path, folder: Path) -> int:
    """Bytes of it that are here."""
    if _is_there(file, repo, folder):
        return file.size
    return min(file.size, max(0, _size(partial_of(repo / "blobs" / file.digest))))


def _size(path: Path) -> int:
    """Bytes of a file; -1 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _check_space(missing: int, folder: Path) -> None:
    """Say at once what would fail after an hour."""
    lacking = missing + _SPARE - shutil.disk_usage(folder).free
    if missing > 0 and lacking > 0:
        raise Stopped(Failed("no_space", detail=str(lacking)))


def _link(blob: Path, name: Path) -> None:
    """Have a file of a commit under its own name: as a link, or itself where the system allows none."""
    name.parent.mkdir(parents=True, exist_ok=True)
    if name.exists():
        return
    name.unlink(missing_ok=True)  # a link to what was removed
    try:
        name.symlink_to(os.path.relpath(blob, name.parent))
    except OSError:  # Windows without the right to make links
        os.replace(blob, name)


def _write(path: Path, commit: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with new_file(path) as made:
        made.write_text(commit, "utf-8")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    try:
        hold = Hold(lock)
    except BlockingIOError as error:
        raise Stopped(Failed("busy")) from error
    try:
        yield
    finally:
        hold.release()
