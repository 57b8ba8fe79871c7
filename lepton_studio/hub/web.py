"""How the process talks to the Hub: one session with patience, and what goes wrong as a `Failed`. Child only."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

import httpx2
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers, get_session, get_token, hf_raise_for_status

from lepton_studio import __version__
from lepton_studio.hub.connection import Connection
from lepton_studio.hub.failures import Failed
from lepton_studio.hub.tokens import kept_token

_MOST_PAGES = 100


class Stopped(Exception):
    """What was asked cannot be done; `failed` says why."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.reason, failed.detail)
        self.failed = failed


class Web:
    """The Hub, or a mirror of it, for one process. All raise `Stopped` within `failures_told`."""

    def __init__(self, connection: Connection) -> None:
        self.address = connection.address
        self.patience = connection.patience
        self.timeout = httpx2.Timeout(connection.patience.silence, connect=min(10.0, connection.patience.silence))
        self.token, self.token_source = find_token(connection)
        self.headers = build_hf_headers(
            token=self.token or False, library_name="lepton-studio", library_version=__version__
        )

    def get(self, path: str, **query: Any) -> Any:
        """What the API says, as JSON."""
        return self._ask(f"{self.address}{path}", query)[0]

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """The entries of a list that comes in pages."""
        url: str | None = f"{self.address}{path}"
        for _ in range(_MOST_PAGES):
            if url is None:
                return
            entries, url = self._ask(url, query)
            query = {}
            yield from entries if isinstance(entries, list) else ()

    def stream(self, url: str, *, start: int = 0) -> Any:
        """A response to read the bytes of a file from, from `start` on: a context manager."""
        headers = {**self.headers, "Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        return get_session().stream("GET", url, headers=headers, timeout=self.timeout)

    def _ask(self, url: str, query: dict[str, Any]) -> tuple[Any, str | None]:
        response = get_session().get(url, headers=self.headers, params=query or None, timeout=self.timeout)
        hf_raise_for_status(response)
        following = response.links.get("next", {}).get("url")
        try:
            return response.json(), following and urljoin(url, following)
        except ValueError as error:
            raise Stopped(Failed("not_a_hub", detail="no JSON")) from error


def find_token(connection: Connection) -> tuple[str, str]:
    """The token to send and where it comes from; "" for none."""
    if connection.token:
        return connection.token, "session"
    if kept := kept_token():
        return kept, "keyring"
    found = get_token() if connection.shares_token else None
    return (found, "shared") if found else ("", "")


@contextmanager
def failures_told() -> Iterator[None]:
    """Within it, what the Hub, the network or the disk does becomes `Stopped`."""
    try:
        yield
    except HfHubHTTPError as error:
        raise Stopped(_failed(error)) from error
    except HFValidationError as error:
        raise Stopped(Failed("bad_name", detail=str(error))) from error
    except httpx2.TimeoutException as error:
        raise Stopped(Failed("timed_out", detail=repr(error))) from error
    except httpx2.ConnectError as error:
        raise Stopped(Failed("no_network", detail=repr(error))) from error
    except (httpx2.TransportError, httpx2.StreamError) as error:
        raise Stopped(Failed("broken_off", detail=repr(error))) from error
    except (httpx2.InvalidURL, httpx2.HTTPError) as error:
        raise Stopped(Failed("no_network", detail=repr(error))) from error
    except (KeyError, TypeError, AttributeError) as error:  # an answer of another shape than the Hub's
        raise Stopped(Failed("not_a_hub", detail=repr(error))) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Stopped(Failed("no_space")) from error
        raise Stopped(Failed("no_write", detail=str(error.filename or ""))) from error


def _failed(error: HfHubHTTPError) -> Failed:
    status, detail = error.response.status_code, str(error)
    if isinstance(error, GatedRepoError):
        return Failed("gated", detail=detail)
    if isinstance(error, RevisionNotFoundError):
        return Failed("no_revision", detail=detail)
    if isinstance(error, RepositoryNotFoundError):
        return Failed("not_found", detail=detail)
    if status == 429:
        return Failed("too_many", seconds=retry_after(error.response), detail=detail)
    if status == 401:
        return Failed("bad_token", detail=detail)
    if status == 403:
        return Failed("no_access", detail=detail)
    if status == 404:
        return Failed("not_found", detail=detail)
    return Failed("server" if status >= 500 or status == 408 else "not_a_hub", detail=detail)


def retry_after(response: httpx2.Response) -> int:
    """The seconds that a server asks to wait; 0 where it names none."""
    said = response.headers.get("retry-after", "")
    return int(said) if said.isascii() and said.isdigit() else 0
