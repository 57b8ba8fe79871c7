"""Values of another shape than their reader expects: a foreign file may hold anything anywhere, and that is no bug."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lepton_studio.formats.refusal import UnreadableFile
from lepton_studio.language import tr

MISSHAPEN = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError, RecursionError, csv.Error)
"""What reading raises there."""

_DEEPEST = 100
_log = logging.getLogger(__name__)


@contextmanager
def refused(paths: Sequence[Path]) -> Iterator[None]:
    """Refuse the files in a sentence where something in them was not foreseen; the log has it in Python's words."""
    try:
        yield
    except MISSHAPEN as error:
        name = paths[0].name if paths else ""
        _log.warning("%s: not foreseen", name, exc_info=True)
        raise UnreadableFile(
            tr("Cannot read {file}: it has content that cannot be understood. Is it damaged?", file=name)
        ) from error


def not_foreseen(name: str) -> None:
    """Put the exception at hand into the log."""
    _log.warning("%s: not foreseen", name, exc_info=True)


def is_too_deep(value: object) -> bool:
    """Whether lists and objects are nested more than a hundred deep, which no file out could hold."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for one in level
            if isinstance(one, (dict, list))
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
