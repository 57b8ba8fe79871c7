"""As many examples as there are, drawn by how rare their label is."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from lepton_studio.methods.balance import BalanceSettings
from lepton_studio.methods.hooks import Hooks, Train


class BalanceHooks(Hooks):
    """A label with n of N examples is drawn in proportion to n to the power of 1 - balance. Within a label each example
    comes once before any comes again.
    """

    settings: BalanceSettings

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        chance = random.Random(f"{self.recipe.seed} balance {epoch}")
        by_label: dict[Any, list[Any]] = {}
        for one in train.examples:
            by_label.setdefault(one.target, []).append(one)
        counts = {label: len(some) for label, some in by_label.items()}
        shares = shares_of(counts, balance=self.settings.balance)
        found: list[Any] = []
        for label, some in by_label.items():
            times, rest = divmod(shares[label], len(some))
            found += some * times + chance.sample(some, rest)
        return found


def shares_of(counts: dict[Any, int], *, balance: float) -> dict[Any, int]:
    """How many of each label an epoch has: as many in all as there are, no label without one."""
    total = sum(counts.values())
    wanted = {label: count ** (1 - balance) for label, count in counts.items()}
    scale = total / sum(wanted.values())
    found = Counter({label: max(1, int(one * scale)) for label, one in wanted.items()})
    left = sorted(wanted, key=lambda label: (found[label] - wanted[label] * scale, str(label)))
    while (missing := total - sum(found.values())) != 0:
        for label in left[:missing] if missing > 0 else [one for one in reversed(left) if found[one] > 1][:-missing]:
            found[label] += 1 if missing > 0 else -1
    return dict(found)
