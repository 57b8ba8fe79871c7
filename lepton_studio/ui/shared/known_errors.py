"""Which exceptions carry a sentence for the person. Everything else is a fault of ours and goes to the error report."""

from __future__ import annotations

import errno
import sys

from lepton_studio.language import tr
from lepton_studio.os_words import reason_of

_KNOWN = (
    ("lepton_studio.project.errors", "ProjectError"),
    ("lepton_studio.formats", "UnreadableFile"),
    ("lepton_studio.studio.exporting", "ExportError"),
    ("lepton_studio.studio.tuning", "TuningNotPossible"),
    ("lepton_studio.studio.predicting", "PredictionFailed"),
    ("lepton_studio.runs.process", "CouldNotStart"),
    ("lepton_studio.runs.job", "BadSetting"),
    ("lepton_studio.contract.task", "BadAnnotation"),
    ("lepton_studio.contract.task", "BadReport"),
    ("lepton_studio.contract.task", "UnknownTask"),
)


def is_known(error: BaseException) -> bool:
    """Whether `sentence_of` has a sentence for the person. Imports nothing: what is not loaded was not raised."""
    for module, name in _KNOWN:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return True
    return isinstance(error, OSError)


def sentence_of(error: BaseException) -> str:
    """The sentence of a known error; what the system says of a file is put into words here."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    if error.errno == errno.ENOENT and error.filename:
        return tr("{file} is not there.", file=error.filename)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return tr("The disk is full. Free some space and try again.")
    return tr(
        "{file} could not be read or written: {why}.", file=error.filename or tr("The file"), why=reason_of(error)
    )


def was_cancelled(error: BaseException) -> bool:
    """Whether the error only says that the person pressed Cancel."""
    return type(error).__name__ in ("Cancelled", "WorkCancelled")
