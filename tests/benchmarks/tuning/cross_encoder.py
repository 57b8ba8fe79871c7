"""Texts read together with labels: learned on some projects, asked about the labels of another one, and tuned further
there with LEPTON_FEW (8) samples of each label.

LEPTON_TEXTS (60) texts of each project to learn from, at most 20 of its labels; accuracy on 200 texts that no project
has. One run for each seed of LEPTON_SEEDS (or one). Beside it what needs no other project: the text's vector and those
of the labels' words (the instant model before the first decision), full fine-tuning, pairs of texts. Each row is
printed as it comes.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.methods import Small, seeds
from tests.benchmarks.tasks.tuned import Row
from tests.benchmarks.tuning.taught import accuracy, taught

NAMES: Mapping[str, Mapping[str, str]] = {
    "TREC": {
        "ABBR": "abbreviation", "DESC": "description", "ENTY": "thing", "HUM": "person", "LOC": "place",
        "NUM": "number",
    },
    "emotions": {"0": "anger", "1": "joy", "2": "optimism", "3": "sadness"},
    "kitchen reviews": {"positive": "good product", "negative": "bad product"},
    "customer reviews": {"pos": "praise", "neg": "complaint"},
    "SST-2": {"1": "praise", "0": "complaint"},
}  # fmt: skip
"""What the labels of a set are called where its own words say little."""
OTHER_FIELDS = ("emotions", "TREC", "Banking77")
SAME_FIELD = ("kitchen reviews", *OTHER_FIELDS)
_MOST_LABELS, _TESTED = 20, 200
_FURTHER: Mapping[str, object] = {"methods": "cross_encoder", "epochs": 10}
_ALONE: Mapping[str, Mapping[str, object]] = {
    "text and label, nothing before": _FURTHER,
    "full, nothing before": {"methods": "full", "epochs": 10},
    "pairs of texts": {"methods": "contrastive"},
}


def part(name: str, *, count: int, seed: int, each: int = 0) -> Small:
    """So many texts of a set to learn from, or `each` of a label, and texts to test on that are always the same."""
    train, test = (list(rows) for rows in ALL_SETS[name][1]())
    names = sorted({label for _, label in train})[:_MOST_LABELS]
    random.Random(seed).shuffle(train)
    random.Random(0).shuffle(test)
    called = [NAMES.get(name, {}).get(one, one) for one in names]

    def rows(some: Sequence[tuple[str, str]]) -> list[Row]:
        return [Row(text, {"labels": [names.index(label)]}) for text, label in some if label in names]

    some = [one for label in names for one in [pair for pair in train if pair[1] == label][:each]] if each else train
    labels = [JobLabel(place, one) for place, one in enumerate(called)]
    return Small("text_classification", name, labels, rows(some)[: count or None], rows(test)[:_TESTED])


def learned_on(names: Sequence[str], folder: Path, *, seed: int) -> Path:
    """The folder of a model that has learned from the first of these sets with the others beside it."""
    count = int(os.environ.get("LEPTON_TEXTS", "60"))
    own, *others = (part(one, count=count, seed=seed) for one in names)
    changes = {
        "methods": "cross_encoder,multitask",
        "other_batches": len(others),
        "other_labels": 2,
        "epochs": 2,
        "seed": seed,
    }
    taught(own, changes=changes, others=others, keep=folder)
    return RunFolder(folder).model


def by_names(data: Small) -> float:
    """The accuracy of the label whose words are nearest to the text, as the instant model has it, in per cent."""
    import numpy as np
    import scipy

    from lepton_studio.child.embed import vectors_of
    from lepton_studio.contract.task import Input
    from lepton_studio.heads.pooled import Pooled
    from lepton_studio.quick import instant
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    encoder = load_encoder(BUILT_IN_MODEL)
    reader = Pooled(encoder, outputs=1, max_length=encoder.max_length)

    def vectors(texts: Sequence[str]) -> np.ndarray:
        found: np.ndarray = vectors_of([Input(one) for one in texts], reader, machine=find_machine()).numpy()
        return found

    of_texts = vectors([one.text for one in data.test]).astype(np.float16)
    there = np.ones(len(of_texts), bool)
    texts = instant.Texts.of(scipy.sparse.csr_matrix((len(of_texts), 1)), of_texts, there)
    said = instant.near_names(texts, vectors([one.name for one in data.labels])).argmax(1)
    return 100 * float(np.mean([one.value == {"labels": [int(at)]} for one, at in zip(data.test, said, strict=True)]))


def cross_encoder() -> list[Figure]:
    """The accuracy with no sample and with few, by what was learned before."""
    from lepton_studio.child.work import load_saved
    from lepton_studio.heads.cross_encoder import asked_about
    from lepton_studio.tasks import task_named

    each, found = int(os.environ.get("LEPTON_FEW", "8")), []
    targets = {
        name: [part(name, count=0, seed=seed, each=each) for seed in seeds()] for name in ("customer reviews", "SST-2")
    }

    def tell(name: str, scores: Sequence[float]) -> None:
        note = f"n = {_TESTED}, seeds {', '.join(map(str, seeds()))}"
        found.append(Figure.of(name, scores, unit="%", note=note))
        print(f"{name}: {[round(one, 1) for one in scores]}, {note}", file=sys.stderr, flush=True)

    for target, drawn in targets.items():
        tell(f"{target}, no sample, nearest name", [by_names(drawn[0])])
    with tempfile.TemporaryDirectory() as place:
        for name, sets in (("the same field too", SAME_FIELD), ("other fields", OTHER_FIELDS)):
            models = [learned_on(sets, Path(place) / f"{len(sets)}-{seed}", seed=seed) for seed in seeds()]
            for target, drawn in targets.items():
                known = [load_saved(task_named("text_classification"), one) for one in models]
                asked = [asked_about(one, data.labels) for one, data in zip(known, drawn, strict=True)]
                scores = [accuracy(one, data) for one, data in zip(asked, drawn, strict=True)]
                tell(f"{target}, no sample, learned on {name}", scores)
                cases = zip(models, drawn, seeds(), strict=True)
                further = [
                    taught(data, changes={**_FURTHER, "seed": seed}, model=str(one)) for one, data, seed in cases
                ]
                scores = [accuracy(one, data) for one, data in zip(further, drawn, strict=True)]
                tell(f"{target}, {each} of each label, learned on {name}", scores)
    for target, drawn in targets.items():
        for name, changes in _ALONE.items():
            alone = [
                (data, taught(data, changes={**changes, "seed": seed}))
                for data, seed in zip(drawn, seeds(), strict=True)
            ]
            tell(f"{target}, {each} of each label, {name}", [accuracy(one, data) for data, one in alone])
    return found


def unseen_labels() -> list[Figure]:
    """Banking77: learned on 12 of its labels, 6 texts each; then 6 others, with no sample and with 4 of each."""
    from lepton_studio.heads.cross_encoder import asked_about

    train, test = ALL_SETS["Banking77"][1]()
    scores: dict[str, list[float]] = {}

    def tell(name: str, score: float) -> None:
        scores.setdefault(f"Banking77, {name}", []).append(score)
        print(f"Banking77, {name}: {score:.1f}", file=sys.stderr, flush=True)

    for seed in seeds():
        names = sorted({label for _, label in train})
        random.Random(seed).shuffle(names)
        random.Random(seed).shuffle(train)
        seen, unseen = (_banking(train, test, some, each) for some, each in ((names[:12], 6), (names[12:18], 4)))
        with tempfile.TemporaryDirectory() as place:
            run = Path(place) / "run"
            before = taught(seen, changes={**_BANKING, "epochs": 3, "seed": seed}, keep=run)
            tell("no sample, nearest name", by_names(unseen))
            tell("no sample, learned on 12 others", accuracy(asked_about(before, unseen.labels), unseen))
            further = {**_BANKING, "epochs": 5, "seed": seed}
            model = str(RunFolder(run).model)
            tell("4 of each, learned on 12 others", accuracy(taught(unseen, changes=further, model=model), unseen))
        for name, changes in _ALONE.items():
            tell(f"4 of each, {name}", accuracy(taught(unseen, changes={**changes, "seed": seed}), unseen))
    return [Figure.of(name, some, unit="%", note="n = 120") for name, some in scores.items()]


_BANKING: Mapping[str, object] = {"methods": "cross_encoder", "other_labels": 3, "learning_rate": 2e-4, "batch_size": 8}


def _banking(
    train: Sequence[tuple[str, str]], test: Sequence[tuple[str, str]], names: Sequence[str], each: int
) -> Small:
    def rows(some: Sequence[tuple[str, str]], count: int) -> list[Row]:
        return [
            Row(text, {"labels": [place]})
            for place, name in enumerate(names)
            for text, label in [one for one in some if one[1] == name][:count]
        ]

    labels = [JobLabel(place, name.replace("_", " ")) for place, name in enumerate(names)]
    return Small("text_classification", "Banking77", labels, rows(train, each), rows(test, 20))


FIGURES = [cross_encoder, unseen_labels]
