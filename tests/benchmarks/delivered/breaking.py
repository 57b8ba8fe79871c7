"""A package index on this machine that hands on the real one, and breaks after so many bytes."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_INDEX, _FILES = "https://pypi.org", "https://files.pythonhosted.org"
_JSON = "application/vnd.pypi.simple.v1+json"
_CHUNK = 1 << 16
_ALL = 1 << 62
"""More bytes than ever come."""
_RESET = struct.pack("ii", 1, 0)
"""A socket that lingers for no time at all is ended by a reset: what a line that broke looks like from this side."""


class Broken(Exception):
    """The connection is to end here."""


@dataclass
class Line:
    """The connection to the index: `left` bytes come through, then nothing does until `mend`. `carried`: since it was
    made, bodies only. Used by many threads.
    """

    left: int = _ALL
    carried: int = 0
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mend(self, left: int = _ALL) -> None:
        """Let as many bytes through from now on."""
        with self._lock:
            self.left = left

    @property
    def is_broken(self) -> bool:
        """Whether nothing comes through."""
        return self.left <= 0

    def take(self, wanted: int) -> int:
        """How many of the bytes still come through. Raises Broken at the end."""
        with self._lock:
            taken = min(wanted, self.left)
            self.left -= taken
            self.carried += taken
            if self.left <= 0:
                self.refused += 1
        return taken


@contextmanager
def breaking_index(line: Line) -> Iterator[str]:
    """The address of its simple API (PEP 691), for as long as the context lasts."""

    # One for all: to read the certificates takes longer than most answers.
    real = urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context()))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if line.is_broken:
                self._break()
                return
            with contextlib.suppress(ConnectionError, Broken):
                self._hand_on()

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_said: object) -> None:
            pass

        def _hand_on(self) -> None:
            is_file = self.path.startswith("/files/")
            upstream = _FILES + self.path.removeprefix("/files") if is_file else _INDEX + self.path
            asked = urllib.request.Request(upstream, method=self.command)
            asked.add_header("Accept", "*/*" if is_file else _JSON)
            if spans := self.headers.get("Range"):
                asked.add_header("Range", spans)
            try:
                with real.open(asked, timeout=60) as answer:
                    if is_file:
                        self._head(answer.status, answer.headers, answer.headers["Content-Length"])
                        while chunk := answer.read(_CHUNK):
                            self._send(chunk)
                        return
                    page = answer.read().replace(_FILES.encode(), f"http://{self.headers['Host']}/files".encode())
                    self._head(answer.status, answer.headers, str(len(page)))
                    self._send(page)
            except urllib.error.HTTPError as error:
                self._head(error.code, error.headers, "0")

        def _head(self, status: int, headers: object, length: str) -> None:
            self.send_response(status)
            for name in ("Content-Type", "Content-Range", "Accept-Ranges", "ETag", "Cache-Control"):
                if value := headers.get(name):  # type: ignore[attr-defined]
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()

        def _send(self, data: bytes) -> None:
            come = line.take(len(data))
            self.wfile.write(data[:come])
            if come < len(data) or line.is_broken:
                self._break()
                raise Broken

        def _break(self) -> None:
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.shutdown(socket.SHUT_RDWR)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="breaking index", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
