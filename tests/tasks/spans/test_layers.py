"""Spans in Chinese begin with the layers of the multilingual encoder that tell its tokens apart."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoModelForTokenClassification

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Input
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.tasks.spans.learner import SpansLearner
from lepton_studio.training.models import Base, load_encoder


def test_spans_are_told_by_the_lower_layers_alone_and_a_saved_folder_has_no_others(
    multilingual: str, tmp_path: Path
) -> None:
    learner = SpansLearner.start(Base(multilingual), labels=[JobLabel(1, "place")], recipe=Recipe(dropout=0.0))
    examples = learner.encode([Input("我在北京")], [Spans((Span(2, 4, 1),))])
    learner.prepare(examples)
    batch = learner.collate(examples)
    learner.model.eval()
    with torch.no_grad():
        vectors = learner.model.get_submodule("encoder")(input_ids=batch.inputs["input_ids"]).last_hidden_state
        whole = load_encoder(multilingual).model.eval()
        layers = whole(input_ids=batch.inputs["input_ids"], output_hidden_states=True).hidden_states
    assert torch.allclose(vectors, layers[8], atol=1e-5) and len(layers) == 13
    learner.save(tmp_path)
    saved = AutoModelForTokenClassification.from_pretrained(tmp_path)
    assert saved.config.num_hidden_layers == 8
