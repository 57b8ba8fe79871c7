"""Which examples go together: batches of about one cost, in an order without a pattern."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence

_BATCHES_SORTED_TOGETHER = 64


def epoch_batches(
    costs: Sequence[int], *, batch_size: int, seed: int, epoch: int, kinds: Sequence[Hashable] = ()
) -> list[list[int]]:
    """The batches of one epoch as positions of examples; the same arguments give the same batches.

    Examples are shuffled, sorted by cost inside groups of 64 batches, cut, and all batches shuffled: next to no
    padding, and no run from long to short that would show in the loss as saw teeth. The very first batch is the
    dearest of its epoch: where memory does not suffice, that is known at once. `kinds`: of each example, where those of
    unlike kinds are not to share a batch.
    """
    chance = random.Random(f"{seed}/{epoch}")
    order = list(range(len(costs)))
    chance.shuffle(order)
    group = batch_size * _BATCHES_SORTED_TOGETHER
    batches = []
    for alike in _by_kind(order, kinds):
        for start in range(0, len(alike), group):
            together = sorted(alike[start : start + group], key=costs.__getitem__)
            batches += [together[cut : cut + batch_size] for cut in range(0, len(together), batch_size)]
    chance.shuffle(batches)
    if not epoch:
        dearest = max(range(len(batches)), key=lambda place: len(batches[place]) * costs[batches[place][-1]], default=0)
        batches[:1], batches[dearest : dearest + 1] = batches[dearest : dearest + 1], batches[:1]
    return batches


def _by_kind(order: Sequence[int], kinds: Sequence[Hashable]) -> list[Sequence[int]]:
    if not kinds:
        return [order]
    found: dict[Hashable, list[int]] = {kind: [] for kind in kinds}
    for position in order:
        found[kinds[position]].append(position)
    return list(found.values())


def inference_batches(costs: Sequence[int], *, tokens: int) -> list[list[int]]:
    """All positions, dearest first, in batches of at most `tokens` tokens, padding counted (or of one example)."""
    order = sorted(range(len(costs)), key=lambda position: -costs[position])
    batches: list[list[int]] = []
    room = 0
    for position in order:
        if not room:
            batches.append([])
            room = max(1, tokens // max(1, costs[position]))
        batches[-1].append(position)
        room -= 1
    return batches
