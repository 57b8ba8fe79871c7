"""The built-in writer comes out of its GGUF file as transformers itself would read it, and is made once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from lepton_studio.contract.task import Input
from lepton_studio.models.built_in import WRITER
from lepton_studio.models.places import find_file
from lepton_studio.models.unpacking import folder_of
from lepton_studio.tasks.text_to_text.learner import TextLearner
from lepton_studio.training.inference import decide
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base

HARD = ("Hello, world! 1234  x\n\n tab\t ünï 中文 it's", "<|im_end|> said who?", "", "  ")
QUESTION = [{"role": "user", "content": "What is the capital of France?"}]


@pytest.fixture(scope="module")
def folder(built_in_writer: str) -> Path:
    return folder_of(WRITER)


@pytest.fixture(scope="module")
def tokenizer(folder: Path) -> Any:
    return AutoTokenizer.from_pretrained(folder)


def test_its_tokenizer_cuts_texts_as_its_makers_and_knows_its_signs(folder: Path, tokenizer: Any) -> None:
    file = find_file(WRITER.files[0])
    assert file is not None
    theirs = AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    for text in HARD:
        assert tokenizer(text)["input_ids"] == theirs(text)["input_ids"]
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert (tokenizer.eos_token, tokenizer.pad_token, tokenizer.model_max_length) == ("<|im_end|>", "<|im_end|>", 2048)
    assert tokenizer("1234")["input_ids"] == tokenizer.convert_tokens_to_ids(["1", "2", "3", "4"])


def test_it_answers_and_stops(folder: Path, tokenizer: Any) -> None:
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    model, told = loaded
    assert not told["missing_keys"] and not told["unexpected_keys"]
    assert sum(one.numel() for one in model.parameters()) == WRITER.weights
    assert abs(sum(one.stat().st_size for one in folder.iterdir()) - WRITER.size) < 2_000_000
    question = tokenizer.apply_chat_template(
        QUESTION, add_generation_prompt=True, return_dict=True, return_tensors="pt"
    )
    answer = model.generate(**question, max_new_tokens=40, do_sample=False)[0, question["input_ids"].shape[1] :]
    assert tokenizer.decode(answer) == "The capital of France is Paris.<|im_end|>"


def test_it_writes_the_same_alone_and_beside_a_longer_text(built_in_writer: str) -> None:
    learner = TextLearner.untuned(Base(built_in_writer))
    learner.instruction = "Answer in one word."
    learner.model.eval()
    inputs = [Input("What colour is the sky on a clear day?"), Input("Well, please tell me: " * 8 + "is fire hot?")]

    def written(some: list[Input]) -> list[str]:
        decided = decide(
            some, learner.encode(some), learner=learner, machine=find_machine(), progress=lambda *_: None, draft=True
        )
        return [one.value.text for one in decided.decisions]

    together = written(inputs)
    assert together == [*written(inputs[:1]), *written(inputs[1:])] and all(together)
