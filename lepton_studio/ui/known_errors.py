"""Which exceptions carry a sentence for the person. Everything else is a fault of ours and goes to the error report."""

from __future__ import annotations

import sys

_KNOWN = (
    ("lepton_studio.project.errors", "ProjectError"),
    ("lepton_studio.formats", "UnreadableFile"),
    ("lepton_studio.studio.exporting", "ExportError"),
    ("lepton_studio.studio.tuning", "TuningNotPossible"),
    ("lepton_studio.studio.predicting", "PredictionFailed"),
    ("lepton_studio.runs.process", "CouldNotStart"),
    ("lepton_studio.runs.job", "BadSetting"),
    ("lepton_studio.tasks.base", "BadAnnotation"),
)


def is_known(error: BaseException) -> bool:
    """Whether `str(error)` is a sentence for the person. Imports nothing: what is not loaded was not raised."""
    for module, name in _KNOWN:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return True
    return isinstance(error, OSError)


def was_cancelled(error: BaseException) -> bool:
    """Whether the error only says that the person pressed Cancel."""
    return type(error).__name__ in ("Cancelled", "WorkCancelled")
