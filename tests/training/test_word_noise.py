"""Changed copies of training texts: what changes, and how much."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from lepton_studio.methods.word_noise.hooks import with_noise

TEXTS = [
    "the food came late and it was cold but the driver was kind",
    "送餐很慢，味道也不好，下次不会再点了",
    "iPhone 手机的电池坏了 please refund",
]


@pytest.mark.parametrize("text", TEXTS)
def test_about_the_share_of_the_words_changes_and_none_comes_from_outside(text: str) -> None:
    found = [with_noise(text, share=0.1, chance=random.Random(seed)) for seed in range(200)]
    assert len(set(found)) > 20 and sum(one == text for one in found) < 30
    known = set(Counter(text))
    assert all(set(one) <= known for one in found)
    assert {len(one) - len(text) for one in found} >= {0} and max(abs(len(one) - len(text)) for one in found) < 10


@pytest.mark.parametrize("text", ["", "good", "not good", "好"])
def test_what_is_too_short_to_spare_a_word_stays_as_it_is(text: str) -> None:
    assert with_noise(text, share=0.5, chance=random.Random(1)) == text
