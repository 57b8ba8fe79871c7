"""Which examples go together: batches of about one cost, in an order without a pattern."""

from __future__ import annotations

import random
from collections.abc import Sequence

_BATCHES_SORTED_TOGETHER = 64


def epoch_batches(costs: Sequence[int], *, batch_size: int, seed: int, epoch: int) -> list[list[int]]:
    """The batches of one epoch as positions of examples; the same arguments give the same batches.

    Examples are shuffled, sorted by cost inside groups of 64 batches, cut, and all batches shuffled: next to no
    padding, and no run from long to short that would show in the loss as saw teeth. The very first batch is the
    dearest of its epoch: where memory does not suffice, that is known at once.
    """
    chance = random.Random(f"{seed}/{epoch}")
    order = list(range(len(costs)))
    chance.shuffle(order)
    group = batch_size * _BATCHES_SORTED_TOGETHER
    batches = []
    for start in range(0, len(order), group):
        together = sorted(order[start : start + group], key=costs.__getitem__)
        batches += [together[cut : cut + batch_size] for cut in range(0, len(together), batch_size)]
    chance.shuffle(batches)
    if not epoch:
        dearest = max(range(len(batches)), key=lambda place: len(batches[place]) * costs[batches[place][-1]], default=0)
        batches[:1], batches[dearest : dearest + 1] = batches[dearest : dearest + 1], batches[:1]
    return batches


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
