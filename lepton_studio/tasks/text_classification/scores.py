"""Single-label scores, as scikit-learn's `classification_report` has them (nothing to divide by gives 0)."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.tasks.base import ClassScore, Confusion, Report
from lepton_studio.tasks.text_classification.annotation import Choice


def score(gold: Sequence[Choice], predicted: Sequence[Choice], labels: Labels) -> Report:
    """Compare the first label of each pair. Classes are the project's labels in their order.

    Macro and weighted averages run over the classes that occur in `gold` or `predicted`, as scikit-learn's do.
    """
    index = {label.id: position for position, label in enumerate(labels)}
    size = len(labels)
    matrix = [[0] * size for _ in range(size)]
    for truth, guess in zip(gold, predicted, strict=True):
        matrix[index[truth.labels[0]]][index[guess.labels[0]]] += 1
    support = [sum(row) for row in matrix]
    guessed = [sum(matrix[row][column] for row in range(size)) for column in range(size)]
    per_class = tuple(
        _class_score(labels[i].name, hits=matrix[i][i], guessed=guessed[i], support=support[i]) for i in range(size)
    )
    n = sum(support)
    accuracy = _ratio(sum(matrix[i][i] for i in range(size)), n)
    present = [row for row, seen in zip(per_class, guessed, strict=True) if row.support or seen]
    macro = _average("macro", present, [1.0] * len(present))
    weighted = _average("weighted", present, [float(row.support) for row in present])
    return Report(
        n=n,
        headline={"accuracy": accuracy, "macro_f1": macro.f1},
        per_class=per_class,
        averages=(ClassScore("micro", accuracy, accuracy, accuracy, n), macro, weighted),
        confusion=Confusion(tuple(label.name for label in labels), tuple(tuple(row) for row in matrix)),
        errors={"wrong": n - sum(matrix[i][i] for i in range(size))},
    )


def compare(gold: Choice, predicted: Choice) -> tuple[Verdict, ...]:
    """One verdict: right or wrong."""
    truth, guess = gold.labels[0], predicted.labels[0]
    return (Verdict(RIGHT if truth == guess else "wrong", truth, guess),)


def quality(gold: Choice, predicted: Choice) -> float:
    """1 where it is right, else 0."""
    return float(gold.labels[:1] == predicted.labels[:1])


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _class_score(label: str, *, hits: int, guessed: int, support: int) -> ClassScore:
    return ClassScore(label, _ratio(hits, guessed), _ratio(hits, support), _ratio(2 * hits, guessed + support), support)


def _average(name: str, rows: Sequence[ClassScore], weights: Sequence[float]) -> ClassScore:
    total = sum(weights)

    def mean(values: Sequence[float]) -> float:
        return _ratio(sum(value * weight for value, weight in zip(values, weights, strict=True)), total)

    return ClassScore(
        name,
        mean([row.precision for row in rows]),
        mean([row.recall for row in rows]),
        mean([row.f1 for row in rows]),
        sum(row.support for row in rows),
    )
