"""The vectors of a project's samples where they lie on the disk: which samples are most like one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lepton_studio import __version__
from lepton_studio.errors import Cancelled
from lepton_studio.language import language_in_use
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, SampleId
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.events import Embedded, Event
from lepton_studio.runs.requests import Embed
from lepton_studio.studio.asking import ask, pieces
from lepton_studio.studio.embedding import beginnings, embed, vectors_folder
from lepton_studio.studio.needs import need_of_vectors
from lepton_studio.studio.proposing import encoder_for, proposal_for
from lepton_studio.tasks import task_named
from lepton_studio.vectors import Floats, Keys, Mapped, kept_as, keys_of, map_vectors

_ROWS = 1000
_SHORT = 1e-6
_NOTE = "encoder.txt"
"""In a folder of vectors: which encoder of which version of the app they are of."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A sample, and how like another it is: the cosine of their vectors, the mean of all taken off."""

    sample: SampleId
    cosine: float


@dataclass(frozen=True)
class SampleVectors:
    """Of all `samples` of a project, ascending. `keys` stand for their texts, `mapped` is numbered as they are.

    `mean`: of all vectors; `lengths`: of each with the mean taken off, 0 where there is none. Any thread may ask.
    """

    encoder: str
    folder: Path
    samples: NDArray[np.int64]
    keys: Keys
    mapped: Mapped
    mean: Floats
    lengths: Floats

    @property
    def known(self) -> int:
        """How many samples have a vector."""
        return self.mapped.known

    def has(self, sample: SampleId) -> bool:
        """Whether this one has a vector."""
        at = self._place(sample)
        return at is not None and bool(self.lengths[at] > 0)

    def nearest(
        self, sample: SampleId, *, most: int, among: Sequence[SampleId] | NDArray[np.int64] | None = None
    ) -> list[Similar]:
        """The samples most like this one, the nearest first, itself left out; none where it has no vector.

        `among`: only of these.
        """
        at = self._place(sample)
        if at is None or not self.lengths[at]:
            return []
        own = self.mapped.read(np.array([at]))[0] - self.mean
        cosines = self._cosines(own / self.lengths[at])
        cosines[at] = -np.inf
        if among is not None:
            cosines[~np.isin(self.samples, among)] = -np.inf
        count = min(most, int(np.isfinite(cosines).sum()))
        best = np.argpartition(-cosines, max(0, count - 1))[:count]
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [Similar(int(self.samples[place]), float(cosines[place])) for place in best]

    def _cosines(self, direction: Floats) -> Floats:
        """Of each sample with a direction of length 1: [n], minus infinity where it has no vector."""
        found = np.full(len(self.samples), -np.inf, np.float32)
        moved = float(self.mean @ direction)
        for numbers, vectors in self.mapped.blocks():
            found[numbers] = (vectors @ direction - moved) / np.maximum(self.lengths[numbers], _SHORT)
        return found

    def _place(self, sample: SampleId) -> int | None:
        at = int(np.searchsorted(self.samples, sample))
        return at if at < len(self.samples) and self.samples[at] == sample else None


