"""The learner of the picture task: one linear layer on the grey values of a small picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.methods.hooks import Net
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base

SIDE = 8


class PictureModel(nn.Module):
    def __init__(self, labels: int) -> None:
        super().__init__()
        self.eye, self.head = nn.Flatten(), nn.Linear(SIDE * SIDE, labels)

    def get_input_embeddings(self) -> nn.Module:
        return self.eye

    def forward(self, pixels: Tensor) -> Tensor:
        said: Tensor = self.head(self.eye(pixels))
        return said


class PictureLearner:
    is_draft = False
    max_length = 1

    def __init__(self, labels: Sequence[JobLabel]) -> None:
        self.ids = [one.id for one in labels]
        self.labels, self.model = tuple(labels), PictureModel(len(labels))

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> PictureLearner:
        learner = cls(labels)
        base.fit_out(Net(learner.model, "encoder"), recipe=recipe)
        return learner

    @classmethod
    def load(cls, folder: Path) -> PictureLearner:
        model = ModelFolder(folder)
        with model.read(task="pictures") as manifest:
            learner = cls(manifest.labels)
            learner.model.head.load_state_dict(model.weights())
            return learner

    def encode(self, inputs: Sequence[Input], values: Sequence[Choice] | None = None) -> list[Example]:
        targets = [None] * len(inputs) if values is None else [self.ids.index(one.labels[0]) for one in values]
        return [
            Example((), place, target=target, info=_pixels(one.media), patches=1)
            for place, (one, target) in enumerate(zip(inputs, targets, strict=True))
        ]

    def prepare(self, train: Sequence[Example]) -> None:
        pass

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        assert embed(train).shape == (len(train), SIDE * SIDE)

    def features(self, batch: Batch) -> Tensor:
        return batch.inputs["pixels"].flatten(1)

    def collate(self, examples: Sequence[Example]) -> Batch:
        gold = [one.target for one in examples]
        targets = None if None in gold else torch.tensor(gold)
        return Batch({"pixels": torch.stack([one.info for one in examples])}, targets, float(len(gold)), len(gold))

    def forward(self, batch: Batch) -> Tensor:
        said: Tensor = self.model(**batch.inputs)
        return said

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return F.cross_entropy(outputs, batch.targets, reduction="sum")

    def answers(self, outputs: Tensor, batch: Batch) -> list[Tensor]:
        return list(outputs.softmax(-1).cpu())

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Choice]]:
        return [Decision(Choice((self.ids[row.argmax()],)), float(row.max()), {}) for row in run(examples)]

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Choice], *, run: Run) -> None:
        pass

    def graphs(self) -> dict[str, Graph]:
        return {}

    def save(self, folder: Path) -> None:
        usage = Usage("A picture classifier,", code="import torch", says="It is a toy.")
        manifest = Manifest("pictures", labels=self.labels, needs=("torch",), max_length=1)
        ModelFolder(folder).write(manifest, usage=usage, weights=self.model.head.state_dict())


def _pixels(file: Path | None) -> Tensor:
    """A binary PGM of SIDE x SIDE in 0..1."""
    assert file is not None
    grey = bytearray(file.read_bytes().split(b"\n", 3)[3])
    return torch.frombuffer(grey, dtype=torch.uint8).reshape(SIDE, SIDE).float() / 255
