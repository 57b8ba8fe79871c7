"""More like this and the map, at 100,000 samples: arrays as vectors, the real search and the real widget."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from lepton_studio.project.palette import color_at
from lepton_studio.studio.sample_vectors import SampleVectors, about_mean
from lepton_studio.vectors import VectorWriter, encoder_folder, keys_of, map_vectors
from lepton_studio.widgets.point_map import PointMap
from tests.benchmarks.figure import Figure

SAMPLES, WIDTH, GROUPS, TIMES = 100_000, 384, 77, 15
_NOTE = "processor time of one thread"


def nearest_of_many() -> Figure:
    """The 200 samples most like one, vectors of half precision mapped from the disk."""
    chance = np.random.default_rng(0)
    vectors = chance.standard_normal((SAMPLES, WIDTH), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"text {n}" for n in range(SAMPLES)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        kept = encoder_folder(Path(folder), encoder="bench", width=WIDTH)
        with VectorWriter(kept) as writer:
            writer.add(texts, vectors.astype(np.float16))
        keys = keys_of(texts)
        mapped = map_vectors(kept, keys)
        known = SampleVectors("bench", kept, np.arange(SAMPLES), keys, mapped, *about_mean(mapped))
        spent = _spent(lambda place: known.nearest(place, most=200))
    return Figure.of("200 nearest of 100,000 samples", spent, unit="ms", target="<= 100", note=_NOTE)


def map_of_many_points() -> list[Figure]:
    """A picture of the map, and who is inside a lasso."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    chance = np.random.default_rng(0)
    groups = chance.integers(0, GROUPS, SAMPLES).astype(np.int16)
    places = chance.uniform(-1, 1, (GROUPS, 2))[groups] + chance.standard_normal((SAMPLES, 2)) * 0.05
    points = PointMap(name="bench")
    points.resize(1000, 650)
    points.show_points(places.astype(np.float32))
    points.show_groups(groups, [color_at(place) for place in range(GROUPS)])
    points.show()
    app.processEvents()

    def draw(_turn: int) -> None:
        points.zoom(1.01)
        points.grab()

    corners = [QPointF(100, 100), QPointF(600, 120), QPointF(500, 600), QPointF(120, 500)]
    drawn, lassoed = _spent(draw), _spent(lambda _turn: points.inside(corners))
    points.close()
    return [
        Figure.of("map of 100,000 points painted", drawn, unit="ms", target="<= 50", note=_NOTE),
        Figure.of("lasso over 100,000 points", lassoed, unit="ms", target="<= 50", note=_NOTE),
    ]


def _spent(work: Callable[[int], object]) -> list[float]:
    found = []
    for turn in range(TIMES):
        before = time.thread_time()
        work(turn)
        found.append((time.thread_time() - before) * 1000)
    return found


FIGURES = [nearest_of_many, map_of_many_points]
