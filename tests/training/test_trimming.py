"""A saved encoder that keeps only the words a project needs reads its texts as before, in whatever library."""

from __future__ import annotations

import json
import shutil
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from lepton_studio.training.models import load_encoder
from lepton_studio.training.saving import round_to_half, save_net
from lepton_studio.training.trimming import AllWords, all_words, trim

_TEXTS = [
    "the parcel came late and the box was broken",
    "a broken box again, twelve days late",
    "thanks, the parcel is here now",
    "外卖送得太慢了，饭都凉了",
    "味道很好，下次还会再点",
    "die Lieferung kam zwölf Tage zu spät",
    "das Paket ist wieder kaputt angekommen",
    "посылка пришла слишком поздно",
]
_OURS = _TEXTS[:5]
_SYLLABLES = ["ba", "ke", "di", "lo", "mu", "ra", "si", "te", "nu", "fo"]
_LEARNT = [*_TEXTS * 20, *("".join(one) for one in product(_SYLLABLES, repeat=3) for _ in range(9))]
"""What the tokenizers know beside: many words of which our texts have none."""
_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
_FRAME = processors.TemplateProcessing(
    single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
)


def _unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=900, special_tokens=_SPECIAL, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(_LEARNT, trainer)
    return tokenizer


def _word_piece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=900, special_tokens=_SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(_LEARNT, trainer)
    return tokenizer


def _byte_pairs() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel()
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=1300, special_tokens=_SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(_LEARNT, trainer)
    return tokenizer


_KINDS = {"unigram": _unigram, "word_piece": _word_piece, "byte_pairs": _byte_pairs}


def _write(folder: Path, tokenizer: Tokenizer) -> Path:
    """A tiny encoder with this tokenizer; its table has rows that no piece stands for, as many have."""
    tokenizer.post_processor = _FRAME
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
        model_max_length=60,
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(fast) + 7,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=60,
        pad_token_id=1,
    )
    BertModel(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=_KINDS)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(an encoder, the same with the words of our texts only) with each kind of tokenizer."""
    whole = _write(tmp_path_factory.mktemp("whole"), _KINDS[request.param]())
    cut = tmp_path_factory.mktemp("cut") / "model"
    shutil.copytree(whole, cut)
    trimmed = trim(cut, texts=_OURS, large=200, common=20)
    assert trimmed is not None and trimmed.kept < trimmed.of
    return whole, cut


@cache
def _tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return found


def _pieces(tokenizer: PreTrainedTokenizerBase, text: str) -> list[str]:
    return [*tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"])]


def test_the_texts_of_the_project_get_the_same_vectors_from_plain_transformers(pair: tuple[Path, Path]) -> None:
    said = []
    for folder in pair:
        tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
        with torch.inference_mode():
            said.append([model(**tokenizer(text, return_tensors="pt")).last_hidden_state for text in _OURS])
    assert all(torch.equal(one, other) for one, other in zip(*said, strict=True))


@given(data=st.data())
def test_a_text_is_read_as_before_exactly_where_all_its_words_were_kept(
    pair: tuple[Path, Path], data: st.DataObject
) -> None:
    words = sorted({word for text in _TEXTS for word in text.split()})
    text = " ".join(data.draw(st.lists(st.one_of(st.sampled_from(words), st.text(max_size=5)), max_size=6)))
    before, after = (_pieces(_tokenizer(folder), text) for folder in pair)
    assert AllWords(pair[1]).are_kept([text]) == [before == after]


def test_a_foreign_text_is_counted_and_still_read_to_its_end(pair: tuple[Path, Path]) -> None:
    words = all_words(pair[1])
    assert words is not None
    assert words.are_kept([*_OURS, _TEXTS[6]]) == [*(True for _ in _OURS), False]
    after = AutoTokenizer.from_pretrained(pair[1])
    spans = after("die Lieferung", return_offsets_mapping=True)["offset_mapping"]
    assert spans[-2][1] == len("die Lieferung")


def test_the_model_knows_its_padding_and_its_other_special_tokens(pair: tuple[Path, Path]) -> None:
    encoder = load_encoder(str(pair[1]))
    tokenizer, config = encoder.tokenizer, encoder.model.config
    assert config.vocab_size == encoder.model.get_input_embeddings().num_embeddings == len(tokenizer)
    assert config.pad_token_id == tokenizer.pad_token_id
    assert [tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"][-1]) for text in _OURS] == ["</s>"] * 5
    assert tokenizer.mask_token_id == tokenizer.convert_tokens_to_ids("<mask>") < config.vocab_size


def test_what_is_small_or_wholly_in_use_stays_as_it_is(tmp_path: Path) -> None:
    folder = _write(tmp_path / "model", _unigram())
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    assert trim(folder, texts=_OURS) is None
    assert trim(folder, texts=_TEXTS, ids=range(900), large=200) is None
    assert all_words(folder) is None
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_the_tokenizer_class_of_the_makers_reads_the_trimmed_folder_too(tmp_path: Path) -> None:
    """XLM-R's own class makes its tokenizer anew from the pieces, with the special ones at fixed places."""
    tokenizer = _unigram()
    folder = _write(tmp_path / "model", tokenizer)
    config = XLMRobertaConfig(
        vocab_size=tokenizer.get_vocab_size() + 1,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=60,
    )
    XLMRobertaModel(config).save_pretrained(folder)
    settings = folder / "tokenizer_config.json"
    settings.write_text(
        json.dumps({**json.loads(settings.read_text("utf-8")), "tokenizer_class": "XLMRobertaTokenizer"}), "utf-8"
    )
    before = AutoTokenizer.from_pretrained(folder)
    expected = [_pieces(before, text) for text in _OURS]
    assert trim(folder, texts=_OURS, large=200, common=20) is not None
    after = AutoTokenizer.from_pretrained(folder)
    assert [_pieces(after, text) for text in _OURS] == expected


def test_a_model_that_came_in_half_precision_is_saved_so_and_says_what_it_was_reported_to_say(tmp_path: Path) -> None:
    folder = _write(tmp_path / "model", _unigram())
    encoder = load_encoder(str(folder))
    net = encoder.model
    with torch.no_grad():
        words = net.get_parameter("embeddings.word_embeddings.weight")
        words.copy_(words.half())
    round_to_half(net)
    save_net(net, tmp_path / "saved")
    given = torch.tensor([[0, 9, 8, 7, 2]])
    again = AutoModel.from_pretrained(tmp_path / "saved")
    assert again.dtype == torch.float32
    with torch.inference_mode():
        said, reported = again.eval()(given).last_hidden_state, net.eval()(given).last_hidden_state
    assert torch.equal(said, reported)
    sizes = [(one / "model.safetensors").stat().st_size for one in (folder, tmp_path / "saved")]
    assert sizes[1] < 0.6 * sizes[0]


def test_a_small_model_in_full_precision_keeps_it(tiny_model: Path) -> None:
    net = load_encoder(str(tiny_model)).model
    before = {name: one.clone() for name, one in net.named_parameters()}
    round_to_half(net)
    assert all(torch.equal(one, before[name]) for name, one in net.named_parameters())
