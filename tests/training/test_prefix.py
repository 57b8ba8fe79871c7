"""Prefix tuning: the same numbers as peft's, a model that others refuse and we load, what cannot take it, going on."""

from __future__ import annotations

import copy
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoModel,
    BertModel,
    DebertaV2Config,
    DebertaV2Model,
    LlamaConfig,
    LlamaModel,
    ModernBertConfig,
    ModernBertModel,
    MPNetConfig,
    MPNetModel,
)

from lepton_studio.methods.hooks import Net, Unfit
from lepton_studio.methods.prefix import PrefixSettings
from lepton_studio.methods.prefix.hooks import PREFIX, Prefix, PrefixHooks, open_attention, prefixes, watched
from lepton_studio.methods.recipes import adjusted, why_not
from lepton_studio.models.model_config import PREFIXED
from lepton_studio.runs.events import Finished
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.manifest import read_manifest
from lepton_studio.runs.model_folder import encoder_in, opens_elsewhere
from lepton_studio.studio.exporting import only_loads_here
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.models import load_folder
from lepton_studio.training.onnx_file import check_onnx, write_onnx
from tests.training.tiny import RECIPE, detail, tune_here, write_run

TASK = task_named("text_classification")
SMALL: dict[str, Any] = dict(
    vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
)
IDS = torch.arange(5, 32).reshape(3, 9)
MASK = torch.ones_like(IDS).index_fill_(1, torch.arange(7, 9), 0)


def _said(model: Any, ids: torch.Tensor = IDS, mask: torch.Tensor = MASK, **more: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=ids, attention_mask=mask, **more).last_hidden_state
    return found[MASK[: len(ids), : ids.shape[1]].bool()]


def _wrapped(model: Any, **settings: Any) -> PrefixHooks:
    hooks = PrefixHooks(PrefixSettings(**settings), recipe=Recipe(), task=TASK)
    hooks.wrap(Net(model, "encoder"))
    return hooks


def test_an_empty_prefix_changes_no_bit_and_padding_tells_nothing(tiny_model: Path) -> None:
    model = BertModel.from_pretrained(tiny_model).eval()
    before = _said(model)
    open_attention(model)
    assert torch.equal(_said(model), before)
    with watched() as seen:
        _said(model)
    for module, keys, values in seen:
        setattr(module, PREFIX, Prefix(keys[:, :0], values[:, :0]))
    assert torch.equal(_said(model), before)
    _wrapped(other := BertModel.from_pretrained(tiny_model), prefix_words=23)
    other.eval()
    assert [tuple(one.keys.shape) for one in prefixes(other).values()] == [(2, 23, 16)] * len(seen)
    found = _said(other)
    assert not torch.allclose(found, before, atol=1e-3)
    alone = _said(other, IDS[:1, :7], torch.ones_like(IDS[:1, :7]))
    torch.testing.assert_close(alone, found[:7])


def test_it_says_what_a_cache_of_peft_says_where_positions_are_told(tiny_model: Path) -> None:
    """By itself BERT counts them from the end of the cache on."""
    from peft import PrefixTuningConfig, TaskType, get_peft_model

    plain = BertModel.from_pretrained(tiny_model).eval()
    model = copy.deepcopy(plain)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        of_peft: Any = get_peft_model(
            plain, PrefixTuningConfig(task_type=TaskType.FEATURE_EXTRACTION, num_virtual_tokens=4)
        )
    open_attention(model)
    with watched() as seen:
        _said(model)
    for place, (module, _, _) in enumerate(seen):
        layer = of_peft.get_prompt(1).layers[place]
        setattr(module, PREFIX, Prefix(layer.keys[0], layer.values[0]))
    mask = torch.cat([MASK.new_ones(3, 4), MASK], 1)
    told = _said(plain, mask=mask, past_key_values=of_peft.get_prompt(3), position_ids=torch.arange(9)[None])
    torch.testing.assert_close(_said(model), told)


