"""What the tasks share that say something of a whole text, or of a pair: a linear layer on the vector of the
text, the mean of its tokens' where the encoder's makers say nothing else.

The saved folder is a sentence-transformers model: Transformer, Pooling, what its makers put behind that, Normalize, and
Dense, the linear layer, so that its "embeddings" are what this says. The encoder has a folder of its own in it: where
its config.json stood beside the rest, the pipelines of transformers would take the whole for one of their classifiers,
and answer with a head made at random. A learner holds a `Pooled` and adds target, loss, answers and what it chooses on
validation.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.heads.probe import Linear
from lepton_studio.heads.vectors import token_vectors
from lepton_studio.models.sentence_modules import POOLINGS, SETTINGS, read_modules
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.runs.model_folder import ENCODER_FOLDER, encoder_in
from lepton_studio.training.graph import BATCH, Graph
from lepton_studio.training.learner import Batch, Embed, Example
from lepton_studio.training.models import Base, Encoder, load_folder
from lepton_studio.training.pooling import UNIT, Dense, Pooling
from lepton_studio.training.tokens import pad, padded

_TEXTS_AT_ONCE = 1000
PAIRED = ' Where it was tuned on pairs of texts, give a pair in place of a text: `["a text", "its second text"]`.'
Place = tuple[int, int, int]
"""Where something stands: in the text (0) or the second text (1), first and last code point, the last exclusive."""
_WEIGHTS = "model.safetensors"
_PROMPT = "default"


class PooledModel(nn.Module):
    """Encoder and head: tokens to [size, outputs] in float32."""

    def __init__(self, encoder: nn.Module, pooling: Pooling, *, width: int, outputs: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.pooling = pooling
        self.head = nn.Linear(width, outputs)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Tensor:
        said: Tensor = self.head(self.embed(input_ids, attention_mask, token_type_ids))
        return said.float()

    def embed(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Tensor:
        """The vectors of the texts, of unit length: [size, width], float32."""
        found: Tensor = self.pooling(
            token_vectors(self.encoder, input_ids, attention_mask, token_type_ids), attention_mask
        )
        return found


class Pooled:
    """The model with its tokenizer: texts to examples, examples to batches, and the folder it is saved in."""

    def __init__(self, encoder: Encoder, *, outputs: int, max_length: int) -> None:
        pooling = encoder.pooling
        self.model = PooledModel(encoder.model, pooling, width=pooling.width(encoder.width), outputs=outputs)
        self.max_length = max_length
        self._encoder = encoder

    @property
    def encoder(self) -> Encoder:
        """What gives the vectors of the tokens."""
        return self._encoder

    @property
    def made_by(self) -> str:
        """How a text's vector is made of those of its tokens: another name for another way."""
        prompt = self._encoder.prompt
        said = f"-{hashlib.sha256(prompt.encode()).hexdigest()[:8]}" if prompt else ""
        return self._encoder.pooling.name + said

    @classmethod
    def start(cls, base: Base, *, outputs: int, recipe: Recipe) -> Pooled:
        """A new head on the base model, prepared as the recipe says. Raises ModelNotFound."""
        encoder = base.prepare(recipe)
        return cls(encoder, outputs=outputs, max_length=encoder.max_length)

    @classmethod
    def load(cls, folder: Path) -> Pooled:
        """The model saved in a folder; called within `ModelFolder.read`. Raises ModelNotFound."""
        encoder = load_folder(encoder_in(folder), is_tuned=True)
        modules = read_modules(folder)
        head = modules.steps[-1].folder if modules is not None and modules.steps else folder
        layer = ModelFolder(head).weights(_WEIGHTS, prefix="linear.")
        pooled = cls(encoder, outputs=len(layer["bias"]), max_length=encoder.max_length)
        pooled.set_head(Linear(layer["weight"], layer["bias"]))
        return pooled

    def encode(self, inputs: Sequence[Input], targets: Sequence[Any] | None = None) -> list[Example]:
        """Tokens of each text, or of text and second text as two segments, cut to `max_length`, longest first.

        An example's `info` is the place where its second segment begins, None where the model is not told.
        """
        examples = []
        for start in range(0, len(inputs), _TEXTS_AT_ONCE):
            some = inputs[start : start + _TEXTS_AT_ONCE]
            for position, (tokens, cut, second) in enumerate(self._tokens(some), start):
                target = None if targets is None else targets[position]
                examples.append(Example(array("i", tokens), position, cut, target, second))
        return examples

    def places(self, given: Input) -> list[Place | None]:
        """Where each token of the only example of this input stands, without space around it; None for special ones,
        and for those of the prompt. Empty where the tokenizer does not know.
        """
        tokenizer, prompt = self._encoder.tokenizer, self._encoder.prompt
        if not tokenizer.is_fast:
            return []
        parts = [given.text, *([given.fields[SECOND_TEXT]] if SECOND_TEXT in given.fields else [])]
        read = [prompt + parts[0].strip(), *(one.strip() for one in parts[1:])]
        told = tokenizer(*read, truncation=True, max_length=self.max_length, return_offsets_mapping=True)
        shifts = [len(one) - len(one.lstrip()) for one in parts]
        shifts[0] -= len(prompt)
        found: list[Place | None] = []
        for part, (start, end) in zip(told.sequence_ids(), told["offset_mapping"], strict=True):
            if part is None:
                found.append(None)
                continue
            text = read[part][start:end]
            first = start + len(text) - len(text.lstrip()) + shifts[part]
            last = end - len(text) + len(text.rstrip()) + shifts[part]
            found.append((part, first, last) if 0 <= first < last else None)
        return found

    @property
    def padding(self) -> int:
        """The token that rows are filled up with."""
        return int(self._encoder.tokenizer.pad_token_id or 0)

    def collate(self, examples: Sequence[Example], *, targets: Tensor | None, weight: float) -> Batch:
        """Pad to the longest; on the CPU."""
        inputs = padded([one.tokens for one in examples], fill=self.padding)
        if any(example.info is not None for example in examples):
            segments = [bytes(one.info or 0) + b"\1" * (one.info and len(one.tokens) - one.info) for one in examples]
            inputs["token_type_ids"] = pad(segments, fill=0)
        return Batch(inputs, targets, weight, len(examples))

    def features(self, batch: Batch) -> Tensor:
        """The vectors of the texts, [size, width]."""
        return self.model.embed(**batch.inputs)

    def fit(
        self,
        train: Sequence[Example],
        *,
        targets: Tensor,
        embed: Embed,
        solve: Callable[[Tensor], Linear],
        class_weights: Tensor | None = None,
    ) -> None:
        """Write into the head what `solve` makes of the training examples' vectors; it knows targets and weights."""
        self.set_head(solve(embed(train)))

    def graphs(self, *, output: str, says: str, module: nn.Module | None = None) -> dict[str, Graph]:
        """The model, or the `module` that takes its inputs and gives the task's numbers, to be traced."""
        graph = Graph(
            module or self.model,
            self._encoder.ports(typed="token_type_ids" in self._encoder.tokenizer.model_input_names),
            output,
            (BATCH, self.model.head.out_features),
            longest=self.max_length,
            says=says,
        )
        return {"model": graph}

    def set_head(self, fitted: Linear) -> None:
        """Write a fitted layer into the head."""
        with torch.no_grad():
            self.model.head.weight.copy_(fitted.weight)
            self.model.head.bias.copy_(fitted.bias)

    def cool(self, temperature: float) -> None:
        """Divide what the head says by this number; see `lepton_studio.heads.temperature`."""
        with torch.no_grad():
            self.model.head.weight.div_(temperature)
            self.model.head.bias.div_(temperature)

    def save(
        self,
        folder: Path,
        *,
        manifest: Manifest,
        usage: Usage,
        rescale: tuple[float, float] = (1.0, 0.0),
        beside: Mapping[str, object] | None = None,
        needs: tuple[str, ...] = ("sentence-transformers",),
        paired: str = PAIRED,
    ) -> None:
        """The sentence-transformers layout, and what `ModelFolder.write` adds; `manifest` and `usage` say what the task
        does with the outputs.

        `rescale`: what the head's numbers are multiplied with in the folder, and what is added to them then. `needs`:
        see `Manifest`. `paired`: what the README says of pairs of texts.
        """
        folder.mkdir(exist_ok=True)
        self._encoder.save(folder / ENCODER_FOLDER)
        modules = _modules(self._encoder.pooling)
        for part, _ in modules[1:]:
            (folder / part).mkdir()
        for (part, _), one in zip(modules[2:], self._encoder.pooling.layers, strict=False):
            if isinstance(one, Dense):
                weights = {f"linear.{name}": weight for name, weight in one.linear.state_dict().items()}
                save_file(weights, folder / part / _WEIGHTS)
        by, plus = rescale
        layer = Linear(self.model.head.weight * by, self.model.head.bias * by + plus)
        ModelFolder(folder).write(
            replace(manifest, needs=needs, max_length=self.max_length),
            usage=replace(usage, says=usage.says + paired),
            weights={"linear.weight": layer.weight, "linear.bias": layer.bias},
            weights_file=f"{modules[-1][0]}/{_WEIGHTS}",
            beside=_layout(self._encoder, self.model.head, max_length=self.max_length) | dict(beside or {}),
        )

    def _tokens(self, inputs: Sequence[Input]) -> list[tuple[list[int], bool, int | None]]:
        """(tokens, whether they were cut, where the second segment begins) of each."""
        found: list[tuple[list[int], bool, int | None]] = [([], False, None)] * len(inputs)
        for paired in (False, True):
            places = [place for place, one in enumerate(inputs) if (SECOND_TEXT in one.fields) is paired]
            texts = [[self._encoder.prompt + inputs[place].text.strip() for place in places]]
            if paired:
                texts.append([inputs[place].fields[SECOND_TEXT].strip() for place in places])
            for place, one in zip(places, self._encodings(texts) if places else (), strict=True):
                found[place] = one
        return found

    def _encodings(self, texts: list[list[str]]) -> Iterator[tuple[list[int], bool, int | None]]:
        tokenizer = self._encoder.tokenizer
        told = "token_type_ids" in tokenizer.model_input_names
        given = tokenizer(*texts, truncation=True, max_length=self.max_length, return_token_type_ids=told)
        if tokenizer.is_fast:
            cuts = [bool(one.overflowing) for one in given.encodings or ()]
        else:
            whole = tokenizer(*texts, verbose=False)["input_ids"]
            cuts = [len(one) < len(other) for one, other in zip(given["input_ids"], whole, strict=True)]
        for row, cut in enumerate(cuts):
            segments = given["token_type_ids"][row] if told and len(texts) > 1 else []
            yield given["input_ids"][row], cut, segments.index(1) if 1 in segments else None


