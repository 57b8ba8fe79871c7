"""Methods in recipes: what may be set where, what goes together, and recipes of other versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import lepton_studio.methods
from lepton_studio.contract.task import Family
from lepton_studio.methods import all_methods
from lepton_studio.methods.families import family_in, family_of
from lepton_studio.methods.recipes import adjusted, method_words, methods_of, recipe_words, settings_for, stored_recipe
from lepton_studio.runs.job import BUILT_IN_MODEL, RECIPE_SETTINGS, BadSetting, Job, Recipe
from lepton_studio.tasks import all_tasks, task_named

TOYS = str(Path(__file__).parents[1] / "toy_methods")
SENTENCES = {
    "ratings class_weights=yes": "class_weights does not apply to Ratings.",
    "spans beams=2": "beams does not apply to",
    "dialogue probe=yes": "probe does not apply to",
    "spans lora_rnak=8": "There is no setting “lora_rnak”",
    "spans methods=bitfit": "does not support the tuning method “bitfit”. It supports: ",
    "spans lora_rank=1000": "between 1 and 512, not 1000.",
    "ratings decay=steep": "decay must be one of linear, cosine, constant, not “steep”.",
    "text_classification lora_kind=huge": "lora_kind must be one of lora, dora, rslora, not “huge”.",
    "text_classification methods=rdrop dropout=0": "R-Drop does nothing without dropout.",
    "text_classification methods=focal class_weights=yes": "takes no class weights. Choose one of them.",
    "text_classification methods=race folds=5": "has folds of its own.",
    "text_classification methods=search seeds=3": "has folds of its own.",
    "spans methods=rdrop": "R-Drop only works where whole texts get labels.",
    "spans fgm_size=much": "a number, not “much”.",
    "spans lora_rank=8 frozen_layers=2": "both decide which weights are trained. Choose one of them.",
    "spans methods=full lora_rank=8": "lora_rank is a setting of LoRA, which is not used.",
    "ratings methods=fgm,shove": "are both adversarial. Choose one of them.",
    "spans shove_far=2": "Shoving cannot tune models that find spans.",
    "text_classification methods=shove dropout=0": "Shoving needs dropout.",
}
"""A task and what is set; what is said then. The toy method "shove" fits few tasks and needs dropout."""


@pytest.fixture(autouse=True)
def toy_method(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A method whose folder is put where discovery looks."""
    monkeypatch.setattr(lepton_studio.methods, "__path__", [*lepton_studio.methods.__path__, TOYS])
    all_methods.cache_clear()
    yield
    all_methods.cache_clear()


def settings(words: str) -> tuple[str, dict[str, str]]:
    task, *changes = words.split()
    return task, dict(change.split("=") for change in changes)


@pytest.mark.parametrize("given", SENTENCES)
def test_what_does_not_apply_or_go_together_is_refused_in_a_sentence(given: str) -> None:
    task, changes = settings(given)
    with pytest.raises(BadSetting) as refused:
        adjusted(Recipe(), changes, task=task_named(task))
    assert SENTENCES[given] in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("given", "family", "methods"),
    [
        ("text_classification epochs=2", "encoder", "full"),
        ("text_classification lora_rank=16", "encoder", "lora"),
        ("relations fgm_size=0.2", "encoder", "full fgm"),
        ("spans methods=lora,fgm", "encoder", "lora fgm"),
        ("dialogue epochs=2", "decoder", "lora"),
        ("dialogue epochs=2", "encoder_decoder", "full"),
        ("dialogue methods=fgm", "decoder", "lora fgm"),
        ("dialogue methods=full", "decoder", "full"),
        ("dialogue lora_rank=0", "decoder", "full"),
        ("dialogue frozen_layers=1", "decoder", "full"),
        ("text_to_text epochs=2", "decoder", "full"),
    ],
)
def test_a_setting_of_a_method_brings_the_method_and_a_task_knows_the_usual_one(
    given: str, family: Family, methods: str
) -> None:
    name, changes = settings(given)
    recipe = adjusted(Recipe(), changes, task=task_named(name), family=family)
    assert [one.id for one in methods_of(recipe, task=task_named(name), family=family)] == methods.split()
    again = Recipe.from_json(json.loads(json.dumps(recipe.to_json())))
    assert again == recipe and stored_recipe(recipe.to_json(), task=task_named(name), family=family) == recipe


@pytest.mark.parametrize(
    ("task", "rank", "family", "methods"),
    [
        ("text_classification", 8, "encoder", "full"),
        ("dialogue", 8, "encoder_decoder", "full"),
        ("dialogue", 8, "decoder", "lora"),
        ("dialogue", 0, "decoder", "full"),
        ("text_to_text", 4, "decoder", "lora"),
    ],
)
def test_a_recipe_of_before_there_were_methods_means_what_it_did_then(
    task: str, rank: int, family: Family, methods: str
) -> None:
    stored = {"epochs": 7, "frozen_layers": 2, "lora_rank": rank, "beams": 4}
    job = Job.from_json({"kind": "tune", "task": task, "labels": [], "recipe": stored})
    (used,) = methods_of(job.recipe, task=task_named(task), family=family)
    assert (job.recipe.epochs, used.id) == (7, methods)
    chosen = used.chosen(job.recipe)
    assert getattr(chosen, "lora_rank", rank) == rank and getattr(chosen, "frozen_layers", 2) == 2
    assert stored_recipe(stored, task=task_named(task), family=family) == job.recipe


