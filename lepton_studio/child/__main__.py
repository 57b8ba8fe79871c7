"""The child's entry: `python -m lepton_studio.child`. Its first act keeps stray prints out of the events."""

from __future__ import annotations

import os
import signal
import sys


def main() -> int:
    """Take file descriptor 1 for events and point it at the log; then import what takes seconds, and serve."""
    os.umask(0o077)  # what it writes lies in the run's folder, with texts of the project
    events = os.dup(1)
    os.dup2(2, 1)
    # OpenMP's threads wait for each other by spinning; beside a busy window that makes a step up to ten times slower.
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    # Of the linear layers' many small products: two threads on two cores took 8.5 s for a fit, one took 1.1 s.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then asks us
    from lepton_studio.child.service import serve

    return serve(events)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the thread that waits on stdin must not hold us up