def _modules(pooling: Pooling) -> list[tuple[str, str]]:
    """(folder, kind) of each part of the saved model."""
    layers = ["Dense" if isinstance(layer, Dense) else UNIT for layer in pooling.layers]
    kinds = ["Pooling", *layers, UNIT, "Dense"]
    return [(ENCODER_FOLDER, "Transformer"), *((f"{place}_{kind}", kind) for place, kind in enumerate(kinds, 1))]


def _layout(encoder: Encoder, head: nn.Linear, *, max_length: int) -> dict[str, Any]:
    """The small files of a sentence-transformers folder; versions from 2 to 6 read these names."""
    pooling = encoder.pooling
    modules = _modules(pooling)
    # Early versions know no others than these by name, and take what is not named for none.
    named = [mode for mode in POOLINGS if mode in ("cls", "max", "mean", *pooling.modes)]
    pools: dict[str, Any] = {POOLINGS[mode]: mode in pooling.modes for mode in named}
    if list(pooling.modes) != [mode for mode in POOLINGS if mode in pooling.modes]:
        pools["pooling_mode"] = list(pooling.modes)  # in an order that only new versions can be told
    dense = {
        f"{part}/config.json": _dense(layer.linear, activation=layer.activation)
        for (part, _), layer in zip(modules[2:], pooling.layers, strict=False)
        if isinstance(layer, Dense)
    }
    return {
        "modules.json": [
            {"idx": place, "name": str(place), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for place, (path, kind) in enumerate(modules)
        ],
        f"{ENCODER_FOLDER}/sentence_bert_config.json": {"max_seq_length": max_length, "do_lower_case": False},
        SETTINGS: {
            "__version__": {},
            "prompts": {_PROMPT: encoder.prompt} if encoder.prompt else {},
            "default_prompt_name": _PROMPT if encoder.prompt else None,
        },
        "1_Pooling/config.json": {"word_embedding_dimension": encoder.width, **pools},
        **dense,
        f"{modules[-1][0]}/config.json": _dense(head, activation="Identity"),
    }


def _dense(linear: nn.Linear, *, activation: str) -> dict[str, Any]:
    part = "linear" if activation == "Identity" else "activation"
    return {
        "in_features": linear.in_features,
        "out_features": linear.out_features,
        "bias": linear.bias is not None,
        "activation_function": f"torch.nn.modules.{part}.{activation}",
    }
