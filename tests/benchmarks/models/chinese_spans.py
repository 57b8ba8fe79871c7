"""Names in Chinese texts (Weibo posts, CLUENER), by the task's own recipe: the multilingual model against the English
one.

200 texts to learn from, at most 270 to test on, of each seed of LEPTON_SEEDS (one where it is not set).
"""

from __future__ import annotations

import json
import random

from lepton_studio.models.built_in import ENGLISH, MULTILINGUAL
from lepton_studio.runs.job import JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.entities import read_tags, sentences
from tests.benchmarks.tasks.tuned import Row, over_seeds, tuned

_TRAIN, _TEST = 200, 270
Text = tuple[str, list[tuple[int, int, str]]]
"""A text, and its spans: begin, end (exclusive), label."""


def weibo(part: str) -> list[Text]:
    found = []
    for rows in sentences(shared_data() / "weibo_ner" / f"weiboNER_2nd_conll.{part}"):
        text = "".join(row[0][0] for row in rows)  # a digit for the place in its word stands behind each character
        spans = [(first, last + 1, label) for first, last, label in read_tags([row[-1] for row in rows])]
        found.append((text, spans))
    return found


def cluener(part: str) -> list[Text]:
    found = []
    for line in (shared_data() / "cluener" / f"{part}.json").read_text("utf-8").splitlines():
        row = json.loads(line)
        places = [
            (first, last + 1, label)
            for label, names in row["label"].items()
            for some in names.values()
            for first, last in some
        ]
        found.append((row["text"], places))
    return found


def _f1(name: str, *, model: str, what: str) -> Figure:
    read = {"Weibo": weibo, "CLUENER": cluener}[name]
    train, test = read("train"), read("test")
    random.Random(1).shuffle(train)
    random.Random(1).shuffle(test)
    names = sorted({label for _, spans in train for *_, label in spans})

    def rows(some: list[Text]) -> list[Row]:
        return [
            Row(text, {"spans": [[first, last, names.index(label)] for first, last, label in spans]})
            for text, spans in some
        ]

    labels = [JobLabel(place, one) for place, one in enumerate(names)]
    learned, held_out = rows(train[:_TRAIN]), rows(test[:_TEST])
    return over_seeds(
        lambda seed: tuned("spans", labels=labels, train=learned, test=held_out, seed=seed, model=model),
        name=f"{name}, {what}, F1 on {len(held_out)} texts",
        target="",
        score=lambda report: report.headline["f1"],
    )


def weibo_names() -> list[Figure]:
    """Posts of Weibo."""
    return _names("Weibo")


def cluener_names() -> list[Figure]:
    """News of CLUENER."""
    return _names("CLUENER")


def _names(name: str) -> list[Figure]:
    return [
        _f1(name, model=model.id, what=what) for model, what in ((MULTILINGUAL, "multilingual"), (ENGLISH, "English"))
    ]


FIGURES = [weibo_names, cluener_names]
