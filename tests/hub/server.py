"""A small Hub on 127.0.0.1: models and data sets as huggingface_hub asks for them, and whatever can go wrong.

`Hub()` serves at `address` until `close()`. What a repository holds is said by `Repo`; `fail` and its like make the
next requests go wrong. `asked` keeps what was asked, so that a test can say what was not. Large files (`LARGE` and
more) are what the Hub keeps as LFS files: redirected to another port, which must not get the token.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = 4096
"""Bytes from which on a file is an LFS file; smaller ones are part of the repository."""
GOOD_TOKEN = "hf_good"
"""The one token that is somebody's; `Repo.granted` says whether they may read a gated repository."""

Kind = Literal["model", "dataset"]


@dataclass(frozen=True)
class Repo:
    """A repository. `about` is merged into what the API says of it: tags, cardData, config, safetensors, ...

    `claimed`: sizes that are said in place of the true ones.
    """

    id: str
    files: Mapping[str, bytes]
    kind: Kind = "model"
    about: Mapping[str, Any] = field(default_factory=dict)
    last_modified: str = "2026-10-05T12:00:00.000Z"
    is_private: bool = False
    gated: Literal["", "auto", "manual"] = ""
    granted: bool = False
    claimed: Mapping[str, int] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """The commit that `main` is: another one where the files are others."""
        parts = (f"{name}\0{hashlib.sha256(content).hexdigest()}" for name, content in sorted(self.files.items()))
        return hashlib.sha1("\0".join(parts).encode()).hexdigest()


@dataclass
class Fault:
    """What goes wrong with requests whose path matches `path`, so many `times`.

    `status`: answered in place of the content. `after`: so many bytes of the content come, then the connection breaks.
    `silent`: seconds without a word first. `damaged`: one byte of the content is another one.
    """

    path: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    after: int | None = None
    silent: float = 0.0
    damaged: bool = False
    times: int = 1


