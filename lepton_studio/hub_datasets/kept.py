"""Where datasets of the Hub are kept on this computer, how much that is, and all of it away. Light."""

from __future__ import annotations

import os
from pathlib import Path

from lepton_studio.files import remove_tree
from lepton_studio.settings import Settings, cache_folder

_OWN = "lepton-studio-datasets"
"""In a folder that a person chose, which may hold other things."""


def datasets_folder(settings: Settings) -> Path:
    """Where they are: in the folder of the settings, else in the person's cache. It need not be there."""
    return Path(settings.datasets) / _OWN if settings.datasets else cache_folder() / "datasets"


def size_of(folder: Path) -> int:
    """Bytes of all files in it. Slow where there are many: beside the window."""
    found = 0
    for inside, _folders, files in os.walk(folder):
        for name in files:
            try:
                found += os.lstat(os.path.join(inside, name)).st_size
            except OSError:  # it went away meanwhile
                continue
    return found


def clear(folder: Path) -> None:
    """Remove all of it: what is in projects stays, and what is asked for again is downloaded again."""
    if folder.is_dir():
        remove_tree(folder, inside=folder.parent)
