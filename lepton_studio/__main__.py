"""`python -m lepton_studio` and the console script `lepton-studio`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process; return its exit code."""
    from lepton_studio import cli

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
