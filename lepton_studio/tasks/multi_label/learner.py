"""Learning several labels: a yes or no for each on the encoder's mean vector, with thresholds chosen on validation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.heads.probe import Labelled, Linear, fit_yes_no
from lepton_studio.heads.temperature import cooled, temperature_of_choices
from lepton_studio.heads.text_model import TextModel, load_text_model, start_text_model
from lepton_studio.heads.worded import Worded
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import MANIFEST, Manifest
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.multi_label.thresholds import USUAL, choose_thresholds
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base

_TASK = "multi_label"
_LARGEST_WEIGHT = 100.0


class ChoicesLearner:
    """See `lepton_studio.training.learner.Learner`."""

    is_draft = False

    def __init__(self, pooled: TextModel, *, labels: Sequence[JobLabel]) -> None:
        self.model: nn.Module = pooled.model
        self.max_length = pooled.max_length
        self.thresholds = [USUAL] * len(labels)
        self._pooled = pooled
        self._labels = tuple(labels)
        self._yes_weights = torch.ones(len(labels))
        self._balanced = False
        self._smoothing = 0.0

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> ChoicesLearner:
        """A new head on the base model. Raises ModelNotFound, and BadData without a label."""
        if not labels:
            raise BadData(tr("A model needs at least one label to look for."))
        learner = cls(
            start_text_model(base, outputs=len(labels), kind="choices", recipe=recipe, labels=labels), labels=labels
        )
        learner._balanced, learner._smoothing = recipe.class_weights, recipe.label_smoothing
        return learner

    @classmethod
    def load(cls, folder: Path) -> ChoicesLearner:
        """The learner saved in a model folder, with its thresholds. Raises ModelNotFound."""
        with ModelFolder(folder).read(task=_TASK) as manifest:
            learner = cls(load_text_model(folder, kind="choices"), labels=manifest.labels)
            learner.thresholds = [float(one) for one in manifest.settings["thresholds"]]
            return learner

    @property
    def text_model(self) -> TextModel:
        """The model of whole texts that it decides by."""
        return self._pooled

    def encode(self, inputs: Sequence[Input], values: Sequence[Choices] | None = None) -> list[Example]:
        """See `Pooled.encode`; the target is 1.0 or 0.0 for each label."""
        return self._pooled.encode(inputs, values and [[float(yes) for yes in row] for row in self._there(values)])

    def prepare(self, train: Sequence[Example]) -> None:
        """Weigh the samples that have a label by how many have it not, where the recipe wants the classes balanced.

        Raises BadData where no sample has a label.
        """
        counts = _targets(train).sum(0)
        if not counts.any():
            raise BadData(tr("None of the training samples has a label; the model needs some that have one."))
        if self._balanced:
            self._yes_weights = ((len(train) - counts) / counts.clamp(min=1)).clamp(
                1 / _LARGEST_WEIGHT, _LARGEST_WEIGHT
            )

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """A logistic regression for each label on the mean vectors, written into the head."""
        targets = _targets(train)

        def solve(features: Tensor) -> Linear:
            return fit_yes_no(Labelled(features, targets), yes_weights=self._yes_weights)

        weights = self._yes_weights if self._balanced else None
        self._pooled.fit(train, targets=targets, embed=embed, solve=solve, class_weights=weights)

    def features(self, batch: Batch) -> Tensor:
        """The normalised mean vectors, [size, width]."""
        return self._pooled.features(batch)

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad to the longest; on the CPU."""
        targets = None if any(example.target is None for example in examples) else _targets(examples)
        return self._pooled.collate(examples, targets=targets, weight=float(len(examples) * len(self._labels)))

    def forward(self, batch: Batch) -> Tensor:
        """What the head says: [size, outputs]."""
        return self._pooled.model(**batch.inputs)  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Binary cross-entropy, summed over samples and labels; while training with label smoothing, which takes half
        of its share from a yes and gives it to a no.
        """
        assert batch.targets is not None
        smoothing = self._smoothing if self.model.training else 0.0
        targets = batch.targets * (1 - smoothing) + smoothing / 2
        weights = self._yes_weights.to(outputs.device) if self._balanced else None
        return F.binary_cross_entropy_with_logits(outputs, targets, pos_weight=weights, reduction="sum")

    def answers(self, outputs: Tensor, batch: Batch) -> list[list[float]]:
        """The probability of each label, a list for each text."""
        found: list[list[float]] = outputs.float().cpu().sigmoid().tolist()
        return found

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Choices]]:
        """The labels whose probability reaches their threshold; as sure as of the label that it is least sure of."""
        decisions = []
        for row in run(examples):
            chosen = [one >= threshold for one, threshold in zip(row, self.thresholds, strict=True)]
            value = Choices(tuple(sorted(one.id for one, yes in zip(self._labels, chosen, strict=True) if yes)))
            scores = {label.id: round(one, 7) for label, one in zip(self._labels, row, strict=True)}
            sure = min(one if yes else 1 - one for one, yes in zip(row, chosen, strict=True))
            decisions.append(Decision(value, sure, scores))
        return decisions

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Choices], *, run: Run) -> None:
        """Choose how sure the model says it is, and the thresholds."""
        if not values:
            return
        found, there = run(self.encode(inputs)), self._there(values)
        if not isinstance(self._pooled, Worded):
            self._pooled.cool(temperature := temperature_of_choices(found, there))
            found = cooled(found, temperature).tolist()
        self.thresholds = choose_thresholds(found, there=there)

    def graphs(self) -> dict[str, Graph]:
        """The whole model."""
        return self._pooled.graphs(output="logits", says="Their sigmoid is the probability of each label.")

    def save(self, folder: Path) -> None:
        """See `Pooled.save`; scripts made for earlier folders find labels and thresholds in labels.json."""
        labels = [
            {"id": label.id, "name": label.name, "threshold": threshold}
            for label, threshold in zip(self._labels, self.thresholds, strict=True)
        ]
        self._pooled.save(
            folder,
            manifest=Manifest(_TASK, labels=self._labels, settings={"thresholds": self.thresholds}),
            usage=Usage(
                "A classifier with several labels a text,",
                code=_CODE,
                says=f"It knows {len(labels)} labels; their order, and from which probability on each holds, are in "
                f"`{MANIFEST}`. `found[i, j]` says whether label `j` holds for text `i`.",
            ),
            beside={"labels.json": labels},
        )

    def _there(self, values: Sequence[Choices]) -> list[list[bool]]:
        """Whether a value has a label: a row a value, a column a label."""
        ids = [label.id for label in self._labels]
        return [[one in value.labels for one in ids] for value in values]


def _targets(examples: Sequence[Example]) -> Tensor:
    return torch.tensor([example.target for example in examples], dtype=torch.float32)


_CODE = """
import json, torch
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(".")
thresholds = torch.tensor(json.load(open("lepton.json", encoding="utf-8"))["thresholds"])
probabilities = model.encode(["a text"], convert_to_tensor=True).sigmoid()
found = probabilities >= thresholds.to(probabilities)
"""
