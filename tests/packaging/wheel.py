"""The app's wheel, as it is published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def build_wheel(checkout: Path, folder: Path) -> Path:
    """Build it into `folder`, without the network."""
    quiet = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *quiet, str(checkout)], check=True, capture_output=True)
    return next(folder.glob("lepton_studio-*.whl"))
