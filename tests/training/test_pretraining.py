"""Learning from unlabelled texts before tuning: it learns, sees nothing that it is judged by, and can be resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.contract.task import Input
from lepton_studio.methods.hooks import Train
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Finished, Noted, Staged, Stopped
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import BUILT_IN_MODEL, BadSetting, Recipe
from lepton_studio.tasks import task_named
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.models import Base
from lepton_studio.training.pretraining import filling_in, pretraining_recipe, read_texts
from lepton_studio.training.signals import ShouldStop
from tests.training.tiny import CPU, RECIPE, Told, detail, rows, tune_here, write_lines, write_run

TASK = task_named("text_classification")
CHANGES = {"methods": "full,domain", "domain_epochs": 2, "epochs": 1, "batch_size": 16}


def run_with(folder: Path, *, model: Path, texts: int, **changes: Any) -> RunFolder:
    run = write_run(folder, model=model, recipe=adjusted(RECIPE, {**CHANGES, **changes}, task=TASK), sizes=(24, 12, 12))
    judged = [next(read_json_lines(run.data_file(split))) for split in ("validation", "test")]
    unlabelled = [*rows(texts, seed=9, noise=0), *judged]
    write_lines(run, "unlabelled", [{**one, "value": None} for one in unlabelled])
    return run


def told_of(told: Told) -> list[str]:
    return [one.message for one in told.of(Noted)]


def weights_of(run: RunFolder) -> dict[str, bytes]:
    return {str(one.relative_to(run.model)): one.read_bytes() for one in run.model.rglob("*.safetensors")}


def when_pretraining(steps: int, wish: Any) -> Any:
    def ask(told: Told) -> ShouldStop:
        return lambda: (
            wish if any(one.stage == "pretraining" and one.done >= steps for one in told.of(Staged)) else None
        )

    return ask


class _Killed(BaseException):
    """The process is gone."""


def test_it_goes_on_where_it_was_left_and_killed_bit_for_bit(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_CHECKPOINT_SECONDS", "0")
    whole, left = (
        run_with(tmp_path / name, model=tiny_model, texts=100, frozen_layers=1) for name in ("whole", "left")
    )
    told = tune_here(whole)
    assert isinstance(told.last, Finished), detail(told.last)
    staged = [one for one in told.of(Staged) if one.stage == "pretraining"]
    assert staged[-1].done == staged[-1].total == len(staged) - 1 > 8 and staged[1].seconds_left > 0
    judged = {one["text"] for split in ("validation", "test") for one in read_json_lines(whole.data_file(split))}
    learned = {one["text"] for one in rows(100, seed=9, noise=0)} - judged
    assert any(f"Learned from {len(learned)} unlabelled texts before" in one for one in told_of(told))

    stopped = tune_here(left, should_stop=when_pretraining(3, "leave")).last
    assert isinstance(stopped, Stopped) and not stopped.kept

    def kill(told: Told) -> ShouldStop:
        def ask() -> None:
            if when_pretraining(6, True)(told)():
                raise _Killed

        return ask

    with pytest.raises(_Killed):
        tune_here(left, resume=True, should_stop=kill)
    again = tune_here(left, resume=True)
    assert isinstance(again.last, Finished), detail(again.last)
    assert next(one for one in again.of(Staged) if one.total and one.stage == "pretraining").done > 1
    assert weights_of(left) == weights_of(whole) and weights_of(whole)


def test_what_is_frozen_and_the_table_of_words_do_not_learn(tiny_model: Path) -> None:
    recipe = adjusted(RECIPE, {"methods": "full,domain", "frozen_layers": 1}, task=TASK)
    base = Base(str(tiny_model), task=TASK)
    encoder, inputs = base.prepare(recipe), [Input(one["text"]) for one in rows(9, seed=1)]
    texts = read_texts(inputs, tokenizer=encoder.tokenizer, length=12)
    learner, _, words = filling_in(texts, body=base.made(), tokenizer=encoder.tokenizer, recipe=recipe)
    names = list(trainable(learner.model))
    of_encoder = [one for one in names if one.startswith("encoder.")]
    assert of_encoder and all("layer.1." in one for one in of_encoder) and len(names) == len(of_encoder) + 5
    assert words == len({word for one in inputs for word in one.text.split()})


def test_with_few_texts_it_is_left_out_in_a_sentence_and_the_run_is_as_without(
    tmp_path: Path, tiny_model: Path
) -> None:
    few = run_with(tmp_path / "few", model=tiny_model, texts=10)
    told = tune_here(few)
    assert isinstance(told.last, Finished), detail(told.last)
    assert any("it takes 50 or more, and there are 10. Import more texts" in one for one in told_of(told))
    recipe = adjusted(RECIPE, {"epochs": 1, "batch_size": 16}, task=TASK)
    plain = write_run(tmp_path / "plain", model=tiny_model, recipe=recipe, sizes=(24, 12, 12))
    assert isinstance(tune_here(plain).last, Finished)
    assert weights_of(few) == weights_of(plain)


@pytest.mark.parametrize("weights", ["lora", "head", "contrastive", "race"])
def test_it_goes_with_full_fine_tuning_only(weights: str) -> None:
    with pytest.raises(BadSetting, match=r"does not go with|fitted in one go"):
        adjusted(RECIPE, {"methods": f"{weights},domain"}, task=TASK)
    assert adjusted(RECIPE, {"methods": "domain"}, task=TASK).of_methods["domain_epochs"] == 3
    with pytest.raises(BadSetting, match="only works with models that read texts"):
        adjusted(RECIPE, {"methods": "domain"}, task=task_named("text_to_text"), family="decoder")


def test_what_is_hidden_in_texts_of_the_domain_is_found_better_after_it() -> None:
    """Film reviews, the built-in encoder. On texts that it did not learn from, beside a layer that learned as long on
    the encoder as it was: so it is not the layer that learned.
    """
    file = Path(__file__).parents[3] / "shared" / "data" / "sst2" / "stsa.binary.train"
    if not file.exists():
        pytest.skip("needs the public data sets in ../shared/data")
    inputs = [Input(line[2:]) for line in file.read_text("utf-8").splitlines()[:120]]
    recipe = adjusted(RECIPE, {"methods": "domain", "domain_epochs": 2}, task=TASK)
    lost = {rate: _loss_left_out(inputs, recipe=pretraining_recipe(recipe), rate=rate) for rate in (0.0, 1.0)}
    assert lost[1.0][1] < lost[1.0][0] - 0.5 and lost[1.0][1] < lost[0.0][1], lost


def _loss_left_out(inputs: list[Input], *, recipe: Recipe, rate: float) -> tuple[float, float]:
    """The loss on hidden pieces of every eighth text, before the others are learned from and after."""
    torch.manual_seed(1)
    base = Base(BUILT_IN_MODEL, task=TASK)
    encoder, body = base.prepare(recipe), base.made()
    texts = read_texts(inputs, tokenizer=encoder.tokenizer, length=24)
    learner, alone, _ = filling_in(texts, body=body, tokenizer=encoder.tokenizer, recipe=recipe)
    weights = trainable(learner.model)
    optimizer = make_optimizer(weights, body=alone, recipe=recipe)

    def epoch(number: int) -> list[Any]:
        return list(alone.examples(Train((), (), texts, learner.encode), epoch=number))

    def judged() -> float:
        learner.model.eval()
        batch = learner.collate(epoch(99)[::8])
        with torch.inference_mode():
            return float(learner.loss(learner.forward(batch), batch)) / batch.weight

    before = judged()
    for number in range(recipe.epochs):
        learnt = [one for place, one in enumerate(epoch(number)) if place % 8]
        for start in range(0, len(learnt), 16):
            accumulate(
                learnt[start : start + 16], learner=learner, body=alone, machine=CPU, state=State(16), send=print
            )
            for group in optimizer.param_groups:
                is_encoder = group["scale"] == 1.0
                group["lr"] = recipe.learning_rate * group["scale"] * (rate if is_encoder else 1.0)
            optimizer.step()
            optimizer.zero_grad()
    return before, judged()
