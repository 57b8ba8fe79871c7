"""Learning to write an answer: teacher forcing with label smoothing, beam search to write.

What the tasks that write share; a task says how an input reads as turns.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import ClassVar, Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import Turn, told
from lepton_studio.contract.written import Written
from lepton_studio.heads.generation.loading import load_writer, start_writer
from lepton_studio.heads.generation.spelling import Spelling, fold_of
from lepton_studio.heads.generation.writer import IGNORED, Watch, Writer, batch_of, certainty
from lepton_studio.heads.model_folder import ModelFolder, Usage
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run
from lepton_studio.training.models import Base

_NUMBERS_AT_ONCE = 2**25
"""Logits held at once while nothing is learnt: 128 MB in float32."""

_UNTUNED = Recipe(methods=("full",), beams=1, max_new_tokens=96)
"""How a model writes that nobody tuned."""

_MOST_UNKNOWN = 0.1
"""Share of tokens that stand for letters unknown."""


class WritingLearner:
    """See `lepton_studio.training.learner.Learner`. A task's learner says its id, its `turns`, and `keeps_end` where
    the end of a long text matters more than its beginning.
    """

    task: ClassVar[str]
    keeps_end = False

    is_draft = False
    """A draft has one beam."""

    instruction = ""
    """What a model that is not tuned is told to do with each text."""

    def __init__(self, writer: Writer, *, smoothing: float = 0.0, spelling: Spelling | None = None) -> None:
        assert isinstance(writer, nn.Module)
        self.model: nn.Module = nn.ModuleDict({"writer": writer})  # by this name checkpoints know its weights
        self.max_length = writer.max_length
        self._smoothing = smoothing
        self._writer = writer
        self._spelling = spelling

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> Self:
        """The base model, ready to learn. Raises ModelNotFound."""
        writer = start_writer(base, recipe=recipe, keeps_end=cls.keeps_end)
        fold = fold_of(writer.tokenizer)
        return cls(writer, smoothing=recipe.label_smoothing, spelling=None if fold is None else Spelling(fold))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The model in a folder. Raises ModelNotFound."""
        with ModelFolder(folder).read(task=cls.task):
            writer = load_writer(folder)
            fold = fold_of(writer.tokenizer)
            return cls(writer, spelling=None if fold is None else Spelling.load(folder, fold=fold))

    @classmethod
    def untuned(cls, base: Base) -> Self:
        """The base model as it is; its `instruction` is to be set. Raises ModelNotFound."""
        return cls.start(base, labels=(), recipe=_UNTUNED)

    def turns(self, input: Input) -> tuple[Turn, ...]:
        """What the model reads."""
        raise NotImplementedError

    def encode(self, inputs: Sequence[Input], values: Sequence[Written] | None = None) -> list[Example]:
        """One example an input; the target is the tokens of the text, cut to the longest answer allowed."""
        examples = []
        most = int(self._writer.net.generation_config.max_new_tokens or 0)
        for place, input in enumerate(inputs):
            turns = told(self.turns(input), self.instruction)
            question, is_cut = self._writer.question(turns)
            target, info, is_target_cut = None, None, False
            if values is not None:
                info = values[place].text if self._spelling is not None else None
                answer = self._writer.answer(turns, values[place].text)
                is_target_cut = len(answer) > most
                target = tuple(answer[:most])
            examples.append(
                Example(array("i", question), place, is_cut, target, info=info, is_target_cut=is_target_cut)
            )
        return examples

    def prepare(self, train: Sequence[Example]) -> None:
        """Learn how long answers are (none is to run on) and how they are spelt.

        Raises BadData where all answers are equal, and where the model has no letters for them.
        """
        if len({example.target for example in train}) < 2:
            raise BadData(
                tr("All training samples have the same target text; the model needs at least two different ones.")
            )
        tokens = [token for example in train for token in example.target]
        if tokens.count(self._writer.tokenizer.unk_token_id) > _MOST_UNKNOWN * len(tokens):
            raise BadData(
                tr(
                    "This model cannot write these texts: its vocabulary lacks their characters. Choose a "
                    "base model for their language; the built-in one writes only English."
                )
            )
        config = self._writer.net.generation_config
        longest = max(len(example.target) for example in train)
        config.max_new_tokens = min(config.max_new_tokens, max(longest * 3 // 2 + 1, config.min_new_tokens or 0))
        if self._spelling is not None:
            self._spelling = Spelling.learnt((example.info for example in train), fold=self._spelling.fold)

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Nothing: there is no head on top."""

    def features(self, batch: Batch) -> Tensor:
        """The mean vectors of the words, [size, width]."""
        mask = batch.inputs["attention_mask"].unsqueeze(-1)
        vectors: Tensor = self._writer.net.get_input_embeddings()(batch.inputs["input_ids"]) * mask
        return vectors.sum(1) / mask.sum(1).clamp(min=1)

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad questions and answers to the longest; on the CPU."""
        return batch_of(examples, inputs=self._writer.pad(examples))

    def forward(self, batch: Batch) -> Tensor | None:
        """The sum of the losses, None without targets. Logits of a whole batch are kept only for gradients."""
        if batch.targets is None:
            return None
        rows = batch.size if self.model.training else rows_at_once(self._writer, length=batch.targets.shape[1])
        losses = []
        for start in range(0, batch.size, rows):
            some = slice(start, start + rows)
            targets = batch.targets[some]
            logits = self._writer.logits({name: one[some] for name, one in batch.inputs.items()}, targets)
            losses.append(
                F.cross_entropy(
                    logits.flatten(0, 1),
                    targets.flatten(),
                    ignore_index=IGNORED,
                    label_smoothing=self._smoothing,
                    reduction="sum",
                )
            )
        return torch.stack(losses).sum()

    def loss(self, outputs: Tensor | None, batch: Batch) -> Tensor:
        """Cross-entropy with label smoothing, summed over the tokens to write."""
        assert outputs is not None
        return outputs

    def answers(self, outputs: Tensor | None, batch: Batch) -> list[tuple[str, float]]:
        """(text, certainty) of each example; certainty is exp of the mean log-probability of its tokens.

        In a draft it is that of the tokens that were left to choose from, which costs nothing to know.
        """
        writer, config = self._writer, deepcopy(self._writer.net.generation_config)
        if self.is_draft:
            config.num_beams, config.length_penalty, config.early_stopping = 1, None, None
        found: list[tuple[str, float]] = []
        rows = rows_at_once(writer, length=config.num_beams or 1)
        for start in range(0, batch.size, rows):
            some = {name: one[start : start + rows] for name, one in batch.inputs.items()}
            watch = Watch()
            answer = writer.write(some, config, rules=[watch] if self.is_draft else [])
            sure = watch.certainty(answer) if self.is_draft else self._certainty(some, answer)
            tokens = [[one for one in row if one != IGNORED] for row in answer.tolist()]
            texts = writer.tokenizer.batch_decode(tokens, skip_special_tokens=True)
            found += zip((text.strip() for text in texts), sure, strict=True)
        return found

    def _certainty(self, inputs: Mapping[str, Tensor], answer: Tensor) -> list[float]:
        rows = rows_at_once(self._writer, length=answer.shape[1])
        sure: list[float] = []
        for start in range(0, len(answer), rows):
            some = {name: one[start : start + rows] for name, one in inputs.items()}
            told = answer[start : start + rows]
            sure += certainty(self._writer.logits(some, told), told)
        return sure

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Written]]:
        """The text written for each input."""
        decisions = []
        for input, (text, sure) in zip(inputs, run(examples), strict=True):
            if self._spelling is not None:
                text = self._spelling.restored(text, source=input.text)
            decisions.append(Decision(Written(text), min(1.0, sure), {}))
        return decisions

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Written], *, run: Run) -> None:
        """Nothing is chosen on validation."""

    def graphs(self) -> dict[str, Graph]:
        """One step of writing; what is chosen by it, and when it ends, stands in generation_config.json."""
        return {"model": self._writer.graph()}

    def save(self, folder: Path) -> None:
        """The layout of transformers, and what `ModelFolder.write` adds."""
        code = self._writer.save(folder)
        says = "How it writes (beams, lengths, repetition) stands in `generation_config.json`."
        if self._spelling is not None:
            self._spelling.save(folder)
            says += _FOLDED
        ModelFolder(folder).write(
            Manifest(self.task, needs=("torch", "transformers"), max_length=self.max_length),
            usage=Usage("A model that writes an answer to a text,", code=code, says=says),
        )


def rows_at_once(writer: Writer, *, length: int) -> int:
    """How many rows of so many tokens (or beams) have their logits in memory together."""
    vocabulary = int(writer.net.get_input_embeddings().num_embeddings)
    return max(1, _NUMBERS_AT_ONCE // (vocabulary * max(1, length)))


_FOLDED = """

Its tokens lose capitals or spaces, and so does what these lines print. Lepton Studio gives them back by the most
frequent form of each word of the texts it was tuned on, in `spelling.json`.
"""
