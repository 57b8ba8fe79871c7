"""Precision, recall and F1 from counts, for tasks whose values hold several things that can be right or wrong.

As scikit-learn and seqeval have them: where there is nothing to divide by, a ratio is 0; averages run over the labels
that occur in gold or prediction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from lepton_studio.contract.task import ClassScore, Report
from lepton_studio.project.records import RIGHT, Label, Verdict


def ratio(part: float, whole: float) -> float:
    """Their quotient, 0 where there is nothing to divide by."""
    return part / whole if whole else 0.0


def class_score(label: str, *, hits: int, guessed: int, support: int) -> ClassScore:
    """Of a label that was found `hits` times, said `guessed` times and is there `support` times."""
    return ClassScore(label, ratio(hits, guessed), ratio(hits, support), ratio(2 * hits, guessed + support), support)


def averages(rows: Sequence[ClassScore]) -> tuple[ClassScore, ClassScore]:
    """The rows "macro" and "weighted" over these labels."""
    return _mean("macro", rows, [1.0] * len(rows)), _mean("weighted", rows, [float(row.support) for row in rows])


def _mean(name: str, rows: Sequence[ClassScore], weights: Sequence[float]) -> ClassScore:
    total = sum(weights)

    def mean(values: Iterable[float]) -> float:
        return ratio(sum(value * weight for value, weight in zip(values, weights, strict=True)), total)

    return ClassScore(
        name,
        mean(row.precision for row in rows),
        mean(row.recall for row in rows),
        mean(row.f1 for row in rows),
        sum(row.support for row in rows),
    )


def f1_of(verdicts: Iterable[Verdict]) -> float:
    """F1 of one value's verdicts, 1 where there is nothing to find and nothing was found: a `Task.quality`."""
    hits = gold = predicted = 0
    for verdict in verdicts:
        hits += verdict.kind == RIGHT
        gold += verdict.gold is not None
        predicted += verdict.predicted is not None
    return ratio(2 * hits, gold + predicted) if gold or predicted else 1.0


def count_verdicts(verdicts: Sequence[Sequence[Verdict]], *, labels: Iterable[Label]) -> Report:
    """The report on values whose every gold and every predicted thing stands in exactly one verdict.

    Its headline: f1, precision and recall over all of them (micro). Where nothing is there and nothing was found, 1.
    """
    hits: Counter[int] = Counter()
    gold: Counter[int] = Counter()
    guessed: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    for of_value in verdicts:
        for verdict in of_value:
            if verdict.gold is not None:
                gold[verdict.gold] += 1
            if verdict.predicted is not None:
                guessed[verdict.predicted] += 1
            if verdict.kind == RIGHT and verdict.gold is not None:
                hits[verdict.gold] += 1
            elif verdict.kind != RIGHT:
                kinds[verdict.kind] += 1
    listed = tuple(labels)
    per_class = tuple(
        class_score(one.name, hits=hits[one.id], guessed=guessed[one.id], support=gold[one.id]) for one in listed
    )
    micro = class_score("micro", hits=hits.total(), guessed=guessed.total(), support=gold.total())
    if verdicts and not gold and not guessed:
        micro = ClassScore("micro", 1.0, 1.0, 1.0, 0)
    macro, weighted = averages(
        [row for one, row in zip(listed, per_class, strict=True) if gold[one.id] or guessed[one.id]]
    )
    return Report(
        n=len(verdicts),
        headline={"f1": micro.f1, "precision": micro.precision, "recall": micro.recall},
        per_class=per_class,
        averages=(micro, macro, weighted),
        errors=dict(kinds),
    )
