"""Bottleneck adapters and learned words: what is saved is a plain model, which says what was trained; it has learnt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast

from lepton_studio.contract.task import Input
from lepton_studio.methods.bottleneck.hooks import Closing, Opening
from lepton_studio.methods.hooks import Step, Train, Unfit, plain_backward
from lepton_studio.methods.mixup import MixupSettings
from lepton_studio.methods.mixup.hooks import MixupHooks
from lepton_studio.methods.prompt.hooks import _put_before
from lepton_studio.methods.recipes import adjusted
from lepton_studio.resources import resource_path
from lepton_studio.runs.events import Finished
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel, Recipe
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.inference import embed
from lepton_studio.training.learner import Batch, Embed
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.models import Base
from tests.training.tiny import CPU, RECIPE, detail, tune_here, write_run

TASK = task_named("text_classification")
_STEPS = 8


def test_a_wider_layer_says_what_both_parts_said_together() -> None:
    torch.manual_seed(0)
    first, last = Opening(torch.nn.Linear(6, 10), 3), Closing(torch.nn.Linear(10, 6), 3)
    given = torch.randn(4, 6)
    before = last.layer(torch.relu(first.layer(given)))
    torch.testing.assert_close(last(torch.relu(first(given))), before)
    torch.nn.init.normal_(last.beside.weight)
    found = last(torch.relu(first(given)))
    assert not torch.allclose(found, before, atol=1e-3)
    torch.testing.assert_close(last.merged()(torch.relu(first.merged()(given))), found)


@pytest.mark.parametrize("changes", [{"methods": "bottleneck", "bottleneck_width": 5}, {"methods": "prompt"}])
def test_what_is_saved_is_a_plain_model_of_transformers(
    tmp_path: Path, tiny_model: Path, changes: Mapping[str, object]
) -> None:
    recipe = adjusted(RECIPE, {**changes, "epochs": 1, "max_length": 30}, task=TASK)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=(30, 0, 9))
    assert isinstance((last := tune_here(run).last), Finished), detail(last)
    folder = run.model / "0_Transformer"
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    kept = load_file(folder / "model.safetensors")
    assert not any("beside" in name or "prompt" in name for name in kept)
    if changes["methods"] == "bottleneck":
        assert model.config.intermediate_size == 64 + 5
        assert all(float(one.output.dense.weight[:, 64:].detach().abs().sum()) > 0 for one in model.encoder.layer)
    else:
        row = tokenizer("card reader")["input_ids"]
        assert len(row) == 4 + 10 and row[0] == tokenizer.cls_token_id and len(set(row[1:11])) == 10
        base = load_file(tiny_model / "model.safetensors")["embeddings.word_embeddings.weight"]
        table = kept["embeddings.word_embeddings.weight"]
        assert torch.equal(table[: len(base)], base) and model.config.vocab_size == len(table) == len(base) + 10


TEMPLATE = processors.TemplateProcessing(
    single="[C] $A [S]", pair="[C] $A [S] $B:1 [S]:1", special_tokens=[("[C]", 1), ("[S]", 2)]
)


@pytest.mark.parametrize(
    "processor",
    [
        TEMPLATE,
        processors.BertProcessing(("[S]", 2), ("[C]", 1)),
        processors.RobertaProcessing(("[S]", 2), ("[C]", 1)),
        processors.Sequence([processors.ByteLevel(trim_offsets=True), TEMPLATE]),
    ],
    ids=["template", "bert", "roberta", "sequence"],
)
def test_words_are_put_before_a_text_by_every_kind_of_tokenizer(processor: Any) -> None:
    backend = Tokenizer(models.WordLevel({"[P]": 0, "[C]": 1, "[S]": 2, "[U]": 3, "a": 4, "b": 5}, unk_token="[U]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.post_processor = processor
    tokenizer: Any = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[P]",
        cls_token="[C]",
        sep_token="[S]",
        unk_token="[U]",
        model_input_names=["input_ids", "token_type_ids"],
    )
    before = tokenizer("a b", "b")
    assert _put_before(tokenizer, 3) == 6 and _put_before(tokenizer, 2) == 9
    found = tokenizer("a b", "b", return_offsets_mapping=True)
    new = [9, 10, 6, 7, 8] if found["input_ids"][1] == 9 else [6, 7, 8, 9, 10]
    assert found["input_ids"] == [1, *new, *before["input_ids"][1:]]
    assert found["token_type_ids"][6:] == before["token_type_ids"][1:]
    assert found["offset_mapping"][:8] == [(0, 0)] * 6 + [(0, 1), (2, 3)]
    cut = tokenizer("a b a b a b a b", truncation=True, max_length=10)["input_ids"]
    assert len(cut) == 10 and cut[-1] == 2


def test_a_tokenizer_that_puts_nothing_around_texts_is_refused_in_a_sentence() -> None:
    backend = Tokenizer(models.WordLevel({"a": 0}, unk_token="a"))
    backend.post_processor = processors.ByteLevel()
    tokenizer: Any = PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="a")
    with pytest.raises(Unfit, match="cannot put words before a text"):
        _put_before(tokenizer, 2)


def test_a_mixture_meets_both_labels_each_by_its_share() -> None:
    torch.manual_seed(3)
    outputs = torch.randn(5, 4)
    targets = torch.tensor([0, 1, 2, 3, 1])
    weights = torch.tensor([1.0, 2.0, 0.5, 3.0])

    def loss(said: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(said, targets, weight=weights, reduction="sum")

    seen = outputs.clone().requires_grad_()
    step = Step(Batch({}, targets, 5.0, 5), lambda: seen, loss, 5.0)
    torch.manual_seed(9)
    found = MixupHooks(MixupSettings(1.0), recipe=Recipe(), task=TASK).backward(step, plain_backward)
    torch.manual_seed(9)
    both = torch._standard_gamma(torch.full((2,), 1.0, dtype=torch.float64))
    share = float(max(both) / both.sum())
    order = torch.randperm(5)
    expected = torch.zeros(())
    for place, other in enumerate(order.tolist()):
        said = (share * outputs[place] + (1 - share) * outputs[other]).log_softmax(-1)
        for text, part in ((place, share), (other, 1 - share)):
            expected = expected - part * weights[targets[text]] * said[targets[text]]
    torch.testing.assert_close(found, expected)
    assert seen.grad is not None and bool((seen.grad != 0).any(1).all())


def _embed(learner: Any) -> Embed:
    return lambda some: embed(some, learner=learner, machine=CPU, progress=lambda *_: None)


@pytest.mark.parametrize(
    ("methods", "changes"),
    [
        ("bottleneck", {}),
        ("prefix", {}),
        ("prompt", {"prompt_learning_rate": 0.02, "prompt_kind": "plain", "prompt_words": 6}),
        ("head,mixup,synonyms", {"learning_rate": 0.05}),
    ],
)
def test_they_learn_real_texts(methods: str, changes: Mapping[str, object]) -> None:
    """Letters to a help desk, some steps on the built-in encoder under a fitted head that stays, or the head alone from
    where chance put it: what the method trains makes the loss of these texts smaller.
    """
    texts = map(json.loads, resource_path("samples/customer_service.jsonl").read_text("utf-8").splitlines())
    rows = [(one["text"], one["label"]) for one in texts if one.get("label")][:32]
    names = sorted({label for _, label in rows})
    labels = [JobLabel(place, one) for place, one in enumerate(names)]
    recipe = adjusted(Recipe(max_length=24, dropout=0.0), {"methods": methods, **changes}, task=TASK)
    torch.manual_seed(1)
    base = Base(BUILT_IN_MODEL, task=TASK)
    learner: Any = load_part(TASK.learner).start(base, labels=labels, recipe=recipe)
    inputs, values = [Input(text) for text, _ in rows], [Choice((names.index(label),)) for _, label in rows]
    train = Train(inputs, values, learner.encode(inputs, values), learner.encode)
    learner.prepare(train.examples)
    if "head" not in methods:
        learner.fit_head(train.examples, embed=_embed(learner))
        learner.model.head.requires_grad_(False)
    body, weights = base.made(), trainable(learner.model)
    optimizer = make_optimizer(weights, body=body, recipe=recipe)
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate * group["scale"]
    examples = body.examples(train, epoch=0)

    def loss() -> float:
        learner.model.eval()
        batch = learner.collate(train.examples)
        with torch.inference_mode():
            return float(learner.loss(learner.forward(batch), batch) / batch.weight)

    before = loss()
    for step in range(_STEPS):
        accumulate(
            examples[step % 2 :: 2],
            learner=learner,
            body=body,
            machine=CPU,
            state=State(micro_batch=64),
            send=lambda _: None,
        )
        optimizer.step()
        body.stepped(step + 1, steps=_STEPS, weights=weights)
        optimizer.zero_grad()
    body.finish(learner.model)
    after = loss()
    assert after < 0.8 * before, (before, after)
