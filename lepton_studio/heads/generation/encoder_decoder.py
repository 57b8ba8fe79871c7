"""Encoder-decoder models (T5, BART, mBART, Marian, ...), and the built-in encoder that learns to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoModelForSeq2SeqLM,
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from lepton_studio.contract.turns import Turn, render
from lepton_studio.heads.generation.writer import ends_of, up_to_end
from lepton_studio.training.graph import BATCH, Graph, Port, token_ports
from lepton_studio.training.learner import Example
from lepton_studio.training.saving import save_net
from lepton_studio.training.soundness import check_tokenizer, check_whole
from lepton_studio.training.tokens import mask_of, pad

_LOAD = """from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained("."), AutoTokenizer.from_pretrained(".")
question = tokenizer("a text", return_tensors="pt", truncation=True)
answer = model.generate(input_ids=question.input_ids, attention_mask=question.attention_mask)
print(tokenizer.decode(answer[0], skip_special_tokens=True))"""


class EncoderDecoder(nn.Module):
    """A `Writer`; it reads turns as lines."""

    def __init__(self, net: PreTrainedModel, *, tokenizer: PreTrainedTokenizerBase, max_length: int) -> None:
        super().__init__()
        self.net: Any = net
        self.tokenizer = tokenizer
        self.max_length = max_length

    @classmethod
    def read(cls, folder: Path, *, tokenizer: PreTrainedTokenizerBase, max_length: int) -> EncoderDecoder:
        """The model in a folder, on the CPU, in float32."""
        loaded: Any = AutoModelForSeq2SeqLM.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, trust_remote_code=False, output_loading_info=True
        )
        net, told = loaded
        check_whole(told, folder=folder)
        check_tokenizer(tokenizer, net, folder=folder)
        return cls(net, tokenizer=tokenizer, max_length=max_length)

    def question(self, turns: Sequence[Turn]) -> tuple[list[int], bool]:
        text = render(turns).strip()
        tokens = list(self.tokenizer(text, truncation=True, max_length=self.max_length)["input_ids"])
        is_cut = len(tokens) >= self.max_length and len(self.tokenizer(text, verbose=False)["input_ids"]) > len(tokens)
        return tokens, is_cut

    def answer(self, turns: Sequence[Turn], text: str) -> list[int]:
        tokens = list(self.tokenizer(text_target=text, verbose=False)["input_ids"])
        begins = tokens[:1] == [self.net.generation_config.decoder_start_token_id]
        return tokens[1:] if begins else tokens

    def pad(self, examples: Sequence[Example]) -> Mapping[str, Tensor]:
        rows = [one.tokens for one in examples]
        padding = int(self.tokenizer.pad_token_id or 0)
        return {"input_ids": pad(rows, fill=padding), "attention_mask": mask_of(rows)}

    def forward(self, input_ids: Tensor, attention_mask: Tensor, decoder_input_ids: Tensor) -> Tensor:
        """What comes after each token of an answer: [size, answer, vocabulary], in float32."""
        found: Tensor = self.net(
            input_ids=input_ids,
            attention_mask=attention_mask,
            decoder_input_ids=decoder_input_ids,
            use_cache=False,
        ).logits
        return found.float()

    def logits(self, inputs: Mapping[str, Tensor], answer: Tensor) -> Tensor:
        before = self.net.prepare_decoder_input_ids_from_labels(labels=answer)
        found: Tensor = self(**inputs, decoder_input_ids=before)
        return found

    def write(
        self, inputs: Mapping[str, Tensor], config: GenerationConfig, *, rules: Sequence[LogitsProcessor] = ()
    ) -> Tensor:
        tokens = self.net.generate(
            **inputs, generation_config=config, logits_processor=LogitsProcessorList(list(rules))
        )
        return up_to_end(tokens[:, 1:], ends=ends_of(self.net))

    def graph(self) -> Graph:
        words = self.net.get_input_embeddings().num_embeddings
        answer = (BATCH, "answer")
        return Graph(
            self,
            (*token_ports(words=words), Port("decoder_input_ids", answer, words)),
            "logits",
            (*answer, self.net.get_output_embeddings().weight.shape[0]),
            longest=self.max_length,
            says="Their softmax is the probability of each token after one of the answer.",
        )

    def save(self, folder: Path) -> str:
        save_net(self.net, folder)
        self.tokenizer.save_pretrained(folder)
        return _LOAD
