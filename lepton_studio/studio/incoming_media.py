"""The files that rows name, on their way into a project or to a model: found beside the file that names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.formats import Guess, Problem, Row, UnreadableFile, read
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of
from lepton_studio.project.marks import MEDIA, media_digest, media_name
from lepton_studio.project.media import digest_of, keep_media
from lepton_studio.project.records import Filter

if TYPE_CHECKING:
    from lepton_studio.project.project import Project


class IncomingMedia:
    """One import. Both of its passes over the rows ask it, so that each file is read through once to know its digest,
    and once to be copied.

    A file that is not there, but that the project has under this name, is that one: so an export that was edited comes
    back from wherever it lies.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._digests: dict[Path, str] = {}

    def rows(self, sets: Sequence[Guess], *, into: Path | None = None) -> Iterator[Row | Problem]:
        """The rows of these files; those with a file of their own name it by its digest.

        `into`: copy these files to this media folder. Raises UnreadableFile.
        """
        for guess in sets:
            for row in read(guess):
                yield self._named(row, into) if "media" in guess.roles and isinstance(row, Row) else row

    def _named(self, row: Row, into: Path | None) -> Row | Problem:
        if MEDIA not in row.fields:
            return row
        name, file = row.fields[MEDIA], media_beside(row)
        if isinstance(file, Problem):
            digest = self._kept.get(name, "")
            return replace(row, fields={**row.fields, MEDIA: f"{digest}/{name}"}) if digest else file
        with _told(file):
            digest = self._digests.get(file) or self._digests.setdefault(file, digest_of(file))
            if into is not None:
                keep_media(file, folder=into, digest=digest)
        return replace(row, fields={**row.fields, MEDIA: f"{digest}/{name}"})

    @cached_property
    def _kept(self) -> Mapping[str, str]:
        """Name -> digest of the project's files; "" where several have the name."""
        found: dict[str, str] = {}
        for sample in self._project.all_rows(Filter()):
            name, digest = media_name(sample.fields), media_digest(sample.fields)
            if digest:
                found[name] = digest if found.get(name, digest) == digest else ""
        return found


def copied_media(file: Path, *, into: Path) -> Path:
    """A copy of the file in a media folder. Raises UnreadableFile."""
    with _told(file):
        digest = digest_of(file)
        keep_media(file, folder=into, digest=digest)
        return into / digest


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise UnreadableFile(tr("{file} was changed while it was being read. Try again.", file=file)) from error
    except OSError as error:
        raise UnreadableFile(tr("Cannot copy {file}: {reason}.", file=file, reason=reason_of(error))) from error


def media_beside(row: Row) -> Path | Problem:
    """The file that a row names, in the folder of its source or below: what lies elsewhere is none of its business."""
    name = row.fields[MEDIA]
    folder = Path(row.source).absolute().parent
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        return Problem(row.source, row.row, tr("{file} is not in the folder of the file that names it.", file=name))
    if not file.is_file():
        return Problem(row.source, row.row, tr("There is no file {file} beside the one that names it.", file=name))
    return file
