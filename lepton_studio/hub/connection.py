"""How the Hub is reached: address, token, folder, and whether it may be reached at all. Light: the window reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

from lepton_studio.settings import Settings

USUAL_ADDRESS = "https://huggingface.co"


class Patience(msgspec.Struct, frozen=True):
    """Seconds without a byte from the Hub, attempts in a row that bring nothing, and seconds before the second one,
    which double from one to the next."""

    silence: float = 20.0
    attempts: int = 4
    pause: float = 1.0


class Connection(msgspec.Struct, frozen=True):
    """`address`: of the Hub or a mirror of it, without a slash at the end. `token`: one that holds for this session; ""
    for the one in the system's keyring, else the one that huggingface_hub finds. `folder`: where downloads are kept, ""
    for the person's usual cache. `shares_token`: a token that other programs keep may be sent there too; not so to a
    mirror that only this app was told of. `is_offline`: no connection may be opened at all.
    """

    address: str = USUAL_ADDRESS
    token: str = ""
    folder: str = ""
    shares_token: bool = False
    is_offline: bool = False
    patience: Patience = Patience()


def connection_of(settings: Settings, *, token: str = "", environment: Mapping[str, str] | None = None) -> Connection:
    """As the settings say, and the variables of huggingface_hub where they say nothing. `token`: as in `Connection`."""
    known = os.environ if environment is None else environment
    return Connection(
        address=(settings.hub_mirror or known.get("HF_ENDPOINT", "") or USUAL_ADDRESS).rstrip("/"),
        token=token,
        folder=settings.models,
        shares_token=not settings.hub_mirror,
        is_offline=is_offline(settings, environment=known),
    )


def is_offline(settings: Settings, *, environment: Mapping[str, str] | None = None) -> bool:
    """Whether nothing may open a connection: the person said so, here or to all programs that use the Hub."""
    known = os.environ if environment is None else environment
    said = {known.get(name, "").upper() for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")}
    return settings.offline or bool(said & {"1", "ON", "YES", "TRUE"})