@pytest.mark.parametrize(
    "made",
    [
        lambda: DebertaV2Model(DebertaV2Config(**SMALL, max_position_embeddings=40)),
        lambda: MPNetModel(MPNetConfig(**SMALL)),
        lambda: LlamaModel(LlamaConfig(**SMALL)),
    ],
    ids=["deberta", "mpnet", "llama"],
)
def test_a_model_whose_attention_cannot_be_reached_or_looks_back_only_is_refused(made: Any) -> None:
    with pytest.raises(Unfit, match=r"this kind of model \(\S+\). Choose LoRA instead"):
        _wrapped(made())


def test_a_model_with_windows_of_attention_takes_it() -> None:
    config = ModernBertConfig(
        **SMALL, pad_token_id=0, local_attention=4, layer_types=["full_attention", "sliding_attention"]
    )
    model = ModernBertModel(config)
    _wrapped(model)
    model.eval()
    alone = _said(model, IDS[:1, :7], torch.ones_like(IDS[:1, :7]))
    torch.testing.assert_close(alone, _said(model)[:7])
    model.zero_grad()
    model(input_ids=IDS, attention_mask=MASK).last_hidden_state.sum().backward()
    assert {name.rpartition(".")[2] for name, one in model.named_parameters() if one.grad is not None} == {
        "keys",
        "values",
    }


def test_it_is_not_for_models_that_write() -> None:
    recipe = Recipe(methods=("prefix",))
    for family in ("decoder", "encoder_decoder"):
        assert "only works with models that read" in why_not(recipe, task=task_named("text_to_text"), family=family)


def test_others_refuse_what_is_saved_it_says_so_and_a_run_goes_on_from_it(tmp_path: Path, tiny_model: Path) -> None:
    recipe = adjusted(RECIPE, {"methods": "prefix", "prefix_words": 5, "epochs": 1}, task=TASK)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=(16, 0, 0))
    assert isinstance((last := tune_here(run).last), Finished), detail(last)
    with pytest.raises(ValueError, match="lepton-studio-prefix-bert"):
        AutoModel.from_pretrained(encoder_in(run.model))
    readme = (run.model / "README.md").read_text("utf-8")
    assert "Only Lepton Studio loads it" in readme and "```" not in readme and "pip install" not in readme
    assert "Prefix tuning (prefix_words 5" in readme
    assert read_manifest(run.model, task=TASK.id).needs == ()
    assert only_loads_here(run.path) and opens_elsewhere(tiny_model)
    graph = load_part(TASK.learner).load(run.model).graphs()["model"]
    write_onnx(graph, tmp_path / "model.onnx")
    check_onnx(graph, tmp_path / "model.onnx")
    kept = {name: one.keys for name, one in prefixes(load_folder(encoder_in(run.model)).model).items()}
    assert kept and all(one.shape[1] == 5 for one in kept.values())

    before = load_folder(encoder_in(run.model)).model
    _wrapped(before, prefix_words=7)
    assert {name for name, one in before.named_parameters() if one.requires_grad} == {
        f"{name}.{part}" for name in kept for part in ("keys", "values")
    }
    assert all(torch.equal(one.keys, kept[name]) for name, one in prefixes(before).items())
    recipe = adjusted(RECIPE, {"methods": "head", "epochs": 1}, task=TASK)
    again = write_run(tmp_path / "again", model=run.model, recipe=recipe, sizes=(16, 0, 0))
    assert isinstance((last := tune_here(again).last), Finished), detail(last)
    assert only_loads_here(again.path)
    found = prefixes(load_folder(encoder_in(again.model)).model)
    assert found.keys() == kept.keys() and all(torch.equal(found[name].keys, one) for name, one in kept.items())


def test_a_prefix_that_is_gone_is_said_in_a_sentence(tmp_path: Path, tiny_model: Path) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    stored = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**stored, "model_type": f"{PREFIXED}bert"}), "utf-8")
    with pytest.raises(ModelNotFound, match="its files are damaged"):
        load_folder(folder)
