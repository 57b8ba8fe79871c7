"""A Hub on 127.0.0.1 that holds datasets: what `datasets` and `huggingface_hub` ask for to read one and to push one."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_a_token_of_the_test"
_HOST = "127.0.0.1"
_LFS_FROM = 64 << 10


@dataclass(slots=True)
class Repo:
    """Files by path. `answer`: what every request of it gets instead (401, 403, 429...); `gated`: only with TOKEN."""

    files: dict[str, bytes]
    card: dict[str, Any] = field(default_factory=dict)
    gated: bool = False
    answer: int = 0
    named_sha: str = ""

    @property
    def sha(self) -> str:
        """The commit: another one for other content, unless `named_sha` says so."""
        if self.named_sha:
            return self.named_sha
        told = hashlib.sha1()
        for path, content in sorted(self.files.items()):
            told.update(path.encode() + content)
        return told.hexdigest()


@dataclass(slots=True)
class Hub:
    """The server's state. `requests`: "METHOD path" of each; `cut_at`: a body of a data file ends after so many bytes,
    as often as `cuts` says; `sent`: bytes of data files."""

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    cut_at: int = 0
    cuts: int = 0
    slow: float = 0.0
    sent: int = 0
    stored: dict[str, bytes] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def environment(self) -> dict[str, str]:
        """What makes a process talk to this server."""
        return {"HF_ENDPOINT": self.url, "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0"}


@contextmanager
def running_hub(**repos: Repo) -> Iterator[Hub]:
    """A server for as long as the block lasts; `somebody__name` is the repository somebody/name."""
    hub = Hub(repos={name.replace("__", "/", 1): repo for name, repo in repos.items()})
    server = ThreadingHTTPServer((_HOST, 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://{_HOST}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self) -> None:
        self._take()

    def do_HEAD(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PUT(self) -> None:
        self._take()

    def log_message(self, *_args: object) -> None:
        """Nothing goes to the terminal."""

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = self._chunks()
        with self.hub.lock:
            self.hub.requests.append(f"{self.command} {self.path}")
        parts = [unquote(one) for one in urlsplit(self.path).path.strip("/").split("/")]
        match parts:
            case ["api", "whoami-v2"]:
                self._json({"name": "somebody", "type": "user", "orgs": [], "auth": {}}) if self._knows() else self._no(
                    401
                )
            case ["api", "repos", "create"]:
                self._create(json.loads(body))
            case ["api", "validate-yaml"]:
                self._json({"errors": [], "warnings": []})
            case ["api", "datasets", owner, name, *rest]:
                self._api(f"{owner}/{name}", rest, body)
            case ["datasets", owner, name, "resolve", _revision, *path]:
                self._file(f"{owner}/{name}", "/".join(path))
            case ["datasets", owner, name, "info", "lfs", "objects", "batch"]:
                self._batch(f"{owner}/{name}", json.loads(body))
            case ["store", oid]:
                self.hub.stored[oid] = body
                self._answer(200, b"", {})
            case _:
                self._no(404)

    def _chunks(self) -> bytes:
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def _knows(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _repo(self, name: str) -> Repo | None:
        """The repository, or None where the request has been answered."""
        repo = self.hub.repos.get(name)
        if repo is None:
            self._no(404 if self._knows() else 401, "RepoNotFound")
        elif repo.answer:
            self._no(repo.answer)
        elif repo.gated and not self._knows():
            self._no(401, "GatedRepo")
        else:
            return repo
        return None

    def _api(self, name: str, rest: list[str], body: bytes) -> None:
        # what a dataset is may be read by anyone; only its files are gated
        repo = self.hub.repos.get(name)
        if rest[:1] in ([], ["revision"]) and repo is not None and repo.gated:
            return self._json(_described(name, repo))
        repo = self._repo(name)
        if repo is None:
            return None
        if rest[:1] in ([], ["revision"]):
            if len(rest) == 2 and rest[1] not in ("main", repo.sha):
                return self._no(404, "RevisionNotFound")
            return self._json(_described(name, repo))
        if rest[0] == "auth-check":
            return self._json({})
        if rest[0] == "tree":
            folder = "/".join(rest[2:])
            return self._json(
                _tree(repo, folder, recursive="recursive=True" in self.path or "recursive=true" in self.path)
            )
        if rest[0] == "paths-info":
            sent = body.decode()
            asked = json.loads(sent)["paths"] if sent.startswith("{") else parse_qs(sent)["paths"]
            every = {one["path"]: one for one in _tree(repo, "", recursive=True)}
            return self._json([every[path] for path in asked if path in every])
        if rest[0] == "preupload":
            files = json.loads(body)["files"]
            modes = [
                {"path": one["path"], "uploadMode": "lfs" if one["path"].endswith(".parquet") else "regular",
                 "shouldIgnore": False} for one in files
            ]  # fmt: skip
            return self._json({"files": modes})
        if rest[0] == "commit":
            return self._commit(name, repo, body)
        return self._no(404)

    def _file(self, name: str, path: str) -> None:
        repo = self._repo(name)
        if repo is None:
            return
        content = repo.files.get(path)
        if content is None:
            return self._no(404, "EntryNotFound")
        etag = hashlib.sha256(content).hexdigest()
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": repo.sha, "Accept-Ranges": "bytes"}
        status, part = 200, content
        if asked := self.headers.get("Range"):
            first, last = asked.removeprefix("bytes=").split("-")
            begin = int(first) if first else len(content) - int(last)
            end = min(int(last) + 1 if first and last else len(content), len(content))
            if begin >= len(content):
                return self._answer(416, b"", headers | {"Content-Range": f"bytes */{len(content)}"})
            part, status = content[begin:end], 206
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(content)}"
        self._answer(status, part, headers, is_data=path.endswith((".parquet", ".csv", ".json", ".jsonl")))

    def _create(self, asked: dict[str, Any]) -> None:
        if not self._knows():
            return self._no(401)
        name = f"{asked.get('organization') or 'somebody'}/{asked['name']}"
        if name in self.hub.repos:
            return self._answer(409, json.dumps({"url": f"{self.hub.url}/datasets/{name}"}).encode(), {})
        self.hub.repos[name] = Repo({".gitattributes": b"*.parquet filter=lfs\n"})
        self._json({"url": f"{self.hub.url}/datasets/{name}", "name": name, "id": name})

    def _batch(self, _name: str, asked: dict[str, Any]) -> None:
        objects = [
            {"oid": one["oid"], "size": one["size"],
             "actions": {"upload": {"href": f"{self.hub.url}/store/{one['oid']}", "header": {}}}}
            for one in asked["objects"]
        ]  # fmt: skip
        self._json({"transfer": "basic", "objects": objects})

    def _commit(self, name: str, repo: Repo, body: bytes) -> None:
        if not self._knows():
            return self._no(401)
        for line in body.decode().splitlines():
            told = json.loads(line)
            value = told["value"]
            if told["key"] == "file":
                repo.files[value["path"]] = base64.b64decode(value["content"])
            elif told["key"] == "lfsFile":
                repo.files[value["path"]] = self.hub.stored[value["oid"]]
            elif told["key"] == "deletedFile":
                repo.files.pop(value["path"], None)
        url = f"{self.hub.url}/datasets/{name}/commit/{repo.sha}"
        return self._json({"success": True, "commitOid": repo.sha, "commitUrl": url, "hookOutput": ""})

    def _json(self, value: object) -> None:
        self._answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _no(self, status: int, code: str = "") -> None:
        said = {"X-Error-Code": code, "X-Error-Message": HTTPStatus(status).phrase} if code else {}
        self._answer(status, json.dumps({"error": HTTPStatus(status).phrase}).encode(), said)

    def _answer(self, status: int, body: bytes, headers: dict[str, str], *, is_data: bool = False) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if is_data:
            with self.hub.lock:
                cut = self.hub.cuts > 0 and len(body) > self.hub.cut_at
                self.hub.cuts -= cut
            if cut:
                body = body[: self.hub.cut_at]
            for at in range(0, len(body), 64 << 10):
                self.wfile.write(body[at : at + (64 << 10)])
                self.hub.sent += len(body[at : at + (64 << 10)])
                if self.hub.slow:
                    threading.Event().wait(self.hub.slow)
            if cut:
                self.close_connection = True
            return
        self.wfile.write(body)


def _described(name: str, repo: Repo) -> dict[str, Any]:
    owner = name.split("/")[0]
    return {
        "_id": "0" * 24, "id": name, "author": owner, "sha": repo.sha, "private": False,
        "gated": "auto" if repo.gated else False, "disabled": False, "downloads": 1, "likes": 0,
        "lastModified": "2026-01-01T00:00:00.000Z", "createdAt": "2026-01-01T00:00:00.000Z", "tags": [],
        "cardData": repo.card, "usedStorage": sum(map(len, repo.files.values())),
        "siblings": [{"rfilename": path} for path in sorted(repo.files)],
    }  # fmt: skip


def _tree(repo: Repo, folder: str, *, recursive: bool) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    inside = f"{folder}/" if folder else ""
    for path, content in sorted(repo.files.items()):
        if not path.startswith(inside):
            continue
        parts = path[len(inside) :].split("/")
        for depth in range(1, len(parts)):
            name = inside + "/".join(parts[:depth])
            if recursive or depth == 1:
                found[name] = {
                    "type": "directory",
                    "path": name,
                    "size": 0,
                    "oid": hashlib.sha1(name.encode()).hexdigest(),
                }
        if recursive or len(parts) == 1:
            oid = hashlib.sha1(content).hexdigest()
            found[path] = {"type": "file", "path": path, "size": len(content), "oid": oid}
    return list(found.values())
