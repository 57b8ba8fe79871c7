"""A graph as a file of ONNX, and whether that says what the model says. For children: both want the extra "export".

Of torch's two exporters it takes the one that traces (dynamo=False). Measured with torch 2.13 and transformers 5.23 on
every family that a task may have: both give the same numbers, but the newer one takes 5 to 10 s where this takes 0.5 s,
breaks off at T5 with its usual attention, and wants two more packages. Tracing keeps the path that one example took:
therefore `check_onnx` compares on other shapes.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.training.graph import Graph

OPSET = 18
TOLERANCE = 1e-4
"""How far a number may be from the model's, by itself or as a share of it."""
_NEEDED = ("onnx", "onnxruntime")


class NotExported(StudioError):
    """There is no file, or one that says something else; the text is a sentence for the person."""


def write_onnx(graph: Graph, path: Path) -> None:
    """Write the graph, from the CPU. Its inputs and its output have the names of the graph, and its axes.

    Raises NotExported without the extra, and what torch raises for a model that cannot be traced.
    """
    if lacking := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise NotExported(
            tr(
                "To export ONNX files, install {packages} (pip install lepton-studio[export]).",
                packages=", ".join(lacking),
            )
        )
    sizes = graph.sizes(batch=2, others=5)
    axes = {port.name: dict(enumerate(port.axes)) for port in graph.inputs}
    axes[graph.output] = {place: axis for place, axis in enumerate(graph.output_axes) if isinstance(axis, str)}
    with _still(graph.module), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it traces, and what it keeps of the example: `check_onnx` looks at that
        torch.onnx.export(
            _ByPlace(graph),
            tuple(graph.draw(sizes).values()),
            path,
            input_names=[port.name for port in graph.inputs],
            output_names=[graph.output],
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def check_onnx(graph: Graph, path: Path) -> None:
    """Run the file by onnxruntime on shapes that it was not traced with. Raises NotExported where it differs."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    for batch, others in ((1, 3), (3, 8)):
        given = graph.draw(graph.sizes(batch=batch, others=others))
        with _still(graph.module), torch.inference_mode():
            expected: Tensor = graph.module(**given)
        (found,) = session.run([graph.output], {name: one.numpy() for name, one in given.items()})
        said = torch.from_numpy(found)
        if said.shape != expected.shape or not torch.allclose(said, expected, rtol=TOLERANCE, atol=TOLERANCE):
            raise NotExported(
                tr(
                    "The ONNX file would not give the same results as the model: models of this kind cannot be "
                    "exported."
                )
            )


@contextmanager
def _still(module: nn.Module) -> Iterator[None]:
    """In evaluation mode, and afterwards as it was."""
    was_training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(was_training)


class _ByPlace(nn.Module):
    """The graph's module with its inputs in their order: torch traces no names."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.module = graph.module
        self._names = [port.name for port in graph.inputs]

    def forward(self, *tensors: Tensor) -> Any:
        return self.module(**dict(zip(self._names, tensors, strict=True)))
