"""The files that samples have beside their text, or in place of it: `media/` in the project's folder.

A file lies there under the SHA-256 of its content, so that the same picture is kept once whatever it is called, and
changes never. Undoing an import leaves the files, for the redo.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from lepton_studio.atomic import new_file
from lepton_studio.private import private_folder


def digest_of(file: Path) -> str:
    """The SHA-256 of its content, in hex. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_media(file: Path, *, folder: Path, digest: str) -> None:
    """Copy it into a media folder, unless it is there. Raises OSError, and ValueError where its content has changed."""
    target = private_folder(folder) / digest
    if target.exists():
        return
    with new_file(target) as temporary:
        temporary.touch(mode=0o600)
        shutil.copyfile(file, temporary)
        if digest_of(temporary) != digest:
            raise ValueError(f"{file} was changed while it was read")