def read_sample_vectors(
    project: Project,
    before: SampleVectors | None = None,
    *,
    children: Children | None = None,
    complete: bool = True,
    wanted: Sequence[SampleId] = (),
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> SampleVectors:
    """The vectors of all samples; what `before` knows is not read again.

    `complete`: texts that no encoder has read yet are read first, in a child; otherwise those of `wanted` only.
    `progress` counts those texts. Blocks; call it in a worker. Raises NotAnswered, Cancelled, CouldNotStart, OSError.
    """
    samples = np.array(project.sample_ids(), np.int64)
    encoder = _encoder_of(project)
    is_same = before is not None and before.encoder == encoder
    if before is not None and is_same:
        folder = before.folder
    else:
        folder = _folder_of(project, encoder, children=children, should_stop=should_stop, on_wait=on_wait)
    if before is not None and np.array_equal(before.samples, samples):
        keys = before.keys
    else:
        keys = keys_of(_texts(project, should_stop))
    lacking = np.flatnonzero(~map_vectors(folder, keys).there)
    if not complete:
        lacking = lacking[np.isin(samples[lacking], wanted)]
    if len(lacking):
        embed(
            project,
            _texts_of(project, samples[lacking].tolist()),
            encoder=encoder,
            children=children,
            progress=lambda done, _: progress(done, len(lacking)),
            should_stop=should_stop,
            on_wait=on_wait,
        )
    mapped = map_vectors(folder, keys)
    if before is not None and is_same and keys is before.keys and mapped.known == before.mapped.known:
        return before
    mean, lengths = about_mean(mapped)
    return SampleVectors(encoder, folder, samples, keys, mapped, mean, lengths)


def kept_vectors(
    project: Project, before: SampleVectors | None = None, *, should_stop: ShouldStop = never
) -> SampleVectors | None:
    """The vectors that lie on the disk already, of the encoder that has read last; None where none has. No child is
    asked: of texts that were not read there is no vector. Raises Cancelled, OSError.
    """
    folder = _newest_folder(project)
    if folder is None:
        return None
    samples = np.array(project.sample_ids(), np.int64)
    if before is not None and np.array_equal(before.samples, samples):
        keys = before.keys
    else:
        keys = keys_of(_texts(project, should_stop))
    mapped = map_vectors(folder, keys)
    if before is not None and keys is before.keys and folder == before.folder and mapped.known == before.mapped.known:
        return before
    return SampleVectors("", folder, samples, keys, mapped, *about_mean(mapped))


def _newest_folder(project: Project) -> Path | None:
    with contextlib.suppress(OSError):
        written = [(file.stat().st_mtime, file.parent) for file in vectors_folder(project).glob("*/*.keys")]
        return max(written)[1] if written else None
    return None


def about_mean(mapped: Mapped) -> tuple[Floats, Floats]:
    """The mean [width] of all vectors, and the length [n] of each without it."""
    total, count = np.zeros(mapped.width), 0
    squares = np.zeros(mapped.count, np.float32)
    for numbers, vectors in mapped.blocks():
        total += vectors.sum(0, dtype=np.float64)
        count += len(numbers)
        squares[numbers] = np.einsum("nw,nw->n", vectors, vectors)
    mean = np.asarray(total / max(1, count), np.float32)
    lengths = np.zeros(mapped.count, np.float32)
    for numbers, vectors in mapped.blocks():
        left = squares[numbers] - 2 * (vectors @ mean) + float(mean @ mean)
        lengths[numbers] = np.sqrt(np.maximum(left, _SHORT * _SHORT))
    return mean, lengths


def _encoder_of(project: Project) -> str:
    """The one that reads for the instant model, where there is such a model."""
    return proposal_for(project).model if task_named(project.task_id).linear else encoder_for(project)


def _folder_of(
    project: Project,
    encoder: str,
    *,
    children: Children | None,
    should_stop: ShouldStop,
    on_wait: Callable[[str], object],
) -> Path:
    """Where this encoder's vectors are, which only who has read its files can tell: that is written down there."""
    said, notes = f"{__version__} {encoder}", vectors_folder(project).glob(f"*/{_NOTE}")
    for note in notes:
        with contextlib.suppress(OSError, ValueError):
            if note.read_text("utf-8") == said:
                return note.parent
    folders = []

    def take(event: Event) -> None:
        if isinstance(event, Embedded):
            folders.append(Path(event.folder))

    request = Embed(0, encoder, str(vectors_folder(project)), (), language_in_use())
    with borrowed(children, need_of_vectors(encoder), should_stop=should_stop, on_wait=on_wait) as child:
        ask(child, request, on_event=take, should_stop=should_stop)
    with contextlib.suppress(OSError):
        (folders[-1] / _NOTE).write_text(said, "utf-8")
    return folders[-1]


def _texts(project: Project, should_stop: ShouldStop) -> Iterator[str]:
    """Of all samples, as the encoder reads them."""
    task = task_named(project.task_id)
    for sample in project.all_rows():
        if should_stop():
            raise Cancelled
        yield kept_as(*beginnings(task.input(sample.text, sample.fields)))


def _texts_of(project: Project, samples: Sequence[SampleId]) -> Iterator[str]:
    task = task_named(project.task_id)
    for some in pieces(samples, size=_ROWS):
        for sample in project.samples(Filter(ids=some), limit=_ROWS):
            yield kept_as(*beginnings(task.input(sample.text, sample.fields)))
