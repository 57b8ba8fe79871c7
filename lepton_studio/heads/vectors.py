"""What an encoder says of tokens: functions on tensors, which can be traced."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn


def token_vectors(
    encoder: nn.Module, input_ids: Tensor, attention_mask: Tensor | None, token_type_ids: Tensor | None
) -> Tensor:
    """The vector of each token: [size, length, width]. What is None the encoder is not told."""
    told = {"attention_mask": attention_mask, "token_type_ids": token_type_ids}
    found: Tensor = encoder(
        input_ids=input_ids, **{name: one for name, one in told.items() if one is not None}
    ).last_hidden_state
    return found


def batch_vectors(encoder: nn.Module, inputs: Mapping[str, Tensor]) -> Tensor:
    """The same, of the inputs of a batch."""
    return token_vectors(encoder, inputs["input_ids"], inputs.get("attention_mask"), inputs.get("token_type_ids"))
