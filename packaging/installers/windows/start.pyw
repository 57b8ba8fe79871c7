"""Starts `lepton_start`, which lies beside this file, with the Python that the installer fetched."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lepton_start.__main__ import main  # noqa: E402

sys.exit(main(sys.argv[1:]))
