"""A map of texts: two dimensions out of their vectors, by t-SNE; later ones are placed without moving the others.

t-SNE as openTSNE does it (Poličar et al., 2024, JSS 109(3)), begun at the first two principal components, which keeps
what is far apart in its place (Kobak and Berens, 2019, Nature Communications 10, 5416). See docs/decisions/ on the map.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.vectors import Floats

STEPS = 750
"""Of moving the points: the first third with clusters pulled together."""
_EARLY = 250
_COMPONENTS = 50
_FEWEST = 12
"""Of fewer texts the principal components say all."""
_EVERY = 10
_NEAR = 5
_MOST_NEAR = 20_000
"""So many texts of the map, drawn by chance, are looked at to place another."""
_BLOCK = 1024


def lay_out(vectors: Floats, *, threads: int, told: Callable[[int], object]) -> Floats:
    """Place texts with these vectors [n, width]: [n, 2], nearly all between -1 and 1.

    `told` is called with each few of the `STEPS` that are done; what it raises ends the work. Raises StudioError where
    openTSNE is not there.
    """
    directions = _directions(vectors, vectors.mean(0))
    components = _principal(directions)
    if len(vectors) < _FEWEST:
        return _scaled(components[:, :2])
    try:
        from openTSNE import TSNE  # takes a second
    except ImportError as missing:
        raise StudioError(
            tr("The map cannot be drawn: openTSNE is not installed. Run “pip install openTSNE” where Lepton Studio is.")
        ) from missing
    before = 0

    def step(iteration: int, _error: float, _places: object) -> None:
        told(before + iteration)

    tsne = TSNE(
        perplexity=min(30, (len(vectors) - 1) / 3),
        n_jobs=threads,
        random_state=0,
        callbacks=step,
        callbacks_every_iters=_EVERY,
    )
    started = tsne.prepare_initial(components.astype(np.float64))
    started.optimize(_EARLY, exaggeration=12, momentum=0.8, inplace=True)
    before = _EARLY
    started.optimize(STEPS - _EARLY, momentum=0.8, inplace=True)
    return _scaled(np.asarray(started, np.float32))


def place_among(vectors: Floats, *, of: Floats, places: Floats) -> Floats:
    """Where texts with these vectors [n, width] stand on a map on which texts with the vectors `of` stand at `places`:
    at the mean of the texts most like them, by how like they are.
    """
    chance = np.random.default_rng(0)
    some = chance.choice(len(of), min(len(of), _MOST_NEAR), replace=False)
    mean = of[some].mean(0)
    own, others, stand = _directions(vectors, mean), _directions(of[some], mean), places[some]
    count = min(_NEAR, len(some))
    found = np.zeros((len(vectors), 2), np.float32)
    for start in range(0, len(own), _BLOCK):
        cosines = own[start : start + _BLOCK] @ others.T
        near = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        weights = np.maximum(np.take_along_axis(cosines, near, axis=1), 1e-3) ** 4
        weights /= weights.sum(1, keepdims=True)
        found[start : start + _BLOCK] = np.einsum("nk,nkd->nd", weights, stand[near])
    return found


def _directions(vectors: Floats, mean: Floats) -> Floats:
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6), np.float32)


def _principal(directions: Floats) -> Floats:
    """[n, 50], or as many as the vectors are wide."""
    moved = directions - directions.mean(0)
    _, axes = np.linalg.eigh(moved.T @ moved)
    first = axes[:, ::-1][:, :_COMPONENTS]
    first = first * np.sign(first[np.abs(first).argmax(0), np.arange(first.shape[1])])  # the same on each machine
    return np.asarray(moved @ first, np.float32)


def _scaled(places: Floats) -> Floats:
    middle = np.median(places, axis=0)
    reach = np.quantile(np.abs(places - middle), 0.999) if len(places) else 1.0
    return np.asarray((places - middle) / max(float(reach), 1e-9), np.float32)
