"""The instant model of spans: a conditional random field on the frozen vectors and the looks of units, refitted from
where it stood after each decision. It knows, too, what was marked before: a gazetteer of all that is decided, in which
a text that is fitted on does not find its own marks.

How strong it may be, the weight of the vectors, and how sure it may say it is are chosen by cross-validation, now and
then: on texts that were left out.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

from lepton_studio.quick.crf import Lattice, Layer, Rows, Tags, best_tags, fit, spans_of, tags_of
from lepton_studio.quick.units import COLUMNS, Columns, Units

Found = tuple[int, int, int]
"""A span by its first and last unit and the place of its label."""

FEWEST = 8
"""Texts with decisions from which on anything is said, and chosen by them."""
_STEPS, _STEPS_FROM_START, _STEPS_TRIED = 60, 12, 30
_TRIED = 200
"""Texts that settings are tried on at most."""
_FOLDS = 4
_SETTINGS = ((0.3, 0.6), (0.1, 1.0))
"""(strength, weight of the vectors) to choose from; the first one before anything is known."""
_OFTEN = 2
"""What is seen of fewer units says nothing of others."""
_LONGEST = 12
"""Units of what is looked up at most."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a text: its units, and their vectors [units, width]."""

    units: Units
    vectors: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Setting:
    """What cross-validation chose on so many `texts`: the strength (the inverse of the penalty), the weight of the
    vectors, and the two numbers (slope, offset on the logit) that make a probability of spans, and of whole texts,
    true.
    """

    texts: int
    strength: float = _SETTINGS[0][0]
    weight: float = _SETTINGS[0][1]
    of_spans: tuple[float, float] = (1.0, 0.0)
    of_texts: tuple[float, float] = (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Marked:
    """What is said of a text: `spans`, and how sure each is; how sure it is that these are all, and right; the
    `doubt` of a unit on average: the entropy of its tag, 0 to 1.
    """

    spans: tuple[Found, ...]
    sure: tuple[float, ...]
    whole: float
    doubt: float


class Gazetteer:
    """What was marked, by its words: how many texts have it under which label."""

    def __init__(self, texts: Sequence[Known], spans: Sequence[Sequence[Found]]) -> None:
        self._labels: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
        for text, some in zip(texts, spans, strict=True):
            for phrase, label in _phrases(text.units, some):
                self._labels[phrase][label] += 1
        self._longest = min(_LONGEST, max(map(len, self._labels), default=0))

    def marks(self, units: Units, *, own: Sequence[Found] = ()) -> list[Found]:
        """The places in which something stands that was marked, the longest first; `own`: marks of this same text,
        which do not count.
        """
        without, words = _phrases(units, own), units.words
        found, at = [], 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                phrase = words[at : at + length]
                if (label := self._label(phrase, without)) is not None:
                    found.append((at, at + length - 1, label))
                    at += length
                    break
            else:
                at += 1
        return found

    def _label(self, phrase: tuple[str, ...], without: set[tuple[tuple[str, ...], int]]) -> int | None:
        known = self._labels.get(phrase)
        if known is None:
            return None
        counts = {label: count - ((phrase, label) in without) for label, count in known.items()}
        best = max(counts, key=lambda one: (counts[one], -one))
        return best if counts[best] > 0 else None


@dataclass(frozen=True)
class Tagger:
    """What was fitted: `columns` [k], ascending, are those that the layer has weights of; `mean` and `scale` [width] of
    the vectors.
    """

    layer: Layer
    columns: NDArray[np.int64]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    gazetteer: Gazetteer
    setting: Setting

    def rows(self, texts: Sequence[Known], *, own: Sequence[Sequence[Found]] | None = None) -> Rows:
        """The texts as they are fitted; `own`: the marks of each, which the gazetteer leaves out."""
        seen = [
            np.concatenate(
                [one.units.columns, _looked_up(one.units, self.gazetteer, () if own is None else own[at])], 1
            )
            for at, one in enumerate(texts)
        ]
        lengths = [len(one.units) for one in texts]
        ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        vectors = np.concatenate([one.vectors for one in texts]).astype(np.float32)
        scaled = (vectors - self.mean) / self.scale * np.float32(self.setting.weight)
        return Rows(_among(np.concatenate(seen), self.columns), scaled, ends)

    def marked(self, texts: Sequence[Known]) -> list[Marked]:
        """What it says of each text."""
        if not texts:
            return []
        rows = self.rows(texts)
        scores = self.layer.scores(rows)
        field = Lattice(scores, rows.lengths, self.layer)
        likely = np.maximum(field.marginals(), 1e-12)
        doubts = -(likely * np.log(likely)).sum(1) / np.log(self.layer.tags)
        found = []
        for at in range(len(texts)):
            some = slice(rows.ends[at], rows.ends[at + 1])
            tags = best_tags(scores[some], self.layer)
            spans = tuple(spans_of(tags))
            sure = tuple(_true(field.of_span(at, *one), self.setting.of_spans) for one in spans)
            whole = _true(
                float(np.exp(_score(scores[some], tags, self.layer) - field.log_total[at])), self.setting.of_texts
            )
            found.append(Marked(spans, sure, whole, float(doubts[some].mean()) if len(tags) else 0.0))
        return found


def learn(
    texts: Sequence[Known],
    spans: Sequence[Sequence[Found]],
    *,
    labels: int,
    setting: Setting,
    start: Tagger | None = None,
    steps: int = _STEPS,
) -> Tagger:
    """Fit to the spans of the texts, as units and places of labels, from `start` where there is one; else in so many
    steps.
    """
    gazetteer = Gazetteer(texts, spans)
    vectors = np.concatenate([one.vectors for one in texts]).astype(np.float32)
    mean, scale = vectors.mean(0), np.maximum(vectors.std(0), 1e-4)
    looked_up = (_looked_up(one.units, gazetteer, own) for one, own in zip(texts, spans, strict=True))
    every = [np.concatenate([one.units.columns, more], 1) for one, more in zip(texts, looked_up, strict=True)]
    found, counts = np.unique(np.concatenate(every), return_counts=True)
    columns = found[counts >= _OFTEN].astype(np.int64)
    ends = np.concatenate([[0], np.cumsum([len(one.units) for one in texts])]).astype(np.int64)
    scaled = (vectors - mean) / scale * np.float32(setting.weight)
    rows = Rows(_among(np.concatenate(every), columns), scaled, ends)
    targets: Tags = np.concatenate(
        [tags_of(some, units=len(one.units)) for one, some in zip(texts, spans, strict=True)]
    )
    tags = 1 + 2 * labels
    begun = None if start is None or start.layer.tags != tags else _moved(start, columns, mean, scale, setting)
    steps = steps if begun is None else _STEPS_FROM_START
    layer = fit(rows, targets, tags=tags, strength=setting.strength, steps=steps, start=begun)
    return Tagger(layer, columns, mean, scale, gazetteer, setting)


def choose(
    texts: Sequence[Known],
    spans: Sequence[Sequence[Found]],
    *,
    labels: int,
    check: Callable[[], None] = lambda: None,
) -> tuple[Setting, dict[int, Marked]]:
    """The setting for these decisions, and by place what is said with it of texts that were left out, as it is after
    calibration. Nothing of fewer than `FEWEST` texts, or where nothing is marked. `check` is called before each fit.
    """
    setting = Setting(len(texts))
    if len(texts) < FEWEST or not any(spans):
        return setting, {}
    chance = np.random.default_rng(0)
    tried = np.sort(chance.permutation(len(texts))[:_TRIED])
    folds = chance.permutation(len(tried)) % min(_FOLDS, len(tried))

    def held_out(one: Setting) -> dict[int, Marked]:
        found: dict[int, Marked] = {}
        for fold in range(int(folds.max()) + 1):
            check()
            inside, outside = tried[folds != fold], tried[folds == fold]
            tagger = learn(
                [texts[at] for at in inside],
                [spans[at] for at in inside],
                labels=labels,
                setting=one,
                steps=_STEPS_TRIED,
            )
            found.update(zip(outside.tolist(), tagger.marked([texts[at] for at in outside]), strict=True))
        return found

    def f1(found: Mapping[int, Marked]) -> float:
        hits = sum(len({*one.spans} & {*spans[at]}) for at, one in found.items())
        return 2 * hits / max(1, sum(len(one.spans) + len(spans[at]) for at, one in found.items()))

    trials = [replace(setting, strength=strength, weight=weight) for strength, weight in _SETTINGS]
    best, said = max(((one, held_out(one)) for one in trials), key=lambda one: f1(one[1]))
    right_spans = [
        (sure, one in spans[at]) for at, some in said.items() for one, sure in zip(some.spans, some.sure, strict=True)
    ]
    right_texts = [(some.whole, {*some.spans} == {*spans[at]}) for at, some in said.items()]
    best = replace(best, of_spans=_calibration(right_spans), of_texts=_calibration(right_texts))
    return best, {
        at: replace(
            one,
            sure=tuple(_true(sure, best.of_spans) for sure in one.sure),
            whole=_true(one.whole, best.of_texts),
        )
        for at, one in said.items()
    }


def _phrases(units: Units, spans: Sequence[Found]) -> set[tuple[tuple[str, ...], int]]:
    return {(units.words[first : last + 1], label) for first, last, label in spans}


def _looked_up(units: Units, gazetteer: Gazetteer, own: Sequence[Found]) -> Columns:
    """[units, 3]: what the gazetteer says of each unit, of the one before and of the one behind."""
    said = ["-"] * (len(units) + 2)
    for first, last, label in gazetteer.marks(units, own=own):
        for at in range(first, last + 1):
            said[at + 1] = f"{'B' if at == first else 'I'}{label}"
    terms = (f"g{place}{said[at + 1 + place]}" for at in range(len(units)) for place in (0, -1, 1))
    return np.array([crc32(one.encode()) % COLUMNS for one in terms], np.int32).reshape(len(units), 3)


def _among(seen: Columns, columns: NDArray[np.int64]) -> scipy.sparse.csr_matrix:
    """[n, columns]: 1 where it was seen; what no column is for is left out."""
    at = np.minimum(np.searchsorted(columns, seen), len(columns) - 1)
    is_known = columns[at] == seen
    ends = np.concatenate([[0], np.cumsum(is_known.sum(1))])
    return scipy.sparse.csr_matrix(
        (np.ones(int(ends[-1]), np.float32), at[is_known], ends), shape=(len(seen), len(columns))
    )


def _moved(
    start: Tagger, columns: NDArray[np.int64], mean: NDArray[np.float32], scale: NDArray[np.float32], setting: Setting
) -> Layer:
    """The layer of `start` for other columns, and for vectors that are scaled otherwise: it says the same."""
    at = np.minimum(np.searchsorted(start.columns, columns), len(start.columns) - 1)
    of_seen = np.where((start.columns[at] == columns)[:, None], start.layer.of_seen[at], 0.0)
    of_vectors, bias = start.layer.of_vectors, start.layer.bias
    if of_vectors is not None and len(mean) == len(start.mean):
        raw = of_vectors / start.scale[:, None] * start.setting.weight
        bias = bias + (mean - start.mean) @ raw
        of_vectors = raw * scale[:, None] / setting.weight
    return Layer(of_seen, of_vectors, bias, start.layer.steps, start.layer.first)


def _score(scores: NDArray[np.float64], tags: Sequence[int], layer: Layer) -> float:
    if not tags:
        return 0.0
    moves = sum(float(layer.steps[one, other]) for one, other in itertools.pairwise(tags))
    return float(scores[np.arange(len(tags)), tags].sum() + layer.first[tags[0]] + moves)


def _calibration(said: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and offset on the logit under which what happened is likeliest (Platt 1999), held near (1, 0)."""

    logits = np.array([_logit(one) for one, _ in said])
    happened = np.array([right for _, right in said], float)
    if not len(logits):
        return 1.0, 0.0

    def loss(given: NDArray[np.float64]) -> float:
        slope, offset = given
        raised = slope * logits + offset
        unlikely = np.logaddexp(0, raised) - happened * raised
        return float(unlikely.sum() + 2 * (slope - 1) ** 2 + offset**2 / 2)

    slope, offset = scipy.optimize.minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return max(float(slope), 0.05), float(offset)


def _true(said: float, by: tuple[float, float]) -> float:
    return float(1 / (1 + np.exp(-np.clip(by[0] * _logit(said) + by[1], -30, 30))))


def _logit(one: float) -> float:
    kept = min(max(one, 1e-6), 1 - 1e-6)
    return float(np.log(kept / (1 - kept)))
