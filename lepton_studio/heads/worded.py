"""What `Pooled` is for tuned encoders, for models that are fitted at once: word statistics, alone or beside the vectors
of an encoder that is left as it is. See `lepton_studio.quick`.

The saved folder holds the words' part in two files of its own. With an encoder it is a sentence-transformers model too:
what that says, plus what the words say, is what the model says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads import probe
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.heads.pooled import PAIRED, Pooled
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.quick.linear import Features, fit
from lepton_studio.quick.recipe import VOCABULARY_FILE, WEIGHTS_FILE, usage_code
from lepton_studio.quick.regression import Kind
from lepton_studio.quick.words import Pair, Vocabulary, fit_vocabulary, word_features
from lepton_studio.runs.manifest import Manifest
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Embed, Example

_NO_WORDS = Vocabulary((), np.empty(0, dtype=np.float32))


class WordedModel(nn.Module):
    """What the words say [size, outputs], and where there is an encoder what its head says of the tokens besides."""

    def __init__(self, encoder: nn.Module | None) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, words: Tensor, **tokens: Tensor) -> Tensor:
        return words if self.encoder is None else words + self.encoder(**tokens)


class Worded:
    """The model: see `Pooled`, whose methods these are. `of_words` and `vocabulary` are empty before `fit`.

    With an encoder its head holds the layer's vectors and bias, else the bias is the words'. `check`: see `Base`.
    """

    def __init__(
        self, encoder: Pooled | None, *, outputs: int, kind: Kind, check: Callable[[], None] = lambda: None
    ) -> None:
        self.model = WordedModel(None if encoder is None else encoder.model)
        self.max_length = 0 if encoder is None else encoder.max_length
        self.kind = kind
        self.vocabulary = _NO_WORDS
        self.of_words = np.zeros((outputs, 0), dtype=np.float32)
        self.bias = np.zeros(outputs, dtype=np.float32)
        self._encoder = encoder
        self._check = check

    @classmethod
    def load(cls, folder: Path, *, kind: Kind) -> Worded:
        """See `heads.text_model`."""
        weights = load_file(folder / WEIGHTS_FILE)
        encoder = Pooled.load(folder) if (folder / "modules.json").exists() else None
        worded = cls(encoder, outputs=len(weights["bias"]), kind=kind)
        terms = tuple(map(str, json.loads((folder / VOCABULARY_FILE).read_text("utf-8"))))
        worded.vocabulary = Vocabulary(terms, weights["idf"])
        worded.of_words, worded.bias = weights["weight"], weights["bias"]
        return worded

    def encode(self, inputs: Sequence[Input], targets: Sequence[Any] | None = None) -> list[Example]:
        """See `Pooled.encode`; an example's `info` is the text or the pair, with what the encoder's example has."""
        texts = [(one.text, one.fields.get(SECOND_TEXT)) for one in inputs]
        if self._encoder is None:
            return [
                Example((), place, target=None if targets is None else targets[place], info=(text, None), patches=1)
                for place, text in enumerate(texts)
            ]
        encoded = self._encoder.encode(inputs, targets)
        return [replace(one, info=(text, one.info)) for one, text in zip(encoded, texts, strict=True)]

    def collate(self, examples: Sequence[Example], *, targets: Tensor | None, weight: float) -> Batch:
        """Count the words, and pad the tokens where they are read; on the CPU."""
        said = word_features(self.vocabulary, _texts(examples)) @ self.of_words.T + self.bias
        words = {"words": torch.from_numpy(np.asarray(said, dtype=np.float32))}
        if self._encoder is None:
            return Batch(words, targets, weight, len(examples))
        encoded = self._encoder.collate(_encoded(examples), targets=targets, weight=weight)
        return replace(encoded, inputs=words | dict(encoded.inputs))

    def features(self, batch: Batch) -> Tensor:
        """The encoder's vectors; there must be one."""
        assert self._encoder is not None
        return self._encoder.model.embed(**{name: one for name, one in batch.inputs.items() if name != "words"})

    def fit(
        self,
        train: Sequence[Example],
        *,
        targets: Tensor,
        embed: Embed,
        solve: Callable[[Tensor], probe.Linear],
        class_weights: Tensor | None = None,
    ) -> None:
        """Take the vocabulary of the training texts and fit the layer, the encoder as it is; `solve` is for tuning."""
        texts, check = _texts(train), self._check
        vocabulary = fit_vocabulary(texts, check=check)
        vectors = None if self._encoder is None else embed(train).numpy()
        features = Features(word_features(vocabulary, texts, check=check), vectors)
        weights = None if class_weights is None else class_weights.numpy()
        layer = fit(
            features, targets.numpy(), kind=self.kind, outputs=len(self.bias), class_weights=weights, check=check
        )
        self.vocabulary, self.of_words = vocabulary, layer.of_words
        if self._encoder is None:
            self.bias = layer.bias
        else:
            self._encoder.set_head(probe.Linear(_tensor(layer.of_vectors), _tensor(layer.bias)))

    def graphs(self, *, output: str, says: str, module: nn.Module | None = None) -> dict[str, Graph]:
        """None: words are counted by Python, not by a graph."""
        return {}

    def save(
        self,
        folder: Path,
        *,
        manifest: Manifest,
        usage: Usage,
        rescale: tuple[float, float] = (1.0, 0.0),
        beside: Mapping[str, object] | None = None,
    ) -> None:
        """See `Pooled.save`; the README's lines are those that count words."""
        by, plus = rescale
        usage = replace(usage, code=usage_code(self.kind, has_encoder=self._encoder is not None))
        needs = ("numpy", "safetensors", *(("sentence-transformers",) if self._encoder else ()))
        beside = {**(beside or {}), VOCABULARY_FILE: self.vocabulary.terms}
        if self._encoder is None:
            told = replace(manifest, needs=needs)
            ModelFolder(folder).write(told, usage=replace(usage, says=usage.says + PAIRED), beside=beside)
            bias = self.bias * np.float32(by) + np.float32(plus)
        else:
            self._encoder.save(folder, manifest=manifest, usage=usage, rescale=rescale, beside=beside, needs=needs)
            bias = self.bias  # the encoder's head has it
        weights = {"idf": self.vocabulary.idf, "weight": self.of_words * np.float32(by), "bias": bias}
        save_file({name: np.ascontiguousarray(one) for name, one in weights.items()}, folder / WEIGHTS_FILE)


def _texts(examples: Sequence[Example]) -> list[Pair]:
    return [one.info[0] for one in examples]


def _encoded(examples: Sequence[Example]) -> list[Example]:
    """As the encoder made them."""
    return [replace(one, info=one.info[1]) for one in examples]


def _tensor(array: NDArray[Any] | None) -> Tensor:
    assert array is not None
    return torch.from_numpy(array)
