"""Five classes on the first token."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.training.graph import BATCH, Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base, Encoder, load_folder


class StarsModel(nn.Module):
    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder, self.head = encoder.model, nn.Linear(encoder.width, 5)

    def forward(self, **inputs: Tensor) -> Tensor:
        first: Tensor = self.head(self.encoder(**inputs).last_hidden_state[:, 0])
        return first


class StarsLearner:
    is_draft = False

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.max_length, self.model = encoder, encoder.max_length, StarsModel(encoder)

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> StarsLearner:
        return cls(base.prepare(recipe))

    @classmethod
    def load(cls, folder: Path) -> StarsLearner:
        model = ModelFolder(folder)
        with model.read(task="stars"):
            learner = cls(load_folder(folder))
            learner.model.head.load_state_dict(model.weights())
            return learner

    def encode(self, inputs: Sequence[Input], values: Sequence[int] | None = None) -> list[Example]:
        texts = [one.text for one in inputs]
        tokens = self.encoder.tokenizer(texts, truncation=True, max_length=self.max_length)["input_ids"]
        return [Example(ids, i, target=values[i] - 1 if values else None) for i, ids in enumerate(tokens)]

    def prepare(self, train: Sequence[Example]) -> None:
        pass

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        pass

    def features(self, batch: Batch) -> Tensor:
        found: Tensor = self.model.encoder(**batch.inputs).last_hidden_state[:, 0]
        return found

    def collate(self, examples: Sequence[Example]) -> Batch:
        inputs = self.encoder.tokenizer.pad({"input_ids": [list(one.tokens) for one in examples]}, return_tensors="pt")
        gold = [one.target for one in examples]
        targets = None if None in gold else torch.tensor(gold)
        return Batch(dict(inputs), targets, weight=float(len(gold)), size=len(gold))

    def forward(self, batch: Batch) -> Tensor:
        said: Tensor = self.model(**batch.inputs)
        return said

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        assert batch.targets is not None
        return F.cross_entropy(outputs, batch.targets, reduction="sum")

    def answers(self, outputs: Tensor, batch: Batch) -> list[Tensor]:
        return list(outputs.softmax(-1).cpu())

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[int]]:
        return [Decision(int(row.argmax()) + 1, float(row.max()), {}) for row in run(examples)]

    def calibrate(self, inputs: Sequence[Input], values: Sequence[int], *, run: Run) -> None:
        pass

    def graphs(self) -> dict[str, Graph]:
        ports = self.encoder.ports(typed=True)
        return {"model": Graph(self.model, ports, "logits", (BATCH, 5), longest=self.max_length, says="Classes.")}

    def save(self, folder: Path) -> None:
        self.encoder.save(folder)
        usage = Usage("Stars,", code="import transformers", says="It is a toy.")
        manifest = Manifest("stars", needs=("torch", "transformers"), max_length=self.max_length)
        ModelFolder(folder).write(manifest, usage=usage, weights=self.model.head.state_dict())
