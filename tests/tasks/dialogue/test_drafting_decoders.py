"""A decoder as it is: told what to do, and of a text too long it reads a part within its template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from lepton_studio.contract.task import Input
from lepton_studio.tasks.text_to_text.learner import TextLearner
from lepton_studio.training.models import Base
from tests.tasks.tiny_writers import decoder


def test_it_is_told_what_to_do_with_each_text_before_the_text(tmp_path: Path) -> None:
    learner = TextLearner.untuned(Base(str(decoder("llama", tmp_path / "base"))))
    words: Any = AutoTokenizer.from_pretrained(tmp_path / "base")
    learner.instruction = "big small"
    (example,) = learner.encode([Input("red box")])
    # The template of this model knows no system: what it was told goes into the question.
    assert words.decode(example.tokens) == "<|user|> big small red box <|assistant|>" and not example.truncated


def test_of_a_text_too_long_the_beginning_is_read_and_all_that_the_template_writes(tmp_path: Path) -> None:
    learner = TextLearner.untuned(Base(str(decoder("llama", tmp_path / "base"))))
    words: Any = AutoTokenizer.from_pretrained(tmp_path / "base")
    (example,) = learner.encode([Input("key " + "red " * 60)])
    read = words.decode(example.tokens)
    assert read.startswith("<|user|> key red") and read.endswith("red <|assistant|>")
    assert example.truncated and len(example.tokens) == learner.max_length == 24
