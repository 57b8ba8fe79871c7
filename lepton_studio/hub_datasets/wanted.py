"""Which dataset of the Hub is meant, and what is known of it before it is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SCHEME = "hub:"
_ID = re.compile(r"[\w][\w.-]*(/[\w][\w.-]*)?", re.ASCII)
_ADDRESS = re.compile(r"https?://[^/]+/datasets/([^/?#]+/[^/?#]+)(?:/tree/([^/?#]+))?[^?#]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dataset by its id ("owner/name"). Empty: the configuration that its card calls the default, all splits, the
    newest revision."""

    id: str
    config: str = ""
    split: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a dataset offers in one of its configurations.

    `revision` is the commit that was looked at, 40 hexadecimal digits. `splits`: name -> bytes of its files. `licence`
    and `languages` are those of its card, "" and () where it says none. `left_out`: columns that are no text, by what
    they hold ("Image", "Audio"); known once rows have been seen.
    """

    id: str
    revision: str
    config: str
    configs: tuple[str, ...]
    splits: Mapping[str, int]
    licence: str = ""
    languages: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all splits."""
        return sum(self.splits.values())

    def name(self, split: str = "") -> str:
        """What a person knows its rows by, with the revision that they are of: `hub:owner/name@1a2b3c4d5e6f, train`."""
        config = f", {self.config}" if len(self.configs) > 1 else ""
        return f"{SCHEME}{self.id}@{self.revision[:12]}{config}" + (f", {split}" if split else "")


def dataset_id(written: str) -> tuple[str, str] | None:
    """(id, revision or "") of `owner/name`, `hub:owner/name`, `owner/name@revision`, or the address of its page; None
    for what is none of them."""
    written = written.strip().removeprefix(SCHEME)
    if page := _ADDRESS.fullmatch(written):
        return page[1], page[2] or ""
    name, _, revision = written.partition("@")
    return (name, revision) if _ID.fullmatch(name) and ".." not in name else None
