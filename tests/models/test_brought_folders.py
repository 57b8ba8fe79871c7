"""A model folder that somebody brings is looked at before anything is loaded: it can be tuned, or a sentence says what
is wrong with which file."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lepton_studio.models.brought import note_on, why_incomplete, why_not_fitting, why_unfit
from lepton_studio.models.model_config import UnusableModel
from lepton_studio.models.safetensors_header import read_shapes
from tests.tasks.tiny_models import write_tiny

Change = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny("encoder", "bert", tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))


def changed(file: str, **values: object) -> Change:
    """Other values in a JSON file; None takes one out."""

    def change(folder: Path) -> None:
        stored = json.loads((folder / file).read_text("utf-8")) | values
        stored = {name: value for name, value in stored.items() if value is not None}
        (folder / file).write_text(json.dumps(stored), "utf-8")

    return change


def wrote(file: str, content: bytes) -> Change:
    return lambda folder: (folder / file).write_bytes(content)


def renamed(old: str, new: str) -> Change:
    return lambda folder: (folder / old).rename(folder / new)


def without(*files: str) -> Change:
    def change(folder: Path) -> None:
        for file in files:
            (folder / file).unlink()

    return change


def cut(file: str) -> Change:
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes()[:-1000])


def sharded(folder: Path) -> None:
    """Two files by an index, the second of which is missing."""
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    placed = {"one": "model-00001-of-00002.safetensors", "two": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": placed}), "utf-8")


def fewer_pieces(count: int) -> Change:
    def change(folder: Path) -> None:
        path = folder / "tokenizer.json"
        stored = json.loads(path.read_text("utf-8"))
        vocabulary = stored["model"]["vocab"]
        stored["model"]["vocab"] = {piece: number for piece, number in vocabulary.items() if number < count}
        path.write_text(json.dumps(stored), "utf-8")

    return change


def with_piece_beyond(folder: Path) -> None:
    path = folder / "tokenizer.json"
    stored = json.loads(path.read_text("utf-8"))
    stored["model"]["vocab"]["beyond"] = 50_000
    path.write_text(json.dumps(stored), "utf-8")


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 90000000\n"
BROKEN: dict[str, tuple[Change, str]] = {
    "no config": (without("config.json"), "config.json is missing"),
    "an adapter": (renamed("config.json", "adapter_config.json"), "contains an adapter"),
    "torn config": (wrote("config.json", b'{"model_type"'), r"Cannot read the config\.json"),
    "quantised": (changed("config.json", quantization_config={"quant_method": "gptq"}), r"quantised \(gptq\)"),
    "only a pickle": (renamed("model.safetensors", "pytorch_model.bin"), "only pytorch_model.bin, which could run"),
    "only GGUF": (renamed("model.safetensors", "model.gguf"), "only has weights as GGUF"),
    "another name": (renamed("model.safetensors", "weights.safetensors"), "Rename the file to model.safetensors"),
    "no weights": (without("model.safetensors"), "Copy its model.safetensors there"),
    "a cut download": (cut("model.safetensors"), r"model\.safetensors in .* is incomplete: 0\.\d of 0\.\d MB"),
    "no header": (wrote("model.safetensors", b"<html>Not found</html>"), r"Cannot read model\.safetensors .* damaged"),
    "empty": (wrote("model.safetensors", b""), r"Cannot read model\.safetensors .* damaged"),
    "a pointer of Git": (wrote("model.safetensors", POINTER), "git lfs pull"),
    "a shard is missing": (sharded, r"model-00002-of-00002\.safetensors is missing"),
    "torn index": (
        lambda folder: [without("model.safetensors")(folder), wrote("model.safetensors.index.json", b"[")(folder)],
        r"Cannot read the model\.safetensors\.index\.json",
    ),
    "no tokenizer": (without("tokenizer.json", "tokenizer_config.json"), "no tokenizer"),
    "only the tokenizer's settings": (without("tokenizer.json"), "no tokenizer"),
    "half a tokenizer": (renamed("tokenizer.json", "vocab.json"), r"merges\.txt is missing"),
    "sentencepiece for Marian": (renamed("tokenizer.json", "source.spm"), r"there is source\.spm, but no tokenizer"),
    "sentencepiece alone": (
        renamed("tokenizer.json", "spiece.model"),
        r"spiece\.model, but no .* and sentencepiece",
    ),
    "tiktoken alone": (
        renamed("tokenizer.json", "qwen.tiktoken"),
        r"qwen\.tiktoken, but no .* and tiktoken",
    ),
    "torn tokenizer": (wrote("tokenizer.json", b'{"model": 3}'), r"Cannot read the tokenizer\.json"),
    "the tokenizer is a pointer": (wrote("tokenizer.json", POINTER), "git lfs pull"),
    "another vocabulary": (
        changed("config.json", vocab_size=30522),
        "120 rows, and vocab_size in config.json is 30,522",
    ),
    "another width": (changed("config.json", hidden_size=48), "32 numbers in the weights, and 48 in config.json"),
    "another tokenizer": (with_piece_beyond, r"not this model's: tokenizer\.json has 50,001 pieces.* 120 rows"),
    "too small a tokenizer": (fewer_pieces(20), r"tokenizer\.json has 20 pieces.* 120 rows"),
    "an unknown special token": (
        changed("tokenizer_config.json", pad_token="<|nothing|>"),
        r"special token <\|nothing\|> in its settings",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_folder_is_said_with_the_file_and_what_to_do(name: str, folder: Path) -> None:
    assert why_not_fitting(folder) == ""
    change, words = BROKEN[name]
    change(folder)
    said = why_not_fitting(folder)
    assert re.search(words, said), said
    assert str(folder) in said and said.endswith(".") and "Traceback" not in said


def test_a_model_that_reads_no_text_is_said(folder: Path) -> None:
    changed("config.json", vocab_size=None)(folder)
    header = json.dumps({"patches": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    wrote("model.safetensors", struct.pack("<Q", len(header)) + header + bytes(8))(folder)
    assert "does not read text" in why_not_fitting(folder)
    assert why_incomplete(folder) == "", "its files are whole"


def test_weights_in_several_files_are_read_together(folder: Path) -> None:
    alone = read_shapes(folder)
    sharded(folder)
    (folder / "model-00002-of-00002.safetensors").write_bytes(struct.pack("<Q", 2) + b"{}")
    assert read_shapes(folder) == alone and why_not_fitting(folder) == ""
    assert alone["embeddings.word_embeddings.weight"] == (120, 32)
    (folder / "model-00001-of-00002.safetensors").write_bytes(struct.pack("<Q", 1 << 60))
    with pytest.raises(UnusableModel, match="damaged"):
        read_shapes(folder)


USES = [
    ("encoder", "bert", {"texts", "parts", "writing"}),
    ("encoder", "distilbert", {"texts", "parts"}),
    ("encoder", "deberta-v2", {"texts", "parts"}),
    ("causal", "qwen3", {"texts", "writing"}),
    ("causal", "gemma3", {"texts", "parts", "writing"}),
    ("decoder", "gpt2", {"texts", "writing"}),
    ("encoder_decoder", "t5", {"writing"}),
    ("encoder_decoder", "mbart", {"writing"}),
]


@pytest.mark.parametrize(("kind", "name", "uses"), USES)
def test_a_model_made_for_other_work_is_refused_before_it_is_loaded(
    kind: str, name: str, uses: set[str], tmp_path: Path
) -> None:
    write_tiny(kind, name, tmp_path)
    assert why_not_fitting(tmp_path) == ""
    for use in ("texts", "parts", "writing"):
        said = why_unfit(tmp_path, use=use)
        assert (said == "") == (use in uses), said
        assert not said or (str(tmp_path) in said and "hoose one" in said)


def test_a_head_that_is_claimed_and_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    changed("config.json", architectures=["BertForQuestionAnswering"])(folder)
    assert "BertForQuestionAnswering, and its last layer (qa_outputs)" in why_unfit(folder, use="parts")
    assert why_unfit(folder, use="texts") == "", "there it is not used"
    writer = write_tiny("decoder", "llama", tmp_path / "llama")
    changed("config.json", tie_word_embeddings=False)(writer)
    assert why_unfit(writer, use="writing") == ""
    content = (writer / "model.safetensors").read_bytes().replace(b'"lm_head.weight"', b'"xx_head.weight"')
    (writer / "model.safetensors").write_bytes(content)
    assert "LlamaForCausalLM, and its last layer (lm_head)" in why_unfit(writer, use="writing")


def test_code_in_a_folder_is_named_and_never_run(folder: Path) -> None:
    assert note_on(folder) == ""
    changed("config.json", auto_map={"AutoModel": "own.Own"})(folder)
    (folder / "own.py").write_text("raise SystemExit", "utf-8")
    assert "never runs" in note_on(folder) and why_not_fitting(folder) == ""
    assert note_on(folder / "nowhere") == ""


def test_looking_needs_none_of_the_large_libraries() -> None:
    code = (
        "import sys, lepton_studio.models.brought\n"
        "print(sorted({'torch', 'transformers', 'tokenizers', 'safetensors', 'numpy'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
