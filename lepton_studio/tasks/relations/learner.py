"""Learning to find spans and to link them: two heads on one encoder, trained together.

A text is read twice: as it is, to find its spans, and with its spans between signs, to link them. Where the spans are
given only the second reading counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.contract.span_values import Span, in_order
from lepton_studio.contract.task import Input
from lepton_studio.heads.link_readme import link_usage
from lepton_studio.heads.links import (
    LinkHead,
    LinksModel,
    MarkedText,
    Pair,
    link_inputs,
    link_reading,
    link_targets,
    links_graph,
    mark,
    read_links,
)
from lepton_studio.heads.model_folder import ModelFolder
from lepton_studio.heads.span_finder import SpanFinder
from lepton_studio.heads.vectors import batch_vectors, token_vectors
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.tasks.relations.annotation import Linked
from lepton_studio.tasks.relations.rules import Rules
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Decision, Embed, Example, Run, by_input
from lepton_studio.training.mark_reading import MarkReading
from lepton_studio.training.models import Base, Encoder, load_folder
from lepton_studio.training.pooling import mean_vector
from lepton_studio.training.shapes import add_shapes, wants_shapes
from lepton_studio.training.tokens import Tokens, Window, attention_mask

_TASK = "relations"
_HEADS = "heads.safetensors"
_LINKS = "links"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What an example reads: a window of the bare text, or a text with its spans marked. `given`: they were given."""

    of: Window | MarkedText
    given: tuple[Span, ...] | None = None


