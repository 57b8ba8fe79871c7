"""Opening addresses with the standard library: proxies, certificates, names and passwords, and what went wrong in
sentences. Nothing here is sent but the address that was asked for."""

from __future__ import annotations

import base64
import contextlib
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException, HTTPResponse
from math import ceil
from pathlib import Path
from time import time
from typing import Any, cast

from lepton_studio import __version__
from lepton_studio.errors import StudioError
from lepton_studio.language import tr, trn

SECONDS = 20.0
"""Of silence, after which a connection counts as broken."""
_SCHEMES = ("http", "https", "file")
_AGENT = f"lepton-studio/{__version__}"


class DownloadFailed(StudioError):
    """Something could not be had; the text is a sentence for a person, with what to do next.

    `may_pass`: the same may succeed in a moment, after `wait` seconds where the server said so. `is_absent`: the server
    answers, and has no such file.
    """

    def __init__(self, sentence: str, *, may_pass: bool = False, is_absent: bool = False, wait: float = 0.0) -> None:
        super().__init__(sentence)
        self.may_pass = may_pass
        self.is_absent = is_absent
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Web:
    """How this computer gets out. `proxy`: one for everything, "" for what the environment or the system says.

    `certificate`: a file or folder of certificates to trust beside those that the system knows.
    """

    proxy: str = ""
    certificate: str = ""
    seconds: float = SECONDS


@contextlib.contextmanager
def broken_connections(url: str) -> Any:
    """What the network does in the middle of an answer becomes DownloadFailed that may pass."""
    try:
        yield
    except (HTTPException, OSError) as error:
        raise DownloadFailed(
            tr("The connection to {host} broke. Check the network and try again.", host=host_of(url)), may_pass=True
        ) from error


def open_url(url: str, *, web: Web, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    """The answer, to be read and closed; of a file it has no status. http, https, file. Raises DownloadFailed."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise DownloadFailed(tr("{url} is not the address of a server. It must begin with https://.", url=url))
    request = urllib.request.Request(without_password(url), headers={"User-Agent": _AGENT, **(headers or {})})
    if parts.username:
        # A redirection to another server must not take the password along.
        request.add_unredirected_header("Authorization", _basic(parts))
    with broken_connections(url):
        try:
            return cast(HTTPResponse, _opener(web).open(request, timeout=web.seconds))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error, url=url) from error
        except urllib.error.URLError as error:
            raise _unreachable(error, url=url) from error


def host_of(url: str) -> str:
    """The server's name for people; of a file the path."""
    parts = urllib.parse.urlsplit(url)
    return parts.hostname or urllib.request.url2pathname(parts.path)


def without_password(url: str) -> str:
    """The address as it may be shown and sent."""
    parts = urllib.parse.urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def with_password_of(page: str, url: str) -> str:
    """`url` with the name and password of the page that it stands on, where both are on one server."""
    of_page, of_url = urllib.parse.urlsplit(page), urllib.parse.urlsplit(url)
    if of_page.username and (of_page.scheme, of_page.netloc.rpartition("@")[2]) == (of_url.scheme, of_url.netloc):
        return of_url._replace(netloc=of_page.netloc).geturl()
    return url


@cache
def _opener(web: Web) -> urllib.request.OpenerDirector:
    known = ssl.create_default_context()
    with contextlib.suppress(ImportError, OSError):
        import certifi  # Python on macOS knows no certificates by itself

        known.load_verify_locations(certifi.where())
    if web.certificate:
        path = Path(web.certificate)
        try:
            if path.is_dir():
                known.load_verify_locations(capath=path)
            else:
                known.load_verify_locations(cafile=path)
        except OSError as error:
            raise DownloadFailed(
                tr("Cannot read the certificates in {file}, which pip's settings name.", file=path)
            ) from error
    proxies = {"http": web.proxy, "https": web.proxy} if web.proxy else None
    handlers = (urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=known))
    return urllib.request.build_opener(*handlers)


def _basic(parts: urllib.parse.SplitResult) -> str:
    said = f"{urllib.parse.unquote(parts.username or '')}:{urllib.parse.unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(said.encode()).decode("ascii")


def _refused(error: urllib.error.HTTPError, *, url: str) -> DownloadFailed:
    host = host_of(url)
    if error.code in (404, 410):
        return DownloadFailed(tr("{host} does not have this file. Choose another mirror.", host=host), is_absent=True)
    if error.code in (401, 403, 407):
        return DownloadFailed(
            tr(
                "{host} does not allow the download (error {code}). Check the name and password in its address, or "
                "choose another mirror.",
                host=host,
                code=error.code,
            )
        )
    wait = _retry_after(error.headers.get("Retry-After", ""))
    if error.code == 429:
        return DownloadFailed(_too_often(host, wait=wait), may_pass=True, wait=wait)
    return DownloadFailed(
        tr("{host} has a problem (error {code}). Try again later, or choose another mirror.", host=host,
           code=error.code),
        may_pass=error.code >= 500,
        wait=wait,
    )  # fmt: skip


def _too_often(host: str, *, wait: float) -> str:
    if not wait:
        return tr(
            "{host} allows no more downloads at the moment. Try again later, or choose another mirror.", host=host
        )
    return trn(
        "{host} allows no more downloads at the moment. Try again in a minute, or choose another mirror.",
        "{host} allows no more downloads at the moment. Try again in {count} minutes, or choose another mirror.",
        ceil(wait / 60),
        host=host,
    )


def _retry_after(said: str) -> float:
    """Seconds, from a number or a date; 0 where it says nothing."""
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, float(said) if said.strip().isdigit() else parsedate_to_datetime(said).timestamp() - time())
    return 0.0


def _unreachable(error: urllib.error.URLError, *, url: str) -> DownloadFailed:
    if isinstance(error.reason, ssl.SSLCertVerificationError):
        return DownloadFailed(
            tr(
                "{host} cannot prove who it is: this computer does not trust its certificate. Check the date of this "
                "computer, ask whoever runs your network, or choose another mirror.",
                host=host_of(url),
            )
        )
    if urllib.parse.urlsplit(url).scheme == "file":
        return DownloadFailed(tr("Cannot find {file}.", file=host_of(url)), is_absent=True)
    return DownloadFailed(
        tr(
            "Cannot reach {host}. Check the network connection and the proxy, or choose another mirror.",
            host=host_of(url),
        ),
        may_pass=True,
    )
