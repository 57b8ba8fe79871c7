"""Where pip is told to find packages on this computer: its configuration files and environment, without pip itself.

https://pip.pypa.io/en/stable/topics/configuration/
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PYPI = "https://pypi.org/simple"
_SECTIONS = ("global", "install", "download")
"""The later ones hold where both say something."""


@dataclass(frozen=True, slots=True)
class PipSettings:
    """`indexes` in the order in which they are asked; `links`: pages and folders that hold files themselves."""

    indexes: tuple[str, ...] = (PYPI,)
    links: tuple[str, ...] = ()
    proxy: str = ""
    certificate: str = ""


def pip_settings(environment: Mapping[str, str] = os.environ) -> PipSettings:
    """What holds here. Files that cannot be read say nothing, as with pip."""
    said: dict[str, str] = {}
    for file in _files(environment):
        said |= _read(file)
    names = ("index-url", "extra-index-url", "find-links", "no-index", "proxy", "cert")
    in_environment = {name: environment.get("PIP_" + name.upper().replace("-", "_"), "") for name in names}
    said |= {name: value for name, value in in_environment.items() if value}
    indexes = (said.get("index-url") or PYPI, *said.get("extra-index-url", "").split())
    if said.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        indexes = ()
    return PipSettings(
        tuple(_address(one) for one in indexes),
        tuple(_address(one) for one in said.get("find-links", "").split()),
        said.get("proxy", ""),
        said.get("cert", ""),
    )


def _read(file: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
        return {name: value for one in _SECTIONS if parser.has_section(one) for name, value in parser.items(one)}
    except (OSError, ValueError, configparser.Error):
        return {}


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    """Those of the machine, of the person, of this Python environment, and the one that the environment names."""
    own = environment.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return
    home = Path.home()
    if sys.platform == "win32":
        name = "pip.ini"
        yield Path(environment.get("PROGRAMDATA", "C:\\ProgramData")) / "pip" / name
        yield home / "pip" / name
        yield Path(environment.get("APPDATA", home / "AppData" / "Roaming")) / "pip" / name
    else:
        name = "pip.conf"
        if sys.platform == "darwin":
            yield Path("/Library/Application Support/pip") / name
        for folder in reversed(environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")):
            yield Path(folder) / "pip" / name
        yield Path("/etc") / name
        yield home / ".pip" / name
        of_person = home / "Library" / "Application Support" / "pip"
        if sys.platform != "darwin" or not of_person.is_dir():
            of_person = Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "pip"
        yield of_person / name
    yield Path(sys.prefix) / name
    if own:
        yield Path(own)


def _address(said: str) -> str:
    """A path as an address."""
    return said if "://" in said else Path(said).expanduser().resolve().as_uri()
