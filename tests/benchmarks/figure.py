"""One measured number beside its target."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `spread` (largest minus smallest of the repeats, None for a single one) are in `unit`.

    `target` is "<= 1.5" or ">= 94", or "" where the figure is only reported. `note` says what a reader must know of how
    it was measured.
    """

    name: str
    value: float
    unit: str
    target: str = ""
    spread: float | None = None
    note: str = ""

    @classmethod
    def of(cls, name: str, values: Sequence[float], *, unit: str, target: str = "", note: str = "") -> Figure:
        """The median of repeated measurements, with their spread."""
        spread = max(values) - min(values) if len(values) > 1 else None
        return cls(name, statistics.median(values), unit, target, spread, note)

    @property
    def met(self) -> bool:
        """Whether the value reaches the target; a value that could not be measured (NaN) does not."""
        if math.isnan(self.value):
            return False
        sign, _, bound = self.target.partition(" ")
        match sign:
            case "<=":
                return self.value <= float(bound)
            case ">=":
                return self.value >= float(bound)
            case "":
                return True
        raise ValueError(f"a target is '<= NUMBER' or '>= NUMBER', not {self.target!r}")

    def to_json(self) -> dict[str, object]:
        """The object that `bench --json` prints."""
        return {
            "name": self.name,
            "value": None if math.isnan(self.value) else self.value,
            "unit": self.unit,
            "target": self.target,
            "met": self.met,
            "spread": self.spread,
            "note": self.note,
        }
