"""Where the installers are built from and to."""

from __future__ import annotations

from pathlib import Path

INSTALLERS = Path(__file__).resolve().parent.parent
ROOT = INSTALLERS.parent.parent
LOCKED = INSTALLERS / "locked"
BUILT = ROOT / "build" / "installers"