class RelationsModel(nn.Module):
    """Encoder and both heads: rows of windows, then of marked texts, to (what is said of windows, of marked texts)."""

    def __init__(self, encoder: nn.Module, *, spans: nn.Module, links: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head_spans = spans
        self.head_links = links

    def forward(
        self,
        input_ids: Tensor,
        units: Tensor,
        opens: Tensor,
        kinds: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        found = token_vectors(self.encoder, input_ids, attention_mask, token_type_ids)
        windows = len(units)
        return self.head_spans(found[:windows], units), self.head_links(found[windows:], opens, kinds)


class RelationsLearner:
    """See `lepton_studio.training.learner.Learner`."""

    is_draft = False

    def __init__(
        self, encoder: Encoder, *, labels: Sequence[JobLabel], max_length: int, shaped: bool, dropout: float
    ) -> None:
        self.max_length = max_length
        self._encoder = encoder
        self._labels = tuple(labels)
        self._rules = Rules.of(labels)
        self._finder = SpanFinder(
            encoder, labels=self._rules.spans, max_length=max_length, shaped=shaped, dropout=dropout
        )
        self._allowed = _allowed(self._rules)
        self._links = LinkHead(width=encoder.width, allowed=self._allowed, dropout=dropout)
        self._several = False
        self._is_new = False
        """It has not seen yet where spans begin and end; the first ones are those that it learns from."""
        self.model: nn.Module = RelationsModel(encoder.model, spans=self._finder.head, links=self._links)

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> RelationsLearner:
        """New heads on the base model. Raises ModelNotFound, BadData without labels of both kinds."""
        rules = Rules.of(labels)
        if not rules.spans or not rules.relations:
            raise BadData(tr("A model needs at least one label for spans and one for relations."))
        encoder = base.prepare(recipe)
        shaped = wants_shapes(encoder)
        if shaped:
            add_shapes(encoder)
        learner = cls(encoder, labels=labels, max_length=encoder.max_length, shaped=shaped, dropout=recipe.dropout)
        learner._is_new = True
        return learner

    @classmethod
    def load(cls, folder: Path) -> RelationsLearner:
        """The learner saved in a model folder. Raises ModelNotFound."""
        model = ModelFolder(folder)
        with model.read(task=_TASK) as manifest:
            stored = manifest.settings
            learner = cls(
                load_folder(folder),
                labels=manifest.labels,
                max_length=manifest.max_length,
                shaped=bool(stored["shaped"]),
                dropout=0.0,
            )
            learner._finder.restore(stored)
            learner._several = bool(stored["several"])
            learner._take_head()
            learner._links.load_state_dict(model.weights(_HEADS, prefix="links."))
            learner._finder.head.load_state_dict(model.weights(_HEADS, prefix="spans."))
            return learner

    def encode(self, inputs: Sequence[Input], values: Sequence[Linked] | None = None) -> list[Example]:
        """Windows over each text, and its windows with marked spans where those are given."""
        texts = [one.text for one in inputs]
        spans = None if values is None else [value.spans for value in values]
        if self._is_new and spans is not None:
            self._is_new = False
            self._finder.split_where_marked(texts, spans)
        examples = []
        for sample, windows in enumerate(self._finder.windows(texts, spans)):
            given = None if spans is None else spans[sample]
            for window, target in windows:
                row = self._finder.reader.row(window)
                examples.append(Example(row, sample, target=target, info=_Reading(window, given)))
            if values is not None and windows:
                links = tuple(self._pairs(values[sample]))
                examples += self._marked(windows[0][0].tokens, values[sample].spans, sample=sample, links=links)
        return examples

    def prepare(self, train: Sequence[Example]) -> None:
        """Choose head and units for the spans. Raises BadData where no span is marked, or none linked."""
        self._finder.prepare((one.info.of, one.target) for one in train if isinstance(one.info.of, Window))
        linked = [one.target for one in train if isinstance(one.info.of, MarkedText)]
        if not any(linked):
            raise BadData(tr("No spans are linked in the training samples."))
        self._several = any(len({link[:2] for link in links}) < len(links) for links in linked)
        self._take_head()

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """The heads begin with random weights: they learn fast, with a rate of their own."""

    def features(self, batch: Batch) -> Tensor:
        """The mean of the token vectors, [size, width]."""
        return mean_vector(batch_vectors(self._encoder.model, batch.inputs), batch.inputs.get("attention_mask"))

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Windows first, then marked texts, padded to the longest; on the CPU."""
        windows = [one for one in examples if isinstance(one.info.of, Window)]
        marked = [one for one in examples if isinstance(one.info.of, MarkedText)]
        longest = max(len(one.tokens) for one in examples)
        of_windows = self._finder.inputs([one.info.of for one in windows], length=longest)
        texts = [one.info.of for one in marked]
        of_marked = link_inputs(texts, length=longest, reader=self._finder.reader)
        shared = ("input_ids", "token_type_ids")
        inputs = {
            name: torch.cat([part[name] for part in (of_windows, of_marked)]) for name in shared if name in of_windows
        }
        inputs |= {name: one for part in (of_windows, of_marked) for name, one in part.items() if name not in shared}
        inputs |= attention_mask([one.tokens for one in (*windows, *marked)])
        order = sorted(range(len(examples)), key=lambda place: isinstance(examples[place].info.of, MarkedText))
        beside = {"order": torch.tensor(order)}
        asked = [(one.info.of, one.target) for one in windows]
        targets = self._finder.targets(asked, units=inputs["units"])
        if any(one.target is None for one in examples):
            targets = None
        else:
            links = [one.target for one in marked]
            beside[_LINKS] = link_targets(texts, links, self._allowed)
        return Batch(inputs, targets, float(len(examples)), len(examples), beside)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the heads say of windows, of marked texts."""
        return self.model(**batch.inputs)  # type: ignore[no-any-return]

    def loss(self, outputs: tuple[Tensor, Tensor], batch: Batch) -> Tensor:
        """The mean loss of a unit for each window and the mean loss of a pair for each marked text, summed."""
        assert batch.targets is not None
        said, logits = outputs
        units, links = batch.inputs["units"], batch.beside[_LINKS]
        of_units = self._finder.head.loss(said, batch.targets) / units.sum().clamp(min=1) * len(units)
        of_pairs = self._links.loss(logits, links) / links.sum().clamp(min=1) * len(links)
        return of_units + of_pairs

    def answers(self, outputs: tuple[Tensor, Tensor], batch: Batch) -> list[Any]:
        """What the heads say of windows and of marked texts, in the order of the examples."""
        said = self._finder.head.answers(outputs[0], batch.inputs["units"])
        said += self._links.answers(outputs[1])
        found: list[Any] = [None] * batch.size
        for place, one in zip(batch.beside["order"].tolist(), said, strict=True):
            found[place] = one
        return found

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[Linked]]:
        """The links of the given spans; where none are given, of those that are found first."""
        first = by_input(run(examples), inputs=inputs, examples=examples)
        spans, sure = [], []
        further: list[Example] = []
        for sample, some in enumerate(first):
            read = [(one.info, answer) for one, answer in some if isinstance(one.info.of, Window)]
            given = read[0][0].given if read else ()
            found, probability = given, 1.0
            if given is None:
                windows = [one.of for one, _ in read]
                found, probability = self._finder.spans(windows, [answer for _, answer in read])
                further += self._marked(windows[0].tokens, found, sample=sample, links=None)
            spans.append(found or ())
            sure.append(probability)
        second = by_input(run(further) if further else [], inputs=inputs, examples=further)
        return [
            self._decision(spans[sample], [*first[sample], *second[sample]], sure=sure[sample])
            for sample in range(len(inputs))
        ]

    def reading(self, given: Input, part: Linked, decided: Linked) -> MarkReading | None:
        """How the only link of `part` is read among all spans that were found, or its only span."""
        if not part.relations:
            return self._finder.reading(self._encoder, given.text, part.spans[0])
        (tokens,) = self._finder.reader.read([given.text])
        spans = in_order([*decided.spans, *part.spans])
        marked = mark(self._finder.reader, tokens, [self._finder.place(tokens, span) for span in spans])
        (link,) = self._pairs(Linked.of(spans, part.triples()))
        model = LinksModel(self._encoder.model, self._links)
        return link_reading(self._finder.reader, marked, model, pair=link[:2], link=link[2])

    def calibrate(self, inputs: Sequence[Input], values: Sequence[Linked], *, run: Run) -> None:
        """Nothing is chosen on validation."""

    def graphs(self) -> dict[str, Graph]:
        """A text to its spans, and a text with marked spans to their links."""
        shaped = self._finder.reader.shaped
        links = links_graph(self._encoder, self._links, shaped=shaped, max_length=self.max_length)
        return {"spans": self._finder.graph(self._encoder), "links": links}

    def save(self, folder: Path) -> None:
        """The encoder as transformers reads it, the weights of both heads, and what `ModelFolder.write` adds."""
        self._encoder.save(folder)
        heads = {"spans": self._finder.head, "links": self._links}
        settings = {
            "classes": self._classes(),
            "allowed": self._allowed.tolist(),
            "kinds": [label.name for label in self._labels if label.id in self._rules.spans],
            "shaped": self._finder.reader.shaped,
            "several": self._several,
            **self._finder.settings(),
        }
        ModelFolder(folder).write(
            Manifest(
                _TASK,
                needs=("torch", "transformers"),
                labels=self._labels,
                max_length=self.max_length,
                settings=settings,
            ),
            usage=link_usage(shaped=self._finder.reader.shaped),
            weights={f"{name}.{part}": one for name, head in heads.items() for part, one in head.state_dict().items()},
            weights_file=_HEADS,
        )

    def _classes(self) -> list[str]:
        """What each output of the link head says, in words: of the first span, the link, of the second."""
        names = {label.id: label.name for label in self._labels}
        both = ((f"-{names[one]}->", f"<-{names[one]}-") for one in self._rules.relations)
        return ["", *(name for pair in both for name in pair)]

    def _take_head(self) -> None:
        assert isinstance(self.model, RelationsModel)
        self.model.head_spans = self._finder.head

    def _marked(
        self, tokens: Tokens, spans: Sequence[Span], *, sample: int, links: tuple[Pair, ...] | None
    ) -> Iterator[Example]:
        for one in mark(self._finder.reader, tokens, [self._finder.place(tokens, span) for span in spans]):
            yield Example(one.row, sample, target=links, info=_Reading(one))

    def _pairs(self, value: Linked) -> Iterator[Pair]:
        """Links as classes: 1, 2 for the first relation forwards and backwards, and so on."""
        for link in value.relations:
            position = self._rules.relations.index(link.label)
            first, second = sorted((link.head, link.tail))
            yield first, second, 1 + 2 * position + (link.head > link.tail)

    def _decision(
        self, spans: tuple[Span, ...], said: Sequence[tuple[Example, Any]], *, sure: float
    ) -> Decision[Linked]:
        marked = [(one.info.of, answer) for one, answer in said if isinstance(one.info.of, MarkedText)]
        triples = []
        pairs = read_links([one for one, _ in marked], [answer for _, answer in marked], several=self._several)
        for (first, second), links in pairs.items():
            for link, probability in links:
                sure = min(sure, probability)
                if link:
                    position, is_back = divmod(link - 1, 2)
                    head, tail = (second, first) if is_back else (first, second)
                    triples.append((spans[head], spans[tail], self._rules.relations[position]))
        return Decision(Linked.of(spans, triples), sure, {})


def _allowed(rules: Rules) -> Tensor:
    """See `LinkHead`. A relation without a direction only goes forwards."""
    found = torch.zeros(len(rules.spans), len(rules.spans), 1 + 2 * len(rules.relations), dtype=torch.bool)
    found[..., 0] = True
    for i, first in enumerate(rules.spans):
        for j, second in enumerate(rules.spans):
            for position, relation in enumerate(rules.relations):
                found[i, j, 1 + 2 * position] = rules.allows(relation, first, second)
                found[i, j, 2 + 2 * position] = rules.is_directed(relation) and rules.allows(relation, second, first)
    return found
