"""How long it takes to fit: word statistics on all of Banking77, and the quick model with the vectors at hand."""

from __future__ import annotations

import random
import time

import numpy as np

from lepton_studio.quick.linear import Features, fit
from lepton_studio.quick.words import Pair, fit_vocabulary, word_features
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import banking77
from tests.benchmarks.quick.samples import pool

_REPEATS = 3


def quick_words() -> Figure:
    """10,000 texts, 77 labels: vocabulary, cross-validation, layer, and what it says of 3,080 other texts."""
    rows, others = banking77("train")[:10_000], banking77("test")
    names = sorted({label for _, label in rows})
    texts, new = ([(text, None) for text, _ in some] for some in (rows, others))
    classes = np.array([names.index(label) for _, label in rows])

    def work() -> float:
        vocabulary = fit_vocabulary(texts)
        layer = fit(Features(word_features(vocabulary, texts)), classes, kind="choice", outputs=len(names))
        said = layer.logits(Features(word_features(vocabulary, new))).argmax(1)
        return float(np.mean([names[place] == label for place, (_, label) in zip(said, others, strict=True)]))

    right = work()
    seconds = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    note = f"accuracy {right:.1%} on {len(others):,} texts"
    return Figure.of("words, 10,000 texts x 77 labels", seconds, unit="s", target="<= 10", note=note)


def quick_many_words() -> Figure:
    """100,000 texts, 20 labels, two questions of Banking77 each: fitted, and what is said of 10,000 others scored."""
    chance = random.Random(1)
    names = sorted({label for _, label in banking77("train")})[:20]
    of_label = [[text for text, label in banking77("train") if label == name] for name in names]
    classes = np.arange(110_000) % len(names)
    texts: list[Pair] = [(" ".join(chance.choices(of_label[one], k=2)), None) for one in classes]
    chance.shuffle(order := list(range(len(texts))))
    train, others = order[:100_000], order[100_000:]
    began, began_processor = time.perf_counter(), time.process_time()
    learned = [texts[place] for place in train]
    vocabulary = fit_vocabulary(learned)
    layer = fit(Features(word_features(vocabulary, learned)), classes[train], kind="choice", outputs=len(names))
    said = layer.logits(Features(word_features(vocabulary, [texts[place] for place in others]))).argmax(1)
    seconds, processor = time.perf_counter() - began, time.process_time() - began_processor
    right = float((said == classes[others]).mean())
    note = f"accuracy {right:.1%} on {len(others):,} texts; {processor:.0f} s of a processor"
    return Figure("words, 100,000 texts x 20 labels", seconds, "s", "<= 60", note=note)


def quick_with_vectors() -> Figure:
    """1,000 labels of 77: words counted, weight and penalty chosen, layer fitted."""
    data = pool("Banking77")
    train = data.drawn(1000, seed=1)
    seconds = []
    for _ in range(_REPEATS + 1):
        began = time.perf_counter()
        texts = [data.texts[place] for place in train]
        words = word_features(fit_vocabulary(texts), texts)
        fit(Features(words, data.vectors[train]), data.classes[train], kind="choice", outputs=data.labels)
        seconds.append(time.perf_counter() - began)
    return Figure.of("quick, 1,000 labels of 77", seconds[1:], unit="s", target="<= 1")


FIGURES = [quick_words, quick_many_words, quick_with_vectors]
