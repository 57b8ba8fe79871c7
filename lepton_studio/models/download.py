"""One file from an address to the disk: what was interrupted goes on where it stopped, and only what is as published
gets its name. Standard library only; for any thread."""

from __future__ import annotations

import errno
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from lepton_studio.files import sync_file, sync_folder
from lepton_studio.language import tr
from lepton_studio.models.places import sha256_of
from lepton_studio.models.web import DownloadFailed, Web, broken_connections, host_of, open_url
from lepton_studio.progress import Progress, silent

PART = ".part"
"""What the name of an unfinished file ends with."""
_PIECE = 1 << 16
_TRIES = 5
"""One after another without a byte more, before it is given up."""
_PATIENCE = 30.0
"""Seconds that it waits by itself where a server asks for it; told to the person where it is longer."""
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


def download(
    url: str,
    to: Path,
    *,
    web: Web = Web(),
    sha256: str = "",
    size: int = 0,
    progress: Progress = silent,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Fetch the file; what lies in `to`.part from before is gone on with. Blocks.

    `sha256`: of the whole, "" where nobody says. `size`: bytes where known, for progress. `progress(done, total)` in
    bytes, several times a second; it may raise to end the work, and what is there by then stays as `to`.part. Raises
    DownloadFailed; OSError where the disk is full or not to be written.
    """
    part = to.with_name(to.name + PART)
    to.parent.mkdir(parents=True, exist_ok=True)
    for last in (False, True):
        was_there = part.exists()
        _fetch_all(url, part, web=web, size=size, progress=progress, pause=pause)
        if not sha256 or sha256_of(part) == sha256:
            sync_file(part)
            part.replace(to)
            sync_folder(to.parent)
            return
        part.unlink()  # of another file, or spoilt on the way
        if last or not was_there:
            break
    raise DownloadFailed(
        tr(
            "What {host} sent is not the file that was published, so it was deleted. Try again, or choose another "
            "mirror.",
            host=host_of(url),
        )
    )


def _fetch_all(
    url: str, part: Path, *, web: Web, size: int, progress: Progress, pause: Callable[[float], None]
) -> None:
    """Bring `part` to its end, over as many connections as it takes."""
    tries, seen = 0, -1
    while True:
        try:
            return _fetch_rest(url, part, web=web, size=size, progress=progress)
        except DownloadFailed as failed:
            done = part.stat().st_size if part.exists() else 0
            tries, seen = (tries + 1, seen) if done <= seen else (1, done)
            if not failed.may_pass or tries >= _TRIES or failed.wait > _PATIENCE:
                raise
            _wait(max(failed.wait, 2.0 ** (tries - 1)), done, size, progress=progress, pause=pause)


def _fetch_rest(url: str, part: Path, *, web: Web, size: int, progress: Progress) -> None:
    """Ask for what is missing, and write it behind what is there."""
    here = part.stat().st_size if part.exists() else 0
    progress(here, size or None)
    try:
        # As it lies there: what a server would pack on the way could not be gone on with.
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={here}-"} if here else {})
        answer = open_url(url, web=web, headers=headers)
    except DownloadFailed as failed:
        if here and _asked_past_the_end(failed):
            return  # all of it is here, or more than that: its digest will tell
        raise
    with answer:
        goes_on = _RANGE.match(answer.headers.get("Content-Range") or "")
        if here and not (answer.status == 206 and goes_on and int(goes_on[1]) == here):
            here = 0  # a server that sends whole files only
        length = answer.headers.get("Content-Length")
        whole = here + int(length) if length else 0
        _need_room(part, whole - here)
        with part.open("ab" if here else "wb") as written:
            here = _copy(answer, written, url=url, done=here, size=whole or size, progress=progress)
    if here < whole:
        raise DownloadFailed(_broken(url, done=here, size=whole), may_pass=True)


def _copy(answer: IO[bytes], written: IO[bytes], *, url: str, done: int, size: int, progress: Progress) -> int:
    """How many bytes the file has then."""
    while True:
        try:
            with broken_connections(url):
                piece = answer.read(_PIECE)
        except DownloadFailed as failed:
            raise DownloadFailed(_broken(url, done=done, size=size), may_pass=True) from failed
        if not piece:
            return done
        written.write(piece)
        done += len(piece)
        progress(done, size or None)


def _asked_past_the_end(failed: DownloadFailed) -> bool:
    return getattr(failed.__cause__, "code", 0) == 416


def _wait(seconds: float, done: int, size: int, *, progress: Progress, pause: Callable[[float], None]) -> None:
    """In short steps, so that it can be ended."""
    for _ in range(max(1, round(seconds / 0.2))):
        progress(done, size or None)
        pause(0.2)


def _need_room(part: Path, size: int) -> None:
    if size > shutil.disk_usage(part.parent).free:
        raise OSError(errno.ENOSPC, "no room for what is to come", str(part))


def _broken(url: str, *, done: int, size: int) -> str:
    if not size:
        return tr("The connection to {host} broke. Check the network and try again.", host=host_of(url))
    return tr(
        "The connection to {host} broke after {done} of {size} MB. Check the network and try again: the download "
        "continues from there.",
        host=host_of(url),
        done=done // 1_000_000,
        size=max(1, round(size / 1e6)),
    )
