"""Errors that carry a sentence for the person. Everything else is a fault of ours and goes to the error report."""

from __future__ import annotations

import errno

from lepton_studio.language import tr
from lepton_studio.os_words import reason_of


class StudioError(Exception):
    """The base of every failure that is foreseen: `str(error)` is a sentence with a next step, ready to be shown."""


class Cancelled(Exception):
    """The person asked for the end of the work; what it had begun is undone."""


def has_sentence(error: BaseException) -> bool:
    """Whether `sentence_of` has a sentence for the person."""
    return isinstance(error, StudioError | OSError)


def sentence_of(error: BaseException) -> str:
    """The sentence of a foreseen error; what the system says of a file is put into words here."""
    if not isinstance(error, OSError):
        return str(error)
    if error.errno == errno.ENOENT and error.filename:
        return tr("Cannot find {file}.", file=error.filename)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return tr("The disk is full. Free some space and try again.")
    return tr("Cannot read or write {file}: {why}.", file=error.filename or tr("the file"), why=reason_of(error))
