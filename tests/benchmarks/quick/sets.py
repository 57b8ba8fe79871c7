"""Every set of texts with one label each that is in English or Chinese, for the table of this group."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator

from lepton_studio.models.built_in import ENGLISH, MULTILINGUAL
from tests.benchmarks.files import Row, banking77, shared_data, trec

TESTED = 600
"""Texts to test on, where a set has no part for it."""

Parts = tuple[list[Row], list[Row]]


def _customer_reviews() -> tuple[list[Row], list[Row]]:
    folder = shared_data() / "customer_reviews"
    rows = [
        (line, label)
        for label in ("pos", "neg")
        for line in (folder / f"custrev.{label}").read_text("latin-1").splitlines()
    ]
    random.Random(0).shuffle(rows)
    return rows[:-TESTED], rows[-TESTED:]


def _emotions() -> tuple[list[Row], list[Row]]:
    folder = shared_data() / "tweeteval_emotion"

    def part(name: str) -> list[Row]:
        texts, labels = ((folder / f"{name}_{what}.txt").read_text("utf-8").splitlines() for what in ("text", "labels"))
        return list(zip(texts, labels, strict=True))

    return part("train"), part("test")


def delivery_reviews() -> Parts:
    """For and against, by people who had food brought."""
    with (shared_data() / "waimai_10k" / "waimai_10k.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["review"], row["label"]) for row in csv.DictReader(file)]
    random.Random(0).shuffle(rows)
    return rows[:-TESTED], rows[-TESTED:]


SETS: dict[str, tuple[str, Callable[[], Parts]]] = {
    "TREC": (ENGLISH.id, lambda: (trec("train"), trec("test"))),
    "Banking77": (ENGLISH.id, lambda: (banking77("train"), banking77("test"))),
    "customer reviews": (ENGLISH.id, _customer_reviews),
    "emotions": (ENGLISH.id, _emotions),
    "delivery reviews (Chinese)": (MULTILINGUAL.id, delivery_reviews),
}
"""The encoder of each set, and its rows to train and to test on."""


def _lines(name: str, *, encoding: str = "utf-8") -> list[str]:
    return [one for one in (shared_data() / name).read_text(encoding).split("\n") if one.strip()]


def _cells(name: str, *, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> Iterator[list[str]]:
    with (shared_data() / name).open(encoding="utf-8", newline="") as file:
        yield from csv.reader(file, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]


def _stanford(name: str) -> Parts:
    def part(which: str) -> list[Row]:
        pairs = (line.split(" ", 1) for line in _lines(f"{name}.{which}"))
        return [(text, label) for label, text in pairs]

    return part("train"), part("test")


def _citations() -> Parts:
    def part(which: str) -> list[Row]:
        rows = map(json.loads, _lines(f"sci_cite/{which}.txt"))
        return [(row["text"], row["label"]) for row in rows]

    return part("train"), part("test")


def _counterfactual() -> Parts:
    def part(which: str) -> list[Row]:
        rows = _cells(f"amazon_counterfactual/EN_{which}.tsv", delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row[0], row[1]) for row in rows][1:]

    return part("train"), part("test")


def _reuters() -> Parts:
    def part(which: str) -> list[Row]:
        rows = [line.split("\t") for line in _lines(f"reuters_r8/reuters-r8-{which}.tab")[3:]]
        return [(row[1], row[0]) for row in rows if len(row) == 2]

    return part("train"), part("test")


def _kitchen() -> Parts:
    return _halves(
        [
            (line, label)
            for label in ("positive", "negative")
            for line in _lines(f"blitzer_4domains/kitchen/review_{label}")
        ]
    )


def _short_news() -> Parts:
    def part(which: str) -> list[Row]:
        rows = map(json.loads, _lines(f"tnews_fewclue/{which}.json"))
        return [(row["sentence"], row["label_desc"]) for row in rows]

    return part("train_few_all") + part("dev_few_all"), part("test_public")


def _shopping(column: int) -> Parts:
    rows = list(_cells("online_shopping_9_cats/online_shopping_9_cats.csv"))[1:]
    return _halves([(row[2], row[column]) for row in rows if row[2].strip()])


def _cars() -> Parts:
    """What a post is about, of those that are about one thing."""
    subjects: dict[str, set[str]] = {}
    for _, text, subject, *_ in list(_cells("bdci_car2018/train_2.csv"))[1:]:
        subjects.setdefault(text, set()).add(subject)
    return _halves([(text, min(some)) for text, some in subjects.items() if len(some) == 1])


def _halves(rows: list[Row]) -> Parts:
    random.Random(0).shuffle(rows)
    return rows[:-TESTED], rows[-TESTED:]


ALL_SETS: dict[str, tuple[str, Callable[[], Parts]]] = SETS | {
    "SST-2": (ENGLISH.id, lambda: _stanford("sst2/stsa.binary")),
    "SST-5": (ENGLISH.id, lambda: _stanford("sst5/stsa.fine")),
    "SciCite": (ENGLISH.id, _citations),
    "counterfactual reviews": (ENGLISH.id, _counterfactual),
    "SMS spam": (ENGLISH.id, lambda: _halves([(row[1], row[0]) for row in list(_cells("sms_spam/spam.csv"))[1:]])),
    "AG News": (ENGLISH.id, lambda: _halves([(f"{row[1]}. {row[2]}", row[0]) for row in _cells("ag_news/test.csv")])),
    "Reuters R8": (ENGLISH.id, _reuters),
    "kitchen reviews": (ENGLISH.id, _kitchen),
    "TNEWS (Chinese)": (MULTILINGUAL.id, _short_news),
    "shop reviews, sentiment (Chinese)": (MULTILINGUAL.id, lambda: _shopping(1)),
    "shop reviews, category (Chinese)": (MULTILINGUAL.id, lambda: _shopping(0)),
    "car posts (Chinese)": (MULTILINGUAL.id, _cars),
}
"""As `SETS`, and the others of the folder."""
