"""Span models as folders that public libraries load."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import nn
from transformers import AutoModelForTokenClassification, PreTrainedModel

from lepton_studio.heads.pooled import tuned_here
from lepton_studio.heads.span_finder import SpanFinder
from lepton_studio.heads.span_readme import usage
from lepton_studio.heads.span_tags import TagHead, tag_names
from lepton_studio.runs.job import JobLabel
from lepton_studio.training.models import Encoder, load_folder
from lepton_studio.training.shapes import SHAPES

_HEAD = "head.safetensors"
_SETTINGS = "lepton.json"


def save_spans(
    folder: Path, encoder: Encoder, finder: SpanFinder, *, labels: Sequence[JobLabel], max_length: int
) -> None:
    """A `...ForTokenClassification` of transformers where spans are flat, else the encoder as it is; the weights of our
    head, what it knows, and a README beside it.
    """
    whole = _token_classifier(encoder, finder, names=[label.name for label in labels])
    if whole is None:
        encoder.save(folder)
    else:
        whole.save_pretrained(folder)
        encoder.tokenizer.save_pretrained(folder)
    save_file({name: one.detach().cpu().contiguous() for name, one in finder.head.state_dict().items()}, folder / _HEAD)
    settings = {
        "labels": [{"id": label.id, "name": label.name, "options": dict(label.options)} for label in labels],
        "max_length": max_length,
        "shaped": _is_shaped(encoder),
        **finder.settings(),
    }
    (folder / _SETTINGS).write_text(json.dumps(settings, indent=1, ensure_ascii=False) + "\n", "utf-8")
    readme = usage(
        is_standard=whole is not None,
        shaped=bool(settings["shaped"]),
        by_words=finder.by_words,
        max_length=max_length,
    )
    (folder / "README.md").write_text(readme, "utf-8")


def load_spans(folder: Path) -> tuple[Encoder, SpanFinder, list[JobLabel], int]:
    """(encoder, finder, labels, max_length) from a folder that `save_spans` wrote. Raises ModelNotFound."""
    encoder = load_folder(folder)
    with tuned_here(folder):
        stored: dict[str, Any] = json.loads((folder / _SETTINGS).read_text("utf-8"))
        labels = [JobLabel(int(one["id"]), str(one["name"]), one["options"]) for one in stored["labels"]]
        max_length = int(stored["max_length"])
        finder = SpanFinder(
            encoder,
            labels=[label.id for label in labels],
            max_length=max_length,
            shaped=bool(stored["shaped"]),
            dropout=0.0,
        )
        finder.restore(stored)
        finder.head.load_state_dict(load_file(folder / _HEAD))
    return encoder, finder, labels, max_length


def _token_classifier(encoder: Encoder, finder: SpanFinder, *, names: Sequence[str]) -> PreTrainedModel | None:
    """The standard model with the same weights; None where there is none of this kind, or spans nest."""
    if not isinstance(finder.head, TagHead):
        return None
    tags = tag_names(names)
    config = encoder.model.config
    config.id2label = dict(enumerate(tags))
    config.label2id = {tag: place for place, tag in enumerate(tags)}
    try:
        whole: PreTrainedModel = AutoModelForTokenClassification.from_config(config)  # type: ignore[no-untyped-call]
    except ValueError:
        return None
    last = [part for part in whole.modules() if isinstance(part, nn.Linear) and part.out_features == len(tags)]
    if not last or last[-1].bias is None or last[-1].in_features != encoder.width:
        return None
    setattr(whole, whole.base_model_prefix, encoder.model)
    last[-1].load_state_dict(finder.head.classifier.state_dict())
    return whole


def _is_shaped(encoder: Encoder) -> bool:
    return getattr(encoder.model.config, "type_vocab_size", 0) == SHAPES
