"""The child's entry: `python -m lepton_studio.child`. Its first act keeps stray prints out of the events."""

from __future__ import annotations

import os
import signal
import sys

from lepton_studio.child.variables import VARIABLES


def main() -> int:
    """Take file descriptor 1 for events and point it at the log; then import what takes seconds, and serve."""
    os.umask(0o077)  # what it writes lies in the run's folder, with texts of the project
    events = os.dup(1)
    os.dup2(2, 1)
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then asks us
    from lepton_studio.child.light_imports import import_lightly

    import_lightly()
    from lepton_studio.child.service import serve

    return serve(events)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the thread that waits on stdin must not hold us up
