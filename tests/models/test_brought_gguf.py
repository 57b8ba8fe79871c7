"""A writer that a person brings as a GGUF file: made a folder of once, that says what the file's model says; every
other file is refused in a sentence that names it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from lepton_studio.commands.gguf_models import prepared
from lepton_studio.errors import Cancelled
from lepton_studio.models import brought_gguf
from lepton_studio.models.adding import Added
from lepton_studio.models.brought import why_not_fitting, why_unfit
from lepton_studio.models.brought_gguf import add, check, forget, gguf_at, kept, made_of, take
from lepton_studio.models.gguf_folder import write_folder
from lepton_studio.models.gguf_header import STORED, read_header
from lepton_studio.models.gguf_plan import SPLITS
from lepton_studio.models.model_config import UnusableModel
from lepton_studio.models.places import ModelUnavailable
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.model_folder import why_unusable
from lepton_studio.studio.base_models import base_of
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.models import Base
from tests.models.tiny_gguf import KINDS, TEXTS, TinyGguf, write_gguf
from tests.tasks.conftest import marks_on
from tests.tasks.test_architectures import decided, tune

HARD = (*TEXTS, "  two  spaces\n\n\ttab 1234567 e\u0301t\u00e9", "<|im_start|>user\nhi<|im_end|>", "")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
def test_the_folder_says_what_the_model_in_the_file_says(kind: str, tied: bool, tmp_path: Path) -> None:
    file, folder = tmp_path / "tiny.gguf", tmp_path / "made"
    folder.mkdir()
    model = write_gguf(file, TinyGguf(kind=kind, pre="llama-bpe" if kind == "llama" else "qwen2", tied=tied))
    write_folder(file, folder)
    assert why_not_fitting(folder) == "" and why_unfit(folder, use="writing") == ""
    loaded: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    ours, told = loaded
    assert not told["missing_keys"] and not told["unexpected_keys"]
    ids = torch.arange(3, 40)[None]
    with torch.no_grad():
        said, wanted = ours.eval()(ids).logits, model(ids).logits
    assert wanted.std() > 0.1
    assert torch.allclose(said, wanted, atol=1e-4)


@pytest.mark.parametrize(("kind", "pre"), [("qwen2", "qwen2"), *(("llama", pre) for pre in SPLITS)])
def test_its_tokenizer_cuts_as_transformers_reads_it_and_gives_the_text_back(
    kind: str, pre: str, tmp_path: Path
) -> None:
    write_gguf(tmp_path / "tiny.gguf", TinyGguf(kind=kind, pre=pre))
    (folder := tmp_path / "made").mkdir()
    write_folder(tmp_path / "tiny.gguf", folder)
    ours = AutoTokenizer.from_pretrained(folder)
    theirs = AutoTokenizer.from_pretrained(tmp_path, gguf_file="tiny.gguf")
    for text in HARD:
        found = ours(text)["input_ids"]
        if pre != "smollm" and text.isascii():  # transformers knows no digits apart, and does not compose signs
            assert found == theirs(text)["input_ids"]
        assert ours.decode(found) == (text if pre != "qwen2" else text.replace("e\u0301", "\u00e9"))
    assert ours("12")["input_ids"] == ours("1")["input_ids"] + ours("2")["input_ids"] or pre in ("gpt-2", "llama-bpe")
    assert (ours.eos_token, ours.pad_token, ours.model_max_length) == ("<|im_end|>", "<|endoftext|>", 128)
    asked = ours.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False, add_generation_prompt=True)
    assert asked == "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"


def test_the_first_sign_is_put_where_the_file_asks_for_it(tmp_path: Path) -> None:
    told = {"tokenizer.ggml.add_bos_token": True, "tokenizer.chat_template": None}
    write_gguf(tmp_path / "tiny.gguf", TinyGguf(pre="llama-bpe", told=told))
    (folder := tmp_path / "made").mkdir()
    write_folder(tmp_path / "tiny.gguf", folder)
    ours = AutoTokenizer.from_pretrained(folder)
    assert ours("red")["input_ids"][0] == ours.bos_token_id == 1 and ours.chat_template is None


def test_it_is_tuned_and_says_the_same_when_it_is_loaded_again(tmp_path: Path) -> None:
    (folder := tmp_path / "made").mkdir()
    write_gguf(tmp_path / "tiny.gguf", TinyGguf(kind="qwen2", pre="qwen2"))
    write_folder(tmp_path / "tiny.gguf", folder)
    task = task_named("text_to_text")
    base = Base(str(folder), task=task)
    learner = load_part(task.learner).start(base, labels=(), recipe=Recipe(dropout=0.0, max_new_tokens=8))
    inputs = [task.input(text, {}) for text in TEXTS]
    examples = learner.encode(inputs, [task.from_marks(marks_on(text, label="good"), {}) for text in TEXTS])
    learner.prepare(examples)
    losses = tune(learner, examples, steps=6)
    assert losses[-1] < losses[0]
    base.made().finish(learner.model)
    learner.model.eval()
    learner.save(tmp_path / "saved")
    assert decided(load_part(task.learner).load(tmp_path / "saved"), inputs)[0] == decided(learner, inputs)[0]


def test_how_weights_are_stored_is_told_as_the_library_that_reads_them_has_it() -> None:
    for kind, (name, block, size) in STORED.items():
        type_ = gguf.GGMLQuantizationType(kind)
        assert (type_.name, gguf.GGML_QUANT_SIZES[type_]) == (name, (block, size))
        assert gguf.quants.dequantize(np.zeros((1, size), np.uint8), type_).shape == (1, block)


@pytest.mark.parametrize("stored", ["BF16", "Q8_0", "Q4_0"])
def test_quantized_weights_are_near_what_they_were(stored: str, tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "tiny.gguf", TinyGguf(stored=gguf.GGMLQuantizationType[stored]))
    (folder := tmp_path / "made").mkdir()
    write_folder(tmp_path / "tiny.gguf", folder)
    ours: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    for name, weight in model.state_dict().items():
        apart = (ours.state_dict()[name] - weight).norm() / weight.norm()
        assert apart < {"BF16": 0.005, "Q8_0": 0.01, "Q4_0": 0.15}[stored], name


REFUSED: dict[str, tuple[TinyGguf, str]] = {
    "another kind": (TinyGguf(architecture="gemma3"), "is of the kind gemma3"),
    "no tokenizer": (TinyGguf(model=""), "has no tokenizer in it"),
    "SentencePiece": (TinyGguf(model="llama"), r"The tokenizer in .* \(llama\) is not read here"),
    "cut another way": (TinyGguf(pre="unheard of"), r"\(gpt2, unheard of\) is not read here"),
    "Qwen's cut otherwise": (TinyGguf(kind="qwen2"), r"\(gpt2, smollm\) is not read here"),
    "a layer is missing": (TinyGguf(but=("blk.1.ffn_up.weight",)), "is not whole: the weights blk.1.ffn_up.weight"),
    "biases are missing": (
        TinyGguf(kind="qwen2", pre="qwen2", but=("blk.0.attn_k.bias",)),
        "weights blk.0.attn_k.bias",
    ),
    "more layers than told": (TinyGguf(told={"llama.block_count": 1}), r"not read here \(blk.1."),
    "another width": (TinyGguf(told={"llama.feed_forward_length": 64}), "not of the size"),
    "scaled positions": (TinyGguf(told={"llama.rope.scaling.type": "yarn"}), r"\(llama.rope.scaling.type\)"),
    "experts": (TinyGguf(told={"llama.expert_count": 8}), r"\(llama.expert_count\)"),
    "a setting is missing": (TinyGguf(told={"llama.embedding_length": None}), "it is damaged"),
    "one of several": (TinyGguf(told={"split.count": 3}), "is one of 3 parts of a model"),
    "a sign that is none": (TinyGguf(told={"tokenizer.ggml.eos_token_id": 5000}), "it is damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence_that_names_the_file(name: str, home: Path) -> None:
    like, sentence = REFUSED[name]
    write_gguf(home / "tiny.gguf", like)
    with pytest.raises(UnusableModel, match=sentence) as refused:
        take(home / "tiny.gguf")
    assert "tiny.gguf" in str(refused.value) and str(home) in str(refused.value) and str(refused.value).endswith(".")
    assert kept() == ()


def test_a_file_that_is_short_or_torn_or_none_is_refused_wherever_it_ends(home: Path) -> None:
    write_gguf(home / "whole.gguf")
    whole = (home / "whole.gguf").read_bytes()
    short = home / "short.gguf"
    for length in [*range(0, 4000, 97), *range(4000, len(whole) - 64, len(whole) // 20)]:
        short.write_bytes(whole[:length])
        with pytest.raises(UnusableModel, match=r"short\.gguf in .* (is damaged|is incomplete: |is not a GGUF file)"):
            check(short)
    short.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(UnusableModel, match="Git LFS pointer"):
        check(short)
    short.write_bytes(whole[:4] + (1).to_bytes(4, "little") + whole[8:])
    with pytest.raises(UnusableModel, match="of version 1"):
        check(short)
    chance = np.random.default_rng(1)
    head = min(one.begin for one in read_header(home / "whole.gguf").tensors)
    for _ in range(60):  # a byte anywhere in the header: it is read, or refused in a sentence
        torn = bytearray(whole)
        torn[chance.integers(head)] ^= 1 << int(chance.integers(8))
        short.write_bytes(torn)
        try:
            check(short)
        except UnusableModel as error:
            assert "short.gguf" in str(error)


def test_damaged_weights_are_refused(tmp_path: Path) -> None:
    write_gguf(tmp_path / "tiny.gguf")
    one = next(one for one in read_header(tmp_path / "tiny.gguf").tensors if one.name == "blk.0.ffn_up.weight")
    with (tmp_path / "tiny.gguf").open("rb+") as file:
        file.seek(one.begin)
        file.write(np.array([np.inf], np.float16).tobytes())
    (folder := tmp_path / "made").mkdir()
    with pytest.raises(UnusableModel, match=r"blk.0.ffn_up.weight in tiny.gguf .* are damaged, or too large"):
        write_folder(tmp_path / "tiny.gguf", folder)


def test_a_file_is_prepared_once_and_forgotten_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real process."""
    file = home / "brought" / "My writer.gguf"
    file.parent.mkdir()
    write_gguf(file)
    assert gguf_at(file) == gguf_at(file.parent) == file and made_of(file) is None
    assert f"{file} is a GGUF file" in why_unusable(str(file))
    with pytest.raises(Cancelled):
        take(file, should_stop=lambda: True)
    assert kept() == ()
    told: list[tuple[int, int | None]] = []
    folder = take(file, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] and (folder / "model.safetensors").stat().st_size > told[-1][0]
    assert why_unusable(str(folder)) == "" and base_of(str(folder), task="text_to_text").licence == "apache-2.0"
    assert [(one.name, one.folder) for one in kept()] == [(folder.name, folder)]
    monkeypatch.setattr(brought_gguf, "_fill", lambda *_, **__: pytest.fail("it is there"))
    assert take(file) == add(file) == add(file.parent) == Path(prepared(str(file))) == folder
    assert prepared("owner/name") == "owner/name"
    assert forget(folder.name) > told[-1][0] and kept() == () and file.exists() and forget(folder.name) == 0
    assert list(folder.parent.iterdir()) == []


def test_a_folder_with_several_and_a_disk_without_room_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_gguf(home / "one.gguf")
    shutil.copy(home / "one.gguf", home / "two.gguf")
    with pytest.raises(UnusableModel, match=re.escape(f"There are 2 GGUF files in {home}")):
        gguf_at(home)
    (home / "model.safetensors").touch()
    assert gguf_at(home) is None, "the same model is there as safetensors"
    (home / "notes.txt").write_text("hello", "utf-8")
    monkeypatch.chdir(home)
    with pytest.raises(UnusableModel, match=re.escape(f"notes.txt in {home} is not a GGUF file.")):
        add(Path("notes.txt"))
    (empty := home / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match="no files of a built-in model"):
        assert not isinstance(add(empty), Added)
    usage = shutil.disk_usage(home)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UnusableModel, match=r"one.gguf in .* needs 64 MB on the disk .* only 1 MB are free"):
        take(home / "one.gguf")
