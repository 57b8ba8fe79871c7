"""How good the spans task's own recipe is on whole public data sets: strict F1 on the test split, built-in encoder.

CoNLL-2003 (English), WNUT17, and nested spans: GENIA, of which only the development part is here to learn from.
Sentences are read one by one, their words with a space between.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from types import MappingProxyType

from lepton_studio.runs.job import JobLabel
from lepton_studio.tasks.spans import TASK
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.tuned import Row, over_seeds, tuned

Marked = tuple[list[str], list[tuple[int, int, str]]]
"""The words of a sentence, and its spans by first and last word."""


def sentences(path: Path) -> Iterator[list[list[str]]]:
    """The lines of each sentence as columns, at tabs or, where there are none, at spaces."""
    lines = path.read_text("utf-8").split("\n")
    rows = (line.split("\t") if "\t" in line else line.split(" ") for line in lines)
    for is_empty, some in groupby(rows, key=lambda row: not "".join(row).strip()):
        found = list(some)
        if not is_empty and found[0][0] != "-DOCSTART-":
            yield found


def read_tags(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """The spans of BIO or IOB1 tags."""
    spans: list[tuple[int, int, str]] = []
    before = "O"
    for place, tag in enumerate(tags):
        prefix, _, label = tag.strip().partition("-")
        if prefix == "I" and before != "O" and label == before:
            spans[-1] = (spans[-1][0], place, label)
        elif prefix != "O":
            spans.append((place, place, label))
        before = label or "O"
    return spans


def flat(name: str) -> list[Marked]:
    """A file of words and tags, in its last column."""
    return [
        ([row[0].strip() or "\N{REPLACEMENT CHARACTER}" for row in rows], read_tags([row[-1] for row in rows]))
        for rows in sentences(shared_data() / name)
    ]


def layered(name: str) -> list[Marked]:
    """A file of words and several columns of tags."""
    return [
        (
            [row[0] for row in rows],
            sorted({span for layer in range(1, 5) for span in read_tags([r[layer] for r in rows])}),
        )
        for rows in sentences(shared_data() / name)
    ]


def as_rows(marked: Iterable[Marked], labels: Sequence[JobLabel]) -> list[Row]:
    """Texts with values of the spans task."""
    ids = {label.name: label.id for label in labels}
    rows = []
    for words, spans in marked:
        starts = [0]
        for word in words:
            starts.append(starts[-1] + len(word) + 1)
        places = [[starts[first], starts[last + 1] - 1, ids[label]] for first, last, label in spans]
        rows.append(Row(" ".join(words), {"spans": places}))
    return rows


def measure(
    train: list[Marked],
    test: list[Marked],
    *,
    name: str,
    target: str = "",
    changes: Mapping[str, object] = MappingProxyType({}),
) -> Figure:
    """Strict F1, with these changes of the recipe."""
    names = sorted({label for _, spans in train for _, _, label in spans})
    labels = [JobLabel(place + 1, one) for place, one in enumerate(names)]
    rows, held_out = as_rows(train, labels), as_rows(test, labels)
    return over_seeds(
        lambda seed: tuned("spans", labels=labels, train=rows, test=held_out, seed=seed, changes=changes),
        name=name,
        target=target,
        score=lambda report: report.headline["f1"],
    )


def entities_conll2003() -> Figure:
    """Trained on all of it."""
    train, test = flat("conll2003/eng.train"), flat("conll2003/eng.testb")
    return measure(train, test, name="CoNLL-2003 test F1, strict", target=">= 86")


def entities_wnut17() -> Figure:
    """Noisy text, rare names."""
    train, test = flat("wnut17/wnut17train.conll"), flat("wnut17/emerging.test.annotated")
    return measure(train, test, name="WNUT17 test F1, strict", target=">= 38")


def entities_genia() -> Figure:
    """Nested spans, from the 1,669 sentences of the development part."""
    train, test = layered("genia_nested/genia.dev.iob2"), layered("genia_nested/genia.test.iob2")
    return measure(train, test, name="GENIA nested test F1, strict, trained on its development part")


def entities_few() -> list[Figure]:
    """80 sentences to learn from, as the recipe is and with its epochs alone: what more steps are worth."""
    train = random.Random(1).sample(flat("conll2003/eng.train"), 80)
    test = random.Random(2).sample(flat("conll2003/eng.testb"), 500)
    name = "80 sentences of CoNLL-2003, F1, strict"
    epochs = TASK.settings["epochs"]
    return [
        measure(train, test, name=name),
        measure(train, test, name=f"{name}, {epochs} epochs alone", changes={"epochs": epochs}),
    ]


FIGURES = [entities_conll2003, entities_wnut17, entities_genia, entities_few]
