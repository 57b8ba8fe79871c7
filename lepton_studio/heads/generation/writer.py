"""What the learner asks of a model that writes, and what all such models share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessor, PreTrainedTokenizerBase

from lepton_studio.contract.turns import Turn
from lepton_studio.runs.job import Recipe
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Example
from lepton_studio.training.tokens import pad

IGNORED = -100
"""Stands in targets where nothing is to be said: cross-entropy passes over it."""


class Writer(Protocol):
    """A model with its tokenizer that reads turns and writes an answer; a kind of nn.Module. One thread.

    An answer is a tensor of tokens [size, length], IGNORED behind its end.
    """

    net: Any
    """A PreTrainedModel; its `generation_config` says how it writes."""

    tokenizer: PreTrainedTokenizerBase

    max_length: int
    """Tokens read of the turns."""

    def question(self, turns: Sequence[Turn]) -> tuple[list[int], bool]:
        """The tokens of what is read, and whether something was cut off."""

    def answer(self, turns: Sequence[Turn], text: str) -> list[int]:
        """The tokens of what is to be written, with the sign that it ends."""

    def pad(self, examples: Sequence[Example]) -> Mapping[str, Tensor]:
        """The questions of a batch."""

    def logits(self, inputs: Mapping[str, Tensor], answer: Tensor) -> Tensor:
        """[size, length, vocabulary], in float32: of each token of the answer, given those before it."""

    def write(
        self, inputs: Mapping[str, Tensor], config: GenerationConfig, *, rules: Sequence[LogitsProcessor] = ()
    ) -> Tensor:
        """An answer to each question. `rules` see, and may change, what each token is chosen from."""

    def graph(self) -> Graph:
        """What is likely after each token of an answer, to be traced."""

    def save(self, folder: Path) -> str:
        """Write it as transformers loads it; returns the lines of Python that do so."""


def batch_of(examples: Sequence[Example], *, inputs: Mapping[str, Tensor]) -> Batch:
    """Questions with the answers to learn, where all have one; the weight is the number of tokens to say."""
    targets = (
        None if any(one.target is None for one in examples) else pad([one.target for one in examples], fill=IGNORED)
    )
    weight = float(len(examples) if targets is None else (targets != IGNORED).sum())
    return Batch(inputs, targets, max(1.0, weight), len(examples))


def up_to_end(tokens: Tensor, *, ends: Sequence[int]) -> Tensor:
    """Generated tokens [size, length] as answers: IGNORED behind the first token that ends one."""
    is_end = torch.isin(tokens, torch.tensor(ends, device=tokens.device, dtype=tokens.dtype))
    behind = is_end.cumsum(1) - is_end.int() > 0
    return tokens.masked_fill(behind, IGNORED)


def ends_of(net: Any) -> list[int]:
    """The tokens that end an answer."""
    end = net.generation_config.eos_token_id
    return [] if end is None else [int(one) for one in end] if isinstance(end, list) else [int(end)]


def certainty(logits: Tensor, answer: Tensor) -> list[float]:
    """exp of the mean log-probability of each answer's tokens; 0 for an answer of none."""
    found = -F.cross_entropy(logits.transpose(1, 2), answer, ignore_index=IGNORED, reduction="none")
    return _mean_exp(found, answer)


class Watch(LogitsProcessor):
    """Keeps the log-probability of the likeliest token of each step, which a writer with one beam takes."""

    def __init__(self) -> None:
        self._steps: list[Tensor] = []

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        self._steps.append(scores.max(-1).values.float() - scores.float().logsumexp(-1))
        return scores

    def certainty(self, answer: Tensor) -> list[float]:
        """As the function of this name, for the answers that were watched."""
        return _mean_exp(torch.stack(self._steps, 1), answer)


def _mean_exp(found: Tensor, answer: Tensor) -> list[float]:
    told = answer != IGNORED
    mean = found.masked_fill(~told, 0.0).sum(1) / told.sum(1).clamp(min=1)
    return [float(one) for one in torch.where(told.any(1), mean.exp(), torch.zeros_like(mean))]


def generation_config(net: Any, recipe: Recipe) -> GenerationConfig:
    """How the recipe wants answers written. Of the model's own settings only the special tokens stay."""
    own = net.generation_config
    tokens = (
        "bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id", "forced_bos_token_id",
        "bad_words_ids", "suppress_tokens",
    )  # fmt: skip
    kept = {name: value for name in tokens if (value := getattr(own, name, None)) is not None}
    several = {"num_beams": recipe.beams, "length_penalty": recipe.length_penalty, "early_stopping": True}
    return GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False,
        max_new_tokens=recipe.max_new_tokens,
        min_new_tokens=min(recipe.min_new_tokens, recipe.max_new_tokens) or None,
        no_repeat_ngram_size=recipe.no_repeat or None,
        **(several if recipe.beams > 1 else {}),
        **kept,
    )


def set_length(tokenizer: PreTrainedTokenizerBase, length: int, *, keeps_end: bool) -> None:
    """Make the tokenizer cut at so many tokens: the beginning where the end matters (a conversation), else the end."""
    tokenizer.model_max_length = length
    tokenizer.truncation_side = "left" if keeps_end else "right"
