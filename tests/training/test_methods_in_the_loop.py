"""Methods in the real loop: when their hooks are called, that a run with them goes on where it was left; refusals."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import torch
from torch import nn

import lepton_studio.methods
from lepton_studio.methods import all_methods
from lepton_studio.methods.method import ORDER, Method
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Failed, Finished, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BadSetting, Recipe
from lepton_studio.runs.outcome import outcome
from lepton_studio.tasks import task_named
from lepton_studio.training.checkpoints import Checkpoints, State
from lepton_studio.training.signals import ShouldStop
from tests.tasks.tiny_writers import decoder
from tests.training.masked import write_tiny_masked_model
from tests.training.tiny import RECIPE, Told, after_steps, detail, predictions, tune_here, write_run

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


WRITER = "a tiny one"
_OF_METHODS: Mapping[str, Mapping[str, object]] = {
    "full": {"unfreezing": 0.8, "layer_decay": 0.5},
    "adalora": {"adalora_rank": 2},
    "cloze": {"cloze_texts": 1},
    "rewriting": {"rewriter": WRITER, "rewriter_told": "", "rewriting_closeness": 0},
    "back_translation": {"translator": WRITER, "translator_back": WRITER, "translation_closeness": 0},
}
"""What lets a method remember something, where its usual settings do not; and a model for one that needs another."""
_OF_RUNS: Sequence[Mapping[str, object]] = (
    {"patience": 2, "evaluations": 2},
    {"optimizer": "sgd", "learning_rate": 0.05},
    {"optimizer": "adafactor", "head_learning_rate": 0.01},
)
"""What else a run remembers: one after another of these goes with each case."""


def _cases() -> list[dict[str, object]]:
    """Settings of as few runs as have every method in one of them, and every choice that a method offers."""
    stepping = [one for one in all_methods().values() if not one.at_once or one.on_pairs]
    stepping.sort(
        key=lambda one: WRITER in _OF_METHODS.get(one.id, {}).values()
    )  # writing takes its time: once is enough
    cases: list[dict[str, object]] = []
    left = list(stepping)
    while left:
        case: list[Method] = []
        for slot in ORDER:  # one that had no turn yet, where it goes with the others
            offered = [one for one in left if one.slot == slot] or [one for one in stepping if one.slot == slot]
            case += next(([one] for one in offered if _goes(_changes([*case, one]))), [])
        left = [one for one in left if one not in case]
        cases.append(_changes(case))
    cases += [
        {**_changes([one]), field.name: choice}
        for one in stepping
        for field in one.fields
        for choice in field.choices
        if choice != field.default
    ]
    cases.append({"methods": "full,rdrop", "frozen_layers": 1})
    return [{**case, **_OF_RUNS[place % len(_OF_RUNS)]} for place, case in enumerate(cases)]


def _changes(methods: Sequence[Method]) -> dict[str, object]:
    own = {name: value for one in methods for name, value in _OF_METHODS.get(one.id, {}).items()}
    return {"methods": ",".join(one.id for one in methods), **own}


def _goes(changes: Mapping[str, object]) -> bool:
    try:
        return bool(adjusted(RECIPE, changes, task=TASK))
    except BadSetting:
        return False


class _Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("changes", _cases(), ids=lambda changes: str(changes["methods"]))
def test_a_run_goes_on_to_the_same_end_bit_for_bit_after_it_was_left_and_killed(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    monkeypatch.setenv("LEPTON_CHECKPOINT_SECONDS", "0")
    if WRITER in changes.values():
        folder = str(decoder("llama", tmp_path / "writer"))
        changes = {name: folder if value == WRITER else value for name, value in changes.items()}
    recipe = adjusted(RECIPE, {"batch_size": 10, "epochs": 2, **changes}, task=TASK)
    sizes = (40, 12, 0)
    if "cloze" in str(changes["methods"]):
        tiny_model = write_tiny_masked_model(tmp_path / "masked")
    whole = write_run(tmp_path / "whole", model=tiny_model, recipe=recipe, sizes=sizes)
    assert isinstance((last := tune_here(whole).last), Finished), detail(last)
    left = write_run(tmp_path / "left", model=tiny_model, recipe=recipe, sizes=sizes)

    def kill(told: Told) -> ShouldStop:
        def ask() -> None:
            if len(told.of(Stepped)) == 2:
                raise _Killed

        return ask

    tune_here(left, should_stop=after_steps(2, "leave"))
    with pytest.raises(_Killed):
        tune_here(left, resume=True, should_stop=kill)
    told = tune_here(left, resume=True)
    assert isinstance(told.last, Finished), detail(told.last)
    assert 3 <= told.of(Stepped)[0].step <= 6
    assert predictions(left) == predictions(whole)
    files = [one.relative_to(whole.model) for one in whole.model.rglob("*.safetensors")]
    assert files and [(left.model / one).read_bytes() for one in files] == [
        (whole.model / one).read_bytes() for one in files
    ]
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
    run = write_run(
        tmp_path / "run", model=tiny_model, recipe=Recipe(methods=("of_tomorrow",), of_methods={"of_tomorrow": 2})
    )
    last = tune_here(run).last
    assert isinstance(last, Failed)
    assert "does not support the tuning method “of_tomorrow”" in last.message
