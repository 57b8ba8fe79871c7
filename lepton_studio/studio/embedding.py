"""Vectors of texts, made by an encoder in the live child and kept beside the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from lepton_studio.contract.task import Input
from lepton_studio.language import language_in_use
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.runs.children.owner import Children, borrowed
from lepton_studio.runs.events import Embedded, Event
from lepton_studio.runs.requests import Embed
from lepton_studio.studio.asking import ask, pieces
from lepton_studio.studio.needs import need_of_vectors
from lepton_studio.studio.proposing import encoder_for

_AT_ONCE = 2000
"""Texts of one request."""
_CHARACTERS = 10_000
"""Of a text: no encoder reads as far, and words so far tell what it is about."""


def beginnings(given: Input) -> tuple[str, str | None]:
    """As much as is read of a text, and of the second one where there is one."""
    second = given.fields.get(SECOND_TEXT)
    return given.text[:_CHARACTERS], None if second is None else second[:_CHARACTERS]


def vectors_folder(project: Project) -> Path:
    """Where a project's vectors are, of every encoder. All of it can be made anew, and is where only a copy is read."""
    return project.room / "vectors"


def embed(
    project: Project,
    texts: Iterable[str],
    *,
    encoder: str = "",
    children: Children | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
    on_wait: Callable[[str], object] = lambda _sentence: None,
) -> Path | None:
    """See to it that each text has a vector of this encoder (a job's `model`; "" for the one that has learnt the
    language of the project's texts), in a child of `children`.

    Returns the folder that `lepton_studio.vectors.read_vectors` reads; None where there are no texts. Blocks; call it
    in a worker. `progress` counts texts. What was read before an error stays. Raises NotAnswered, Cancelled,
    CouldNotStart.
    """
    asked = pieces(texts, size=_AT_ONCE)
    first = next(asked, ())
    if not first:
        return None
    encoder = encoder or encoder_for(project)
    done, folders = 0, set[Path]()

    def take(event: Event) -> None:
        if isinstance(event, Embedded):
            folders.add(Path(event.folder))

    with borrowed(children, need_of_vectors(encoder), should_stop=should_stop, on_wait=on_wait) as child:
        for some in chain([first], asked):
            request = Embed(0, encoder, str(vectors_folder(project)), some, language_in_use())
            ask(child, request, on_event=take, should_stop=should_stop)
            done += len(some)
            progress(done, None)
        child.place.pull(vectors_folder(project))
    return folders.pop()
