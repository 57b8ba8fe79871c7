"""Why the Hub did not give what was asked, as a word on the wire and as a sentence for the person."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

import msgspec

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.words import duration, memory

Reason = Literal[
    "offline", "no_network", "timed_out", "broken_off", "bad_token", "no_access", "gated", "not_found", "no_revision",
    "too_many", "server", "not_a_hub", "damaged", "no_space", "no_write", "busy", "no_weights", "no_keyring",
    "bad_name", "crashed",
]  # fmt: skip
"""`broken_off`: the connection, in the middle. `no_access`: a token is needed, or another one. `not_a_hub`: something
else answers at that address. `crashed`: the process that asks died, or said what makes no sense."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The last thing that the process says where it could not do what was asked.

    `seconds` until the next attempt may work, 0 where that is not known. `detail`: for the log, in the library's words;
    of `no_space` the bytes that are missing, of `no_write` the folder.
    """

    reason: Reason
    seconds: int = 0
    detail: str = ""


class HubFailure(StudioError):
    """The Hub did not give what was asked; the text is a sentence for a person."""

    def __init__(self, failed: Failed, *, name: str = "", address: str = "") -> None:
        super().__init__(_sentence(failed, name=name, address=address))
        self.reason: Reason = failed.reason


def _sentence(failed: Failed, *, name: str, address: str) -> str:
    """`name`: of the model or data set; "" where a list was asked for."""
    host = urlsplit(address).netloc or address
    page = f"{address}/{name}"
    match failed.reason:
        case "offline":
            return tr("Offline mode is on, in Preferences or by HF_HUB_OFFLINE, so the Hub cannot be reached.")
        case "no_network":
            return tr("Cannot reach {host}. Check the network connection, or the mirror in Preferences.", host=host)
        case "timed_out":
            return tr("{host} did not respond in time. Try again later.", host=host)
        case "broken_off":
            return tr("The connection to {host} was lost. Try again to continue where it stopped.", host=host)
        case "bad_token":
            return tr("{host} does not accept the access token. Enter a valid one in Preferences.", host=host)
        case "gated":
            return tr(
                "Access to {name} must be granted by its authors. Accept the terms at {page}, then enter your access "
                "token in Preferences.",
                name=name,
                page=page,
            )
        case "no_access":
            return tr("{host} refuses access to {name}. Your access token may lack permission.", host=host, name=name)
        case "not_found":
            return tr("There is no {name} on {host}, or it is private and needs an access token.", name=name, host=host)
        case "no_revision":
            return tr("{name} has no such revision.", name=name)
        case "too_many" if failed.seconds:
            wait = duration(failed.seconds)
            return tr("{host} is receiving too many requests. Try again in {time}.", host=host, time=wait)
        case "too_many":
            return tr("{host} is receiving too many requests. Try again later.", host=host)
        case "server":
            return tr("{host} reported an internal error. Try again later.", host=host)
        case "not_a_hub":
            return tr("The server at {host} is not a Hugging Face Hub. Check the mirror in Preferences.", host=host)
        case "damaged":
            return tr("{name} arrived damaged and was discarded. Try again, or use another mirror.", name=name)
        case "no_space" if failed.detail:
            lacking = memory(int(failed.detail) / 1e6)
            return tr("The disk is full: {name} needs {size} more.", size=lacking, name=name)
        case "no_space":
            return tr("The disk is full. Free some space and try again.")
        case "no_write":
            return tr("Cannot write to {folder}. Choose another models folder in Preferences.", folder=failed.detail)
        case "busy":
            return tr("{name} is already being downloaded by another window or command.", name=name)
        case "no_weights":
            return tr("{name} has no weights in the safetensors format.", name=name)
        case "no_keyring":
            return tr("This computer has no keyring that Lepton Studio can use.")
        case "bad_name":
            return tr("“{name}” cannot be the name of a model on the Hub.", name=name)
        case "crashed":
            return tr("The download process ended unexpectedly. Try again.")
