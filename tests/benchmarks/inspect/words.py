"""The words of a label: how often a planted habit of the texts is told, and how often one is invented."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import numpy as np

from lepton_studio.studio.certainty import LEVEL, fisher
from lepton_studio.studio.label_words.counting import Flags, Term, Terms, count_terms
from lepton_studio.studio.label_words.suspicious import Suspicions
from tests.benchmarks.figure import Figure

_DATA = Path(__file__).parents[3].parent / "shared" / "data" / "banking77" / "train.csv"
_LABELS = ("card_arrival", "exchange_rate", "pin_blocked")
_WHERE = ("in", "near", "outside", "south of", "close to")
_SHARES = (0.1, 0.3)
_DRAWS = 100


def words() -> list[Figure]:
    """Questions to a bank, 100 of each of three labels; the habit is a name behind some of those of one."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    of_label = {label: [text for text, of in rows if of == label] for label in _LABELS}
    note, figures = f"n = 300 questions of Banking77, {_DRAWS} draws", []
    for share in _SHARES:
        found = marked = 0
        for seed in range(_DRAWS):
            texts, has = _drawn(of_label, random.Random(seed), planted=share)
            terms = count_terms(texts)
            told = [one for one in terms.strongest(has, most=30) if _p(one, terms, has) < LEVEL]
            hit = [one for one in told if "Berlin" in terms.shown(one)]
            found += bool(hit)
            marked += any(Suspicions(terms).marks(one, label=_LABELS[0], share=1 / 3) for one in hit)
        name = f"a name in {100 * share:.0f} % of the texts of a label"
        figures.append(Figure(f"told: {name}", 100 * found / _DRAWS, "% of draws", note=note))
        figures.append(Figure(f"marked: {name}", 100 * marked / _DRAWS, "% of draws", note=note))
    invented = 0
    for seed in range(_DRAWS):
        chance = random.Random(seed)
        texts, has = _drawn(of_label, chance, planted=0)
        terms, shuffled = count_terms(texts), np.array(chance.sample(has.tolist(), len(has)))
        invented += any(_p(one, terms, shuffled) < LEVEL for one in terms.strongest(shuffled, most=30))
    name = "a word told on shuffled labels"
    return [*figures, Figure(name, 100 * invented / _DRAWS, "% of draws", "<= 5", note=note)]


def _drawn(of_label: dict[str, list[str]], chance: random.Random, *, planted: float) -> tuple[list[list[str]], Flags]:
    texts, has = [], []
    for label, some in of_label.items():
        for text in chance.sample(some, 100):
            is_first = label == _LABELS[0]
            is_planted = is_first and chance.random() < planted
            texts.append([f"{text} I live {chance.choice(_WHERE)} Berlin" if is_planted else text])
            has.append(is_first)
    return texts, np.array(has)


def _p(one: Term, terms: Terms, has: Flags) -> float:
    rest = int(has.sum()) - one.hits
    return fisher(one.hits, one.n, other_hits=rest, other_n=len(has) - one.n) * terms.count * len(_LABELS)


FIGURES = [words]
