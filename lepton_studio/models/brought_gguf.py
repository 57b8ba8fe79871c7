"""A writer that a person brings as a GGUF file: found where it is named, and made a folder of, once. Light.

The folders lie beside the built-in models of the person. A file is known by its name, size and time of change.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.atomic import new_folder, remove_partial
from lepton_studio.errors import Cancelled
from lepton_studio.files import Hold, remove_tree
from lepton_studio.language import tr
from lepton_studio.models.adding import Added, add_folder
from lepton_studio.models.brought import why_not_fitting
from lepton_studio.models.gguf_header import is_gguf, read_header
from lepton_studio.models.gguf_plan import Plan, plan_of
from lepton_studio.models.model_config import CONFIG, UnusableModel, place
from lepton_studio.models.places import ModelUnavailable, own_folder
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.limits import Limits
from lepton_studio.native.reading import Child
from lepton_studio.private import private_folder
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.stopping import ended_by
from lepton_studio.words import memory

_CHILD = "lepton_studio.models.gguf_child"
_SPARE = 64_000_000
"""Bytes that a disk should still have, and that a tokenizer may take."""
_MEMORY = 6 << 30


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder that was made of a GGUF file. `size`: bytes."""

    name: str
    folder: Path
    size: int


def gguf_at(model: str | Path) -> Path | None:
    """The GGUF file that a person means with a file or a folder; None where it is none, or the folder has the same
    model as safetensors. Raises UnusableModel for a folder with several."""
    path = Path(model).expanduser().absolute()
    if path.is_file():
        return path if path.suffix.lower() == ".gguf" or is_gguf(path) else None
    if not path.is_dir() or any(path.glob("*.safetensors")) or (path / "model.safetensors.index.json").exists():
        return None
    found = sorted(one for one in path.iterdir() if one.suffix.lower() == ".gguf")
    if len(found) > 1:
        raise UnusableModel(
            tr(
                "There are {count} GGUF files in {folder}. Name the one to use, for example {file}.",
                count=len(found),
                folder=path,
                file=found[0].name,
            )
        )
    return found[0] if found else None


def check(file: Path) -> Plan:
    """What a folder would be made of. A second for a large vocabulary. Raises UnusableModel, also where the disk has no
    room for it; OSError."""
    plan = plan_of(read_header(file))
    free = shutil.disk_usage(private_folder(_folders())).free
    if free < plan.size + _SPARE:
        raise UnusableModel(
            tr(
                "{file} in {folder} needs {needed} on the disk as a model that can be tuned, and only {free} are free "
                "there. Make room, and try again.",
                **place(file),
                needed=memory((plan.size + _SPARE) / 1e6),
                free=memory(free / 1e6),
            )
        )
    return plan


def add(path: Path, *, progress: Progress = silent, should_stop: ShouldStop = never) -> Added | Path:
    """What a person brings to the list of models: built-in models in a folder, else the GGUF file that it is or holds,
    of which the folder for tuning is told. Blocks. Raises ModelUnavailable, UnusableModel, Cancelled, OSError.
    """
    if path.is_file():
        if (file := gguf_at(path)) is None:
            raise UnusableModel(tr("{file} in {folder} is not a GGUF file.", **place(path.absolute())))
        return take(file, progress=progress, should_stop=should_stop)
    try:
        return add_folder(path, into=own_folder())
    except ModelUnavailable:
        if (file := gguf_at(path)) is None:
            raise
        return take(file, progress=progress, should_stop=should_stop)


def made_of(file: Path) -> Path | None:
    """The folder that was made of this file; None where there is none yet."""
    with contextlib.suppress(OSError):
        folder = _folder_of(file)
        return folder if (folder / CONFIG).is_file() else None
    return None


def take(file: Path, *, progress: Progress = silent, should_stop: ShouldStop = never) -> Path:
    """The folder for tuning that is made of a file, now where it is not there yet. Blocks; any thread.

    `progress` is told bytes. Raises UnusableModel, Cancelled, OSError.
    """
    if (folder := made_of(file)) is not None:
        return folder
    plan, folder = check(file), _folder_of(file)
    with _alone(folder):
        remove_partial(folder.parent, name=folder.name)
        if made_of(file) is None:
            with new_folder(folder) as made:
                private_folder(made)
                _fill(made, file, progress=progress, should_stop=should_stop)
                if why := why_not_fitting(made):
                    raise UnusableModel(why.replace(str(made), str(file)))
                (made / "README.md").write_text(_card(plan), "utf-8")
    return folder


def kept() -> tuple[Kept, ...]:
    """All folders that were made of GGUF files and are here."""
    found = sorted(one.parent for one in _folders().glob(f"*/{CONFIG}") if not one.parent.name.startswith("."))
    return tuple(
        Kept(one.name, one, sum(file.stat().st_size for file in one.rglob("*") if file.is_file())) for one in found
    )


def forget(name: str) -> int:
    """Remove one; the bytes that are free then, 0 where there is none of this name. The GGUF file stays."""
    found = next((one for one in kept() if one.name == name), None)
    if found is None:
        return 0
    remove_tree(found.folder, inside=_folders())
    found.folder.with_name(f"{name}.lock").unlink(missing_ok=True)
    return found.size


def _fill(folder: Path, file: Path, *, progress: Progress, should_stop: ShouldStop) -> None:
    limits = Limits(memory=_MEMORY + 2 * file.stat().st_size, processor=6 * 3600)
    child = Child(_CHILD, (str(file.absolute()), str(folder), str(limits.memory)), about=file.name, limits=limits)

    def stop_where_asked() -> None:
        if should_stop():
            raise Cancelled

    try:
        with ended_by(stop_where_asked), contextlib.closing(child.values()) as found:
            for value in found:
                if isinstance(value, str):
                    raise UnusableModel(value)
                progress(*value)
    except NativeFailure as failure:
        if failure.reason == "disk_full":
            raise UnusableModel(
                tr("The disk is full: {file} in {folder} was not taken. Make room, and try again.", **place(file))
            ) from failure
        raise UnusableModel(tr("{file} in {folder} could not be read. The log says why.", **place(file))) from failure


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        hold = Hold(folder.with_name(f"{folder.name}.lock"))
    except BlockingIOError as error:
        raise UnusableModel(tr("Another process is preparing this model just now. Try again in a moment.")) from error
    try:
        yield
    finally:
        hold.release()


def _folders() -> Path:
    return own_folder() / "gguf"


def _folder_of(file: Path) -> Path:
    """Raises OSError."""
    stat = file.stat()
    mark = hashlib.sha256(f"{file.name} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()[:8]
    return _folders() / f"{file.stem}-{mark}"


def _card(plan: Plan) -> str:
    """In the form of the Hub, so that a run tells what its base model's licence is."""
    told = plan.header.told
    licence = str(told.get("general.license", ""))
    front = f"---\nlicense: {licence}\n---\n" if re.fullmatch(r"[\w.+-]+", licence) else ""
    return f"{front}{told.get('general.name', plan.header.path.stem)}, made of {plan.header.path.name}.\n"
