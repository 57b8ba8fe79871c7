"""The map of a project's texts, kept beside their vectors: where each text stands, found again by its key.

    <vectors>/<encoder>-<width>/map.npy       an array of `PLACE`, ascending by key
                                wanted.npy    the keys of the texts that the window wants to have on it

Needs numpy only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.atomic import new_file
from lepton_studio.vectors import KEY, Floats, Keys

PLACE = np.dtype([("key", KEY), ("x", "<f4"), ("y", "<f4")])
"""`x` and `y`: nearly all between -1 and 1."""


def wanted_file(folder: Path) -> Path:
    """The keys of the texts to place, in the folder of an encoder."""
    return folder / "wanted.npy"


def map_file(folder: Path) -> Path:
    """The map, in the folder of an encoder."""
    return folder / "map.npy"


def read_map(folder: Path, keys: Keys) -> tuple[Floats, NDArray[np.bool_]]:
    """Where the texts with these keys stand, [n, 2], and which of them do: 0 stands for others. Raises OSError."""
    places = load_array(map_file(folder), PLACE)
    found, there = np.zeros((len(keys), 2), np.float32), np.zeros(len(keys), bool)
    if len(places) and len(keys):
        at = np.minimum(np.searchsorted(places["key"]["first"], keys["first"]), len(places) - 1)
        there = places["key"][at] == keys
        found[there, 0], found[there, 1] = places["x"][at[there]], places["y"][at[there]]
    return found, there


def write_map(folder: Path, keys: Keys, places: Floats) -> None:
    """Keep where these texts stand, in place of what was kept. Raises OSError."""
    rows = np.zeros(len(keys), PLACE)
    rows["key"], rows["x"], rows["y"] = keys, places[:, 0], places[:, 1]
    save_array(map_file(folder), rows[np.argsort(rows["key"]["first"])])


def load_array(file: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    """What was saved; nothing where there is no such file, or a damaged one. Raises OSError."""
    try:
        found = np.load(file, allow_pickle=False)
    except (FileNotFoundError, ValueError, EOFError):
        return np.zeros(0, kind)
    return found if found.dtype == kind and found.ndim == 1 else np.zeros(0, kind)


def save_array(file: Path, rows: NDArray[Any]) -> None:
    """Write it whole. Raises OSError."""
    with new_file(file) as temporary, temporary.open("wb") as opened:
        np.save(opened, rows, allow_pickle=False)
