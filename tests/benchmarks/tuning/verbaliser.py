"""Filling in a blank beside full fine-tuning and learning from pairs, with LEPTON_FEW (8) customer reviews of a label.

No masked language model can be had from the package registries. The base model of all rows is therefore made first, of
real parts: the lowest three layers of the built-in encoder (all-MiniLM-L6-v2) with a layer for hidden words, which
learned on LEPTON_MASKED (5,000) sentences of Amazon reviews (Blitzer et al. 2007; other reviews than those below), in
two epochs; it stays in the folder LEPTON_MASKED_MODEL where that is given. It knows far less of the language than a
BERT as its makers left it, which learned on 3.3 billion words: of such a one these figures say little.

Accuracy on 600 texts, one draw of labels for each seed of LEPTON_SEEDS (or one).
"""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.methods import seeds
from tests.benchmarks.tuning.few_labels import drawn
from tests.training.masked import write_masked_model

_LENGTH, _LAYERS = 32, 3
WAYS: Mapping[str, Mapping[str, object]] = {
    "full fine-tuning": {},
    "pairs of texts": {"methods": "contrastive"},
    "fill in the blank, good and bad": {"methods": "cloze", "cloze_words": "pos=good,neg=bad"},
    "fill in the blank, names of no meaning": {"methods": "cloze", "cloze_words": "pos=table,neg=water"},
}


def sentences(count: int) -> list[str]:
    """Of reviews of books, films, electronics and kitchen goods."""
    found = []
    for file in sorted((shared_data() / "blitzer_4domains").glob("*/review_*")):
        for review in file.read_text("ascii").splitlines():
            found += [one for one in re.split(r"(?<=[.!?])\s+", review) if 20 <= len(one) <= 300]
    random.Random(0).shuffle(found)
    return found[:count]


@contextmanager
def masked_model() -> Iterator[str]:
    """The folder of the base model; made where it is not there."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(os.environ.get("LEPTON_MASKED_MODEL") or scratch)
        if not (folder / "config.json").exists():
            texts = sentences(int(os.environ.get("LEPTON_MASKED", "5000")))
            lost = write_masked_model(folder, texts, epochs=2, length=_LENGTH, layers=_LAYERS)
            print(f"hidden words of {len(texts)} sentences: loss {lost}", file=sys.stderr, flush=True)
        yield str(folder)


def verbaliser() -> list[Figure]:
    """The accuracy of each way, on one and the same base model."""
    each, found = int(os.environ.get("LEPTON_FEW", "8")), []
    with masked_model() as model:
        for name, changes in WAYS.items():
            scores = []
            for seed in seeds():
                data = drawn("customer reviews", seed=seed, each=each)
                run = data.tuned(seed=seed, changes=changes, model=model)
                scores.append(100 * run.report.headline["accuracy"])
            note = f"{len(data.train)} texts to learn from, n = {len(data.test)}; {run.note}"
            found.append(Figure.of(f"customer reviews, {each} of each label, {name}", scores, unit="%", note=note))
            print(f"{name}: {scores}, {note}", file=sys.stderr, flush=True)
    return found


FIGURES = [verbaliser]
