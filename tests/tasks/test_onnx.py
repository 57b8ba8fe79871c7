"""Every task's model is tensors in, tensors out: as an ONNX file it says the same, whatever the shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import onnxruntime
import pytest
import torch
from torch import nn
from transformers import AutoTokenizer

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Input, Task
from lepton_studio.project.records import Labels
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel, Recipe
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.training.graph import BATCH, Graph, token_ports
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base
from lepton_studio.training.onnx_file import NotExported, check_onnx, write_onnx
from tests.tasks.conftest import TEXTS
from tests.tasks.tiny_encoder import write_tiny_encoder
from tests.tasks.tiny_writers import decoder, encoder_decoder
from tests.training.tiny import CPU


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"))


def saved(task: str, base: Path | str, folder: Path, *, labels: Any = (), inputs: Any = (), values: Any = ()) -> Any:
    """The learner of a model folder, as the next program finds it."""
    torch.manual_seed(0)
    kind = load_part(task_named(task).learner)
    learner = kind.start(Base(str(base)), labels=labels, recipe=Recipe(dropout=0.0))
    if inputs:
        learner.prepare(learner.encode(inputs, values))
    folder.mkdir(exist_ok=True)
    learner.save(folder)
    return kind.load(folder)


def says_the_same(graph: Graph, path: Path) -> None:
    """As a file, on two shapes, one of them of a single row; its inputs and outputs have the names of the graph."""
    write_onnx(graph, path)
    check_onnx(graph, path)
    session = onnxruntime.InferenceSession(path)
    assert {one.name: tuple(one.shape) for one in session.get_inputs()} == {one.name: one.axes for one in graph.inputs}
    assert [one.name for one in session.get_outputs()] == [graph.output]
    graph.module.eval()
    for batch, others in ((1, 6), (4, 9)):
        given = graph.draw(graph.sizes(batch=batch, others=others))
        with torch.no_grad():
            expected = graph.module(**given)
        (found,) = session.run(None, {name: one.numpy() for name, one in given.items()})
        sizes = graph.sizes(batch=batch, others=others)
        assert found.shape == tuple(axis if isinstance(axis, int) else sizes[axis] for axis in graph.output_axes)
        torch.testing.assert_close(torch.from_numpy(found), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("base", ["tiny", BUILT_IN_MODEL])
def test_the_model_of_every_task(
    task: Task[Any], labels: Labels, inputs: list[Input], values: list[Any], base: str, tiny: Path, tmp_path: Path
) -> None:
    job_labels = [JobLabel(label.id, label.name, label.options) for label in labels]
    model = tiny if base == "tiny" else base
    learner = saved(task.id, model, tmp_path / "model", labels=job_labels, inputs=inputs, values=values)
    graphs = learner.graphs()
    assert graphs
    for name, graph in graphs.items():
        says_the_same(graph, tmp_path / f"{name}.onnx")


def test_spans_that_nest(tiny: Path, tmp_path: Path) -> None:
    inputs = [Input(text) for text in TEXTS]
    nested = [Spans((Span(0, len(text), 1), Span(0, len(text.split()[0]), 2))) for text in TEXTS]
    labels = [JobLabel(1, "whole"), JobLabel(2, "part")]
    learner = saved("spans", tiny, tmp_path / "model", labels=labels, inputs=inputs, values=nested)
    graph = learner.graphs()["model"]
    assert [one.name for one in graph.inputs][-1] == "units"
    says_the_same(graph, tmp_path / "model.onnx")


@pytest.mark.parametrize("kind", ["t5", "bart", "marian", "gpt2", "llama"])
def test_models_that_write_of_other_families(kind: str, tmp_path: Path) -> None:
    base = (decoder if kind in ("gpt2", "llama") else encoder_decoder)(kind, tmp_path / "base")
    learner = saved("text_to_text", base, tmp_path / "model")
    says_the_same(learner.graphs()["model"], tmp_path / "model.onnx")


def test_texts_are_judged_by_the_file_and_the_tokenizer_alone(tiny: Path, tmp_path: Path) -> None:
    labels = [JobLabel(1, "good"), JobLabel(2, "bad"), JobLabel(3, "odd")]
    learner = saved("text_classification", tiny, tmp_path / "model", labels=labels)
    write_onnx(learner.graphs()["model"], tmp_path / "model.onnx")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "model" / "0_Transformer")
    given = tokenizer(list(TEXTS), padding=True, return_tensors="np")
    (logits,) = onnxruntime.InferenceSession(tmp_path / "model.onnx").run(["logits"], dict(given))
    inputs = [Input(text) for text in TEXTS]
    decisions = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    for row, decision in zip(torch.from_numpy(logits).softmax(-1).tolist(), decisions, strict=True):
        assert row == pytest.approx(list(decision.scores.values()), abs=1e-4)


class _Shaped(nn.Module):
    """What tracing gets wrong: it does one thing to the shape it was traced with, another to the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(9, 4)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.words(input_ids) * attention_mask.unsqueeze(-1)
        return found.sum(1) if len(input_ids) == 2 else found.sum(1) + 1


def test_a_file_that_would_say_something_else_is_found_out(tmp_path: Path) -> None:
    graph = Graph(_Shaped(), token_ports(words=9), "sums", (BATCH, 4), longest=64, says="")
    write_onnx(graph, tmp_path / "model.onnx")
    with pytest.raises(NotExported, match="would not give the same results"):
        check_onnx(graph, tmp_path / "model.onnx")
