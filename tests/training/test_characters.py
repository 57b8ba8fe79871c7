"""Chinese is read in words, but for those in which something that is marked begins or ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from lepton_studio.models.built_in import built_in
from lepton_studio.models.unpacking import folder_of
from lepton_studio.training.characters import split_where_marked
from lepton_studio.training.tokens import Reader

TEXT = "我在北京大学读书，在北京吧。Ada lives 在北京"


def unigram(multilingual: str) -> PreTrainedTokenizerBase:
    known = built_in(multilingual)
    assert known is not None
    file = folder_of(known) / "tokenizer.json"
    return PreTrainedTokenizerFast(tokenizer_file=str(file), unk_token="<unk>", pad_token="<pad>")


def byte_level(_multilingual: str) -> PreTrainedTokenizerBase:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    made.train_from_iterator(["在北京", "北京", "大学", "读书", "在北京", "lives"] * 9, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>")


def pieces(tokenizer: PreTrainedTokenizerBase, text: str) -> set[str]:
    (tokens,) = Reader(tokenizer, max_length=64).read([text])
    return {text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)}


@pytest.mark.parametrize("make", [unigram, byte_level])
def test_what_an_edge_lies_in_is_read_apart_and_everything_else_stays(
    make: object, multilingual: str, tmp_path: Path
) -> None:
    assert callable(make)
    tokenizer = make(multilingual)
    assert {"在北京", "大学"} <= pieces(tokenizer, TEXT)
    split_where_marked(tokenizer, [TEXT], [{TEXT.index("北京"), TEXT.index("大"), TEXT.index("ves")}])
    found = pieces(tokenizer, TEXT)
    assert "在北京" not in found and {"北京", "大学"} <= found
    assert "ves" not in found, "where words stand apart they are the units"
    assert "在北京" not in pieces(tokenizer, "你在北京")
    tokenizer.save_pretrained(tmp_path)
    assert pieces(PreTrainedTokenizerFast.from_pretrained(tmp_path), TEXT) == found


def test_without_such_an_edge_nothing_is_changed(multilingual: str) -> None:
    tokenizer = unigram(multilingual)
    before = tokenizer.backend_tokenizer.to_str()
    split_where_marked(tokenizer, [TEXT, ""], [{0, len(TEXT)}, {0}])
    assert tokenizer.backend_tokenizer.to_str() == before
