"""The log file: where what a person need not see is kept for a report (tracebacks of faults that are ours)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from lepton_studio import __version__
from lepton_studio.faults import traceback_of
from lepton_studio.private import private_folder, private_opener
from lepton_studio.settings import user_folder


def log_file() -> Path:
    """Its path, the one that the window writes too. The file need not exist."""
    return user_folder() / "logs" / "lepton-studio.log"


def record_error(error: BaseException) -> Path | None:
    """Append the traceback of `error` to the log; its path, or None where the log cannot be written."""
    path = log_file()
    entry = traceback_of(error)
    try:
        private_folder(path.parent)
        with open(path, "a", encoding="utf-8", opener=private_opener) as log:
            log.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {__version__}\n{entry}\n")
    except OSError:
        return None
    return path
