"""Span models as folders that public libraries load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import nn
from transformers import AutoModelForTokenClassification, PreTrainedModel

from lepton_studio.heads.model_folder import ModelFolder
from lepton_studio.heads.span_finder import SpanFinder
from lepton_studio.heads.span_readme import span_usage
from lepton_studio.heads.span_tags import TagHead, tag_names
from lepton_studio.runs.job import JobLabel
from lepton_studio.runs.manifest import Manifest
from lepton_studio.training.models import Encoder, load_folder
from lepton_studio.training.saving import save_net
from lepton_studio.training.shapes import SHAPES


def save_spans(
    folder: Path, encoder: Encoder, finder: SpanFinder, *, task: str, labels: Sequence[JobLabel], max_length: int
) -> None:
    """A `...ForTokenClassification` of transformers where spans are flat, else the encoder as it is; and what
    `ModelFolder.write` adds.
    """
    whole = _token_classifier(encoder, finder, names=[label.name for label in labels])
    if whole is None:
        encoder.save(folder)
    else:
        save_net(whole, folder)
        encoder.tokenizer.save_pretrained(folder)
    shaped = _is_shaped(encoder)
    ModelFolder(folder).write(
        Manifest(
            task,
            needs=("torch", "transformers"),
            labels=tuple(labels),
            max_length=max_length,
            settings={"shaped": shaped, **finder.settings()},
        ),
        usage=span_usage(is_standard=whole is not None, shaped=shaped, by_words=finder.by_words, max_length=max_length),
        weights=finder.head.state_dict(),
    )


def load_spans(folder: Path, *, task: str) -> tuple[Encoder, SpanFinder, tuple[JobLabel, ...], int]:
    """(encoder, finder, labels, max_length) from a folder that `save_spans` wrote. Raises ModelNotFound."""
    model = ModelFolder(folder)
    with model.read(task=task) as manifest:
        encoder = load_folder(folder)
        finder = SpanFinder(
            encoder,
            labels=[label.id for label in manifest.labels],
            max_length=manifest.max_length,
            shaped=bool(manifest.settings["shaped"]),
            dropout=0.0,
        )
        finder.restore(manifest.settings)
        finder.head.load_state_dict(model.weights())
        return encoder, finder, manifest.labels, manifest.max_length


def _token_classifier(encoder: Encoder, finder: SpanFinder, *, names: Sequence[str]) -> PreTrainedModel | None:
    """The standard model with the same weights; None where there is none of this kind, or it has more layers than ours
    between encoder and tags (ModernBERT), or spans nest.
    """
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
    beside = [name for name, _ in whole.named_parameters() if not name.startswith(f"{whole.base_model_prefix}.")]
    if not last or last[-1].bias is None or last[-1].in_features != encoder.width or len(beside) != 2:
        return None
    setattr(whole, whole.base_model_prefix, encoder.model)
    last[-1].load_state_dict(finder.head.classifier.state_dict())
    return whole


def _is_shaped(encoder: Encoder) -> bool:
    return getattr(encoder.model.config, "type_vocab_size", 0) == SHAPES
