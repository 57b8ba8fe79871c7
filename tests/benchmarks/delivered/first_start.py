"""From the first start of what an installer installed to the first label and the first tuned model, in the real window,
under an X server of its own, by real keys; and what a person waits for who takes Label Studio instead.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from building.folders import BUILT
from building.linux import build_archive
from building.payload import make_payload
from lepton_start.__main__ import taken_by
from lepton_start.machine import Device
from lepton_start.plan import Choices, save_choices

from lepton_studio.studio.sample_project import create_sample_project
from tests.benchmarks.figure import Figure
from tests.benchmarks.main.start_up import _WINDOW
from tests.x11.display import x_display

REPEATS = 5
_PATIENCE = 1800.0
_PARTS_SHOWN = 5
_START = 'exec "$inside" -m lepton_studio "$@"'


@dataclass(frozen=True, slots=True)
class Installed:
    """What the first start left in `home`, and the seconds since it began."""

    home: Path
    project: Path
    asked: float
    window: float
    label: float

    @property
    def command(self) -> Path:
        """What the menu starts."""
        return self.home / ".local" / "bin" / "lepton-studio"


def first_label() -> list[Figure]:
    """The archive of this checkout, installed by its install.sh for a person who has nothing yet."""
    done = _installed()
    note = f"nobody waits before a key is pressed; {_torch_note()}; {_load()}"
    return [
        Figure("first start to its first window", done.asked, "s", note="Python and Tk are on the machine"),
        Figure("first start to the window with a project", done.window, "s", note=note),
        Figure("first start to the first label", done.label, "s", note="the key 1 in the sample project, until "
               "its file has it"),
    ]  # fmt: skip


def first_model() -> list[Figure]:
    """The model fetched, and the sample project tuned with the usual settings, by the command of what was installed."""
    done = _installed()
    fetching = _timed([done.command, "models", "fetch", "built-in"], done.home)
    tuning = _timed([done.command, "tune", done.project], done.home)
    note = f"{done.label:.0f} s to the first label, {fetching:.0f} s for the model (84 MB), {tuning:.0f} s to tune"
    return [Figure("first start to the first tuned model", done.label + fetching + tuning, "s", note=note)]


def second_start() -> list[Figure]:
    """By the script that the menu starts, to the first painted window of the sample project, under X."""
    done = _installed()
    probe, script = done.home / "probe.py", done.home / "start.sh"
    probe.write_text(_WINDOW, encoding="utf-8")
    text = done.command.read_text("utf-8")
    assert _START in text
    script.write_text(text.replace(_START, f'exec "$inside" {probe} "$@"'), encoding="utf-8")
    seconds = []
    with x_display(done.home / "x") as display:
        for _ in range(REPEATS + 1):
            own = {**_person(done.home), "DISPLAY": display, "LEPTON_STARTED": repr(time.time())}
            said = subprocess.run(
                ["sh", str(script), str(done.project)], env=own, capture_output=True, text=True, check=True
            )
            seconds.append(float(said.stdout.partition('"seconds": ')[2].partition(",")[0]))
    note = f"n = {REPEATS} after one that is not counted; disk cache warm; {_load()}"
    return [Figure.of("second start to the painted window", seconds[1:], unit="s", target="<= 1.2", note=note)]


def installed_size() -> list[Figure]:
    """On the disk, a file that lies there under two names once; `uv` links what it has fetched into the environment."""
    home = _installed().home
    environments = home / "data" / "environments"
    site = next(environments.glob("*/lib/python*/site-packages"))
    sizes = Counter({one.name: taken_by(one) for one in site.iterdir() if one.is_dir()})
    parts = [Figure(f"of it {name}", size / 1e6, "MB") for name, size in sizes.most_common(_PARTS_SHOWN)]
    whole = taken_by(environments)
    rest = taken_by(site) - sum(size for _name, size in sizes.most_common(_PARTS_SHOWN))
    return [
        Figure("installed for a person", whole / 1e6, "MB", note="environments, without models and projects"),
        *parts,
        Figure("of it all other packages", rest / 1e6, "MB"),
        Figure("of it kept for updates only", (whole - taken_by(site.parents[2])) / 1e6, "MB",
               note="what uv has fetched and the environment does not share"),
    ]  # fmt: skip


def label_studio() -> list[Figure]:
    """`pip install label-studio` into an empty environment, from pypi.org, until its server answers: no label yet."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, begin = Path(scratch), time.monotonic()
        subprocess.run([_python(), "-m", "venv", folder / "venv"], check=True)
        pip = [str(folder / "venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_FIND", "PYTHONPATH"))}
        own |= {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "HOME": str(folder)}
        subprocess.run([*pip, "label-studio"], env=own, check=True)
        installed = time.monotonic() - begin
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        own |= {"LABEL_STUDIO_BASE_DATA_DIR": str(folder / "data"), "COLLECT_ANALYTICS": "0"}
        start: list[str | Path] = [folder / "venv/bin/label-studio", "start", "--no-browser", "--port", str(port)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(start, env=own, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
            try:
                _until(lambda: _answers(port) or process.poll() is not None)
                if process.poll() is not None:
                    raise RuntimeError((folder / "log").read_text("utf-8", "replace")[-2000:])
                seconds = time.monotonic() - begin
            finally:
                process.kill()
                process.wait()
        version = next((folder / "venv").glob("lib/python*/site-packages/label_studio-*.dist-info")).name
        return [
            Figure("pip install label-studio to its answering server", seconds, "s", note=f"{version.split('-')[1]}; "
                   f"{installed:.0f} s of it to install; an account and a project are still to be made; {_load()}"),
            Figure("installed for Label Studio", taken_by(folder / "venv") / 1e6, "MB", note="no model is tuned by it"),
        ]  # fmt: skip


@functools.cache
def _installed() -> Installed:
    """Made once; its folder goes when this process ends."""
    scratch = tempfile.TemporaryDirectory()
    _KEPT.append(scratch)
    home = Path(scratch.name)
    payload = make_payload(BUILT / "payload-first", "linux-x86_64")
    archive = build_archive(payload, offline=True)  # offline: not compressed; the same lies in it
    shutil.unpack_archive(archive, home / "unpacked", filter="data")
    subprocess.run(["sh", str(next((home / "unpacked").iterdir()) / "install.sh")], env=_person(home), check=True)
    environments, settings = home / "data" / "environments", home / "config" / "settings.json"
    environments.mkdir(parents=True)
    save_choices(environments, Choices(Device.CPU, torch=os.environ.get("LEPTON_TORCH_CPU", "")))
    settings.parent.mkdir()
    settings.write_text('{"toured": true}', encoding="utf-8")
    project = home / "Sample.lepton"
    create_sample_project(project).close()
    before = _decisions(project)
    command = home / ".local" / "bin" / "lepton-studio"
    with x_display(home / "x") as display, (home / "app.log").open("wb") as log:
        own, begin = {**_person(home), "DISPLAY": display}, time.monotonic()

        def key(window: str, pressed: str) -> None:
            subprocess.run(["xdotool", "windowactivate", "--sync", window], env=own, check=True, timeout=60)
            subprocess.run(["xdotool", "key", pressed], env=own, check=True, timeout=60)

        process = subprocess.Popen([command, project], env=own, stdout=log, stderr=log)
        try:
            first = _window(own, "Lepton Studio: first start", process)
            asked = time.monotonic() - begin
            key(first, "Return")
            main = _window(own, " · Lepton Studio", process)
            shown = time.monotonic() - begin

            def labelled() -> bool:
                key(main, "1")
                time.sleep(0.1)
                return _decisions(project) > before

            _until(labelled)
            label = time.monotonic() - begin
            key(main, "ctrl+q")
            process.wait(60)
        finally:
            process.kill()
            process.wait()
    return Installed(home, project, asked, shown, label)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _window(own: dict[str, str], title: str, process: subprocess.Popen[bytes]) -> str:
    """The X window of this title, once it is shown."""
    find = ["xdotool", "search", "--onlyvisible", "--name", re.escape(title)]
    found: list[str] = []

    def shown() -> bool:
        found[:] = subprocess.run(find, env=own, capture_output=True, text=True, check=False).stdout.split()
        return bool(found) or process.poll() is not None

    _until(shown)
    if not found:
        log = Path(own["LEPTON_HOME"]) / "data" / "logs" / "install.log"
        raise RuntimeError(f"{title} did not open: {log.read_text('utf-8', 'replace')[-2000:] if log.exists() else ''}")
    return found[-1]


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def _person(home: Path) -> dict[str, str]:
    """Somebody in English with nothing of this checkout; the Python that this one was made of comes first."""
    own = {
        name: value for name, value in os.environ.items() if name.startswith(("SSL_", "PIP_CERT", "HTTP", "NO_PROXY"))
    }
    path = f"{Path(_python()).parent}:/usr/bin:/bin"
    return {
        **own,
        "HOME": str(home),
        "LEPTON_HOME": str(home),
        "PATH": path,
        "LANG": "C.UTF-8",
        "LEPTON_LANGUAGE": "en",
    }


def _python() -> str:
    return str(Path(sys.executable).resolve())


def _timed(command: list[str | Path], home: Path) -> float:
    begin = time.monotonic()
    subprocess.run(command, env={**_person(home), "QT_QPA_PLATFORM": "offscreen"}, check=True, capture_output=True)
    return time.monotonic() - begin


def _decisions(project: Path) -> int:
    """How many labels were given or taken in it."""
    with contextlib.closing(sqlite3.connect(f"file:{project / 'project.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT COUNT(*) FROM decision").fetchone()[0])


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _load() -> str:
    return f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"


def _torch_note() -> str:
    place = os.environ.get("LEPTON_TORCH_CPU")
    return f"all from pypi.org but PyTorch (192 MB), which lay in {place}" if place else "from pypi.org and pytorch.org"


FIGURES = [first_label, first_model, second_start, installed_size, label_studio]
