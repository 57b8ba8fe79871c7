"""The probabilities of labels in one prediction, as they are stored."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from heapq import nlargest

from lepton_studio.project.in_words import damaged
from lepton_studio.project.records import LabelId

_PAIR = struct.Struct("<id")  # label id, probability


def packed(scores: Mapping[LabelId, float]) -> bytes:
    """The bytes to store."""
    return b"".join(_PAIR.pack(label, score) for label, score in scores.items())


def unpacked(stored: bytes) -> dict[LabelId, float]:
    """What `packed` made bytes of. Raises ProjectDamaged."""
    try:
        return dict(_PAIR.iter_unpack(stored))
    except (struct.error, TypeError) as error:
        raise damaged() from error


def margin(scores: Mapping[LabelId, float]) -> float | None:
    """How far the likeliest label is ahead of the next one; None with fewer than two."""
    if len(scores) < 2:
        return None
    first, second = nlargest(2, scores.values())
    return first - second


def margin_of(stored: object) -> float | None:
    """As `margin`, of what is stored, for SQL; None where that cannot be read."""
    if not isinstance(stored, bytes) or len(stored) % _PAIR.size:
        return None
    return margin(dict(_PAIR.iter_unpack(stored)))
