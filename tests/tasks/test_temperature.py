"""After calibration a tuned model is about as often right as it is sure, and chooses the same labels as before."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lepton_studio.heads.pooled import Pooled
from lepton_studio.heads.temperature import cooled, temperature_of_choice, temperature_of_choices


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.exp(logits - logits.max(1, keepdims=True))
    return found / found.sum(1, keepdims=True)


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_a_choice_too_sure_is_found(true: float) -> None:
    chance = np.random.default_rng(0)
    logits = chance.normal(0, 2, (3000, 5))
    targets = [chance.choice(5, p=row) for row in softmax(logits)]
    assert temperature_of_choice(softmax(logits * true), targets) == pytest.approx(true, rel=0.12)


@pytest.mark.parametrize("true", [0.5, 3.0])
def test_the_temperature_that_made_each_label_too_sure_is_found(true: float) -> None:
    chance = np.random.default_rng(0)
    logits = chance.normal(0, 2, (2000, 4))
    probabilities = 1 / (1 + np.exp(-logits))
    there = chance.random(logits.shape) < probabilities
    given = 1 / (1 + np.exp(-logits * true))
    found = temperature_of_choices(given, there)
    assert found == pytest.approx(true, rel=0.12)
    assert np.abs(cooled(given, found) - probabilities).max() < 0.05


def test_few_samples_without_an_error_do_not_make_a_model_certain() -> None:
    assert temperature_of_choice([[0.8, 0.2]] * 8, [0] * 8) > 0.5
    assert temperature_of_choice([[1.0, 0.0]] * 8, [0] * 8) == pytest.approx(1.0, abs=0.05)


def test_the_head_is_divided() -> None:
    head = torch.nn.Linear(3, 2)
    pooled = Pooled.__new__(Pooled)
    pooled.model = torch.nn.Module()  # type: ignore[assignment]
    pooled.model.head = head
    vectors = torch.randn(4, 3)
    before = head(vectors)
    pooled.cool(2.0)
    assert torch.allclose(head(vectors), before / 2)
