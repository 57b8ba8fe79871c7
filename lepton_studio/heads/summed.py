"""Two learners of a choice that answer together: the probabilities of both, averaged.

The saved folder is that of the first one, so that public libraries load it as they load any; the second lies in
`beside/` in it, a whole folder too, with the weight in `sum.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.runs.manifest import not_ours
from lepton_studio.runs.model_folder import BESIDE, SUM_FILE
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Learner, Run

_FIRST, _SECOND = "first.", "second."


def summed(first: Learner[Any], second: Learner[Any], *, weight: float) -> Learner[Any]:
    """Both as one learner, for reading: they have learnt before. `weight` (0..1) is that of the first. Their labels are
    the same ones in the same order.
    """
    return cast("Learner[Any]", _Summed(first, second, weight=weight))


class _Both(nn.Module):
    """Holds both models, for the device and the mode that they are in."""

    def __init__(self, first: nn.Module, second: nn.Module) -> None:
        super().__init__()
        self.first = first
        self.second = second


class _Summed:
    """See `lepton_studio.training.learner.Learner`."""

    def __init__(self, first: Learner[Any], second: Learner[Any], *, weight: float) -> None:
        self.model: nn.Module = _Both(first.model, second.model)
        self.max_length = first.max_length
        self.is_draft = False
        self._first, self._second, self._weight = first, second, weight

    def encode(self, inputs: Sequence[Input], values: Sequence[Any] | None = None) -> list[Example]:
        """The examples of the first; the `info` of each is its own, and the example of the second."""
        pairs = zip(self._first.encode(inputs, values), self._second.encode(inputs, values), strict=True)
        return [replace(one, info=(one.info, other), patches=one.patches + other.cost) for one, other in pairs]

    def prepare(self, train: Sequence[Example]) -> None:
        """Nothing is learnt any more."""

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Nothing is learnt any more."""

    def features(self, batch: Batch) -> Tensor:
        """Those of the first."""
        return self._first.features(self._of_first(batch))

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Both batches side by side."""
        first = self._first.collate([replace(one, info=one.info[0]) for one in examples])
        second = self._second.collate([one.info[1] for one in examples])
        inputs = {_FIRST + name: one for name, one in first.inputs.items()}
        inputs |= {_SECOND + name: one for name, one in second.inputs.items()}
        return replace(first, inputs=inputs)

    def forward(self, batch: Batch) -> tuple[Any, Any]:
        """What either says."""
        return self._first.forward(self._of_first(batch)), self._second.forward(self._of_second(batch))

    def loss(self, outputs: tuple[Any, Any], batch: Batch) -> Tensor:
        """The sum of the negative log-likelihoods of what both say together."""
        assert batch.targets is not None
        said = torch.tensor(self.answers(outputs, batch))
        right = said[torch.arange(len(said)), batch.targets.cpu()].clamp(min=1e-9)
        return -right.log().sum()

    def answers(self, outputs: tuple[Any, Any], batch: Batch) -> list[list[float]]:
        """The probability of each label, a list for each text."""
        first = self._first.answers(outputs[0], self._of_first(batch))
        second = self._second.answers(outputs[1], self._of_second(batch))
        return [
            [self._weight * a + (1 - self._weight) * b for a, b in zip(one, other, strict=True)]
            for one, other in zip(first, second, strict=True)
        ]

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Any]]:
        """As the first one decides, by what both say."""
        return self._first.decide(inputs, examples, run=run)

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Any], *, run: Run) -> None:
        """Nothing is chosen on validation: the weight was, for both as they are."""

    def graphs(self) -> Mapping[str, Graph]:
        """Of the first alone, and that it is so."""
        alone = " In Lepton Studio it answers together with another model, which is not in this file."
        return {name: replace(one, says=one.says + alone) for name, one in self._first.graphs().items()}

    def save(self, folder: Path) -> None:
        """The first; the second in `beside/`."""
        self._first.save(folder)
        beside = folder / BESIDE
        beside.mkdir()
        self._second.save(beside)
        (beside / SUM_FILE).write_text(json.dumps({"weight": self._weight}) + "\n", "utf-8")
        with (folder / "README.md").open("a", encoding="utf-8") as file:
            file.write(
                f"\nIn Lepton Studio it answers together with the model in `{BESIDE}/`: the probabilities here count "
                f"{self._weight:.0%}, those there {1 - self._weight:.0%}. The lines above give the probabilities of "
                "this part alone.\n"
            )

    def _of_first(self, batch: Batch) -> Batch:
        return replace(batch, inputs=_named(batch.inputs, _FIRST))

    def _of_second(self, batch: Batch) -> Batch:
        return replace(batch, inputs=_named(batch.inputs, _SECOND))


def load_with_what_is_beside(folder: Path, *, load: Callable[[Path], Learner[Any]]) -> Learner[Any]:
    """The learner that `load` finds in a folder, with what answers together with it where there is that. Raises as
    `load`, and ModelNotFound.
    """
    learner, beside = load(folder), folder / BESIDE
    if not beside.is_dir():
        return learner
    try:
        weight = float(json.loads((beside / SUM_FILE).read_text("utf-8"))["weight"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ModelNotFound(not_ours(folder)) from error
    return summed(learner, load(beside), weight=weight)


def _named(inputs: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): one for name, one in inputs.items() if name.startswith(prefix)}
