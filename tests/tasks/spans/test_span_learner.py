"""Finding spans: offsets that hold in any script, windows, nested spans, and a folder that works elsewhere."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from lepton_studio.contract.span_values import Span, in_order
from lepton_studio.contract.task import Input
from lepton_studio.heads.span_tags import best_tags
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.tasks.spans.learner import SpansLearner
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import runner
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from lepton_studio.training.tokens import Reader
from tests.training.tiny import FILLERS, write_tiny_model

LABELS = (JobLabel(11, "card"), JobLabel(12, "phrase"))


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers that reads 40 tokens at once and takes no notice of capitals."""
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


def byte_reader(*, max_length: int = 512) -> Reader:
    """A tokenizer that knows single bytes only, as of GPT-2 and its kin."""
    letters = pre_tokenizers.ByteLevel.alphabet()
    tokenizer = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(sorted(letters))}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return Reader(PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="!"), max_length=max_length)


@pytest.mark.parametrize(
    "text", ["a 😀👩‍👩‍👧 b", "e\u0301te\u0301 noe\u0308l", "שלום עולם ok", "one\r\ntwo\u2028three", "北京x大学"]
)
def test_a_span_keeps_its_place_in_any_script(text: str) -> None:
    (tokens,) = byte_reader().read([text])
    for match in re.finditer(r"\S+", text):
        found = tokens.within(*match.span())
        assert found is not None
        assert (tokens.starts[found[0]], tokens.ends[found[1]]) == match.span()
        assert tokens.head_of(found[0]) == found[0]
        assert tokens.ends[tokens.end_of(found[1])] == match.end()
    space = next((place for place, letter in enumerate(text) if letter.isspace()), None)
    assert space is None or tokens.within(space, space + 1) is None


@pytest.mark.parametrize("length", [1, 39, 40, 41, 100, 333])
def test_windows_share_out_every_token_of_a_long_text_once(length: int) -> None:
    reader = byte_reader(max_length=40)
    (tokens,) = reader.read(["x" * length])
    windows = reader.windows(tokens)
    owned = [token for window in windows for token in range(window.own_first, window.own_last)]
    assert owned == list(range(length))
    for window in windows:
        assert window.first <= window.own_first <= window.own_last <= window.last <= window.first + 40


def test_the_tags_chosen_are_the_best_that_are_allowed() -> None:
    chance = np.random.default_rng(3)
    for _ in range(50):
        scores = chance.normal(size=(4, 5)).astype(np.float32)
        allowed = [
            path
            for path in itertools.product(range(5), repeat=4)
            if all(tag in (0, 1, 3) or before in (tag - 1, tag) for before, tag in itertools.pairwise((0, *path)))
        ]
        best = max(allowed, key=lambda path: sum(scores[place, tag] for place, tag in enumerate(path)))
        assert best_tags(scores) == list(best)


def marked(words: Sequence[str], *, nested: bool) -> Spans:
    """ "Card" with a capital is a card; with `nested`, it and the word before it are a phrase too."""
    spans = []
    for place, word in enumerate(words):
        start = len(" ".join(words[:place])) + (place > 0)
        if word == "Card":
            spans.append(Span(start, start + 4, 11))
            if nested and place:
                spans.append(Span(start - len(words[place - 1]) - 1, start + 4, 12))
    return Spans(in_order(spans))


def learned(model: Path, *, nested: bool) -> SpansLearner:
    """A learner that has seen what `marked` marks."""
    torch.manual_seed(1)
    texts = []
    for place in range(32):
        words = [FILLERS[(7 * place + i * (place % 5 + 1)) % len(FILLERS)] for i in range(34)]
        words[1 + place % 33] = "Card"
        words[1 + (3 * place + 5) % 33] = "card"
        texts.append(words)
    learner = SpansLearner.start(Base(str(model)), labels=LABELS, recipe=Recipe(dropout=0.0))
    inputs = [Input(" ".join(words)) for words in texts]
    examples = learner.encode(inputs, [marked(words, nested=nested) for words in texts])
    learner.prepare(examples)
    optimizer = torch.optim.AdamW([one for one in learner.model.parameters() if one.requires_grad], lr=5e-3)
    for _ in range(100):
        batch = learner.collate(examples)
        (learner.loss(learner.forward(batch), batch) / batch.weight).backward()
        optimizer.step()
        optimizer.zero_grad()
    return learner


def said(learner: SpansLearner, text: str) -> Spans:
    run = runner(learner=learner, machine=find_machine())
    (decision,) = learner.decide([Input(text)], learner.encode([Input(text)]), run=run)
    return decision.value


LONG = [word for place in range(30) for word in (FILLERS[place], "Card", FILLERS[-place - 1], "card")]


@pytest.mark.parametrize("nested", [False, True])
def test_spans_are_found_by_their_capitals_in_a_text_of_many_windows_and_elsewhere_too(
    tiny_model: Path, nested: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learner = learned(tiny_model, nested=nested)
    assert said(learner, " ".join(LONG)) == marked(LONG, nested=nested)
    assert said(learner, "") == Spans()

    learner.save(tmp_path)
    assert said(SpansLearner.load(tmp_path), " ".join(LONG)) == marked(LONG, nested=nested)

    code = re.search(r"```python\n(.*?)```", (tmp_path / "README.md").read_text("utf-8"), re.DOTALL)
    assert code is not None
    monkeypatch.chdir(tmp_path)
    few = LONG[:10]
    exec(code[1].replace("The text to read.", " ".join(few)), {})
    printed = capsys.readouterr().out
    if nested:
        spans = [
            Span(int(a), int(b), 11 + (name == "phrase"))
            for a, b, name in re.findall(r"\((\d+), (\d+)\) (\w+)", printed)
        ]
    else:
        spans = [Span(int(a), int(b), 11) for a, b in re.findall(r"\[(\d+), (\d+)\] B-card", printed)]
    assert Spans(in_order(spans)) == marked(few, nested=nested)


def test_spans_that_cut_words_are_found_by_pieces(tiny_model: Path) -> None:
    learner = SpansLearner.start(Base(str(tiny_model)), labels=LABELS, recipe=Recipe())
    pieces = byte_reader().read(["recharging"])[0]
    assert pieces.heads == bytes([1] + [0] * 9)
    examples = learner.encode([Input("word1 card")], [Spans((Span(0, 10, 11),))])
    learner.prepare(examples)
    assert learner.collate(examples).inputs["units"].sum() == 2


def test_a_run_without_a_single_span_says_so(tiny_model: Path) -> None:
    learner = SpansLearner.start(Base(str(tiny_model)), labels=LABELS, recipe=Recipe())
    with pytest.raises(BadData, match="No span"):
        learner.prepare(learner.encode([Input("word1 card")], [Spans()]))
