"""Where the parts lie: what the installer brought, and what is made of it for the person who starts the app."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

WINDOWS = sys.platform == "win32"


@dataclass(frozen=True, slots=True)
class Payload:
    """What the installer brought, in one folder that nobody writes to."""

    folder: Path

    @property
    def uv(self) -> Path:
        """The program that fetches and installs."""
        return self.folder / ("uv.exe" if WINDOWS else "uv")

    @property
    def requirements(self) -> Path:
        """Every package with its one version and its digests."""
        return self.folder / "requirements.txt"

    @property
    def sizes(self) -> Path:
        """How large the parts are, by platform."""
        return self.folder / "sizes.json"

    @property
    def wheels(self) -> Path:
        """All of them, where the installer is the offline one; else the folder is not there."""
        return self.folder / "wheels"

    @property
    def models(self) -> Path:
        """Those that the app is used with at first, in the offline installer; else the folder is not there."""
        return self.folder / "models"

    @property
    def offline(self) -> bool:
        """Whether nothing is to be fetched."""
        return self.wheels.is_dir()

    @property
    def app(self) -> Path:
        """The wheel of Lepton Studio itself."""
        return next(self.folder.glob("lepton_studio-*.whl"))

    @property
    def version(self) -> str:
        """The app's, as its wheel is named."""
        return self.app.name.split("-")[1]


def payload() -> Payload:
    """The one that this file lies in."""
    return Payload(Path(__file__).resolve().parent.parent)


def user_folder() -> Path:
    """The folder that `lepton_studio.settings.user_folder` names too: logs, the sample project, the environments."""
    return _folder("data", linux=("XDG_DATA_HOME", ".local/share"), windows=("LOCALAPPDATA", "Local"))


def config_folder() -> Path:
    """The folder that `lepton_studio.settings.config_folder` names too: the settings."""
    return _folder("config", linux=("XDG_CONFIG_HOME", ".config"), windows=("APPDATA", "Roaming"))


def cache_folder() -> Path:
    """The folder that `lepton_studio.settings.cache_folder` names too: datasets of the Hub."""
    if sys.platform == "darwin" and not os.environ.get("LEPTON_HOME"):
        return Path.home() / "Library" / "Caches" / "Lepton Studio"
    folder = _folder("cache", linux=("XDG_CACHE_HOME", ".cache"), windows=("LOCALAPPDATA", "Local"))
    return folder / "Cache" if WINDOWS else folder


def models_folder() -> Path:
    """The folder that `lepton_studio.models.places.own_folder` names too: what the app has fetched, or prepared."""
    return user_folder() / "models"


def _folder(name: str, *, linux: tuple[str, str], windows: tuple[str, str]) -> Path:
    if home := os.environ.get("LEPTON_HOME"):
        return Path(home) / name
    if WINDOWS:
        return Path(os.environ.get(windows[0]) or Path.home() / "AppData" / windows[1]) / "Lepton Studio"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Lepton Studio"
    return Path(os.environ.get(linux[0]) or Path.home() / linux[1]) / "lepton-studio"


def environments() -> Path:
    """Where environments are made, beside each other. Nothing of a person's lies here."""
    return user_folder() / "environments"


def log_file() -> Path:
    """What `uv` said while it installed. It stays when the environments are removed."""
    return user_folder() / "logs" / "install.log"


def python_of(environment: Path, *, windowed: bool = False) -> Path:
    """The environment's Python; `windowed`: on Windows the one without a console."""
    if WINDOWS:
        return environment / "Scripts" / ("pythonw.exe" if windowed else "python.exe")
    return environment / "bin" / "python"


def own_python() -> str:
    """The Python to make environments of: this one, on Windows the one that has a console."""
    this = Path(sys.executable)
    return str(this.with_name("python.exe") if this.name.lower() == "pythonw.exe" else this)


def platform_name() -> str:
    """The key of this machine in sizes.json. On Windows for ARM the Python is one for x86_64."""
    if WINDOWS:
        return "windows-x86_64"
    return f"{'macos' if sys.platform == 'darwin' else 'linux'}-{os.uname().machine}"


def read_json(file: Path) -> dict[str, object]:
    """What stands in it; nothing where it cannot be read."""
    try:
        read = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
