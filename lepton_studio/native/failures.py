"""Why a native reader gave up."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "damaged", "password", "too_large", "crashed", "silent", "disk_full",
    "not_found", "signed_out", "gated", "no_revision", "no_config", "no_split", "busy", "unreachable", "broken_off",
    "needs_code", "other_files", "no_text", "mixed", "no_token",
]  # fmt: skip
"""`too_large`: it ran into a limit of memory. `crashed`: the process died. `silent`: it said nothing for too long.

From `not_found` on: what goes wrong with a dataset of the Hub; `hub_datasets.asking` has a sentence for each."""


class NativeFailure(Exception):
    """A file that a native reader could not read. `detail` is for the log, in the library's words."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Reason = reason
        self.detail = detail
