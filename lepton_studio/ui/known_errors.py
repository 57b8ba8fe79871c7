"""Which exceptions carry a sentence for the person. Everything else is a fault of ours and goes to the error report."""

from __future__ import annotations

import errno
import sys

from lepton_studio.language import tr

_KNOWN = (
    ("lepton_studio.project.errors", "ProjectError"),
    ("lepton_studio.formats", "UnreadableFile"),
    ("lepton_studio.studio.exporting", "ExportError"),
    ("lepton_studio.studio.tuning", "TuningNotPossible"),
    ("lepton_studio.studio.predicting", "PredictionFailed"),
    ("lepton_studio.runs.process", "CouldNotStart"),
    ("lepton_studio.runs.job", "BadSetting"),
    ("lepton_studio.tasks.base", "BadAnnotation"),
    ("lepton_studio.tasks.base", "BadReport"),
    ("lepton_studio.tasks.base", "UnknownTask"),
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
    values = {"file": error.filename or tr("the file")}
    match error.errno:
        case errno.ENOENT:
            return tr("{file} is not there.", **values)
        case errno.EACCES | errno.EPERM:
            return tr("You may not read or change {file}, or another program has it open.", **values)
        case errno.EROFS:
            return tr("{file} lies on a disk that can only be read.", **values)
        case errno.ENOSPC | errno.EDQUOT:
            return tr("The disk is full. Free some space and try again.")
        case errno.ENAMETOOLONG:
            return tr("The name or path of {file} is too long.", **values)
        case errno.EEXIST | errno.ENOTEMPTY:
            return tr("{file} is there already.", **values)
        case errno.EISDIR:
            return tr("{file} is a folder, not a file.", **values)
        case errno.ENOTDIR:
            return tr("{file} is a file, not a folder.", **values)
        case errno.EIO | errno.ESTALE | errno.ENODEV | errno.ENXIO | errno.ETIMEDOUT | errno.EHOSTDOWN:
            return tr("The disk that {file} lies on does not answer.", **values)
        case errno.EMFILE | errno.ENFILE | errno.ENOMEM:
            return tr("The system has no room for this just now. Close other programs and try again.")
        case _:
            return tr("{file} could not be read or written ({reason}).", reason=error.strerror or "", **values)


def was_cancelled(error: BaseException) -> bool:
    """Whether the error only says that the person pressed Cancel."""
    return type(error).__name__ in ("Cancelled", "WorkCancelled")
