"""Every method over every task and every kind of model that it fits: it learns, and what is saved says the same."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from transformers import AutoModel

from lepton_studio.contract.task import Input, Task
from lepton_studio.contract.written import Written
from lepton_studio.methods import all_methods, method_named
from lepton_studio.methods.families import family_of
from lepton_studio.methods.hooks import Train, Unfit
from lepton_studio.methods.method import ORDER
from lepton_studio.methods.prefix.hooks import Prefix
from lepton_studio.methods.recipes import adjusted
from lepton_studio.project.records import SPLITS, Labels
from lepton_studio.runs.events import Finished, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, Job, JobLabel, Recipe
from lepton_studio.runs.manifest import read_manifest
from lepton_studio.tasks import all_tasks, load_part, task_named
from lepton_studio.training.body import Body
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.inference import runner
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base, load_encoder
from tests.tasks.tiny_encoder import write_tiny_encoder
from tests.tasks.tiny_writers import WORDS, decoder, encoder_decoder
from tests.training.tiny import CPU, after_steps, detail, predictions, tune_here, write_lines


def _compositions() -> list[str]:
    """As few as have every method in one of them: the first of each slot, the second of each, and so on around.

    What is fitted in one go takes no steps: `test_quick_models.py` is about that.
    """
    stepping = [one for one in all_methods().values() if not one.at_once]
    slots = [[one.id for one in stepping if one.slot == slot] for slot in ORDER]
    filled = [slot for slot in slots if slot]
    return [",".join(slot[turn % len(slot)] for slot in filled) for turn in range(max(map(len, filled)))]


METHODS = _compositions()
_OF_EACH_KIND = ("text_classification", "spans", "text_to_text")
ON_TASKS = [
    (task, methods)
    for task in (*all_tasks(), "stars")
    for methods in METHODS
    if methods.startswith(("full", "lora")) or task in _OF_EACH_KIND
]
"""Full fine-tuning and LoRA on every task, the others where heads differ."""
WRITERS = [
    (kind, methods)
    for kind in ("t5", "bart", "marian", "llama", "gpt2")
    for methods in METHODS
    if kind in ("t5", "llama") or methods.startswith(("lora", "ia3"))
]
"""Adapters stand inside layers, which each kind of model builds its own way."""
PAIRS = [(f"{a} {b}", f"{b} {a}") for a in WORDS[:4] for b in WORDS[6:8]]
RECIPE = Recipe(dropout=0.0, beams=1, max_new_tokens=6, batch_size=4, learning_rate=1e-2)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"))


def started(task: Task[Any], model: Path, *, labels: Labels, method: str) -> tuple[Any, Body]:
    torch.manual_seed(0)
    family = family_of(str(model), task=task)
    assert family is not None
    named = [one for one in map(method_named, method.split(",")) if one.fits(family, task)]
    used = [one for one in named if not (one.only_with and named[0].id not in one.only_with)]
    plain = replace(RECIPE, dropout=0.1) if any(one.why_senseless(RECIPE) for one in used) else RECIPE
    needed = {"translator": "a", "translator_back": "b"} if any(one.id == "back_translation" for one in used) else {}
    recipe = adjusted(plain, {"methods": ",".join(one.id for one in used), **needed}, task=task, family=family)
    base = Base(str(model), task=task)
    job_labels = [JobLabel(label.id, label.name, label.options) for label in labels]
    try:
        learner = load_part(task.learner).start(base, labels=job_labels, recipe=recipe)
    except Unfit as refused:
        pytest.skip(str(refused))  # such a model has nothing that the method could train
    assert base.body is not None
    return learner, base.body


def learn(learner: Any, body: Body, examples: list[Any], *, steps: int) -> list[float]:
    """The loss before each step; as the loop does it, in micro-batches."""
    optimizer = make_optimizer(trainable(learner.model), body=body, recipe=RECIPE)
    state, machine, losses = State(micro_batch=4), find_machine(), []
    for step in range(steps):
        loss = accumulate(examples, learner=learner, body=body, machine=machine, state=state, send=lambda _: None)
        losses.append(loss)
        optimizer.step()
        body.stepped(step + 1, steps=steps, weights=trainable(learner.model))
        optimizer.zero_grad()
    return losses


def first_epoch(learner: Any, body: Body, inputs: list[Input], values: list[Any]) -> list[Any]:
    """What the methods make of the samples for an epoch; the learner is prepared for it."""
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    found = body.examples(Train(inputs, values, examples, learner.encode), epoch=0)
    assert len(found) == len(body.examples(Train(inputs, values, examples, learner.encode), epoch=1))
    return list(found)


def decisions(learner: Any, inputs: list[Input]) -> list[Any]:
    found: list[Any] = learner.decide(
        inputs, learner.encode(inputs), run=runner(learner=learner, machine=find_machine())
    )
    return found


def assert_saved_whole(learner: Any, body: Body, task: Task[Any], *, inputs: list[Input], folder: Path) -> None:
    """What training saw, what is saved, and what is loaded again say the same; no trace of a method is in a layer."""
    trained = decisions(learner, inputs)
    body.finish(learner.model)
    finished = decisions(learner, inputs)
    folder.mkdir()
    learner.save(folder)
    body.save(folder)
    for found in (finished, decisions(load_part(task.learner).load(folder), inputs)):
        assert [one.value for one in found] == [one.value for one in trained]
        assert [one.score for one in found] == pytest.approx([one.score for one in trained], abs=1e-4)
    foreign = {type(part).__module__ for part in learner.model.modules() if "hooks" in type(part).__module__}
    foreign.discard(Prefix.__module__)  # the one that stays: no weights of the base model say what it does
    assert not foreign and not any(type(part).__module__.startswith("peft") for part in learner.model.modules())
    assert not any(part._forward_hooks for part in learner.model.modules())


@pytest.mark.parametrize(("task_id", "method"), ON_TASKS)
def test_every_method_tunes_every_task(
    task: Task[Any],
    labels: Labels,
    inputs: list[Input],
    values: list[Any],
    method: str,
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    learner, body = started(task, tiny_model, labels=labels, method=method)
    examples = first_epoch(learner, body, inputs, values)
    before = {name: weight.clone() for name, weight in learner.model.state_dict().items()}
    few = method.startswith("prompt")  # a handful of words alone learn slowly against mixed examples
    # Mixed ratings are learned within ten steps; at this high a rate a later one can throw all of that away.
    at_once = task.linear == "number" and method.startswith("full") and "mixup" in method
    losses = learn(learner, body, examples, steps=30 if few else 10 if at_once else 15)
    assert losses[-1] < losses[0] * 0.95
    learnt = {name for name, one in learner.model.state_dict().items() if not torch.equal(one, before[name])}
    added = ("lora_", "ia3_", ".beside.", ".prompt.", ".prefix.")
    own = {name for name in learnt if "encoder" in name and not any(one in name for one in added)}
    own = {name for name in own if ".token_type" not in name}
    fresh = {name for name in own if "crossattention" in name or ".cls." in name}
    assert learnt, "of the model or its head"
    weights = next(one.id for one in body.methods if one.is_for_weights)
    assert bool(own - fresh) == (weights in ("full", "cross_encoder")), "the others leave what the model knew as it was"
    adds = weights in ("lora", "adalora", "ia3")
    extends = adds or weights in ("bottleneck", "prefix", "prompt")
    assert any(one in name for name in learnt for one in added) == extends
    assert_saved_whole(learner, body, task, inputs=inputs, folder=tmp_path / "model")
    assert (tmp_path / "model" / "adapter" / "adapter_model.safetensors").is_file() == adds


def test_a_run_with_lora_goes_on_where_it_was_left_and_its_model_needs_no_peft(
    task: Task[Any],
    labels: Labels,
    inputs: list[Input],
    values: list[Any],
    tiny_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = adjusted(replace(RECIPE, batch_size=2, epochs=3), {"methods": "lora", "lora_rank": 4}, task=task)
    whole, left = (RunFolder(tmp_path / name) for name in ("whole", "left"))
    for run in (whole, left):
        job_labels = tuple(JobLabel(label.id, label.name, label.options) for label in labels)
        run.write_job(Job("tune", task.id, job_labels, str(tiny_model), recipe))
        lines = [
            {"id": place, "text": one.text, "fields": dict(one.fields), "value": task.dump(value)}
            for place, (one, value) in enumerate(zip(inputs, values, strict=True))
        ]
        for split in SPLITS:
            write_lines(run, split, lines)
    assert isinstance((last := tune_here(whole).last), Finished), detail(last)
    tune_here(left, should_stop=after_steps(4, "leave"))
    told = tune_here(left, resume=True)
    assert isinstance(told.last, Finished), detail(told.last)
    assert told.of(Stepped)[0].step == 5
    assert predictions(left) == predictions(whole)

    monkeypatch.setitem(sys.modules, "peft", None)
    again = load_part(task.learner).load(left.model)
    said = [one for one in predictions(left) if one["split"] == "test"]
    found = again.decide(inputs, again.encode(inputs, values), run=runner(learner=again, machine=CPU))
    assert [one["value"] for one in said] == [json.loads(json.dumps(task.dump(one.value))) for one in found]
    assert [one["score"] for one in said] == pytest.approx([one.score for one in found], abs=1e-4)
    manifest = read_manifest(left.model, task=task.id)
    chosen = {"lora_rank": 4, "lora_alpha": 0, "lora_kind": "lora", "lora_learning_rate": 0.0}
    assert manifest.methods == {"lora": chosen}
    assert "tuned by: LoRA (lora_rank 4" in (left.model / "README.md").read_text("utf-8")


@pytest.mark.parametrize(("kind", "method"), WRITERS)
def test_every_method_tunes_every_kind_of_model_that_writes(kind: str, method: str, tmp_path: Path) -> None:
    make = decoder if kind in ("llama", "gpt2") else encoder_decoder
    task = task_named("text_to_text")
    learner, body = started(task, make(kind, tmp_path / "base"), labels=(), method=method)
    inputs = [Input(question) for question, _ in PAIRS]
    examples = first_epoch(learner, body, inputs, [Written(answer) for _, answer in PAIRS])
    losses = learn(learner, body, examples, steps=15)
    assert losses[-1] < losses[0] * 0.9
    assert_saved_whole(learner, body, task, inputs=inputs[:3], folder=tmp_path / "model")


def test_the_hub_is_not_asked_about_the_base_model(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_given: Any, **_named: Any) -> None:
        raise AssertionError("the Hub was asked")

    monkeypatch.setattr("peft.utils.save_and_load.check_file_exists_on_hf_hub", asked)
    task = task_named("ratings")
    base = Base(BUILT_IN_MODEL, load=lambda _name: load_encoder(str(tiny_model)), task=task)
    learner = load_part(task.learner).start(base, labels=(), recipe=adjusted(RECIPE, {"lora_rank": 4}, task=task))
    assert base.body is not None
    base.body.finish(learner.model)
    base.body.save(tmp_path)
    config = json.loads((tmp_path / "adapter" / "adapter_config.json").read_text("utf-8"))
    assert config["base_model_name_or_path"] == "sentence-transformers/all-MiniLM-L6-v2"


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # of peft, not ours
def test_an_adapter_carries_what_was_trained_to_another_copy_of_the_base_model(
    tiny_model: Path, tmp_path: Path
) -> None:
    task = task_named("text_classification")
    labels = [JobLabel(1, "good"), JobLabel(2, "bad")]
    recipe = adjusted(RECIPE, {"lora_rank": 4}, task=task)
    base = Base(str(tiny_model), task=task)
    learner = load_part(task.learner).start(base, labels=labels, recipe=recipe)
    assert base.body is not None
    folder = tmp_path / "model"
    folder.mkdir()
    with torch.no_grad():
        for name, weight in learner.model.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.3)
    base.body.finish(learner.model)
    learner.save(folder)
    base.body.save(folder)
    adapted = PeftModel.from_pretrained(AutoModel.from_pretrained(tiny_model), folder / "adapter")
    merged = AutoModel.from_pretrained(folder / "0_Transformer")
    tokens = torch.tensor([[1, 4, 5, 2]])
    with torch.inference_mode():
        said, base_said = adapted(tokens).last_hidden_state, AutoModel.from_pretrained(tiny_model)(tokens)
        torch.testing.assert_close(said, merged(tokens).last_hidden_state)
    assert not torch.allclose(said, base_said.last_hidden_state, atol=1e-3)
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text("utf-8"))
    assert (config["r"], config["base_model_name_or_path"]) == (4, str(tiny_model))
