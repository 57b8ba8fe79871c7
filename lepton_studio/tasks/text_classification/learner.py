"""Learning a choice: a linear layer on the normalised mean of the encoder's token vectors.

The saved folder is a sentence-transformers model (Transformer, Pooling, Normalize, Dense): its "embeddings" are logits.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.dropout import set_dropout
from lepton_studio.training.failures import BadData, ModelNotFound
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base, Encoder, freeze, load_folder
from lepton_studio.training.probe import Labelled, fit

_TEXTS_AT_ONCE = 1000
_DENSE = "3_Dense"
_MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"), (_DENSE, "Dense"))


class ChoiceModel(nn.Module):
    """Encoder and head: a Batch to logits [size, labels] in float32."""

    def __init__(self, encoder: nn.Module, *, width: int, labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(width, labels)

    def forward(self, batch: Batch) -> Tensor:
        logits: Tensor = self.head(self.embed(batch))
        return logits.float()

    def embed(self, batch: Batch) -> Tensor:
        """Mean of the token vectors, of unit length: [size, width], float32."""
        mask = batch.inputs["attention_mask"]
        # Without padding no mask is needed, and attention is faster without.
        given = batch.inputs if batch.padded else {"input_ids": batch.inputs["input_ids"]}
        vectors = self.encoder(**given).last_hidden_state.float()
        weights = mask.unsqueeze(-1).to(vectors.dtype)
        mean = (vectors * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return F.normalize(mean, dim=-1)


class ChoiceLearner:
    """See `lepton_studio.training.learner.Learner`."""

    def __init__(self, encoder: Encoder, *, labels: Sequence[JobLabel], max_length: int) -> None:
        self.model: nn.Module = ChoiceModel(encoder.model, width=encoder.width, labels=len(labels))
        self.max_length = max_length
        self._encoder = encoder
        self._labels = tuple(labels)
        self._index = {label.id: position for position, label in enumerate(labels)}
        self._class_weights = torch.ones(len(labels))
        self._balanced = False

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> ChoiceLearner:
        """A new head on the base model. Raises ModelNotFound, and BadData with fewer than two labels."""
        if len(labels) < 2:
            raise BadData(tr("A model needs at least two labels to choose from."))
        encoder = base.encoder()
        longest = min(recipe.max_length, encoder.longest) if recipe.max_length else encoder.max_length
        learner = cls(encoder, labels=labels, max_length=longest)
        learner._balanced = recipe.class_weights
        freeze(encoder, layers=recipe.frozen_layers)
        set_dropout(encoder.model, recipe.dropout)
        return learner

    @classmethod
    def load(cls, folder: Path) -> ChoiceLearner:
        """The learner saved in a model folder. Raises ModelNotFound."""
        encoder = load_folder(folder)
        try:
            stored = json.loads((folder / "labels.json").read_text("utf-8"))
            labels = [JobLabel(int(label["id"]), str(label["name"])) for label in stored]
            head = load_file(folder / _DENSE / "model.safetensors")
            learner = cls(encoder, labels=labels, max_length=encoder.max_length)
            _head(learner.model).load_state_dict({name.removeprefix("linear."): w for name, w in head.items()})
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            sentence = tr("The folder {folder} holds no model tuned by Lepton Studio.", folder=folder)
            raise ModelNotFound(sentence) from error
        return learner

    def encode(self, inputs: Sequence[Input], values: Sequence[Choice] | None = None) -> list[Example]:
        """Tokens of each text, cut to `max_length`; the target is the position of the first label."""
        examples = []
        for start in range(0, len(inputs), _TEXTS_AT_ONCE):
            some = [input.text.strip() for input in inputs[start : start + _TEXTS_AT_ONCE]]
            for position, (tokens, cut) in enumerate(self._tokens(some), start):
                target = None if values is None else self._index[values[position].labels[0]]
                examples.append(Example(array("i", tokens), position, cut, target))
        return examples

    def prepare(self, train: Sequence[Example]) -> None:
        """Count classes for the class weights: n / (classes * count), 1 on average over the samples.

        Raises BadData where all samples have one label.
        """
        if len({example.target for example in train}) < 2:
            raise BadData(tr("All training samples have the same label; a model needs samples of at least two."))
        if self._balanced:
            counts = torch.bincount(_targets(train), minlength=len(self._labels)).float()
            present = int((counts > 0).sum())
            self._class_weights = len(train) / (present * counts.clamp(min=1))

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Logistic regression on the mean vectors, written into the head."""
        fitted = fit(Labelled(embed(train), _targets(train)), class_weights=self._class_weights)
        head = _head(self.model)
        with torch.no_grad():
            head.weight.copy_(fitted.weight)
            head.bias.copy_(fitted.bias)

    def features(self, batch: Batch) -> Tensor:
        """The normalised mean vectors, [size, width]."""
        assert isinstance(self.model, ChoiceModel)
        return self.model.embed(batch)

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad to the longest; on the CPU."""
        longest = max(len(example.tokens) for example in examples)
        padding = int(self._encoder.tokenizer.pad_token_id or 0)
        ids = torch.full((len(examples), longest), padding, dtype=torch.int32)
        mask = torch.zeros((len(examples), longest), dtype=torch.int64)
        for row, example in enumerate(examples):
            length = len(example.tokens)
            ids[row, :length] = torch.frombuffer(example.tokens, dtype=torch.int32)
            mask[row, :length] = 1
        targets = None if any(example.target is None for example in examples) else _targets(examples)
        padded = any(len(example.tokens) < longest for example in examples)
        weight = float(len(examples) if targets is None else self._class_weights[targets].sum())
        return Batch({"input_ids": ids.long(), "attention_mask": mask}, targets, weight, len(examples), padded)

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """Cross-entropy, weighted by class, summed over the batch."""
        assert batch.targets is not None
        weight = self._class_weights.to(outputs.device) if self._balanced else None
        return F.cross_entropy(outputs, batch.targets, weight=weight, reduction="sum")

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
        """Nothing is chosen on validation."""

    def save(self, folder: Path) -> None:
        """The sentence-transformers layout, labels.json, and a README with the lines that use it."""
        names = [label.name for label in self._labels]
        config = self._encoder.model.config
        config.id2label = dict(enumerate(names))
        config.label2id = {name: position for position, name in enumerate(names)}
        self._encoder.save(folder)
        head = _head(self.model)
        for part, _ in _MODULES[1:]:
            (folder / part).mkdir()
        save_file(
            {f"linear.{name}": tensor.detach().cpu().contiguous() for name, tensor in head.state_dict().items()},
            folder / _DENSE / "model.safetensors",
        )
        for name, content in self._layout(head).items():
            (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
        (folder / "README.md").write_text(_readme(names), "utf-8")

    def _layout(self, head: nn.Linear) -> dict[str, Any]:
        """The small files of a sentence-transformers folder; versions from 2 to 6 read these names."""
        modules = [
            {"idx": position, "name": str(position), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for position, (path, kind) in enumerate(_MODULES)
        ]
        pooling = {"word_embedding_dimension": head.in_features, "pooling_mode_mean_tokens": True}
        dense = {
            "in_features": head.in_features,
            "out_features": head.out_features,
            "bias": True,
            "activation_function": "torch.nn.modules.linear.Identity",
        }
        return {
            "modules.json": modules,
            "sentence_bert_config.json": {"max_seq_length": self.max_length, "do_lower_case": False},
            "config_sentence_transformers.json": {"__version__": {}, "prompts": {}, "default_prompt_name": None},
            "1_Pooling/config.json": pooling | {"pooling_mode_cls_token": False, "pooling_mode_max_tokens": False},
            f"{_DENSE}/config.json": dense,
            "labels.json": [{"id": label.id, "name": label.name} for label in self._labels],
        }

    def _tokens(self, texts: list[str]) -> list[tuple[list[int], bool]]:
        tokenizer = self._encoder.tokenizer
        if tokenizer.is_fast:
            found = tokenizer(texts, truncation=True, max_length=self.max_length)
            return [(one.ids, bool(one.overflowing)) for one in found.encodings or ()]
        whole = [len(ids) for ids in tokenizer(texts, verbose=False)["input_ids"]]
        cut = tokenizer(texts, truncation=True, max_length=self.max_length)["input_ids"]
        return [(ids, length > len(ids)) for ids, length in zip(cut, whole, strict=True)]


def _head(model: nn.Module) -> nn.Linear:
    assert isinstance(model, ChoiceModel)
    return model.head


def _targets(examples: Sequence[Example]) -> Tensor:
    return torch.tensor([example.target for example in examples], dtype=torch.int64)


def _readme(labels: Sequence[str]) -> str:
    return f"""# A text classifier tuned with Lepton Studio

It chooses one of {len(labels)} labels; their order is in `labels.json`. After `pip install sentence-transformers`, from
inside this folder (from elsewhere, put its path in place of the dot):

```python
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(".")
probabilities = model.encode(["a text"], convert_to_tensor=True).softmax(dim=-1)
```

`probabilities[i, j]` is the probability of label `j` for text `i`. No code of this folder is run.
"""
