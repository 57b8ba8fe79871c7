"""What it takes to get Lepton Studio onto a computer: sizes, waiting, broken connections. Linux, with a network."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "packaging" / "installers"))
