"""The words that speak for a label and against it, in one text, by a tuned model."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lepton_studio.child.why.gradients import added_by_tokens
from lepton_studio.child.why.units import added_by_units, units_of, without
from lepton_studio.contract.task import Input, Task
from lepton_studio.heads.cloze import Cloze
from lepton_studio.heads.pooled import Place, Pooled
from lepton_studio.language import tr
from lepton_studio.runs.events import Explained
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import decide, outputs
from lepton_studio.training.learner import Batch, Decision, Learner
from lepton_studio.training.machine import Machine

COMPARED = 64
"""Words that are left out as the check, at most: each is a text to read."""
TRIED = (4, 16, 64)
"""Words that are left out together, one more each time: in vain after the last."""
_LEAST = 5
"""A rank agreement over fewer words says nothing."""


@dataclass(frozen=True, slots=True)
class Explainer:
    """A learner of whole texts, looked into. `progress` counts texts read; it may raise."""

    learner: Learner[Any]
    task: Task[Any]
    machine: Machine
    progress: Callable[[int, int | None], None] = lambda _done, _total: None

    def decide(self, inputs: Sequence[Input]) -> list[Decision[Any]]:
        """What the model says of them."""
        examples = self.learner.encode(inputs)
        return decide(inputs, examples, learner=self.learner, machine=self.machine, progress=self.progress).decisions

    def explain(self, given: Input, labels: Sequence[int] = ()) -> list[Explained]:
        """One for each label. Raises BadData."""
        if not self.task.linear:
            raise BadData(tr("Which words count can be told where a label or a rating is given to the whole text."))
        decision = self.decide([given])[0]
        known = list(decision.scores) or [0]
        asked = list(labels) or [*self._labels_in(decision)] or [max(known, key=lambda one: decision.scores[one])]
        if strange := [one for one in asked if one not in known]:
            raise BadData(tr("This run does not know the label {label}.", label=strange[0]))
        chosen = [known.index(one) for one in asked]
        weighed = self._weigh(given, chosen)
        return [self._finish(one, given, decision) for one in self._named(weighed, asked)]

    def _named(self, weighed: Sequence[Explained], labels: Sequence[int]) -> list[Explained]:
        return [replace(one, label=label) for one, label in zip(weighed, labels, strict=True)]

    def _labels_in(self, decision: Decision[Any]) -> tuple[int, ...]:
        return (0,) if self.task.linear == "number" else self.task.labels_in(decision.value)

    def _weigh(self, given: Input, chosen: Sequence[int]) -> list[Explained]:
        """By gradients where there is one transformer, and by leaving words out where there is not."""
        text_model = getattr(self.learner, "text_model", None)
        places = text_model.places(given) if isinstance(text_model, Pooled | Cloze) else []
        cut = any(one.truncated for one in self.learner.encode([given]))
        if isinstance(text_model, Pooled | Cloze) and places:
            return [replace(one, is_cut=cut) for one in self._by_gradients(given, chosen, text_model, places)]
        units = units_of(given)
        said, lost = self._omitted(given, units, chosen)
        return [
            Explained(0, "omission", tuple(units), tuple(lost[:, at].tolist()), float(said[at]), is_cut=cut)
            for at in range(len(chosen))
        ]

    def _by_gradients(
        self, given: Input, chosen: Sequence[int], text_model: Pooled | Cloze, places: Sequence[Place | None]
    ) -> list[Explained]:
        batch = self.learner.collate(self.learner.encode([given])).to(self.machine.device)
        ids = batch.inputs["input_ids"][0]
        empty = torch.tensor([one is not None for one in places], device=ids.device)
        found = added_by_tokens(
            text_model.model,
            batch.inputs,
            nothing=ids.masked_fill(empty, text_model.padding),
            read=lambda said: self._read(said, chosen),
            check=lambda: self.progress(0, None),
        )
        units = units_of(given, places)
        explained = []
        for at, row in enumerate(added_by_units(found.by_token, places, units)):
            agreement, compared = self._check(given, units, row, output=chosen[at])
            explained.append(
                Explained(
                    0,
                    "gradients",
                    tuple(units),
                    tuple(row.tolist()),
                    float(found.text[at]),
                    float(found.nothing[at]),
                    float(found.gap[at]),
                    agreement,
                    compared,
                )
            )
        return explained

    def _check(self, given: Input, units: Sequence[Place], weights: Any, *, output: int) -> tuple[float, int]:
        """Spearman's rank correlation with what is lost where a word is left out, and over how many: all, or of a long
        text every so many in the order of their weights.
        """
        return checked(weights, lambda places: self._omitted(given, units, [output], only=places)[1][:, 0])

    def _omitted(
        self, given: Input, units: Sequence[Place], chosen: Sequence[int], *, only: Sequence[int] | None = None
    ) -> tuple[Any, Any]:
        """What is said of the text [outputs], and what it loses without each of the words [words, outputs]."""
        places = range(len(units)) if only is None else only
        said = self._said([given, *(without(given, (units[place],)) for place in places)], chosen)
        return said[0], said[0] - said[1:]

    def _said(self, inputs: Sequence[Input], chosen: Sequence[int]) -> Any:
        """Log-odds of labels, or the rating: [inputs, outputs], as numpy has it."""
        examples = self.learner.encode(inputs)

        def call(batch: Batch) -> Tensor:
            said = self.learner.forward(batch)
            if isinstance(said, Tensor):
                return self._read(said.float(), chosen)
            of_labels = torch.tensor(self.learner.answers(said, batch), dtype=torch.float64)[:, list(chosen)]
            return torch.logit(of_labels, eps=1e-7)  # two models that answer together know probabilities only

        found = np.zeros((len(inputs), len(chosen)))
        for positions, said, _ in outputs(
            examples,
            call,
            model=self.learner.model,
            collate=self.learner.collate,
            machine=self.machine,
            progress=self.progress,
        ):
            found[positions] = said.double().cpu().numpy()
        return found

    def _read(self, said: Tensor, chosen: Sequence[int]) -> Tensor:
        return log_odds(said, chosen) if self.task.linear == "choice" else said[:, list(chosen)]

    def _finish(self, one: Explained, given: Input, decision: Decision[Any]) -> Explained:
        """With what the model says, and the fewest strongest words without which it says something else."""
        is_number = self.task.linear == "number"
        has = is_number or one.label in self._labels_in(decision)
        score = decision.score if is_number else decision.scores[one.label]
        one = replace(one, has=has, score=score)
        # Of a rating, the words that pull it where it is; of a label that is there, those for it; else those against.
        sign = math.copysign(1, sum(one.weights)) if is_number else 1 if has else -1
        ranked = [at for at in np.argsort(-sign * np.array(one.weights), kind="stable") if sign * one.weights[at] > 0]
        ranked = ranked[: len(one.words) - 1]  # a text without a word says nothing
        kept = self.task.dump(self.task.accept(decision.value))
        begun = 0
        for end in TRIED:
            counts = range(begun + 1, min(end, len(ranked)) + 1)
            left = [without(given, [one.words[at] for at in ranked[:count]]) for count in counts]
            for count, found in zip(counts, self.decide(left) if left else (), strict=True):
                value = self.task.dump(self.task.accept(found.value))
                if value != kept if is_number else (one.label in self._labels_in(found)) != has:
                    change = tuple(int(at) for at in ranked[:count])
                    return replace(
                        one, change=change, becomes=self.task.dump(found.value), becomes_score=found.score, tried=count
                    )
            begun = max(begun, *counts, 0)
        return replace(one, tried=begun)


def checked(weights: Any, lost: Callable[[list[int]], Any]) -> tuple[float, int]:
    """The rank agreement of weights with what is lost without the words at some places, and how many those are."""
    ranked = np.argsort(weights, kind="stable")
    some = np.unique(np.linspace(0, len(ranked) - 1, min(len(ranked), COMPARED)).round().astype(int))
    if len(some) < _LEAST:
        return 0.0, 0
    compared = ranked[some]
    return rank_agreement(weights[compared], lost(compared.tolist())), len(compared)


def log_odds(said: Tensor, chosen: Sequence[int]) -> Tensor:
    """Of labels of which one holds: the logarithm of p / (1 - p), from logits [n, labels] to [n, chosen]."""
    rest = [torch.cat((said[:, :one], said[:, one + 1 :]), -1).logsumexp(-1) for one in chosen]
    return said[:, list(chosen)] - torch.stack(rest, -1)


def rank_agreement(one: Any, other: Any) -> float:
    """Spearman's rank correlation, equal numbers having the mean of their ranks; 0 where all of one are equal."""
    ranks = [_ranks(np.asarray(some, np.float64)) for some in (one, other)]
    if any(np.ptp(some) == 0 for some in ranks):
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def _ranks(numbers: Any) -> Any:
    _, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]
