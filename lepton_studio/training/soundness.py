"""Whether a loaded model is whole, and whether its tokenizer knows words: libraries begin at random in silence.

What the files alone tell is in `models.brought`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from lepton_studio.language import tr, trn
from lepton_studio.models.model_config import PREFIXED, UnusableModel, read_config
from lepton_studio.training.failures import BadData, ModelNotFound

_MOST_UNKNOWN = 0.1
_FEWEST_PIECES = 10
"""A tokenizer that was made of nothing has its special tokens."""


def check_kind(folder: Path) -> None:
    """Raises ModelNotFound where config.json names a type of model that the library does not know."""
    try:
        config = read_config(folder)
    except UnusableModel as error:
        raise ModelNotFound(str(error)) from error
    if config.kind.removeprefix(PREFIXED) in CONFIG_MAPPING:
        return
    if config.has_code:
        raise ModelNotFound(
            tr(
                "The model in {folder} ({kind}) needs code of its own, which Lepton Studio never runs. Choose another "
                "model.",
                folder=folder,
                kind=config.kind or "?",
            )
        )
    raise ModelNotFound(
        tr(
            "config.json in {folder} names the model type “{kind}”, which is not supported. Choose another model.",
            folder=folder,
            kind=config.kind,
        )
    )


def check_whole(told: Mapping[str, Any], *, folder: Path) -> None:
    """`told`: what loading says of itself. Raises ModelNotFound where weights would begin at random."""
    missing = sorted(name for name in told["missing_keys"] if not name.startswith("pooler."))
    if missing:
        raise ModelNotFound(
            trn(
                "{count} weight is missing in the model in {folder}: {name}. Copy all its files again.",
                "{count} weights are missing in the model in {folder}, among them {name}. Copy all its files again.",
                len(missing),
                folder=folder,
                name=missing[0],
            )
        )


def check_tokenizer(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel, *, folder: Path) -> None:
    """Raises ModelNotFound where it knows nothing, or gives numbers that the model has no words for."""
    if len(tokenizer) < _FEWEST_PIECES:
        raise ModelNotFound(
            tr("The tokenizer in {folder} knows no words. Copy the model's tokenizer.json there too.", folder=folder)
        )
    rows = int(model.get_input_embeddings().num_embeddings)  # type: ignore[arg-type]
    used = tokenizer.all_special_ids
    if max(used, default=0) >= rows:
        raise ModelNotFound(
            tr(
                "The tokenizer in {folder} does not fit the model: its special token {token} is number {number}, and "
                "the word table has {rows} rows. Copy all tokenizer files of the same model.",
                folder=folder,
                token=tokenizer.convert_ids_to_tokens(max(used)),
                number=f"{max(used):,}",
                rows=f"{rows:,}",
            )
        )


def check_words(texts: Iterable[Iterable[int]], *, unknown: int | None) -> None:
    """`texts`: the tokens of each. Raises BadData where more than a tenth of them stand for what the model cannot read.

    `unknown`: the token for that; None where the tokenizer reads everything.
    """
    if unknown is None:
        return
    count = lost = 0
    for tokens in texts:
        for token in tokens:
            count += 1
            lost += token == unknown
    if lost > _MOST_UNKNOWN * count:
        raise BadData(
            tr(
                "The base model does not know these texts: {share}% of their tokens are unknown to it. Choose a base "
                "model for their language.",
                share=round(100 * lost / count),
            )
        )
