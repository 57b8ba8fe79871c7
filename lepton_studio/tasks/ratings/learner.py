"""Learning ratings: one number on the encoder's mean vector, standardised while it is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.heads.probe import Labelled, Linear, fit_numbers
from lepton_studio.heads.text_model import TextModel, load_text_model, start_text_model
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.tasks.ratings.annotation import Rating, step_of
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base

_TASK = "ratings"


class RatingLearner:
    """See `lepton_studio.training.learner.Learner`. The model says (rating - mean) / deviation of the training set."""

    is_draft = False

    def __init__(self, pooled: TextModel) -> None:
        self.model: nn.Module = pooled.model
        self.max_length = pooled.max_length
        self._pooled = pooled
        self._mean, self._deviation = 0.0, 1.0
        self._low, self._high = -math.inf, math.inf
        self._step = 0.0
        self._error = 1.0

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> RatingLearner:
        """A new head on the base model. Raises ModelNotFound."""
        return cls(start_text_model(base, outputs=1, kind="number", recipe=recipe))

    @classmethod
    def load(cls, folder: Path) -> RatingLearner:
        """The learner saved in a model folder. Raises ModelNotFound."""
        with ModelFolder(folder).read(task=_TASK) as manifest:
            learner, stored = cls(load_text_model(folder, kind="number")), manifest.settings
            learner._low, learner._high = float(stored["lowest"]), float(stored["highest"])
            learner._error = float(stored["error"])
            learner._step = float(stored.get("step", 0))  # early models have none
            return learner

    @property
    def text_model(self) -> TextModel:
        """The model of whole texts that it decides by."""
        return self._pooled

    def encode(self, inputs: Sequence[Input], values: Sequence[Rating] | None = None) -> list[Example]:
        """See `Pooled.encode`; the target is the rating as it is."""
        return self._pooled.encode(inputs, values and [value.value for value in values])

    def prepare(self, train: Sequence[Example]) -> None:
        """Take mean, deviation, range and step of the training ratings. Raises BadData where all are the same."""
        ratings = _ratings(train).double()
        self._low, self._high = float(ratings.min()), float(ratings.max())
        if self._low == self._high:
            raise BadData(
                tr("All training samples have the same rating; the model needs different ones to learn from.")
            )
        self._mean, self._deviation = float(ratings.mean()), float(ratings.std(correction=0))
        self._step = step_of(ratings.tolist())
        self._error = self._deviation

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Ridge regression on the mean vectors, written into the head."""
        standardised = (_ratings(train) - self._mean) / self._deviation

        def solve(features: Tensor) -> Linear:
            return fit_numbers(Labelled(features, standardised))

        self._pooled.fit(train, targets=standardised, embed=embed, solve=solve)

    def features(self, batch: Batch) -> Tensor:
        """The normalised mean vectors, [size, width]."""
        return self._pooled.features(batch)

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad to the longest; on the CPU."""
        targets = None if any(example.target is None for example in examples) else _ratings(examples)
        return self._pooled.collate(examples, targets=targets, weight=float(len(examples)))

    def forward(self, batch: Batch) -> Tensor:
        """What the head says: [size, outputs]."""
        return self._pooled.model(**batch.inputs)  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Huber's loss of the standardised ratings: squared near by, so that one wrong label does not rule; summed."""
        assert batch.targets is not None
        standardised = (batch.targets - self._mean) / self._deviation
        return F.huber_loss(outputs.squeeze(-1), standardised, reduction="sum")

    def answers(self, outputs: Tensor, batch: Batch) -> list[float]:
        """The rating of each text, within the range of the training set."""
        said = outputs.double().cpu().squeeze(-1) * self._deviation + self._mean
        found: list[float] = said.clamp(self._low, self._high).tolist()
        return found

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Rating]]:
        """The rating, to four figures, with its scale. How sure: the probability that it is right once it is rounded,
        were the error normal and as large as on validation.
        """
        span = self._high - self._low if math.isfinite(self._high - self._low) else 0.0
        ratings = [Rating(float(f"{said:.4g}"), self._step, span) for said in run(examples)]
        return [Decision(one, self._sure(one), {}) for one in ratings]

    def _sure(self, said: Rating) -> float:
        half = said.tolerance
        off = said.value - round(said.value / (2 * half)) * 2 * half
        scale = self._error * math.sqrt(2)
        return (math.erf((half - off) / scale) + math.erf((half + off) / scale)) / 2

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Rating], *, run: Run) -> None:
        """Take the root mean squared error for how sure the model is."""
        if values:
            squares = [(said - value.value) ** 2 for said, value in zip(run(self.encode(inputs)), values, strict=True)]
            self._error = max(1e-3, math.sqrt(sum(squares) / len(squares)))

    def graphs(self) -> dict[str, Graph]:
        """The whole model; it gives ratings as they are."""
        rated = _Rated(self._pooled.model, mean=self._mean, deviation=self._deviation)
        says = f"The rating of each text; what is below {self._low:g} or above {self._high:g} is that."
        return self._pooled.graphs(output="ratings", says=says, module=rated)

    def save(self, folder: Path) -> None:
        """See `Pooled.save`; the head written there gives ratings as they are."""
        scale = {"lowest": self._low, "highest": self._high, "step": self._step}
        self._pooled.save(
            folder,
            manifest=Manifest(_TASK, settings={**scale, "error": self._error}),
            usage=Usage(
                "A model that rates texts,",
                code=_CODE.format(low=f"{self._low:g}", high=f"{self._high:g}"),
                says="`ratings[i]` is the rating of text `i`, within the range that it was trained on.",
            ),
            rescale=(self._deviation, self._mean),
        )


class _Rated(nn.Module):
    """The model's numbers, standardised as they are learned, as ratings."""

    def __init__(self, model: nn.Module, *, mean: float, deviation: float) -> None:
        super().__init__()
        self.model = model
        self._mean, self._deviation = mean, deviation

    def forward(self, **inputs: Tensor) -> Tensor:
        said: Tensor = self.model(**inputs)
        return said * self._deviation + self._mean


def _ratings(examples: Sequence[Example]) -> Tensor:
    return torch.tensor([example.target for example in examples], dtype=torch.float32)


_CODE = """
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(".")
ratings = model.encode(["a text"], convert_to_tensor=True)[:, 0].clamp({low}, {high})
"""
