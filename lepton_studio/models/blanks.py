"""Whether a model folder has what its makers taught a model to fill in hidden words with, told from its files."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.models.model_config import UnusableModel, read_config
from lepton_studio.models.safetensors_header import read_shapes

_OF_BERT = ("cls.predictions.transform.dense.weight",)
_OF_ROBERTA = ("lm_head.dense.weight",)
_LAYERS = {
    "albert": ("predictions.dense.weight",),
    "bert": _OF_BERT,
    "camembert": _OF_ROBERTA,
    "deberta": (*_OF_BERT, "lm_predictions.lm_head.dense.weight"),
    "deberta-v2": (*_OF_BERT, "lm_predictions.lm_head.dense.weight"),
    "distilbert": ("vocab_transform.weight",),
    "electra": ("generator_predictions.dense.weight",),
    "ernie": _OF_BERT,
    "megatron-bert": _OF_BERT,
    "modernbert": ("decoder.bias",),  # its classifiers have a head.dense too
    "mpnet": _OF_ROBERTA,
    "roberta": _OF_ROBERTA,
    "roberta-prelayernorm": _OF_ROBERTA,
    "roformer": _OF_BERT,
    "xlm-roberta": _OF_ROBERTA,
    "xlm-roberta-xl": _OF_ROBERTA,
    "xmod": _OF_ROBERTA,
}
"""By the type of a model, what the layer above it is called that makes words of its vectors: one of these. The table of
words behind it is the model's own in most, and no sign: every encoder has one.
"""


def fills_blanks(folder: Path) -> bool | None:
    """None where its type is another one, or its files cannot be read: who loads it will see."""
    try:
        layers = _LAYERS.get(read_config(folder).kind)
        names = read_shapes(folder) if layers else {}
    except (UnusableModel, OSError):
        return None
    return None if layers is None else any(layer in names for layer in layers)
