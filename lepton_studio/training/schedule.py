"""When a run steps, evaluates and ends, and how far each step goes: all from the recipe and the number of samples."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lepton_studio.runs.job import Recipe


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps are counted from 0 (nothing done yet) to `steps` (all done)."""

    steps: int
    steps_an_epoch: int
    warmup_steps: int
    peak: float
    marks: frozenset[int]
    decay: str = "linear"

    @classmethod
    def of(cls, recipe: Recipe, *, samples: int, evaluates: bool) -> Schedule:
        """The schedule for so many training samples; `evaluates`: there is validation data."""
        an_epoch = math.ceil(samples / recipe.batch_size)
        passes = recipe.passes(samples)
        steps = an_epoch * passes
        times = range(passes * recipe.evaluations + 1) if evaluates else range(0)
        marks = frozenset(round(time * an_epoch / recipe.evaluations) for time in times)
        return cls(steps, an_epoch, max(1, round(steps * recipe.warmup)), recipe.learning_rate, marks, recipe.decay)

    def evaluates_at(self, step: int) -> bool:
        """Whether validation is scored after so many steps; after none, that is the linear probe."""
        return step in self.marks

    def starts_epoch(self, step: int) -> bool:
        """Whether the next step is the first of an epoch."""
        return step % self.steps_an_epoch == 0

    def epoch(self, step: int) -> float:
        """How often the samples have been seen."""
        return step / self.steps_an_epoch

    def learning_rate(self, step: int) -> float:
        """For the step after `step` steps: a linear rise to the peak, then the fall to zero that `decay` names."""
        if step < self.warmup_steps:
            return self.peak * (step + 1) / self.warmup_steps
        left = (self.steps - step) / max(1, self.steps - self.warmup_steps)
        match self.decay:
            case "constant":
                return self.peak
            case "cosine":
                return self.peak * (1 - math.cos(math.pi * left)) / 2
        return self.peak * left
