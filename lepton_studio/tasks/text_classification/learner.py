"""Learning a choice: one probability a label on the encoder's mean vector."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.heads.probe import Labelled, Linear, fit
from lepton_studio.heads.temperature import temperature_of_choice
from lepton_studio.heads.text_model import TextModel, load_text_model, start_text_model
from lepton_studio.heads.worded import Worded
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import MANIFEST, Manifest
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base

_TASK = "text_classification"


class ChoiceLearner:
    """See `lepton_studio.training.learner.Learner`."""

    is_draft = False

    def __init__(self, pooled: TextModel, *, labels: Sequence[JobLabel]) -> None:
        self.model: nn.Module = pooled.model
        self.max_length = pooled.max_length
        self._pooled = pooled
        self._labels = tuple(labels)
        self._index = {label.id: position for position, label in enumerate(labels)}
        self._class_weights = torch.ones(len(labels))
        self._balanced = False
        self._smoothing = 0.0

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> ChoiceLearner:
        """A new head on the base model. Raises ModelNotFound, and BadData with fewer than two labels."""
        if len(labels) < 2:
            raise BadData(tr("A model needs at least two labels to choose from."))
        text_model = start_text_model(base, outputs=len(labels), kind="choice", recipe=recipe, labels=labels)
        learner = cls(text_model, labels=labels)
        learner._balanced, learner._smoothing = recipe.class_weights, recipe.label_smoothing
        return learner

    @classmethod
    def load(cls, folder: Path) -> ChoiceLearner:
        """The learner saved in a model folder. Raises ModelNotFound."""
        with ModelFolder(folder).read(task=_TASK) as manifest:
            return cls(load_text_model(folder, kind="choice"), labels=manifest.labels)

    @property
    def text_model(self) -> TextModel:
        """The model of whole texts that it decides by."""
        return self._pooled

    def encode(self, inputs: Sequence[Input], values: Sequence[Choice] | None = None) -> list[Example]:
        """See `Pooled.encode`; the target is the position of the first label."""
        return self._pooled.encode(inputs, values and [self._index[value.labels[0]] for value in values])

    def prepare(self, train: Sequence[Example]) -> None:
        """Count classes for the class weights: n / (classes * count), 1 on average over the samples.

        Raises BadData where all samples have one label.
        """
        if len({example.target for example in train}) < 2:
            raise BadData(tr("All training samples have the same label; the model needs at least two different ones."))
        if self._balanced:
            counts = torch.bincount(_targets(train), minlength=len(self._labels)).float()
            present = int((counts > 0).sum())
            self._class_weights = len(train) / (present * counts.clamp(min=1))

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Logistic regression on the mean vectors, written into the head."""
        targets = _targets(train)

        def solve(features: Tensor) -> Linear:
            return fit(Labelled(features, targets), class_weights=self._class_weights)

        weights = self._class_weights if self._balanced else None
        self._pooled.fit(train, targets=targets, embed=embed, solve=solve, class_weights=weights)

    def features(self, batch: Batch) -> Tensor:
        """The normalised mean vectors, [size, width]."""
        return self._pooled.features(batch)

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad to the longest; on the CPU."""
        targets = None if any(example.target is None for example in examples) else _targets(examples)
        weight = float(len(examples) if targets is None else self._class_weights[targets].sum())
        return self._pooled.collate(examples, targets=targets, weight=weight)

    def forward(self, batch: Batch) -> Tensor:
        """What the head says: [size, outputs]."""
        return self._pooled.model(**batch.inputs)  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy, weighted by class, summed over the batch; while training with label smoothing (Szegedy et al.
        2016, https://arxiv.org/abs/1512.00567).
        """
        assert batch.targets is not None
        smoothing = self._smoothing if self.model.training else 0.0
        weight = self._class_weights.to(outputs.device) if self._balanced else None
        return F.cross_entropy(outputs, batch.targets, weight=weight, reduction="sum", label_smoothing=smoothing)

    def answers(self, outputs: Tensor, batch: Batch) -> list[list[float]]:
        """The probability of each label, a list for each text."""
        found: list[list[float]] = outputs.float().cpu().softmax(-1).tolist()
        return found

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Choice]]:
        """The most probable label of each text."""
        ids = [label.id for label in self._labels]
        decisions = []
        for row in run(examples):
            best = max(range(len(row)), key=row.__getitem__)
            scores = {one: round(score, 7) for one, score in zip(ids, row, strict=True)}
            decisions.append(Decision(Choice((ids[best],)), row[best], scores))
        return decisions

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Choice], *, run: Run) -> None:
        """Choose how sure the model says it is; what is fitted at once has that from cross-validation."""
        if values and not isinstance(self._pooled, Worded):
            targets = [self._index[value.labels[0]] for value in values]
            self._pooled.cool(temperature_of_choice(run(self.encode(inputs)), targets))

    def graphs(self) -> dict[str, Graph]:
        """The whole model."""
        return self._pooled.graphs(output="logits", says="Their softmax is the probability of each label.")

    def save(self, folder: Path) -> None:
        """See `Pooled.save`; scripts made for earlier folders find the labels in labels.json."""
        self._pooled.save(
            folder,
            manifest=Manifest(_TASK, labels=self._labels),
            usage=Usage(
                "A text classifier",
                code=_CODE,
                says=f"It chooses one of {len(self._labels)} labels; their order is in `{MANIFEST}`. "
                "`probabilities[i, j]` is the probability of label `j` for text `i`.",
            ),
            beside={"labels.json": [{"id": label.id, "name": label.name} for label in self._labels]},
        )


def _targets(examples: Sequence[Example]) -> Tensor:
    return torch.tensor([example.target for example in examples], dtype=torch.int64)


_CODE = """
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(".")
probabilities = model.encode(["a text"], convert_to_tensor=True).softmax(dim=-1)
"""
