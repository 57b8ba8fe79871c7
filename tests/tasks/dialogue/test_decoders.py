"""Decoder models: chat templates, LoRA, and what is saved of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

from lepton_studio.contract.task import Input
from lepton_studio.contract.written import Written
from lepton_studio.project.marks import TURNS
from lepton_studio.runs.job import Recipe
from lepton_studio.tasks.dialogue.learner import ReplyLearner
from lepton_studio.training.inference import runner
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from tests.tasks.tiny_writers import WORDS, decoder

LORA: Any = {"methods": ("lora",), "of_methods": {"lora_rank": 4}}
RECIPE = Recipe(dropout=0.0, beams=1, max_new_tokens=6, no_repeat=3, **LORA)
PAIRS = [(f"{a} {b}", f"{b} {a}") for a in WORDS[:6] for b in WORDS[6:9]]


def said_by(*turns: tuple[str, str]) -> Input:
    stored = [{"role": role, "content": content} for role, content in turns]
    return Input("\n".join(f"{role}: {content}" for role, content in turns), {TURNS: json.dumps(stored)})


INPUTS = [said_by(("user", question)) for question, _ in PAIRS]


def learnt(learner: ReplyLearner, *, steps: int) -> ReplyLearner:
    examples = learner.encode(INPUTS, [Written(reply) for _, reply in PAIRS])
    learner.prepare(examples)
    batch = learner.collate(examples)
    weights = [one for one in learner.model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=2e-2)
    for _ in range(steps):
        (learner.loss(learner.forward(batch), batch) / batch.weight).backward()
        optimizer.step()
        optimizer.zero_grad()
    return learner


def replies(learner: ReplyLearner, inputs: list[Input]) -> list[Any]:
    run = runner(learner=learner, machine=find_machine())
    return [(one.value.text, one.score) for one in learner.decide(inputs, learner.encode(inputs), run=run)]


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # of peft, not ours
def test_lora_trains_little_and_leaves_an_adapter_and_a_whole_model_that_say_the_same(tmp_path: Path) -> None:
    base = decoder("llama", tmp_path / "base")
    started = Base(str(base))
    learner = ReplyLearner.start(started, labels=[], recipe=RECIPE)
    trained = sum(one.numel() for one in learner.model.parameters() if one.requires_grad)
    assert trained < sum(one.numel() for one in learner.model.parameters()) / 3
    batch = learner.collate(learner.encode(INPUTS, [Written(one) for _, one in PAIRS]))
    before = learner.loss(learner.forward(batch), batch)
    learnt(learner, steps=40)
    assert learner.loss(learner.forward(batch), batch).item() < before.item() * 0.7

    ours = replies(learner, INPUTS)
    folder = tmp_path / "tuned"
    folder.mkdir()
    assert started.body is not None
    started.body.finish(learner.model)
    learner.save(folder)
    started.body.save(folder)
    assert replies(learner, INPUTS) == [(text, pytest.approx(score, abs=1e-5)) for text, score in ours]
    assert replies(ReplyLearner.load(folder), INPUTS) == [
        (text, pytest.approx(score, abs=1e-5)) for text, score in ours
    ]
    words: Any = AutoTokenizer.from_pretrained(folder)
    merged: Any = AutoModelForCausalLM.from_pretrained(folder)
    adapted = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folder / "adapter")
    turns = [{"role": "user", "content": PAIRS[0][0]}]
    question = words.apply_chat_template(turns, add_generation_prompt=True, return_dict=True, return_tensors="pt")
    with torch.inference_mode():
        torch.testing.assert_close(merged(**question).logits, adapted(**question).logits)
    answer = merged.generate(**question)[0, question["input_ids"].shape[1] :]
    assert words.decode(answer, skip_special_tokens=True).strip() == ours[0][0]
    assert json.loads((folder / "adapter" / "adapter_config.json").read_text("utf-8"))["r"] == 4


def test_all_weights_learn_where_no_rank_is_given_and_no_template_is_needed(tmp_path: Path) -> None:
    base = Base(str(decoder("gpt2", tmp_path / "base")))
    learner = ReplyLearner.start(base, labels=[], recipe=Recipe(dropout=0.0, beams=2, max_new_tokens=6))
    ours = replies(learnt(learner, steps=60), INPUTS)
    assert sum(text == gold for (text, _), (_, gold) in zip(ours, PAIRS, strict=True)) >= len(PAIRS) - 3
    folder = tmp_path / "tuned"
    folder.mkdir()
    learner.save(folder)
    assert replies(ReplyLearner.load(folder), INPUTS) == [
        (text, pytest.approx(score, abs=1e-5)) for text, score in ours
    ]


def test_a_reply_does_not_hang_on_the_company_it_is_written_in(tmp_path: Path) -> None:
    learner = ReplyLearner.start(Base(str(decoder("llama", tmp_path / "base"))), labels=[], recipe=RECIPE)
    learnt(learner, steps=10)
    long = said_by(("user", "red box"), ("assistant", "one key"), ("user", "three big small card"))
    together = replies(learner, [INPUTS[0], long])
    assert [replies(learner, [one])[0] for one in (INPUTS[0], long)] == [
        (text, pytest.approx(score, abs=1e-5)) for text, score in together
    ]
    alone = learner.collate(learner.encode([long], [Written("red")]))
    both = learner.collate(learner.encode([long, INPUTS[0]], [Written("red"), Written("big one two")]))
    short = learner.collate(learner.encode([INPUTS[0]], [Written("big one two")]))
    learner.model.eval()
    of_both, of_alone, of_short = (learner.loss(learner.forward(one), one) for one in (both, alone, short))
    torch.testing.assert_close(of_both, of_alone + of_short)


def test_the_loss_is_on_the_reply_alone_and_templates_say_how_it_is_asked_for(tmp_path: Path) -> None:
    learner = ReplyLearner.start(Base(str(decoder("llama", tmp_path / "base"))), labels=[], recipe=RECIPE)
    words: Any = AutoTokenizer.from_pretrained(tmp_path / "base")
    talk = said_by(("system", "big"), ("customer", "red box"), ("agent", "one key"), ("customer", "blue door"))
    (example,) = learner.encode([talk], [Written("two three")])
    # The template of this model knows no system: what it was told goes into the first question.
    assert words.decode(example.tokens) == (
        "<|user|> big red box <|assistant|> one key </s> <|user|> blue door <|assistant|>"
    )
    assert words.decode(example.target) == "two three </s>"
    batch = learner.collate([example])
    assert batch.weight == 3


def test_of_a_conversation_too_long_to_read_the_newest_turns_are_read(tmp_path: Path) -> None:
    recipe = Recipe(dropout=0.0, max_length=12, max_new_tokens=4, **LORA)
    learner = ReplyLearner.start(Base(str(decoder("llama", tmp_path / "base"))), labels=[], recipe=recipe)
    words: Any = AutoTokenizer.from_pretrained(tmp_path / "base")
    talk = said_by(
        *(("user" if place % 2 == 0 else "assistant", f"{word} box") for place, word in enumerate(WORDS[:7]))
    )
    (example,) = learner.encode([talk])
    assert example.truncated and len(example.tokens) <= 12
    assert words.decode(example.tokens).endswith("<|user|> big box <|assistant|>")
    (one_turn,) = learner.encode([said_by(("user", "red " * 30 + "key"))])
    assert len(one_turn.tokens) == 12 and "key" in words.decode(one_turn.tokens)
