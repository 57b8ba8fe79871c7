"""The one exception for a file that is not read, and what the system says against it in words."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of


class UnreadableFile(StudioError):
    """A file that cannot be read at all; its text names the file and says what to do."""


def cannot_open(path: Path, error: OSError) -> str:
    """The sentence for a path that the system refuses."""
    if isinstance(error, FileNotFoundError):
        return tr("The file {file} does not exist.", file=path)
    if isinstance(error, PermissionError):
        return tr("You do not have permission to read {file}.", file=path)
    return tr("Cannot read {file}: {why}.", file=path, why=reason_of(error))