@dataclass(frozen=True)
class Asked:
    """One request as it came in. `port`: that of the Hub, or of the store of large files."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    port: int


class Hub:
    """Serves from threads of its own; every method may be called from any thread."""

    def __init__(self, *repos: Repo, pause: float = 0.0, piece: int = 64 << 10) -> None:
        """`pause`: seconds before each piece of a file's content of so many bytes."""
        self.repos: dict[tuple[str, str], Repo] = {(repo.kind, repo.id): repo for repo in repos}
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.pause, self.piece = pause, piece
        self.closing = threading.Event()
        self._site, self._store = (_Server(self) for _ in range(2))

    @property
    def address(self) -> str:
        """What HF_ENDPOINT is to be."""
        return f"http://127.0.0.1:{self._site.port}"

    @property
    def store_address(self) -> str:
        """Where large files come from."""
        return f"http://127.0.0.1:{self._store.port}"

    def add(self, repo: Repo) -> None:
        """Serve this one too, or in place of one of the same name."""
        self.repos[repo.kind, repo.id] = repo

    def fail(self, path: str, **how: Any) -> None:
        """Have the next request whose path this pattern finds go wrong; see `Fault`."""
        self.faults.append(Fault(path, **how))

    def fault_for(self, path: str) -> Fault | None:
        """What goes wrong with this request; it is used up by that."""
        for fault in self.faults:
            if fault.times > 0 and re.search(fault.path, path):
                fault.times -= 1
                return fault
        return None

    def paths(self, method: str = "GET") -> list[str]:
        """The paths that were asked for."""
        return [one.path for one in self.asked if one.method == method]

    def close(self) -> None:
        """Stop serving; what still waits is let go."""
        self.closing.set()
        for server in (self._site, self._store):
            server.stop()

    def __enter__(self) -> Hub:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: Hub) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hub = hub
        self.port = int(self.server_address[1])
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: pytest shows what matters."""

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        split = urlsplit(self.path)
        path, query = unquote(split.path), parse_qs(split.query)
        hub = self.server.hub
        hub.asked.append(Asked(self.command, path, query, dict(self.headers.items()), self.server.port))
        fault = hub.fault_for(path)
        if fault is not None and fault.silent:
            hub.closing.wait(fault.silent)
        if fault is not None and fault.status:
            self._send(fault.status, b"", fault.headers)
        elif found := re.fullmatch(r"/store/(model|dataset)/(.+?)/([0-9a-f]{64})", path):
            self._large(found[1], found[2], found[3], fault)
        elif path == "/api/whoami-v2":
            self._who()
        elif found := re.fullmatch(r"/api/(model|dataset)s", path):
            self._list(found[1], query)
        elif found := re.fullmatch(r"/api/(model|dataset)s/([^/]+(?:/[^/]+)?)/tree/([^/]+)/?", path):
            self._tree(found[1], found[2], found[3])
        elif found := re.fullmatch(r"/api/(model|dataset)s/([^/]+(?:/[^/]+)??)(?:/revision/([^/]+))?", path):
            self._info(found[1], found[2], found[3] or "main", query)
        elif found := re.fullmatch(r"/(datasets/)?([^/]+(?:/[^/]+)??)/resolve/([^/]+)/(.+)", path):
            self._file("dataset" if found[1] else "model", found[2], found[3], found[4], fault)
        else:
            self._refuse(404, "EntryNotFound")

    # ------------------------------------------------------------------------------------------ who may see what

    @property
    def _token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def _seen(self, kind: str, name: str, revision: str, *, content: bool) -> Repo | None:
        """The repository, where whoever asks may see it (or its `content`); else the refusal is sent."""
        repo = self.server.hub.repos.get((kind, name))
        if self._token and self._token != GOOD_TOKEN:
            self._send(401, b"", {"X-Error-Message": "Invalid credentials in Authorization header"})
        elif repo is None or (repo.is_private and not self._token):
            self._refuse(404 if self._token else 401, "RepoNotFound")
        elif revision not in ("main", repo.commit):
            self._refuse(404, "RevisionNotFound")
        elif content and repo.gated and not (self._token and repo.granted):
            self._refuse(403 if self._token else 401, "GatedRepo")
        else:
            return repo
        return None

    # --------------------------------------------------------------------------------------------------- the API

    def _who(self) -> None:
        if self._token == GOOD_TOKEN:
            self._json({"type": "user", "name": "ada", "auth": {"accessToken": {"role": "read"}}})
        else:
            self._send(401, b"", {"X-Error-Message": "Invalid username or password."})

    def _list(self, kind: str, query: Mapping[str, list[str]]) -> None:
        words = query.get("search", [""])[0].casefold()
        wanted = {*query.get("filter", ()), *query.get("pipeline_tag", ()), *query.get("task_categories", ())}
        found = []
        for repo in self.server.hub.repos.values():
            about = _about(repo)
            tags = {*about.get("tags", ()), about.get("pipeline_tag")}
            if repo.kind == kind and not repo.is_private and words in repo.id.casefold() and wanted <= tags:
                found.append(about)
        found.sort(key=lambda one: -one.get("downloads", 0))
        self._json(found[: int(query.get("limit", ["1000"])[0])])

    def _info(self, kind: str, name: str, revision: str, query: Mapping[str, list[str]]) -> None:
        repo = self._seen(kind, name, revision, content=False)
        if repo is not None:
            self._json(_about(repo, with_sizes="blobs" in query))

    def _tree(self, kind: str, name: str, revision: str) -> None:
        repo = self._seen(kind, name, revision, content=False)
        if repo is None:
            return
        folders = {name.rpartition("/")[0] for name in repo.files} - {""}
        listed: list[dict[str, Any]] = [
            {"type": "directory", "oid": "0" * 40, "size": 0, "path": one} for one in folders
        ]
        for path, content in repo.files.items():
            size = repo.claimed.get(path, len(content))
            listed.append({"type": "file", "path": path, "size": size, "oid": _blob_id(content)})
            if len(content) >= LARGE:
                listed[-1]["lfs"] = {"oid": _sha256(content), "size": size, "pointerSize": 134}
        self._json(listed)

    # ------------------------------------------------------------------------------------------------- the files

    def _file(self, kind: str, name: str, revision: str, path: str, fault: Fault | None) -> None:
        repo = self._seen(kind, name, revision, content=True)
        if repo is None:
            return
        content = repo.files.get(path)
        if content is None:
            self._refuse(404, "EntryNotFound", {"X-Repo-Commit": repo.commit})
        elif len(content) < LARGE:
            self._content(content, {"X-Repo-Commit": repo.commit, "ETag": f'"{_blob_id(content)}"'}, fault)
        else:
            digest = _sha256(content)
            where = {"X-Repo-Commit": repo.commit, "X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(content))}
            where["Location"] = f"{self.server.hub.store_address}/store/{kind}/{name}/{digest}?signed=yes"
            self._send(302, b"", where)

    def _large(self, kind: str, name: str, digest: str, fault: Fault | None) -> None:
        repo = self.server.hub.repos[kind, name]
        content = next(content for content in repo.files.values() if _sha256(content) == digest)
        self._content(content, {"ETag": f'"{digest}"'}, fault)

    def _content(self, content: bytes, headers: Mapping[str, str], fault: Fault | None) -> None:
        if fault is not None and fault.damaged:
            content = bytes([content[0] ^ 255]) + content[1:]
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        if start >= len(content) > 0:
            self._send(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            return
        self.send_response(206 if asked else 200)
        for name, value in {**headers, "Content-Length": str(len(content) - start)}.items():
            self.send_header(name, value)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        end = len(content) if fault is None or fault.after is None else start + fault.after
        hub = self.server.hub
        for at in range(start, min(end, len(content)), hub.piece):
            if hub.pause and hub.closing.wait(hub.pause):
                break
            self.wfile.write(content[at : min(at + hub.piece, end)])
        if end < len(content):
            self.wfile.flush()
            self.close_connection = True

    # ----------------------------------------------------------------------------------------------- the answers

    def _json(self, content: object) -> None:
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _refuse(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, b"", {"X-Error-Code": code, **(headers or {})})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _about(repo: Repo, *, with_sizes: bool = False) -> dict[str, Any]:
    siblings: list[dict[str, Any]] = [{"rfilename": path} for path in sorted(repo.files)]
    if with_sizes:
        for one in siblings:
            content = repo.files[one["rfilename"]]
            one |= {"size": len(content), "blobId": _blob_id(content)}
            if len(content) >= LARGE:
                one["lfs"] = {"sha256": _sha256(content), "size": len(content), "pointerSize": 134}
    return {
        "_id": hashlib.sha1(repo.id.encode()).hexdigest()[:24],
        "id": repo.id,
        "author": repo.id.partition("/")[0],
        "sha": repo.commit,
        "lastModified": repo.last_modified,
        "private": repo.is_private,
        "gated": repo.gated or False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": siblings,
        **repo.about,
    }


def _blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