def test_a_method_of_a_newer_version_is_named_and_its_settings_are_not_lost() -> None:
    stored = {**Recipe().to_json(), "methods": ["of_tomorrow"], "prefix_length": 20}
    recipe = Recipe.from_json(stored)
    assert recipe.to_json() == stored
    with pytest.raises(BadSetting, match="does not support the tuning method “of_tomorrow”") as refused:
        stored_recipe(stored, task=task_named("spans"), family="encoder")
    assert str(refused.value).endswith(f"It supports: {', '.join(all_methods())}.")


def test_every_setting_has_one_owner_and_every_method_fits_some_task() -> None:
    names = [one.name for one in RECIPE_SETTINGS]
    names += [field.name for method in all_methods().values() for field in method.fields]
    assert len(set(names)) == len(names)
    for task in all_tasks().values():
        shown = {one.name for one in settings_for(task)}
        assert {"frozen_layers", "lora_rank", "fgm_size"} <= shown and not shown & set(task.hidden_settings)
        assert ("shove_far" in shown) == (task.id in ("text_classification", "multi_label", "ratings"))


def test_a_report_tells_the_settings_by_their_titles() -> None:
    task = task_named("text_classification")
    recipe = adjusted(Recipe(), {"lora_rank": 16}, task=task)
    words = recipe_words(recipe.to_json(), task=task, model=BUILT_IN_MODEL)
    assert "LoRA rank: 16" in words and "Class weights: no" in words and "_" not in words and "beams" not in words


@pytest.mark.parametrize(
    ("task", "model", "changes", "said"),
    [
        ("spans", "organisation/model", {}, "Full fine-tuning"),
        ("spans", BUILT_IN_MODEL, {"methods": "fgm,lora"}, "LoRA + Adversarial training (FGM)"),
        ("dialogue", BUILT_IN_MODEL, {}, "Full fine-tuning"),
        ("dialogue", "decoder", {}, "LoRA"),
        ("dialogue", "organisation/model", {}, ""),
        ("dialogue", "organisation/model", {"methods": "fgm"}, "Adversarial training (FGM)"),
        ("dialogue", "organisation/model", {"methods": "full"}, "Full fine-tuning"),
    ],
)
def test_a_run_is_told_by_its_methods_as_far_as_they_are_known(
    task: str, model: str, changes: dict[str, object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "decoder").mkdir()
    (tmp_path / "decoder" / "config.json").write_text('{"architectures": ["GPT2LMHeadModel"]}', "utf-8")
    stored = adjusted(Recipe(), changes, task=task_named(task)).to_json()
    assert method_words(stored, task=task_named(task), model=model) == said


def test_a_method_of_a_newer_version_is_told_by_its_id() -> None:
    stored = {**Recipe().to_json(), "methods": ["of_tomorrow"]}
    assert method_words(stored, task=task_named("spans"), model=BUILT_IN_MODEL) == "of_tomorrow"


def test_a_report_leaves_out_what_a_run_of_before_there_were_methods_took_no_notice_of() -> None:
    stored = {"epochs": 7, "frozen_layers": 2, "lora_rank": 8}
    words = recipe_words(stored, task=task_named("text_classification"), model=BUILT_IN_MODEL)
    assert "Frozen layers: 2" in words and "LoRA rank" not in words


def test_what_a_model_folder_holds_is_seen_without_loading_it(tmp_path: Path) -> None:
    configs = {
        "encoder": {"architectures": ["BertModel"]},
        "decoder": {"architectures": ["GPT2LMHeadModel"]},
        "encoder_decoder": {"architectures": ["T5ForConditionalGeneration"], "is_encoder_decoder": True},
    }
    for family, config in configs.items():
        folder = tmp_path / family
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(config), "utf-8")
        assert family_in(folder) == family
    dialogue, spans = task_named("dialogue"), task_named("spans")
    assert family_of(str(tmp_path / "decoder"), task=dialogue) == "decoder"
    assert family_of(str(tmp_path / "encoder"), task=dialogue) == "encoder_decoder", "an encoder learns to write"
    assert family_of(str(tmp_path / "decoder"), task=spans) == "encoder"
    assert family_of(BUILT_IN_MODEL, task=dialogue) == "encoder_decoder"
    assert family_of("organisation/model", task=dialogue) is None
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "config.json").write_text("[", "utf-8")
    assert family_in(tmp_path / "torn") == "encoder"
