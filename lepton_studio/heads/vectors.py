"""What an encoder says of tokens, and of a text as their mean: functions on tensors, which can be traced."""

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


def mean_vector(vectors: Tensor, attention_mask: Tensor | None) -> Tensor:
    """The mean over the tokens that are there, in float32: [size, width]. No mask: all are."""
    vectors = vectors.float()
    if attention_mask is None:
        return vectors.mean(1)
    weights = attention_mask.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
