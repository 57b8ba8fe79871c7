"""Decoder models (causal language models)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from jinja2 import TemplateError
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lepton_studio.contract.turns import Turn, chat_messages, render, reply_role
from lepton_studio.heads.generation.writer import ends_of, up_to_end
from lepton_studio.training.graph import BATCH, LENGTH, Graph, token_ports
from lepton_studio.training.learner import Example
from lepton_studio.training.soundness import check_tokenizer, check_whole
from lepton_studio.training.tokens import mask_of, pad

_LOAD = """from transformers import AutoModelForCausalLM, AutoTokenizer
model, tokenizer = AutoModelForCausalLM.from_pretrained("."), AutoTokenizer.from_pretrained(".")
{question}
answer = model.generate(**question)
print(tokenizer.decode(answer[0, question["input_ids"].shape[1]:], skip_special_tokens=True))"""
_BY_TEMPLATE = """turns = [{"role": "user", "content": "a text"}]
question = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True, return_tensors="pt")"""
_BY_LINES = """question = tokenizer("a text\\n\\n", return_tensors="pt")"""


class Decoder(nn.Module):
    """A `Writer`; it reads turns by the tokenizer's chat template, as lines where it has none.

    In a batch questions end, and answers begin, at one place: questions are filled up on the left.
    """

    def __init__(self, net: PreTrainedModel, *, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        super().__init__()
        self.net: Any = net
        self.tokenizer = tokenizer
        self.max_length = max_length
        self._keeps = "logits_to_keep" in inspect.signature(net.forward).parameters

    @classmethod
    def read(cls, folder: Path, *, tokenizer: PreTrainedTokenizerBase, max_length: int) -> Decoder:
        """The model in a folder, on the CPU, in float32."""
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, trust_remote_code=False, output_loading_info=True
        )
        net, told = loaded
        check_whole(told, folder=folder)
        check_tokenizer(tokenizer, net, folder=folder)
        if net.generation_config.eos_token_id is None:
            net.generation_config.eos_token_id = tokenizer.eos_token_id
        net.generation_config.pad_token_id = tokenizer.pad_token_id
        return cls(net, tokenizer=tokenizer, max_length=max_length)

    def question(self, turns: Sequence[Turn]) -> tuple[list[int], bool]:
        kept = list(turns)
        tokens = self._tokens(self._prompt(kept))
        is_cut = len(tokens) > self.max_length
        while len(tokens) > self.max_length and len(kept) > 1:
            # The oldest turn goes first; what the system was told stays.
            kept.pop(1 if kept[0].role.casefold() == "system" and len(kept) > 2 else 0)
            tokens = self._tokens(self._prompt(kept))
        room = len(self._ids(kept[-1].content))
        while len(tokens) > self.max_length and room > 0:
            # Of one turn that is too long a part is read, within all that the template writes around it.
            room -= len(tokens) - self.max_length
            tokens = self._tokens(self._prompt([*kept[:-1], self._part_of(kept[-1], tokens=room)]))
        return tokens[-self.max_length :], is_cut

    def answer(self, turns: Sequence[Turn], text: str) -> list[int]:
        prompt = self._prompt(turns)
        ends = ends_of(self.net)
        tokens = []
        if self.tokenizer.chat_template:
            whole = self._templated([*chat_messages(turns), {"role": "assistant", "content": text}], asks=False)
            # A template that writes more than it asks for (an empty thought) is answered by the text alone.
            rest = whole.removeprefix(prompt) if whole is not None and whole.startswith(prompt) else text
            tokens = self._ids(rest)
        else:
            tokens = self._ids(text if not prompt or prompt[-1].isspace() else f" {text}")
        return tokens if set(tokens) & set(ends) else [*tokens, *ends[:1]]

    def pad(self, examples: Sequence[Example]) -> Mapping[str, Tensor]:
        rows = [one.tokens for one in examples]
        padding = int(self.tokenizer.pad_token_id or 0)
        return {"input_ids": pad(rows, fill=padding, left=True), "attention_mask": mask_of(rows, left=True)}

    def forward(self, input_ids: Tensor, attention_mask: Tensor, *, last: int = 0) -> Tensor:
        """What comes after each token, in float32: [size, length, vocabulary]; only of the `last` ones, where said."""
        position_ids = (attention_mask.cumsum(1) - 1).clamp(min=0)
        kept: dict[str, Any] = {"logits_to_keep": last} if last and self._keeps else {}
        found: Tensor = self.net(
            input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False, **kept
        ).logits
        return found[:, -last:].float()

    def logits(self, inputs: Mapping[str, Tensor], answer: Tensor) -> Tensor:
        found: Tensor = self(
            torch.cat([inputs["input_ids"], answer.clamp(min=0)], 1),
            torch.cat([inputs["attention_mask"], (answer >= 0).long()], 1),
            last=answer.shape[1] + 1,
        )
        return found[:, :-1]

    def write(
        self, inputs: Mapping[str, Tensor], config: GenerationConfig, *, rules: Sequence[LogitsProcessor] = ()
    ) -> Tensor:
        begins = inputs["input_ids"].shape[1]
        all_rules = LogitsProcessorList(list(rules))
        if config.no_repeat_ngram_size:
            all_rules.insert(0, _NoRepetition(config.no_repeat_ngram_size, begins=begins))
            config = GenerationConfig.from_dict({**config.to_dict(), "no_repeat_ngram_size": None})
        tokens = self.net.generate(**inputs, generation_config=config, logits_processor=all_rules)
        return up_to_end(tokens[:, begins:], ends=ends_of(self.net))

    def graph(self) -> Graph:
        words = self.net.get_input_embeddings().num_embeddings
        return Graph(
            self,
            token_ports(words=words, filled="left"),
            "logits",
            (BATCH, LENGTH, self.net.get_output_embeddings().weight.shape[0]),
            longest=self.max_length,
            says="Their softmax is the probability of each token after one of the text and its answer.",
        )

    def save(self, folder: Path) -> str:
        self.net.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        return _LOAD.format(question=_BY_TEMPLATE if self.tokenizer.chat_template else _BY_LINES)

    def _prompt(self, turns: Sequence[Turn]) -> str:
        found = self._templated(chat_messages(turns), asks=True) if self.tokenizer.chat_template else None
        if found is not None:
            return found
        named = any(turn.role for turn in turns)
        return f"{render(turns)}\n{reply_role(turns)}:" if named else f"{render(turns)}\n\n"

    def _templated(self, messages: list[dict[str, str]], *, asks: bool) -> str | None:
        """The conversation as the tokenizer's template writes it; None where it cannot."""
        for given in (messages, _without_system(messages)):
            try:
                return str(self.tokenizer.apply_chat_template(given, tokenize=False, add_generation_prompt=asks))
            except TemplateError:
                continue
        return None

    def _part_of(self, turn: Turn, *, tokens: int) -> Turn:
        """At most so many tokens of what is said: the end where the tokenizer cuts on the left."""
        ids = self._ids(turn.content)
        kept = ids[: max(0, tokens)] if self.tokenizer.truncation_side == "right" else ids[max(0, len(ids) - tokens) :]
        return Turn(turn.role, str(self.tokenizer.decode(kept)).strip())

    def _tokens(self, prompt: str) -> list[int]:
        # A template writes the special tokens itself.
        return self._ids(prompt, special=not self.tokenizer.chat_template)

    def _ids(self, text: str, *, special: bool = False) -> list[int]:
        found = self.tokenizer(text, add_special_tokens=special, verbose=False)["input_ids"]
        ends = {self.tokenizer.eos_token_id, self.tokenizer.sep_token_id}
        tokens = [int(one) for one in found]
        return tokens[:-1] if special and tokens and tokens[-1] in ends else tokens


class _NoRepetition(LogitsProcessor):
    """No run of so many tokens twice in the answer; what stands in the question may be said again."""

    def __init__(self, size: int, *, begins: int) -> None:
        self._rule = NoRepeatNGramLogitsProcessor(size)
        self._begins = begins

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        return self._rule(input_ids[:, self._begins :], scores)


def _without_system(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """What the system is told as a part of the first question, for templates that know no system."""
    if len(messages) > 1 and messages[0]["role"] == "system":
        first = {**messages[1], "content": f"{messages[0]['content']}\n\n{messages[1]['content']}"}
        return [first, *messages[2:]]
    return messages
