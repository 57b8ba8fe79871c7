"""The process: reads one question from its standard input, asks the Hub, and answers line by line. No torch, no Qt."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import msgspec

from lepton_studio.hub.asking import Question
from lepton_studio.hub.connection import Connection
from lepton_studio.hub.fetching import fetch
from lepton_studio.hub.listing import describe, search
from lepton_studio.hub.requests import (
    Answer,
    Asked,
    AskToken,
    DescribeModel,
    Failed,
    FetchModel,
    KeepToken,
    SearchModels,
    TokenSaid,
)
from lepton_studio.hub.tokens import keep_token
from lepton_studio.hub.web import Stopped, Web, failures_told


def main() -> None:
    """Answer the question on standard input."""
    speaker = Speaker()
    question = msgspec.json.decode(sys.stdin.buffer.readline(), type=Question)
    asked: Asked = msgspec.json.decode(question.asked, type=Asked)
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        with failures_told():
            for answer in _answers(asked, question.connection, speaker):
                speaker.say(answer)
    except Stopped as stopped:
        speaker.say(stopped.failed)
    os._exit(0)  # the thread that waits for the parent holds standard input


def _answers(asked: Asked, connection: Connection, speaker: Speaker) -> Iterator[Answer | Failed]:
    if isinstance(asked, KeepToken):
        wrong = keep_token(asked.token)
        yield wrong if wrong is not None else TokenSaid("keyring" if asked.token else "")
        return
    web = Web(connection)
    match asked:
        case SearchModels():
            yield from search(web, asked)
        case DescribeModel():
            yield describe(web, asked)
        case FetchModel():
            yield fetch(web, asked, say=speaker.say)
        case AskToken():
            owner = str(web.get("/api/whoami-v2")["name"]) if web.token and asked.check else ""
            yield TokenSaid(web.token_source, owner)


class Speaker:
    """The lines to the window. What a library prints goes to standard error."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(self, answer: msgspec.Struct) -> None:
        """One line, at once."""
        self._out.write(msgspec.json.encode(answer) + b"\n")


def end_with_parent() -> None:
    """End this process when whoever asked is gone."""
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
