"""How far adversarial methods move words, whatever a text is filled up with; and losses that stay sound."""

from __future__ import annotations

import pytest
import torch

from lepton_studio.methods.fgm.hooks import against, lengths, within
from lepton_studio.methods.focal import FocalSettings
from lepton_studio.methods.focal.hooks import FocalHooks
from lepton_studio.methods.hooks import Step, plain_backward
from lepton_studio.runs.job import Recipe
from lepton_studio.training.learner import Batch


def test_a_text_is_moved_as_far_whatever_it_is_filled_up_with() -> None:
    torch.manual_seed(1)
    vectors, slope = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    filled = torch.cat([vectors, torch.full((2, 5, 4), 9.0)], dim=1)
    flat = torch.cat([slope, torch.zeros(2, 5, 4)], dim=1)
    far = 0.1 * lengths(filled, flat)
    torch.testing.assert_close(far, 0.1 * vectors.flatten(1).norm(dim=1))
    moved = against(flat, far=far)
    torch.testing.assert_close(moved.flatten(1).norm(dim=1), far)
    assert not moved[:, 3:].any()
    torch.testing.assert_close(within(3 * moved, far=far), moved)
    torch.testing.assert_close(within(0.5 * moved, far=far), 0.5 * moved)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_the_focal_loss_of_what_is_surely_right_has_a_gradient_that_is_a_number(gamma: float) -> None:
    logits = torch.tensor([[200.0, 0.0], [0.5, 0.0]], requires_grad=True)
    batch = Batch({}, torch.tensor([0, 1]), 2.0, 2)
    hooks = FocalHooks(FocalSettings(gamma), recipe=Recipe(), task=None)
    loss = hooks.backward(Step(batch, lambda: logits, lambda _said: logits.sum(), 2.0), plain_backward)
    assert torch.isfinite(loss) and logits.grad is not None and torch.isfinite(logits.grad).all()
    assert logits.grad[1].abs().sum() > 0
