"""Writers that a person brings as GGUF files, on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lepton_studio.commands.console import Answer, ProgressLine
from lepton_studio.language import tr
from lepton_studio.models.adding import Added
from lepton_studio.models.brought_gguf import add, gguf_at, kept, take
from lepton_studio.progress import Pace, Progress
from lepton_studio.words import fetched_words


def prepared(model: str) -> str:
    """The folder that is made of a GGUF file, now where it is not there yet; any other model's name as it is.

    Raises UnusableModel.
    """
    file = gguf_at(model)
    if file is None:
        return model
    with _shown(file.name) as progress:
        return str(take(file, progress=progress))


def added(path: Path) -> Added | Answer:
    """What `models add` does with a path; the answer is there where it was a GGUF file."""
    with _shown(path.name) as progress:
        found = add(path, progress=progress)
    if isinstance(found, Added):
        return found
    said = tr(
        "{file} is ready. Tune it with: lepton-studio tune PROJECT --model {folder}", file=path.name, folder=found
    )
    return Answer({"added": [found.name], "lacking": {}, "folder": str(found)}, said)


def kept_facts() -> list[dict[str, object]]:
    """The folders that were made of GGUF files, for a program."""
    return [{"name": one.name, "folder": str(one.folder), "size": one.size} for one in kept()]


@contextmanager
def _shown(name: str) -> Iterator[Progress]:
    line, pace = ProgressLine(name), Pace()

    def tell(done: int, total: int | None) -> None:
        line.show(f"{name}: {fetched_words(done=done, total=total or 0, pace=pace)}")

    try:
        yield tell
    finally:
        line.done()
