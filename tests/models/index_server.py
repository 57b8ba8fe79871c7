"""A package index on 127.0.0.1 that does what networks do: breaks, refuses, asks to wait, sends something else."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JSON = "application/vnd.pypi.simple.v1+json"


@dataclass
class Behaviour:
    """What the server holds and how it answers; tests change it while it runs.

    `files`: name of a wheel to its bytes. `says_html`: pages as older indexes have them. `ranges`: it can begin in the
    middle. `breaks`: bytes after which each of the next answers ends, one after another. `errors`: codes that the next
    requests for files are answered with. `retry_after`: what goes with them. `digest`: what it says of all files, ""
    for the truth. `password`: "name:password" that it wants.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    says_html: bool = False
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)
    errors: list[int] = field(default_factory=list)
    retry_after: str = ""
    digest: str = ""
    password: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """(path, Range header) of every request for a file."""


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """The address of its simple API, such as http://127.0.0.1:4321/simple."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behaviour))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(behaviour: Behaviour) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

        def do_GET(self) -> None:
            if behaviour.password and self.headers.get("Authorization") != behaviour.password:
                return self.send_error(401)
            if self.path.startswith("/simple/"):
                return self._page(self.path.split("/")[2])
            return self._file(self.path.rpartition("/")[2])

        def _page(self, project: str) -> None:
            names = [name for name in behaviour.files if re.sub(r"[-_.]+", "-", name.split("-")[0]) == project]
            if not names:
                return self.send_error(404)
            digests = {name: behaviour.digest or hashlib.sha256(behaviour.files[name]).hexdigest() for name in names}
            if behaviour.says_html:
                links = [f'<a href="../../files/{name}#sha256={digests[name]}">{name}</a>' for name in names]
                return self._send("".join(links).encode(), kind="text/html; charset=utf-8")
            files = [
                {
                    "filename": name,
                    "url": f"/files/{name}",
                    "hashes": {"sha256": digests[name]},
                    "size": len(behaviour.files[name]),
                }
                for name in names
            ]
            return self._send(json.dumps({"files": files}).encode(), kind=JSON)

        def _file(self, name: str) -> None:
            behaviour.asked.append((self.path, self.headers.get("Range", "")))
            if behaviour.errors:
                self.send_response(behaviour.errors.pop(0))
                if behaviour.retry_after:
                    self.send_header("Retry-After", behaviour.retry_after)
                self.send_header("Content-Length", "0")
                return self.end_headers()
            whole = behaviour.files[name]
            start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if behaviour.ranges else 0
            if start >= len(whole):
                return self.send_error(416)
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
            self.send_header("Content-Length", str(len(whole) - start))
            self.end_headers()
            end = start + behaviour.breaks.pop(0) if behaviour.breaks else len(whole)
            self.wfile.write(whole[start:end])
            return None

        def _send(self, page: bytes, *, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

    return Handler
