"""What the Hub is asked for, and what comes back: one JSON line each, told apart by their tags."""

from __future__ import annotations

import msgspec

from lepton_studio.hub.failures import Failed


class SearchModels(msgspec.Struct, frozen=True, tag=True):
    """Models whose name has these words, those that are downloaded most first.

    `task`: one that the Hub knows, such as "fill-mask"; `language`: a code, such as "zh"; "" for any.
    """

    words: str = ""
    task: str = ""
    language: str = ""
    most: int = 40


class DescribeModel(msgspec.Struct, frozen=True, tag=True):
    """All that the Hub says of one. `revision`: a branch, a tag or a commit; "" for the main one."""

    id: str
    revision: str = ""


class FetchModel(msgspec.Struct, frozen=True, tag=True):
    """Download what of one is needed to use it. `revision` as in `DescribeModel`."""

    id: str
    revision: str = ""


class KeepToken(msgspec.Struct, frozen=True, tag=True):
    """Put a token into the system's keyring; "" takes it out."""

    token: str


class AskToken(msgspec.Struct, frozen=True, tag=True):
    """Where a token comes from, and with `check` whose it is: only then the Hub is asked."""

    check: bool = False


Asked = SearchModels | DescribeModel | FetchModel | KeepToken | AskToken


class FoundModel(msgspec.Struct, frozen=True, tag=True):
    """A model on the Hub. `commit`: what its revision is now. `size`: bytes of what would be fetched; about that
    while only its weights are counted (`is_exact` False), 0 where nothing is known. `licence` as its makers name it.
    `languages` are codes. `changed`: the day of its last change, as ISO. `weights`: how many numbers it has, 0 unknown.
    `why_not`: a reason against using it here, as in `usable.why_not_words`; "" for none.
    """

    id: str
    commit: str = ""
    size: int = 0
    is_exact: bool = False
    licence: str = ""
    languages: tuple[str, ...] = ()
    changed: str = ""
    task: str = ""
    downloads: int = 0
    weights: int = 0
    model_type: str = ""
    gated: bool = False
    why_not: str = ""
    files: tuple[str, ...] = ()


class Fetched(msgspec.Struct, frozen=True, tag=True):
    """So many bytes of `total` are here. `waits`: the connection was lost, and is tried again."""

    done: int
    total: int
    waits: bool = False


class Ready(msgspec.Struct, frozen=True, tag=True):
    """It is here, whole and as published: the folder, and the commit that it is of."""

    folder: str
    commit: str


class TokenSaid(msgspec.Struct, frozen=True, tag=True):
    """Where the token comes from: "session", "keyring", "shared" (other programs keep it), or "" for none; `owner`
    where the Hub said whose it is."""

    source: str = ""
    owner: str = ""


Answer = FoundModel | Fetched | Ready | TokenSaid

__all__ = [
    "Answer", "AskToken", "Asked", "DescribeModel", "Failed", "FetchModel", "Fetched", "FoundModel", "KeepToken",
    "Ready", "SearchModels", "TokenSaid",
]  # fmt: skip
