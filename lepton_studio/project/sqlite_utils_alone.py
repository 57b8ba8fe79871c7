"""sqlite_utils without pandas, which it takes along where it is installed: 0.6 s in which the window stands still, for
types of columns that no project has.
"""

from __future__ import annotations

import sys

__all__ = ["Database", "Migrations"]

_is_loaded = "pandas" in sys.modules
if not _is_loaded:
    sys.modules["pandas"] = None  # type: ignore[assignment]  # what Python takes for "not installed"
try:
    from sqlite_utils import Database, Migrations
finally:
    if not _is_loaded:
        del sys.modules["pandas"]
