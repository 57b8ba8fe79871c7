"""The window's side: start the light process that asks the Hub, and take what it answers, for as long as it is wanted.

A process of its own for each thing that is asked: it is there in about a second, and cancelling is ending it, whatever
it waits for. What was downloaded until then stays, and the next attempt goes on from there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

import lepton_studio
from lepton_studio.hub.connection import Connection
from lepton_studio.hub.failures import Failed, HubFailure
from lepton_studio.hub.places import HubName
from lepton_studio.hub.requests import (
    Answer,
    Asked,
    AskToken,
    DescribeModel,
    Fetched,
    FetchModel,
    FoundModel,
    KeepToken,
    Ready,
    SearchModels,
    TokenSaid,
)
from lepton_studio.stopping import go_on

_WAIT = 0.05
_SILENCE = 180.0
"""Seconds without a word from the process: it reports every wait that is longer than its own patience."""
_log = logging.getLogger(__name__)

T = TypeVar("T")


class Question(msgspec.Struct, frozen=True):
    """The one line that the process reads: what is asked, encoded, and how the Hub is reached."""

    asked: msgspec.Raw
    connection: Connection


def ask(asked: Asked, *, connection: Connection) -> Generator[Answer, None, None]:
    """What the Hub answers, as `requests` says for each request; raises as `answers`."""
    is_local = isinstance(asked, KeepToken) or (isinstance(asked, AskToken) and not asked.check)
    if connection.is_offline and not is_local:
        raise HubFailure(Failed("offline"))
    name = getattr(asked, "id", "")
    yield from answers(asked, Answer, connection=connection, name=name, child="lepton_studio.hub.child")


def search(asked: SearchModels, *, connection: Connection) -> list[FoundModel]:
    """The models that fit; raises as `answers`."""
    return [one for one in ask(asked, connection=connection) if isinstance(one, FoundModel)]


def describe(name: HubName, *, connection: Connection) -> FoundModel:
    """One model, with the size of what would be downloaded; raises as `answers`."""
    found = list(ask(DescribeModel(name.id, name.revision), connection=connection))
    return _only(found, FoundModel, connection)


def fetch(name: HubName, *, connection: Connection, progress: Callable[[Fetched], object]) -> Ready:
    """Download a model; `progress` is told in this thread. Raises as `answers`."""
    last: list[Answer] = []
    for answer in ask(FetchModel(name.id, name.revision), connection=connection):
        if isinstance(answer, Fetched):
            progress(answer)
        else:
            last.append(answer)
    return _only(last, Ready, connection)


def keep_token(token: str, *, connection: Connection) -> TokenSaid:
    """Put a token into the system's keyring, or take it out for ""; works offline. Raises as `answers`."""
    return _only(list(ask(KeepToken(token), connection=connection)), TokenSaid, connection)


def about_token(*, check: bool, connection: Connection) -> TokenSaid:
    """Where the token comes from, and with `check` whose it is; raises as `answers`."""
    return _only(list(ask(AskToken(check), connection=connection)), TokenSaid, connection)


def _only(found: list[Answer], kind: type[T], connection: Connection) -> T:
    if len(found) != 1 or not isinstance(found[0], kind):
        raise HubFailure(Failed("crashed"), address=connection.address)
    return found[0]


def answers(
    request: msgspec.Struct, kind: Any, *, connection: Connection, name: str, child: str
) -> Generator[Any, None, None]:
    """What the process `child` (a module) answers to this, streamed: values of `kind`, a union of tagged structs.

    Blocks; letting go of the generator ends the process. `name`: what is asked for, for sentences. Raises HubFailure,
    and what `stopping.go_on` raises, within a fraction of a second.
    """
    decoder: Any = msgspec.json.Decoder(kind | Failed)
    process = _start(child, connection)
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    lines: queue.Queue[bytes] = queue.Queue()
    said: list[bytes] = []
    threads = [
        threading.Thread(target=_forward, args=(process.stdout, lines.put), name="hub answers", daemon=True),
        threading.Thread(target=_forward, args=(process.stderr, said.append), name="hub words", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        question = Question(msgspec.Raw(msgspec.json.encode(request)), connection)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(msgspec.json.encode(question) + b"\n")
            process.stdin.flush()
        while line := _next(lines):
            answer = decoder.decode(line)
            if isinstance(answer, Failed):
                _log.info("%s: %s %s", type(request).__name__, answer.reason, answer.detail)
                raise HubFailure(answer, name=name, address=connection.address)
            yield answer
        if process.wait() != 0:
            words = b"".join(said)[-2000:].decode("utf-8", "replace")
            _log.warning("%s: ended with %s: %s", child, process.returncode, words)
            raise HubFailure(Failed("crashed"), name=name, address=connection.address)
    except msgspec.MsgspecError as error:
        _log.warning("%s: %s", child, error)
        raise HubFailure(Failed("crashed"), name=name, address=connection.address) from error
    finally:
        process.kill()
        process.wait()
        for thread in threads:
            thread.join()
        for pipe in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                pipe.close()


def _start(child: str, connection: Connection) -> subprocess.Popen[bytes]:
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", child],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(connection),
            creationflags=flags,
        )
    except OSError as error:
        raise HubFailure(Failed("crashed", detail=str(error))) from error


def environment(connection: Connection) -> dict[str, str]:
    """The variables for a process that may reach the Hub: the person's own, but for what we say ourselves."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name in _OF_TESTS}
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
        kept[name] = "1" if connection.is_offline else "0"
    if connection.folder:
        kept["HF_HUB_CACHE"] = connection.folder
    return {
        **kept,
        "PYTHONPATH": str(Path(lepton_studio.__file__).resolve().parent.parent),
        "PYTHONUTF8": "1",
        "HF_ENDPOINT": connection.address,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_XET": "1",
        "DO_NOT_TRACK": "1",
    }


_OF_TESTS = ("PYTHON_KEYRING_BACKEND",)
"""Not the interpreter's: it names the keyring that the person prefers."""


def _next(lines: queue.Queue[bytes]) -> bytes:
    """The next line; b"" at the end."""
    silent_since = time.monotonic()
    while True:
        go_on()
        try:
            return lines.get(timeout=_WAIT)
        except queue.Empty:
            if time.monotonic() - silent_since > _SILENCE:
                raise HubFailure(Failed("crashed", detail="silent")) from None


def _forward(stream: IO[bytes], take: Any) -> None:
    """Each line to `take`, then b""."""
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            take(line)
    take(b"")
