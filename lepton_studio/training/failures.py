"""What went wrong, in the kinds that the wire knows and in a sentence for the person."""

from __future__ import annotations

import errno
import traceback

import torch

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.methods.hooks import Unfit
from lepton_studio.runs.events import Failed, FailureKind

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC,)
_MEMORY_WORDS = ("not enough memory", "out of memory", "can't allocate memory", "cannot allocate memory")
_SPACE_WORDS = ("no space left on device", "disk quota exceeded", "os error 28", "not enough space on the disk")


class BadData(StudioError):
    """The samples do not make a training run; the text is a sentence for the person."""


class ModelNotFound(StudioError):
    """The model cannot be had or cannot be used; the text is a sentence for the person."""


class NotANumber(StudioError):
    """The loss is infinite or no number, again and again; the text is a sentence for the person."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the device or the machine had no memory left."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in _MEMORY_WORDS)


def is_no_space(error: BaseException | None) -> bool:
    """Whether the disk is full. Libraries in Rust say so in words only."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_SPACE:
            return True
        if any(word in str(error).lower() for word in _SPACE_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def failed(error: BaseException, *, step: int) -> Failed:
    """The last event for an error that ended the job; its detail is the traceback."""
    kind, message = _kind_and_sentence(error)
    detail = "".join(traceback.format_exception(error))
    return Failed(kind=kind, message=message, detail=detail, step=step)


def _kind_and_sentence(error: BaseException) -> tuple[FailureKind, str]:
    if is_out_of_memory(error):
        return "out_of_memory", tr("There was not enough memory, not even for one sample at a time.")
    if is_no_space(error):
        return "no_space", tr("The disk is full; the run could not be saved.")
    match error:
        case ModelNotFound():
            return "model_not_found", str(error)
        case NotANumber():
            return "not_a_number", str(error)
        case Unfit():
            return "bad_recipe", str(error)
        case StudioError():  # BadData, and what else has a sentence
            return "bad_data", str(error)
        case _:
            return "bug", tr("Lepton Studio ran into an internal error. See the report for details.")
