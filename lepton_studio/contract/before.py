"""What a run that goes on from another model won and lost against it: a value of reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Before:
    """The model that a run went on from, and that of the run, on the same `n` samples; of them they have `right_before`
    and `right` without an error, `won` only the run's and `lost` only the earlier one.

    `before`, `after`: score name -> value. `project` and `run` name the run that made the earlier one ("" and 0 where
    that is not known). `left_out`: samples that the run's model can have no answer to, as their labels are gone.
    """

    n: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    right_before: int
    right: int
    won: int
    lost: int
    project: str = ""
    run: int = 0
    left_out: int = 0
