"""Likely label errors: decisions against which a model speaks that has not seen them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.project.records import SampleId, Suggestion
from lepton_studio.studio.instant.asking import SUSPECTED, Asked
from lepton_studio.studio.instant.model import InstantModel


@dataclass(frozen=True, slots=True)
class Suspected:
    """A decision that is likely wrong: how much so (0 to 1), and what the model says that has not seen it."""

    sample: SampleId
    doubt: float
    suggestion: Suggestion[Any]


@dataclass(frozen=True)
class Suspects:
    """The likely label errors, these first, among so many decisions that were `judged`. The test split is not: labels
    that are corrected because a model says otherwise would make it look better than it is.
    """

    judged: int = 0
    found: tuple[Suspected, ...] = ()

    @cached_property
    def by_sample(self) -> Mapping[SampleId, Suspected]:
        """The same."""
        return {one.sample: one for one in self.found}

    @cached_property
    def order(self) -> tuple[Asked, ...]:
        """As they are asked about."""
        return tuple(Asked(one.sample, SUSPECTED) for one in self.found)


def suspects_of(model: InstantModel, doubt: NDArray[np.float32], *, judged: int) -> Suspects:
    """Out of what the child found: `model.said` as it is of the suspects, these first."""
    found = []
    order, said = np.argsort(model.said["sample"]), model.said
    ascending = InstantModel(model.task, said[order], model.labels, judged, ratings=model.ratings, error=model.error)
    for sample, sure in zip(said["sample"].tolist(), doubt.tolist(), strict=True):
        suggestion = ascending.suggestion(sample)
        if suggestion is not None:
            found.append(Suspected(sample, sure, suggestion))
    return Suspects(judged, tuple(found))
