"""The map of a project's samples: where each stands, which colours tell what of them, who is inside a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepton_studio.language import language_in_use
from lepton_studio.map_file import read_map, save_array, wanted_file
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.records import SampleId
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.events import Event, Staged
from lepton_studio.runs.requests import LayOut
from lepton_studio.studio.asking import ask
from lepton_studio.studio.needs import need_of_map
from lepton_studio.studio.sample_vectors import SampleVectors
from lepton_studio.vectors import Floats


@dataclass(frozen=True)
class SampleMap:
    """Where samples stand: `places` [n, 2], nearly all between -1 and 1, of `samples`, ascending. Samples with the same
    text stand in one place. Any thread may ask.
    """

    samples: NDArray[np.int64]
    places: Floats

    def __len__(self) -> int:
        return len(self.samples)

    def ids(self, chosen: NDArray[np.intp]) -> tuple[SampleId, ...]:
        """Those at these numbers."""
        return tuple(self.samples[np.sort(chosen)].tolist())


def draw_map(
    vectors: SampleVectors,
    *,
    anew: bool = False,
    only_kept: bool = False,
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> SampleMap | None:
    """The map of all samples that have a vector: the one that is kept, where it has them all. `only_kept`: that one
    as it is, None where there is none.

    Otherwise a child of its own lays it out, or places new samples on it, which moves no other; `anew`: it is laid out
    in any case. Blocks; call it in a worker. Raises NotAnswered, Cancelled, CouldNotStart, OSError.
    """
    there = vectors.mapped.there
    keys, samples = vectors.keys[there], vectors.samples[there]
    places, stand = read_map(vectors.folder, keys)
    if only_kept and not stand.any():
        return None
    if not only_kept and (anew or not stand.all()):

        def take(event: Event) -> None:
            if isinstance(event, Staged):
                progress(event.done, event.total or None)

        save_array(wanted_file(vectors.folder), keys)
        request = LayOut(0, str(vectors.folder), anew, language_in_use())
        need = need_of_map(texts=len(keys), width=vectors.mapped.width)
        with borrowed(children, need, should_stop=should_stop, on_wait=on_wait) as child:
            ask(child, request, on_event=take, should_stop=should_stop)
            child.place.pull(vectors.folder)
        places, stand = read_map(vectors.folder, keys)
    return SampleMap(samples[stand], places[stand])
