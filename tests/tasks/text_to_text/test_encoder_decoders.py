"""Encoder-decoder models from a folder, and the built-in encoder that learns to write."""

from __future__ import annotations

from array import array
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, DistilBertConfig, DistilBertModel

from lepton_studio.contract.task import Input
from lepton_studio.contract.turns import Turn
from lepton_studio.contract.written import Written
from lepton_studio.heads.generation.loading import start_writer
from lepton_studio.heads.generation.writer import IGNORED
from lepton_studio.runs.job import Recipe
from lepton_studio.tasks.text_to_text.learner import TextLearner
from lepton_studio.training.failures import BadData, ModelNotFound
from lepton_studio.training.inference import runner
from lepton_studio.training.learner import Example
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from tests.tasks.tiny_writers import WORDS, decoder, encoder_decoder, tokenizer

RECIPE = Recipe(dropout=0.0, beams=2, max_new_tokens=8, label_smoothing=0.1, no_repeat=0)
PAIRS = [(f"{a} {b}", f"{b} {a}") for a in WORDS[:6] for b in WORDS[6:9]]


def learnt(learner: Any, *, steps: int = 60) -> Any:
    """The learner after a few steps on PAIRS."""
    examples = learner.encode([Input(a) for a, _ in PAIRS], [Written(b) for _, b in PAIRS])
    learner.prepare(examples)
    batch = learner.collate(examples)
    weights = [one for one in learner.model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=4e-3)
    for _ in range(steps):
        (learner.loss(learner.forward(batch), batch) / batch.weight).backward()
        optimizer.step()
        optimizer.zero_grad()
    return learner


def said(learner: Any, texts: list[str]) -> list[Any]:
    inputs = [Input(text) for text in texts]
    run = runner(learner=learner, machine=find_machine())
    return [(one.value.text, one.score) for one in learner.decide(inputs, learner.encode(inputs), run=run)]


@pytest.mark.parametrize("kind", ["t5", "bart", "marian"])
def test_a_model_of_the_hub_is_tuned_and_loads_without_lepton_studio(kind: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    base = Base(str(encoder_decoder(kind, tmp_path / "base")))
    learner = learnt(TextLearner.start(base, labels=[], recipe=RECIPE))
    texts = [a for a, _ in PAIRS]
    ours = said(learner, texts)
    assert sum(text == gold for (text, _), (_, gold) in zip(ours, PAIRS, strict=True)) >= len(PAIRS) - 2
    assert all(0.0 < score <= 1.0 for _, score in ours)

    folder = tmp_path / "tuned"
    folder.mkdir()
    learner.save(folder)
    model, words = AutoModelForSeq2SeqLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    for text, (own, _) in zip(texts[:3], ours, strict=False):
        question = words(text, return_tensors="pt", truncation=True)
        answer = model.generate(input_ids=question.input_ids, attention_mask=question.attention_mask)
        assert words.decode(answer[0], skip_special_tokens=True) == own
    assert said(TextLearner.load(folder), texts) == [(text, pytest.approx(score, abs=1e-5)) for text, score in ours]


@pytest.mark.parametrize("kind", ["t5", "gpt2"])
def test_longest_and_shortest_answer_and_repetition_are_what_the_recipe_says(kind: str, tmp_path: Path) -> None:
    made = encoder_decoder(kind, tmp_path / "base") if kind == "t5" else decoder(kind, tmp_path / "base")

    def written(recipe: Recipe) -> list[list[int]]:
        torch.manual_seed(0)
        writer = start_writer(Base(str(made)), recipe=recipe, keeps_end=False)
        tokens, _ = writer.question([Turn("", "red box red box")])
        answers = writer.write(writer.pad([Example(array("i", tokens))]), writer.net.generation_config)
        return [[one for one in row if one != IGNORED] for row in answers.tolist()]

    assert [len(row) for row in written(Recipe(max_new_tokens=9, min_new_tokens=9, no_repeat=0, beams=3))] == [9]
    (row,) = written(Recipe(max_new_tokens=30, min_new_tokens=25, no_repeat=2, beams=1))
    assert len(set(pairwise(row))) == len(row) - 1


def test_no_answer_runs_on_far_beyond_those_learnt_and_a_draft_is_as_sure(tmp_path: Path) -> None:
    base = Base(str(encoder_decoder("t5", tmp_path / "base")))
    learner = TextLearner.start(base, labels=[], recipe=Recipe(max_new_tokens=40, no_repeat=0))
    learner.prepare(learner.encode([Input("a"), Input("b")], [Written("red"), Written("red box")]))
    assert all(len(text.split()) <= 5 for text, _ in said(learner, ["red box", "one key"]))
    learner = TextLearner.start(base, labels=[], recipe=Recipe(max_new_tokens=5, no_repeat=0, beams=1))
    drafts, learner.is_draft = said(learner, ["red box", "one key"]), True
    assert said(learner, ["red box", "one key"]) == [(text, pytest.approx(sure, abs=1e-5)) for text, sure in drafts]


def test_texts_beyond_the_limits_are_cut_and_counted(tmp_path: Path) -> None:
    base = Base(str(encoder_decoder("t5", tmp_path / "base")))
    learner = TextLearner.start(base, labels=[], recipe=Recipe(max_length=6, max_new_tokens=3))
    short, long, written_long = learner.encode(
        [Input("red box"), Input("red box " * 9), Input("red")],
        [Written("box"), Written("box"), Written("one two three red")],
    )
    assert [one.truncated for one in (short, long, written_long)] == [False, True, False]
    assert [one.is_target_cut for one in (short, long, written_long)] == [False, False, True]
    assert len(long.tokens) == 6 and len(written_long.target) == 3


def test_texts_in_letters_that_the_model_does_not_know_are_refused_before_the_wait(tmp_path: Path) -> None:
    learner = TextLearner.start(Base(str(encoder_decoder("t5", tmp_path))), labels=[], recipe=RECIPE)
    with pytest.raises(BadData, match="vocabulary"):
        learner.prepare(learner.encode([Input("red"), Input("key")], [Written("您 的 卡"), Written("red")]))


def test_a_model_that_cannot_learn_to_write_is_refused_with_a_sentence(tmp_path: Path) -> None:
    words = tokenizer(ends=True)
    DistilBertModel(
        DistilBertConfig(vocab_size=len(words), dim=16, n_layers=1, n_heads=2, hidden_dim=32)
    ).save_pretrained(tmp_path)
    words.save_pretrained(tmp_path)
    with pytest.raises(ModelNotFound) as refused:
        TextLearner.start(Base(str(tmp_path)), labels=[], recipe=RECIPE)
    assert str(refused.value)
    with pytest.raises(ModelNotFound):
        TextLearner.load(tmp_path)
