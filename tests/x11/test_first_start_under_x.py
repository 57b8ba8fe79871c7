"""The window of the first start under a real X server: keys in, an environment or nothing out."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lepton_start.switching import CACHE, current

pytest.importorskip("tkinter", reason="this Python was built without Tk")

# Stands in for uv, which comes from the network: the Python of its environment says that it was called.
STAND_IN = """#!/bin/sh
mkdir -p "$UV_CACHE_DIR"
if [ "$1" = venv ]; then
    for last in "$@"; do :; done
    mkdir -p "$last/bin"
    printf '#!/bin/sh\\necho "$@" >> "%s/called"\\n' "$LEPTON_HOME" > "$last/bin/python"
    chmod +x "$last/bin/python"
elif [ "$2" = sync ]; then
    echo "Downloading scipy (33.5MiB)"
    echo begun > "$LEPTON_HOME/begun"
    exec sleep "$PATIENCE"
fi
"""


@pytest.fixture
def payload(tmp_path: Path, checkout: Path) -> Path:
    """What an installer brings."""
    folder, installers = tmp_path / "payload", checkout / "packaging" / "installers"
    folder.mkdir()
    for name in ("requirements.txt", "sizes.json"):
        (folder / name).write_bytes((installers / "locked" / name).read_bytes())
    (folder / "lepton_start").symlink_to(installers / "lepton_start")
    (folder / "lepton_studio-1.2.0-py3-none-any.whl").touch()
    (folder / "uv").write_text(STAND_IN)
    (folder / "uv").chmod(0o755)
    return folder


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def first_start(payload: Path, display: str, home: Path, *, patience: int) -> Iterator[subprocess.Popen[bytes]]:
    """The window, shown and with the keys."""
    home.mkdir()
    # The code's own place is asked for, so that it finds the payload beside itself: through the link it would not.
    code = f"import lepton_start.places as p; p.payload = lambda: p.Payload(p.Path({str(payload)!r}));"
    code += "import lepton_start.__main__ as m; raise SystemExit(m.main(['one.lepton']))"
    own = {**os.environ, "DISPLAY": display, "LEPTON_HOME": str(home), "PATIENCE": str(patience), "LANG": "C.UTF-8"}
    own["PYTHONPATH"] = str(payload)
    with subprocess.Popen([sys.executable, "-c", code], env=own) as process:
        try:
            _take_keys(own)
            yield process
        finally:
            process.kill()


def _take_keys(own: dict[str, str]) -> None:
    find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Lepton Studio: first start"]
    window = subprocess.run(find, env=own, capture_output=True, text=True, check=True).stdout.split()[0]
    subprocess.run(["xdotool", "windowactivate", "--sync", window], env=own, check=True, timeout=30)


def press(display: str, key: str) -> None:
    subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": display}, check=True)


def test_one_key_sets_it_up_and_the_app_starts(payload: Path, display: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with first_start(payload, display, home, patience=0) as process:
        press(display, "Return")
        assert process.wait(60) == 0
    assert current(home / "data" / "environments") == home / "data" / "environments" / "1.2.0-1"
    assert (home / "called").read_text().splitlines()[-1] == "-m lepton_studio one.lepton"


def test_a_cancel_leaves_nothing_behind(payload: Path, display: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    environments = home / "data" / "environments"
    with first_start(payload, display, home, patience=20) as process:
        press(display, "Return")
        wait_for((home / "begun").exists)
        assert (environments / CACHE).is_dir()
        press(display, "Escape")
        wait_for(lambda: not any(one.is_dir() for one in environments.iterdir()))
        while process.poll() is None:  # the window tells the end some tenths of a second after the files are gone
            press(display, "Escape")
            time.sleep(0.1)
        assert process.returncode == 1
    assert current(environments) is None and not (home / "called").exists()
