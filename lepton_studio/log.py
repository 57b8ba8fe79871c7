"""The log file: where what a person need not see is kept for a report (tracebacks of faults that are ours)."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from lepton_studio import __version__

_TOO_LONG = 1_000_000
"""Bytes after which the log starts anew, the old one kept beside it."""


def log_file() -> Path:
    """Its path in the person's own state folder; `LEPTON_LOG` overrides it. The file need not exist."""
    if chosen := os.environ.get("LEPTON_LOG"):
        return Path(chosen)
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Lepton Studio"
    elif sys.platform == "darwin":
        folder = home / "Library" / "Logs" / "Lepton Studio"
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "lepton-studio"
    return folder / "lepton-studio.log"


def record_error(error: BaseException) -> Path | None:
    """Append the traceback of `error` to the log; its path, or None where the log cannot be written."""
    path = log_file()
    entry = "".join(traceback.format_exception(error))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _TOO_LONG:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {__version__}\n{entry}\n")
    except OSError:
        return None
    return path
