"""The architectures that people bring: each is tuned, answers, and is the same when loaded again; or is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.methods.families import use_of
from lepton_studio.models.brought import why_unfit
from lepton_studio.project.marks import QUESTION, SECOND_TEXT
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job, JobLabel, Recipe
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base, load_encoder
from tests.tasks.conftest import TEXTS, marks_on
from tests.tasks.test_models_elsewhere import run_readme
from tests.tasks.tiny_models import CAUSAL_EMBEDDERS, DECODERS, ENCODER_DECODERS, ENCODERS, Kind, write_tiny
from tests.training.tiny import CPU

LABELS = tuple(JobLabel(place + 1, name) for place, name in enumerate(("good", "bad", "odd")))
READ = ("input_ids", "attention_mask", "token_type_ids")
ABOUT_TEXTS = ("text_classification", "pairs")
ABOUT_PARTS = ("spans", "question_answering")
BOTH_WAYS = ("gemma3",)
LEARN_TO_WRITE = ("bert", "roberta", "xlm-roberta", "electra")

TUNED = [
    *(("encoder", name, work) for name in ENCODERS for work in (*ABOUT_TEXTS, *ABOUT_PARTS)),
    *(("encoder", name, "text_to_text") for name in LEARN_TO_WRITE),
    *(("causal", name, "text_classification") for name in CAUSAL_EMBEDDERS),
    *(("causal", name, work) for name in BOTH_WAYS for work in ABOUT_PARTS),
    *(("encoder_decoder", name, "text_to_text") for name in ENCODER_DECODERS),
    *(("decoder", name, work) for name in DECODERS for work in ("text_to_text", *ABOUT_TEXTS)),
]
REFUSED = [
    *(("encoder", name, "text_to_text") for name in ENCODERS if name not in LEARN_TO_WRITE),
    *(("causal", name, work) for name in CAUSAL_EMBEDDERS if name not in BOTH_WAYS for work in ABOUT_PARTS),
    *(("encoder_decoder", name, work) for name in ENCODER_DECODERS for work in ("text_classification", "spans")),
    *(("decoder", name, work) for name in DECODERS for work in ABOUT_PARTS),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """A folder for each kind and architecture."""
    kinds: dict[str, dict[str, Kind]] = {
        "encoder": dict(ENCODERS),
        "causal": dict(CAUSAL_EMBEDDERS),
        "encoder_decoder": dict(ENCODER_DECODERS),
        "decoder": dict(DECODERS),
    }
    return {
        (kind, name): write_tiny(kind, name, tmp_path_factory.mktemp(name))
        for kind, some in kinds.items()
        for name in some
    }


@pytest.mark.parametrize(("kind", "name", "work"), TUNED)
def test_it_is_tuned_and_says_the_same_when_it_is_loaded_again(
    kind: str, name: str, work: str, models: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    task = task_named("text_classification" if work == "pairs" else work)
    fields = {QUESTION: "What is it?"} | ({SECOND_TEXT: "odd one"} if work == "pairs" else {})
    inputs = [task.input(text, fields) for text in TEXTS]
    ids = {label.name: label.id for label in LABELS}
    values = [task.from_marks(marks_on(text, label=LABELS[place % 3].name), ids) for place, text in enumerate(TEXTS)]
    assert why_unfit(models[kind, name], use=use_of(task) or "texts") == ""

    torch.manual_seed(0)
    recipe = Recipe(dropout=0.0, max_new_tokens=8)
    base = Base(str(models[kind, name]), task=task)
    learner = load_part(task.learner).start(base, labels=LABELS, recipe=recipe)
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    losses = tune(learner, examples)
    assert losses[-1] < losses[0]
    base.made().finish(learner.model)
    learner.model.eval()
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=CPU))
    learner.save(tmp_path)
    again = load_part(task.learner).load(tmp_path)
    (values_again, sure_again), (said, sure) = decided(again, inputs), decided(learner, inputs)
    assert values_again == said and sure_again == pytest.approx(sure, abs=1e-4)
    assert_public(tmp_path, learner, examples)


def tune(learner: Any, examples: list[Any], *, steps: int = 4) -> list[float]:
    """The loss before each of some steps on all examples."""
    weights = [weight for weight in learner.model.parameters() if weight.requires_grad]
    before = [weight.detach().clone() for weight in weights]
    optimizer, losses = torch.optim.AdamW(weights, lr=2e-3), []
    learner.model.train()
    for _ in range(steps):
        batch = learner.collate(examples)
        loss = learner.loss(learner.forward(batch), batch) / batch.weight
        losses.append(float(loss.detach()))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    moved = sum(not torch.equal(one, other) for one, other in zip(before, weights, strict=True))
    assert moved > 10, "the base model learns too"
    return losses


def decided(learner: Any, inputs: list[Input]) -> tuple[list[Any], list[float]]:
    decisions = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    return [one.value for one in decisions], [one.score for one in decisions]


def assert_public(folder: Path, learner: Any, examples: list[Any]) -> None:
    """The class of transformers that its config.json names finds every weight, and says what the learner says."""
    folder = folder / "0_Transformer" if (folder / "0_Transformer").is_dir() else folder
    (architecture,) = transformers.AutoConfig.from_pretrained(folder).architectures
    model, told = getattr(transformers, architecture).from_pretrained(folder, output_loading_info=True)
    assert not [one for one in told["missing_keys"] if "pooler" not in one]
    batch = learner.collate(examples)
    read = {name: one for name, one in batch.inputs.items() if name in READ}
    with torch.no_grad():
        if architecture.endswith("ForTokenClassification"):
            there = batch.inputs["input_ids"] != learner._encoder.tokenizer.pad_token_id
            assert torch.allclose(model.eval()(**read).logits[there], learner.forward(batch)[there], atol=1e-4)
        if architecture.endswith("ForQuestionAnswering"):
            said = model.eval()(**read)
            ours = learner.model(**read)
            assert torch.allclose(torch.stack([said.start_logits, said.end_logits], -1), ours, atol=1e-4)


def test_two_texts_are_told_apart_where_the_tokenizer_has_no_template_for_them(
    models: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    encoder = load_encoder(str(models["decoder", "gpt2"]))
    encoder.save(tmp_path)
    for tokenizer in (encoder.tokenizer, load_encoder(str(tmp_path)).tokenizer):
        one, other = (tokenizer(text)["input_ids"] for text in ("good card", "bad bank"))
        assert tokenizer("good card", "bad bank")["input_ids"] == [*one, tokenizer.eos_token_id, *other]
        assert tokenizer.eos_token_id not in one


@pytest.mark.parametrize(("kind", "name", "work"), REFUSED)
def test_it_is_refused_in_a_sentence_for_work_that_it_cannot_do(
    kind: str, name: str, work: str, models: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    job = Job("tune", work, LABELS, str(models[kind, name]), Recipe())
    going = Work(
        RunFolder(tmp_path), job, CPU, load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None
    )
    with pytest.raises(ModelNotFound, match=r"Choose one .*\.$|choose one .*\.$") as refused:
        going.new_learner()
    assert str(models[kind, name]) in str(refused.value)


def test_a_head_that_lies_beside_its_encoder_says_in_its_readme_what_it_says_here(
    models: dict[tuple[str, str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    learner = load_part(task_named("question_answering").learner).start(
        Base(str(models["encoder", "modernbert"])), labels=(), recipe=Recipe(dropout=0.0)
    )
    learner.save(tmp_path)
    names = run_readme(tmp_path, monkeypatch, put={'"a question?", "a text"': '"What is it?", "fine and good card"'})
    with torch.no_grad():
        ours = learner.model.eval()(names["given"]["input_ids"])
    assert torch.allclose(names["said"], ours, atol=1e-5)
    assert names["answer"] in "fine and good card"
