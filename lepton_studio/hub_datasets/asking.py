"""Ask for a dataset of the Hub: what it offers, its first rows, all of it. Each question starts a process."""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import msgspec

from lepton_studio.atomic import new_file
from lepton_studio.errors import Cancelled, StudioError
from lepton_studio.hub.connection import Connection, connection_of
from lepton_studio.hub_datasets.in_words import sentence_for
from lepton_studio.hub_datasets.kept import datasets_folder
from lepton_studio.hub_datasets.wanted import Offer, Wanted
from lepton_studio.language import tr
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.limits import Limits
from lepton_studio.native.reading import Child
from lepton_studio.private import give_back, private_folder, temporary_folder
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.settings import load_settings
from lepton_studio.stopping import ended_by

PREVIEWED = 20
"""Rows."""
_OFFER = "offer.json"
_MODULE = "lepton_studio.hub_datasets.child"
_LIMITS = {"memory": 8 << 30, "processor": 6 * 3600, "silence": 120}
# Without these the library imports torch where it finds it. Nothing is told to anybody. One way to fetch, the tested.
_ENVIRONMENT = {
    "USE_TORCH": "0",
    "USE_TF": "0",
    "USE_JAX": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
}


class HubRefused(StudioError):
    """A dataset that is not read; its text says why and what to do."""


def save(splits: Mapping[str, Path], into: Path, *, features: Mapping[str, object]) -> None:
    """Write rows to the folder `into` as save_to_disk does: a file of JSON lines for each split, its columns described
    by `features` as `datasets` does. Nothing is asked of the Hub. Raises OSError."""
    told = {"splits": {split: str(file) for split, file in splits.items()}, "into": str(into), "features": features}
    try:
        (_count,) = _run("save", Wanted(into.name), told, connection=Connection(is_offline=True))
    except NativeFailure as failure:
        number = errno.ENOSPC if failure.reason == "disk_full" else errno.EIO
        raise OSError(number, os.strerror(number), str(into)) from failure


def as_parquet(saved: Path, into: Path, *, card: Mapping[str, object], body: str) -> None:
    """Write a folder of save_to_disk to the empty folder `into` as the Hub wants a dataset: Parquet files and a card,
    README.md, with this YAML and body. Nothing is asked of the Hub. Raises HubRefused."""
    told = {"saved": str(saved), "into": str(into), "card": card, "body": body}
    (_counts,) = _told("as_parquet", Wanted(saved.name), told, connection=Connection(is_offline=True))


def push(
    folder: Path,
    id: str,
    *,
    is_private: bool,
    message: str,
    connection: Connection | None = None,
    should_stop: ShouldStop = never,
) -> str:
    """Put what `as_parquet` wrote on the Hub, where the repository is made if it is not there; the address of what came
    of it. Raises HubRefused, Cancelled."""
    told = {"from": str(folder), "is_private": is_private, "message": message}
    (address,) = _answers("push", Wanted(id), told, connection=connection, should_stop=should_stop)
    return str(address)


def usual_connection() -> Connection:
    """How the Hub is reached, as the settings say."""
    return connection_of(load_settings())


def look(wanted: Wanted, *, connection: Connection | None = None, should_stop: ShouldStop = never) -> Offer:
    """What the dataset offers; offline, what of it was fetched before. `connection`: as the settings say, for None.
    Raises HubRefused, Cancelled."""
    connection = connection or usual_connection()
    if connection.is_offline:
        return _fetched_before(wanted)
    (found,) = _answers("about", wanted, {}, connection=connection, should_stop=should_stop)
    return _offer(found)


def preview(
    offer: Offer, split: str, *, connection: Connection | None = None, should_stop: ShouldStop = never
) -> tuple[Offer, Path]:
    """The offer with what is left out, and a Parquet file of the first PREVIEWED rows of the split, offline of those
    or more. Raises HubRefused, Cancelled."""
    into = _folder(offer) / "preview" / f"{split}.parquet"
    if (connection or usual_connection()).is_offline:
        found_here = (into, _folder(offer) / "data" / into.name)
        if (here := next((one for one in found_here if one.exists()), None)) is not None:
            return offer, here
    told = {"split": split, "rows": PREVIEWED, "into": str(into)}
    (found,) = _answers("preview", _wanted(offer), told, connection=connection, should_stop=should_stop)
    return _offer(found), into


