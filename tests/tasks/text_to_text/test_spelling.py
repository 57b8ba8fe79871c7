"""Capitals and spaces of a model that knows neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.heads.generation.spelling import Spelling, fold_of
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.training.models import load_encoder
from tests.tasks.tiny_writers import tokenizer

LEARNT = [
    "Dear Ms Green, the green tent costs £3.50. We're glad that you like it.",
    "Dear Mr Green, your T-shirt (blue) was 12.99 and came on Monday. A green one comes soon.",
    'She said "yes" to the T-shirt, and "no" to the green tent.',
]


@pytest.mark.parametrize(
    ("folded", "source", "written"),
    [
        ("dear mr green, the green tent costs £ 4. 75.", "", "Dear Mr Green, the green tent costs £4.75."),
        ("we ' re glad. it is ( blue ) .", "", "We're glad. It is (blue)."),
        ('a t - shirt, " yes " or " no "', "", 'A T-shirt, "yes" or "no"'),
        ("dear ms okafor, thank you", "from Okafor: Thank god", "Dear Ms Okafor, thank you"),
        ("", "", ""),
    ],
)
def test_a_text_in_small_letters_is_written_as_its_author_would(folded: str, source: str, written: str) -> None:
    assert Spelling.learnt(LEARNT, fold=str.lower).restored(folded, source=source) == written


def test_chinese_is_written_without_spaces_again() -> None:
    spelling = Spelling.learnt(["您的卡丢失了,请等3天。Lepton 公司"], fold=str.lower)
    assert spelling.restored("您 的 卡 , 请 等 lepton 公 司 。", source="") == "您的卡,请等 Lepton 公司。"


def test_what_was_learnt_goes_with_the_model(tmp_path: Path) -> None:
    spelling = Spelling.learnt(LEARNT, fold=str.lower)
    spelling.save(tmp_path)
    again = Spelling.load(tmp_path, fold=str.lower)
    assert again.restored("dear mr green", source="") == "Dear Mr Green"
    (tmp_path / "spelling.json").write_text("{broken", "utf-8")
    assert Spelling.load(tmp_path, fold=str.lower).restored("dear mr green", source="") == "dear mr green"


def test_only_tokenizers_that_lose_something_are_helped() -> None:
    fold = fold_of(load_encoder(BUILT_IN_MODEL).tokenizer)
    assert fold is not None and fold("Café") == "cafe"
    assert fold_of(tokenizer(ends=False)) is None
