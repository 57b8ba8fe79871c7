"""Where models of the Hub lie on this computer: the cache that all programs of the person share. Light.

Its layout is that of huggingface_hub: `models--owner--name/` with `blobs/` (files by their digests),
`snapshots/COMMIT/` (the files of one commit by name) and `refs/main` (the commit that the branch was at the download).
https://huggingface.co/docs/huggingface_hub/guides/manage-cache
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.files import remove_tree

_ID = re.compile(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class HubName:
    """A model of the Hub. `revision`: a commit, a branch or a tag; "" where none is said."""

    id: str
    revision: str = ""

    def __str__(self) -> str:
        return f"{self.id}@{self.revision}" if self.revision else self.id


def hub_name(model: str) -> HubName | None:
    """What a name in a job or of a person says: "owner/name" or "owner/name@revision"; None where it can be neither."""
    name, _, revision = model.partition("@")
    if not _ID.fullmatch(name) or "--" in name or ".." in name or name.endswith((".", "-", ".git")) or len(name) > 96:
        return None
    return HubName(name, revision)


def cache_folder() -> Path:
    """Where models of the Hub are kept: as huggingface_hub's variables say, which the settings set."""
    home = os.environ.get("HF_HOME") or os.path.join(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface")
    said = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or os.path.join(home, "hub")
    return Path(os.path.expanduser(os.path.expandvars(said)))


def repo_folder(model: str, cache: Path) -> Path:
    """Where a model's files of all commits are; it need not be there."""
    return cache / f"models--{model.replace('/', '--')}"


def commit_of(name: HubName, cache: Path | None = None) -> str:
    """The commit of this model that is here; "" where none is."""
    repo = repo_folder(name.id, cache or cache_folder())
    revision = name.revision or "main"
    if not _COMMIT.fullmatch(revision):
        try:
            revision = (repo / "refs" / revision).read_text("utf-8").strip()
        except (OSError, ValueError):
            return ""
    return revision if _COMMIT.fullmatch(revision) and (repo / "snapshots" / revision).is_dir() else ""


def snapshot_of(name: HubName, cache: Path | None = None) -> Path | None:
    """The folder of a model of the Hub on this computer; None where it was not downloaded."""
    cache = cache or cache_folder()
    commit = commit_of(name, cache)
    return repo_folder(name.id, cache) / "snapshots" / commit if commit else None


def kept_models(cache: Path | None = None) -> list[tuple[HubName, Path]]:
    """The models of the Hub that are on this computer, with the commits that their names mean, and their folders."""
    cache = cache or cache_folder()
    found = []
    for repo in sorted(cache.glob("models--*")):
        name = HubName(repo.name.removeprefix("models--").replace("--", "/", 1))
        commit = commit_of(name, cache)
        if commit:
            found.append((HubName(name.id, commit), repo / "snapshots" / commit))
    return found


def delete_model(model: str, cache: Path | None = None) -> int:
    """Remove all that is here of a model, every commit and what was begun of it; the bytes that are free then.

    What cannot be removed stays, without an error.
    """
    cache = cache or cache_folder()
    repo = repo_folder(model, cache)
    size = _size_of(repo)
    remove_tree(repo, inside=cache)
    return size - _size_of(repo)


def _size_of(folder: Path) -> int:
    """Bytes of the files in it; links take none."""
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file() and not one.is_symlink())


def pinned(model: str) -> str:
    """The name with the commit that is here, so that a run says for good what it began from; else as it is."""
    name = hub_name(model)
    commit = "" if name is None or Path(model).is_dir() else commit_of(name)
    return model if name is None or not commit else str(HubName(name.id, commit))


def local_folder(model: str) -> Path | None:
    """Where the files of a folder or of a model of the Hub are; None where there are none on this computer."""
    if Path(model).is_dir():
        return Path(model)
    name = hub_name(model)
    return None if name is None else snapshot_of(name)
