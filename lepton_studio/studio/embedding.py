"""Vectors of texts, made by an encoder in the live child and kept beside the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from lepton_studio.errors import Cancelled, StudioError
from lepton_studio.language import language_in_use, tr
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.project import Project
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.wire import Embed, Embedded, Failed, Finished, Stopped
from lepton_studio.studio.needs import need_of_vectors

_AT_ONCE = 2000
"""Texts of one request."""


class EmbeddingFailed(StudioError):
    """The encoder could not read the texts; the text is a sentence for a person. What it has read is kept."""


def vectors_folder(project: Project) -> Path:
    """Where a project's vectors are, of every encoder. All of it can be made anew."""
    return project.folder / "vectors"


def embed(
    project: Project,
    texts: Iterable[str],
    *,
    encoder: str = BUILT_IN_MODEL,
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> Path | None:
    """See to it that each text has a vector of this encoder (a job's `model`), in a child of `children`.

    Returns the folder that `lepton_studio.vectors.read_vectors` reads; None where there are no texts. Blocks; call it
    in a worker. `progress` counts texts. Raises EmbeddingFailed, Cancelled, CouldNotStart.
    """
    left, done = iter(texts), 0
    some = tuple(islice(left, _AT_ONCE))
    folder = None
    if not some:
        return None
    with borrowed(children, need_of_vectors(encoder), should_stop=should_stop, on_wait=on_wait) as child:
        while some:
            folder = _embed(child, some, encoder=encoder, vectors=vectors_folder(project), should_stop=should_stop)
            done += len(some)
            progress(done, None)
            some = tuple(islice(left, _AT_ONCE))
    return folder


def _embed(
    child: ChildProcess, texts: tuple[str, ...], *, encoder: str, vectors: Path, should_stop: ShouldStop
) -> Path | None:
    reply = child.ask(Embed(0, encoder, str(vectors), texts, language_in_use()))
    folder, is_asked = None, False
    while not reply.ended:
        for event in reply.take(0.1):
            if isinstance(event, Embedded):
                folder = Path(event.folder)
        if should_stop() and not is_asked:
            is_asked = reply.cancel()
    for event in reply.take(0):
        if isinstance(event, Embedded):
            folder = Path(event.folder)
    match reply.last:
        case Finished():
            reply.pull(vectors)
            return folder
        case Stopped():
            raise Cancelled
        case Failed(message=message):
            raise EmbeddingFailed(message)
        case None:
            raise EmbeddingFailed(tr("The process that was reading the texts has ended. Try again."))
