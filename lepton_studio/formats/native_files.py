"""What a native reader could not do, in words for a person."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.formats.base import UnreadableFile
from lepton_studio.language import tr
from lepton_studio.native.failures import NativeFailure


def unreadable(path: Path, failure: NativeFailure, *, damaged: str) -> UnreadableFile:
    """The exception to raise; `damaged` is the sentence for a file that is not what it should be."""
    name = path.name
    if failure.reason == "password":
        return UnreadableFile(tr("{file} is protected by a password. Save it without one and try again.", file=name))
    if failure.reason == "too_large":
        return UnreadableFile(
            tr("{file} needs more memory than is available. Save part of it as a separate file, or save it as CSV "
               "or JSON Lines.", file=name)
        )  # fmt: skip
    if failure.reason == "silent":
        return UnreadableFile(tr("{file} takes too long to read. Save it as CSV or JSON Lines.", file=name))
    if failure.reason == "crashed":
        return UnreadableFile(
            tr("Cannot read {file}: it is damaged, or claims to be far larger than it is (a single cell far away "
               "from the table can cause this). Copy what you need into a new file.", file=name)
        )  # fmt: skip
    return UnreadableFile(damaged)
