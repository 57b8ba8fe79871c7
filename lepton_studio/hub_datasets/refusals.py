"""What `datasets` and `huggingface_hub` raise, as the reasons that there are sentences for. In the child only."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pyarrow as pa
from datasets.exceptions import DataFilesNotFoundError, DatasetNotFoundError
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from lepton_studio.native.failures import NativeFailure, Reason

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def told_as_failure() -> Iterator[None]:
    """Raise NativeFailure for what goes wrong; "crashed" is not foreseen, and has its traceback for the log."""
    try:
        yield
    except NativeFailure:
        raise
    except Exception as error:
        reason = _reason(error)
        detail = "".join(traceback.format_exception(error)) if reason is None else f"{type(error).__name__}: {error}"
        raise NativeFailure(reason or "crashed", detail) from error


def _reason(error: BaseException | None) -> Reason | None:
    """The first that says something, from the outermost on; what only guesses is asked last."""
    if error is None:
        return None
    return _own_reason(error) or _reason(_cause(error))


def _own_reason(error: BaseException) -> Reason | None:
    found: Reason | None = None
    if isinstance(error, GatedRepoError):
        found = "gated"
    elif isinstance(error, RevisionNotFoundError):
        found = "no_revision"
    elif isinstance(error, HfHubHTTPError):
        found = _by_status(error)
    elif isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError):
        found = "broken_off"
    elif isinstance(error, httpx2.TransportError):
        found = "unreachable"
    elif isinstance(error, OSError) and error.errno in _FULL:
        found = "disk_full"
    elif isinstance(error, DataFilesNotFoundError) or (isinstance(error, ValueError) and "don't belong" in str(error)):
        found = "other_files"
    elif isinstance(error, HFValidationError) or (isinstance(error, DatasetNotFoundError) and not _cause(error)):
        found = "not_found"
    elif isinstance(error, RuntimeError) and "scripts are no longer supported" in str(error):
        found = "needs_code"
    elif isinstance(error, pa.ArrowInvalid | pa.ArrowTypeError | UnicodeError):
        found = "mixed"
    return found


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ or error.__context__


def _by_status(error: HfHubHTTPError) -> Reason | None:
    status = error.response.status_code
    if status == 401:
        return "signed_out"  # so the Hub answers for what is not there, too, as long as nobody is signed in
    if status == 403:
        return "gated"
    if status == 429:
        return "busy"
    if isinstance(error, RepositoryNotFoundError):
        return "not_found"
    return "unreachable" if status >= 500 else None
