"""Methods in the real loop: when their hooks are called, that a run with them goes on where it was left; refusals."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

import lepton_studio.methods
from lepton_studio.methods import all_methods
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Failed, Finished, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.outcome import outcome
from lepton_studio.tasks import task_named
from lepton_studio.training.checkpoints import Checkpoints, State
from tests.training.tiny import RECIPE, after_steps, detail, predictions, tune_here, write_run

TASK = task_named("text_classification")
TOYS = str(Path(__file__).parents[1] / "toy_methods")


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The toy method is found like the others."""
    monkeypatch.setattr(lepton_studio.methods, "__path__", [*lepton_studio.methods.__path__, TOYS])
    all_methods.cache_clear()
    yield
    all_methods.cache_clear()


@pytest.mark.usefixtures("toys")
def test_every_hook_is_called_in_its_place(tmp_path: Path, tiny_model: Path) -> None:
    recipe = adjusted(RECIPE, {"shove_far": 3, "epochs": 2, "batch_size": 30}, task=TASK)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=(60, 0, 0))
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    called = sys.modules["lepton_studio.methods.shove.hooks"].CALLED
    steps = [["backward", ("stepped", step, 4)] for step in (1, 2, 3, 4)]
    assert called == [
        ("wrap", "encoder", 3.0), ("examples", 0), ("examples", 0), *steps[0], *steps[1], ("examples", 1), *steps[2],
        *steps[3], "finish",
    ]  # fmt: skip
    assert (run.model / "shoved.txt").read_text("utf-8") == "far"


@pytest.mark.usefixtures("toys")
def test_a_method_that_the_loaded_model_does_not_suit_ends_the_run_with_its_own_sentence(
    tmp_path: Path, tiny_model: Path
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=adjusted(RECIPE, {"shove_far": 10}, task=TASK))
    last = tune_here(run).last
    assert isinstance(last, Failed) and last.kind == "bad_recipe"
    told = outcome(last, 1)
    assert told.sentence == "Shoving so far needs a model of more layers." and "settings" in told.next_step


@pytest.mark.parametrize(
    "changes",
    [
        {"methods": "lora,fgm", "lora_rank": 4},
        {"methods": "adalora,average,rdrop", "adalora_rank": 2},
        {"methods": "full,word_noise,pgd,focal", "unfreezing": 0.8, "layer_decay": 0.5},
        {"methods": "ia3,average,freelb"},
        {"methods": "lora", "lora_kind": "dora"},
        {"methods": "head,average"},
    ],
    ids=lambda changes: str(changes["methods"]),
)
def test_a_run_with_methods_goes_on_to_the_same_end_after_it_was_left(
    tmp_path: Path, tiny_model: Path, changes: dict[str, object]
) -> None:
    recipe = adjusted(RECIPE, {**changes, "epochs": 2}, task=TASK)
    whole = write_run(tmp_path / "whole", model=tiny_model, recipe=recipe)
    assert isinstance((last := tune_here(whole).last), Finished), detail(last)
    left = write_run(tmp_path / "left", model=tiny_model, recipe=recipe)
    tune_here(left, should_stop=after_steps(5, "leave"))
    told = tune_here(left, resume=True)
    assert isinstance(told.last, Finished), detail(told.last)
    assert told.of(Stepped)[0].step == 6
    assert [one["scores"] for one in predictions(left)] == [one["scores"] for one in predictions(whole)]
    for run in (whole, left) if "adapter" in {one.name for one in whole.model.iterdir()} else ():
        assert {one.name for one in (run.model / "adapter").iterdir()} == {
            "README.md", "adapter_config.json", "adapter_model.safetensors", "head.safetensors",
        }  # fmt: skip


def test_a_checkpoint_of_a_run_with_lora_from_before_there_were_methods_still_fits(tmp_path: Path) -> None:
    net = nn.Linear(2, 2, bias=False)
    layer = nn.ModuleDict({"net": net})
    optimizer = torch.optim.AdamW(layer.parameters())
    checkpoints = Checkpoints(RunFolder(tmp_path))
    old = {"net.base_model.model.weight": torch.ones(2, 2)}
    checkpoints.save(State(4, step=3), weights=old, best=old, optimizer=optimizer, methods={})
    found = checkpoints.newest()
    assert found is not None and found.best is not None
    assert list(found.best) == ["net.weight"]
    found.put_back(model=layer, optimizer=optimizer)
    assert torch.equal(net.weight, torch.ones(2, 2))


def test_a_method_of_a_newer_version_ends_the_run_with_its_name(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=Recipe(methods=("prefix",), of_methods={"prefix": 2}))
    last = tune_here(run).last
    assert isinstance(last, Failed)
    assert "does not support the tuning method “prefix”" in last.message