def fetch(
    offer: Offer,
    splits: tuple[str, ...],
    *,
    connection: Connection | None = None,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> tuple[Path, ...]:
    """A Parquet file for each split, fetched where it is not there yet. `progress` is told bytes; what was fetched
    stays when it is stopped, and the next try goes on from there. Raises HubRefused, Cancelled."""
    into = _folder(offer) / "data"
    found = tuple(into / f"{split}.parquet" for split in splits)
    if not all(one.exists() for one in found):
        told = {"splits": splits, "into": str(into)}
        for done, total in _answers("fetch", _wanted(offer), told, connection=connection, should_stop=should_stop):
            progress(done, total)
    if not (kept := _folder(offer) / _OFFER).exists():
        with new_file(kept) as made:
            made.write_text(json.dumps(asdict(offer)), "utf-8")
    return found


def _fetched_before(wanted: Wanted) -> Offer:
    """The newest that was fetched of a dataset and is still here, with the splits that are. Raises HubRefused."""
    root = datasets_folder(load_settings()) / wanted.id.replace("/", "--")
    for file in sorted(root.glob(f"*/*/{_OFFER}"), key=lambda one: -one.stat().st_mtime):
        try:
            offer = _offer(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError, TypeError, KeyError):  # damaged, or of another version: as if it were not there
            continue
        here = {
            name: size for name, size in offer.splits.items() if (file.parent / "data" / f"{name}.parquet").exists()
        }
        is_meant = offer.revision.startswith(wanted.revision) and wanted.config in ("", offer.config)
        if here and is_meant:
            return replace(offer, splits=here, configs=(offer.config,))
    raise HubRefused(
        tr(
            "Offline mode is on, and this computer has no dataset {name} that was downloaded before. Turn offline mode "
            "off in the preferences to ask the Hugging Face Hub for it.",
            name=wanted.id,
        )
    )


def _wanted(offer: Offer) -> Wanted:
    return Wanted(offer.id, config=offer.config, revision=offer.revision)


def _folder(offer: Offer) -> Path:
    config = "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in offer.config).lstrip(".") or "_"
    return datasets_folder(load_settings()) / offer.id.replace("/", "--") / offer.revision[:12] / config


def _answers(
    verb: str, wanted: Wanted, told: dict[str, Any], *, connection: Connection | None, should_stop: ShouldStop
) -> Iterator[Any]:
    """What the process answers. Raises HubRefused, Cancelled within a fraction of a second."""
    connection = connection or usual_connection()
    if connection.is_offline:
        raise HubRefused(tr("Offline mode is on: the Hugging Face Hub is not asked for anything."))
    return _told(verb, wanted, told, connection=connection, should_stop=should_stop)


def _told(
    verb: str, wanted: Wanted, told: dict[str, Any], *, connection: Connection, should_stop: ShouldStop = never
) -> Iterator[Any]:
    try:
        yield from _run(verb, wanted, told, connection=connection, should_stop=should_stop)
    except NativeFailure as failure:
        raise HubRefused(sentence_for(failure, wanted)) from failure


def _run(
    verb: str, wanted: Wanted, told: dict[str, Any], *, connection: Connection, should_stop: ShouldStop | None = None
) -> Iterator[Any]:
    """What the process answers. Raises NativeFailure; Cancelled where `should_stop` says so, or what `stopping.go_on`
    raises where there is none."""
    request = {"verb": verb, "id": wanted.id, "config": wanted.config, "revision": wanted.revision, "limits": _LIMITS,
               "folder": str(private_folder(datasets_folder(load_settings()))),
               "connection": msgspec.to_builtins(connection), **told}  # fmt: skip
    room = temporary_folder("hub")
    file = room / "request.json"  # not on the command line, which others can see: there may be a token in it
    child = Child(
        _MODULE,
        [str(file)],
        about=wanted.id,
        limits=Limits(**_LIMITS),
        environment={
            **_ENVIRONMENT,
            "HF_ENDPOINT": connection.address,
            "HF_HUB_OFFLINE": str(int(connection.is_offline)),
        },
    )

    def stop_where_asked() -> None:
        if should_stop is not None and should_stop():
            raise Cancelled

    asked = contextlib.nullcontext() if should_stop is None else ended_by(stop_where_asked)
    try:
        file.write_text(json.dumps(request), "utf-8")
        with asked, contextlib.closing(child.values()) as found:
            yield from found
    finally:
        give_back(room)


def _offer(found: dict[str, Any]) -> Offer:
    lists = {name: tuple(found[name]) for name in ("configs", "languages")}
    return Offer(**{**found, **lists})
