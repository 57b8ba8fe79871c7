"""A screen of its own for a test: an X server without hardware and a small window manager, both gone afterwards."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def x_display(folder: Path, *, width: int = 1400, height: int = 900) -> Iterator[str]:
    """A display of this size with a window manager on it, as DISPLAY names it (":99"); `folder` takes their logs."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        number, write = os.pipe()
        # No auto-repeat: on a busy machine a key would seem to be held down.
        server = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-r"]
        log = stack.enter_context((folder / "xvfb.log").open("wb"))
        stack.enter_context(_ended(subprocess.Popen(server, stdout=log, stderr=log, pass_fds=[write])))
        os.close(write)
        with os.fdopen(number) as told:
            display = f":{told.readline().strip()}"  # written once the server takes connections; empty where it died
        assert display != ":", (folder / "xvfb.log").read_text("utf-8", "replace")
        ready = folder / "ready"
        ready.unlink(missing_ok=True)
        manager = ["openbox", "--sm-disable", "--startup", f"touch {ready}"]
        environment = {**os.environ, "DISPLAY": display, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        stack.enter_context(_ended(subprocess.Popen(manager, env=environment, stdout=log, stderr=log)))
        end = time.monotonic() + 30
        while not ready.exists():
            assert time.monotonic() < end, (folder / "xvfb.log").read_text("utf-8", "replace")
            time.sleep(0.02)
        yield display


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
