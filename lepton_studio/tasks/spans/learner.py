"""Learning to mark spans: a head on the encoder's token vectors, for flat spans or for nested ones, as the data asks.

For flat spans the saved folder is a token classification model of transformers with BIO tags; for nested ones an
encoder with the weights of the head beside it. README.md in the folder has the lines that use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads.span_finder import SpanFinder, SpansModel
from lepton_studio.heads.span_folder import load_spans, save_spans
from lepton_studio.heads.vectors import batch_vectors
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run, by_input
from lepton_studio.training.mark_reading import MarkReading
from lepton_studio.training.models import Base, Encoder
from lepton_studio.training.pooling import mean_vector
from lepton_studio.training.shapes import add_shapes, wants_shapes
from lepton_studio.training.tokens import attention_mask

_TASK = "spans"


class SpansLearner:
    """See `lepton_studio.training.learner.Learner`."""

    is_draft = False

    def __init__(self, encoder: Encoder, finder: SpanFinder, *, labels: Sequence[JobLabel], max_length: int) -> None:
        self.model: nn.Module = SpansModel(encoder.model, finder.head)
        self.max_length = max_length
        self._encoder = encoder
        self._finder = finder
        self._labels = tuple(labels)
        self._is_new = False
        """It has not seen yet where spans begin and end; the first ones are those that it learns from."""

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> SpansLearner:
        """A new head on the base model. Raises ModelNotFound, BadData without labels."""
        if not labels:
            raise BadData(tr("A model needs at least one label to mark spans with."))
        encoder = base.prepare(recipe, of_tokens=True)
        shaped = wants_shapes(encoder)
        if shaped:
            add_shapes(encoder)
        ids = [label.id for label in labels]
        finder = SpanFinder(encoder, labels=ids, max_length=encoder.max_length, shaped=shaped, dropout=recipe.dropout)
        learner = cls(encoder, finder, labels=labels, max_length=encoder.max_length)
        learner._is_new = True
        return learner

    @classmethod
    def load(cls, folder: Path) -> SpansLearner:
        """The learner saved in a model folder. Raises ModelNotFound."""
        encoder, finder, labels, max_length = load_spans(folder, task=_TASK)
        return cls(encoder, finder, labels=labels, max_length=max_length)

    def encode(self, inputs: Sequence[Input], values: Sequence[Spans] | None = None) -> list[Example]:
        """Windows over each text, as `info`; the target is all its spans."""
        texts = [one.text for one in inputs]
        spans = None if values is None else [value.spans for value in values]
        if self._is_new and spans is not None:
            self._is_new = False
            self._finder.split_where_marked(texts, spans)
        windows = self._finder.windows(texts, spans)
        row = self._finder.reader.row
        return [
            Example(row(window), sample, target=target, info=window)
            for sample, some in enumerate(windows)
            for window, target in some
        ]

    def prepare(self, train: Sequence[Example]) -> None:
        """Choose the head, for flat or for nested spans, and the units. Raises BadData where no span is marked."""
        self._finder.prepare((one.info, one.target) for one in train)
        self.model.head = self._finder.head

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """The head begins with random weights: it learns fast, with a rate of its own."""

    def features(self, batch: Batch) -> Tensor:
        """The mean of the token vectors, [size, width]."""
        return mean_vector(batch_vectors(self._encoder.model, batch.inputs), batch.inputs.get("attention_mask"))

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad to the longest; on the CPU. A batch weighs as many as it has units."""
        longest = max(len(one.tokens) for one in examples)
        inputs = self._finder.inputs([one.info for one in examples], length=longest)
        targets = self._finder.targets([(one.info, one.target) for one in examples], units=inputs["units"])
        inputs |= attention_mask([one.tokens for one in examples])
        weight = max(1.0, float(inputs["units"].sum()))
        return Batch(inputs, targets, weight, len(examples))

    def forward(self, batch: Batch) -> Tensor:
        """What the head says."""
        return self.model(**batch.inputs)  # type: ignore[no-any-return]

    def loss(self, outputs: Tensor, batch: Batch) -> Tensor:
        """The head's loss, summed over the units."""
        assert batch.targets is not None
        return self._finder.head.loss(outputs, batch.targets)

    def answers(self, outputs: Tensor, batch: Batch) -> list[Any]:
        """See the head: what it says of each window, by places in it."""
        return self._finder.head.answers(outputs, batch.inputs["units"])

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Spans]]:
        """The spans of each text, stitched from its windows."""
        decisions = []
        for some in by_input(run(examples), inputs=inputs, examples=examples):
            spans, sure = self._finder.spans([one.info for one, _ in some], [answer for _, answer in some])
            decisions.append(Decision(Spans(spans), sure, {}))
        return decisions

    def reading(self, given: Input, part: Spans, decided: Spans) -> MarkReading | None:
        """How the only span of `part` is read."""
        return self._finder.reading(self._encoder, given.text, part.spans[0])

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Spans], *, run: Run) -> None:
        """Nothing is chosen on validation."""

    def graphs(self) -> dict[str, Graph]:
        """The whole model."""
        return {"model": self._finder.graph(self._encoder)}

    def save(self, folder: Path) -> None:
        """See `heads.span_folder`."""
        save_spans(folder, self._encoder, self._finder, task=_TASK, labels=self._labels, max_length=self.max_length)
