"""Linking spans: a text in which every span stands between signs, read once, and a classifier on each two of them.

The signs are words that the model knows, as in Zhou and Chen 2022, "An Improved Baseline for Sentence-level Relation
Extraction", https://arxiv.org/abs/2102.01373; but all spans are marked at once, so that a text is read once and not for
each two of them. What kind each span is goes to the classifier.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from lepton_studio.heads.span_tags import Found
from lepton_studio.heads.vectors import token_vectors
from lepton_studio.training.dropout import ByteDropout
from lepton_studio.training.graph import BATCH, LENGTH, Graph, Port
from lepton_studio.training.mark_reading import MarkReading, TokenPlace, log_odds_of
from lepton_studio.training.models import Encoder
from lepton_studio.training.tokens import Reader, Tokens, Window, pad

SIGN = "@"
"""Stands before and after each span."""

_HIDDEN = 256
_KIND_WIDTH = 32

Pair = tuple[int, int, int]
"""Two spans by their places in a text, the first before the second, and the class of their link (from 1)."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A window of a text with its spans between signs, as the model reads it.

    `places`: which of the text's spans they are; `opens` and `closes`: where in the row the signs of each stand;
    `kinds`: the label of each by its place; `shapes`: one for each token of the row, or empty.
    """

    window: Window
    row: array[int]
    shapes: bytes
    places: tuple[int, ...]
    kinds: tuple[int, ...]
    opens: tuple[int, ...]
    closes: tuple[int, ...]


def mark(reader: Reader, tokens: Tokens, spans: Sequence[Found | None]) -> list[MarkedText]:
    """The text's windows with two spans or more, which are None where they hold no token."""
    sign = reader.ids(SIGN)
    known = [(place, span) for place, span in enumerate(spans) if span is not None]
    spared = min(reader.room // 2, 2 * len(sign) * len(known))
    found = []
    for window in reader.windows(tokens, spared=spared):
        inside = [one for one in known if window.first <= one[1][0] and one[1][1] < window.last]
        inside = inside[: spared // (2 * len(sign))]
        if len(inside) > 1:
            found.append(_marked(reader, window, inside, sign=sign))
    return found


def _marked(reader: Reader, window: Window, inside: Sequence[tuple[int, Found]], *, sign: list[int]) -> MarkedText:
    row, shapes = array("i", reader.before), bytearray(len(reader.before))
    opens, closes = dict[int, int](), dict[int, int]()
    for token in range(window.first, window.last):
        for place, (first, _, _) in sorted(inside, key=lambda one: -one[1][1]):  # the outer opens first
            if first == token:
                opens[place] = len(row)
                row.extend(sign)
        row.append(window.tokens.ids[token])
        shapes.extend(bytes(len(row) - len(shapes) - 1))
        shapes.append(window.tokens.shapes[token] if window.tokens.shapes else 0)
        for place, (_, last, _) in sorted(inside, key=lambda one: -one[1][0]):  # the inner closes first
            if last == token:
                closes[place] = len(row)
                row.extend(sign)
    row.extend(reader.behind)
    shapes.extend(bytes(len(row) - len(shapes)))
    places = tuple(place for place, _ in inside)
    return MarkedText(
        window,
        row,
        bytes(shapes) if window.tokens.shapes else b"",
        places,
        kinds=tuple(label for _, (_, _, label) in inside),
        opens=tuple(opens[place] for place in places),
        closes=tuple(closes[place] for place in places),
    )


class LinkHead(nn.Module):
    """Token vectors of marked texts to the logits of each two spans' link: [size, spans, spans, classes].

    `allowed` [kinds, kinds, classes]: which link may stand between a span of one kind and a later one of another.
    Class 0 is no link.
    """

    allowed: Tensor

    def __init__(self, *, width: int, allowed: Tensor, dropout: float) -> None:
        super().__init__()
        self.register_buffer("allowed", allowed, persistent=False)
        self.dropout = ByteDropout(dropout)
        self.kind = nn.Embedding(allowed.shape[0], _KIND_WIDTH)
        self.first = nn.Linear(width + _KIND_WIDTH, _HIDDEN)
        self.second = nn.Linear(width + _KIND_WIDTH, _HIDDEN)
        self.classifier = nn.Linear(_HIDDEN, allowed.shape[2])

    def forward(self, vectors: Tensor, opens: Tensor, kinds: Tensor) -> Tensor:
        """`opens` and `kinds` [size, spans]; where a text has fewer spans, anything."""
        chosen = vectors.gather(1, opens.unsqueeze(2).expand(-1, -1, vectors.shape[2]))
        spans = self.dropout(torch.cat([chosen, self.kind(kinds).to(chosen.dtype)], -1))
        hidden = F.gelu(self.first(spans).unsqueeze(2) + self.second(spans).unsqueeze(1))
        logits: Tensor = self.classifier(self.dropout(hidden)).float()
        return logits.masked_fill(~self.allowed[kinds.unsqueeze(2), kinds.unsqueeze(1)], -1e4)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Cross-entropy, summed over the pairs; `targets` [size, spans, spans, classes] hold a distribution for each
        pair and zeros where there is none.
        """
        return -(logits.log_softmax(-1) * targets).sum()

    def answers(self, logits: Tensor) -> list[NDArray[np.float32]]:
        """The probabilities of each text's pairs: [spans, spans, classes]; only those of a later span count."""
        return list(logits.softmax(-1).cpu().numpy())


class LinksModel(nn.Module):
    """Encoder and head: marked texts to what `LinkHead` says."""

    def __init__(self, encoder: nn.Module, head: LinkHead) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(
        self,
        input_ids: Tensor,
        opens: Tensor,
        kinds: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
    ) -> Tensor:
        found = token_vectors(self.encoder, input_ids, attention_mask, token_type_ids)
        said: Tensor = self.head(found, opens, kinds)
        return said


def links_graph(encoder: Encoder, head: LinkHead, *, shaped: bool, max_length: int) -> Graph:
    """Encoder and head, to be traced."""
    spans = (BATCH, "spans")
    ports = (Port("opens", spans, LENGTH), Port("kinds", spans, head.allowed.shape[0]))
    return Graph(
        LinksModel(encoder.model, head),
        (*encoder.ports(typed=shaped), *ports),
        "logits",
        (BATCH, "spans", "spans", head.allowed.shape[2]),
        longest=max_length,
        says="Their softmax is the probability of each link from an earlier to a later span; the first is none.",
    )


def link_inputs(marked: Sequence[MarkedText], *, length: int, reader: Reader) -> dict[str, Tensor]:
    """What model and head read of marked texts, filled up to `length`; on the CPU."""
    most = max((len(one.places) for one in marked), default=0)
    given = {
        "input_ids": pad([one.row for one in marked], length=length, fill=reader.padding),
        "opens": pad([array("i", one.opens) for one in marked], length=most, fill=0),
        "kinds": pad([array("i", one.kinds) for one in marked], length=most, fill=0),
    }
    if reader.shaped:
        given["token_type_ids"] = pad([one.shapes for one in marked], length=length, fill=0)
    return given


def link_reading(
    reader: Reader, marked: Sequence[MarkedText], model: LinksModel, *, pair: tuple[int, int], link: int
) -> MarkReading | None:
    """How a link of class `link` between two spans, by their places in the text, is read in the window with most
    context around them; None where none holds both.
    """
    holding = [one for one in marked if set(pair) <= set(one.places)]
    if not holding:
        return None
    context = [min(one.opens[one.places.index(pair[0])], len(one.row) - one.closes[one.places.index(pair[1])])
               for one in holding]  # fmt: skip
    one = holding[context.index(max(context))]
    first, second = (one.places.index(place) for place in pair)
    signs = {begin + step for begin in (*one.opens, *one.closes) for step in range(len(reader.ids(SIGN)))}
    tokens = one.window.tokens
    places: list[TokenPlace] = [None] * len(one.row)
    own = [at for at in range(len(reader.before), len(one.row) - len(reader.behind)) if at not in signs]
    for at, token in zip(own, range(one.window.first, one.window.last), strict=True):
        if tokens.shows(token):
            places[at] = tokens.starts[token], tokens.ends[token]
    inputs = link_inputs([one], length=len(one.row), reader=reader)
    return MarkReading(
        model,
        inputs,
        lambda outputs: log_odds_of(outputs[:, first, second].log_softmax(-1)[:, link]),
        places,
        reader.padding,
    )


def link_targets(marked: Sequence[MarkedText], links: Sequence[Sequence[Pair]], allowed: Tensor) -> Tensor:
    """For each two spans of a text, the first before the second, how their link is distributed over the classes.

    Where two links stand between them each has its share; a link that the labels do not allow is none.
    """
    most = max((len(one.places) for one in marked), default=0)
    targets = torch.zeros(len(marked), most, most, allowed.shape[2])
    for row, (one, some) in enumerate(zip(marked, links, strict=True)):
        own = {place: position for position, place in enumerate(one.places)}
        for first, second, link in some:
            if first in own and second in own and allowed[one.kinds[own[first]], one.kinds[own[second]], link]:
                targets[row, own[first], own[second], link] = 1.0
        count = len(one.places)
        pairs = targets[row, :count, :count]
        none = torch.ones(count, count).triu(1) * (pairs.sum(-1) == 0)
        pairs[..., 0] += none
    return targets / targets.sum(-1, keepdim=True).clamp(min=1.0)


def read_links(
    marked: Sequence[MarkedText], answers: Sequence[NDArray[np.float32]], *, several: bool
) -> dict[tuple[int, int], list[tuple[int, float]]]:
    """(first span, second span) -> the classes of their links with their probabilities.

    Two spans that stand in several windows count in the one with most context around them. With `several` a link that
    is at least half as probable as the best one stands beside it.
    """
    best: dict[tuple[int, int], tuple[int, NDArray[np.float32]]] = {}
    for one, probabilities in zip(marked, answers, strict=True):
        for i in range(len(one.places)):
            for j in range(i + 1, len(one.places)):
                pair = one.places[i], one.places[j]
                context = min(one.opens[i], len(one.row) - one.closes[j])
                if pair not in best or context > best[pair][0]:
                    best[pair] = context, probabilities[i, j]
    found = {}
    for pair, (_, row) in best.items():
        top = int(row.argmax())
        chosen = [top] if top else []
        if top and several:
            chosen = [link for link in range(1, len(row)) if row[link] >= row[top] / 2 and row[link] > row[0]]
        found[pair] = [(link, float(row[link])) for link in chosen] or [(0, float(row[0]))]
    return found
