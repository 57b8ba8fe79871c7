"""The words that speak for one mark in a text, and against it: a span, a link, an answer.

As for labels of whole texts: integrated gradients from the padding, checked by hiding words one by one. A word is
hidden by padding in place of its tokens, so that no other changes its place, and the mark stays where it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lepton_studio.child.why.explain import TRIED, checked
from lepton_studio.child.why.gradients import added_by_tokens
from lepton_studio.child.why.units import added_by_units, unit_of, units_of
from lepton_studio.contract.task import BadAnnotation, Input, Task
from lepton_studio.heads.pooled import Place
from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.runs.events import Explained
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import decide
from lepton_studio.training.learner import Learner
from lepton_studio.training.machine import Machine
from lepton_studio.training.mark_reading import MarkReading, ReadsMarks

_MOST = 8
"""Marks that are explained where none is named."""
_ROWS_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class MarkExplainer:
    """A learner that marks texts, looked into. `progress` counts rows read; it may raise."""

    learner: Learner[Any]
    task: Task[Any]
    machine: Machine
    labels: Labels = ()
    progress: Callable[[int, int | None], None] = lambda _done, _total: None

    def explain(self, given: Input, marks: Sequence[object] = ()) -> list[Explained]:
        """One for each of these values of a single mark, as JSON; () for the first marks that the model makes. Raises
        BadData.
        """
        assert self.task.parts is not None
        examples = self.learner.encode([given])
        (decision,) = decide(
            [given], examples, learner=self.learner, machine=self.machine, progress=self.progress
        ).decisions
        made = [one.value for one in self.task.parts(decision.value, given.text, self.labels)]
        try:
            asked = [self.task.parse(one, self.labels) for one in marks] or made[:_MOST]
        except BadAnnotation as error:  # a label that the run does not know
            raise BadData(str(error)) from error
        if not asked:
            raise BadData(tr("The model marks nothing in this text."))
        return [self._explain(given, part, has=part in made, decided=decision.value) for part in asked]

    def _explain(self, given: Input, part: Any, *, has: bool, decided: Any) -> Explained:
        reading = cast("ReadsMarks", self.learner).reading(given, part, decided)
        if reading is None:
            raise BadData(tr("The model does not read this mark as a whole."))
        inputs = {name: one.to(self.machine.device) for name, one in reading.inputs.items()}
        reading = replace(reading, inputs=inputs)
        places: list[Place | None] = [None if one is None else (0, *one) for one in reading.places]
        ids = inputs["input_ids"][0]
        of_text = torch.tensor([one is not None for one in places], device=ids.device)
        found = added_by_tokens(
            reading.model,
            inputs,
            nothing=ids.masked_fill(of_text, reading.padding),
            read=lambda outputs: reading.said(outputs)[:, None],
            check=lambda: self.progress(0, None),
        )
        units = units_of(given, places)
        (weights,) = added_by_units(found.by_token, places, units)
        owners = _owners(places, units).to(ids.device)
        said = float(found.text[0])

        def without(hidden: Sequence[Sequence[int]]) -> NDArray[np.float64]:
            return self._said(reading, ids, owners, hidden)

        agreement, compared = checked(weights, lambda some: said - without([[one] for one in some]))
        explained = Explained(
            0,
            "gradients",
            tuple(units),
            tuple(weights.tolist()),
            said,
            float(found.nothing[0]),
            float(found.gap[0]),
            agreement,
            compared,
            has=has,
            score=float(torch.sigmoid(found.text[0])),
            mark=self.task.dump(part),
        )
        return _changed(explained, weights, without)

    def _said(
        self, reading: MarkReading, ids: Tensor, owners: Tensor, hidden: Sequence[Sequence[int]]
    ) -> NDArray[np.float64]:
        """The log-odds of the mark, [n], with the tokens of these units hidden, each time."""
        found = np.zeros(len(hidden))
        was_training = reading.model.training
        reading.model.eval()
        try:
            for start in range(0, len(hidden), _ROWS_AT_ONCE):
                some = hidden[start : start + _ROWS_AT_ONCE]
                self.progress(start, len(hidden))
                rows = torch.stack(
                    [
                        ids.masked_fill(torch.isin(owners, torch.tensor(one, device=ids.device)), reading.padding)
                        for one in some
                    ]
                )
                others = {name: one.expand(len(some), -1) for name, one in reading.inputs.items()}
                with torch.no_grad():
                    said = reading.said(reading.model(**{**others, "input_ids": rows}))
                found[start : start + len(some)] = said.double().cpu().numpy()
        finally:
            reading.model.train(was_training)
        return found


def _owners(places: Sequence[Place | None], units: Sequence[Place]) -> Tensor:
    """For each token the unit in which it stands, -1 for none."""
    return torch.tensor([-1 if one is None else unit_of(one, units) for one in places])


def _changed(
    one: Explained, weights: NDArray[np.float64], without: Callable[[Sequence[Sequence[int]]], NDArray[np.float64]]
) -> Explained:
    """With the fewest strongest words without which a mark that the model makes is half as likely, and another one
    likelier than not.
    """
    sign, limit = (1, _odds(one.score / 2)) if one.has else (-1, 0.0)
    ranked = [int(at) for at in np.argsort(-sign * weights, kind="stable") if sign * weights[at] > 0]
    ranked = ranked[: len(weights) - 1]
    begun = 0
    for end in TRIED:
        counts = range(begun + 1, min(end, len(ranked)) + 1)
        said = without([ranked[:count] for count in counts]) if counts else np.zeros(0)
        for count, odds in zip(counts, said, strict=True):
            if sign * (odds - limit) < 0:
                score = 1 / (1 + math.exp(-max(-50.0, odds)))
                return replace(one, change=tuple(ranked[:count]), becomes_score=score, tried=count)
        begun = max(begun, *counts, 0)
    return replace(one, tried=begun)


def _odds(probability: float) -> float:
    return math.log(max(probability, 1e-9) / (1 - probability))
