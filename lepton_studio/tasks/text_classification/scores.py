"""Single-label scores, as scikit-learn's `classification_report` has them (nothing to divide by gives 0)."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.contract.counting import averages, class_score, ratio
from lepton_studio.contract.hierarchy import hierarchical_scores
from lepton_studio.contract.task import ClassScore, Confusion, Report
from lepton_studio.project.records import RIGHT, Labels, Verdict
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
        class_score(labels[i].name, hits=matrix[i][i], guessed=guessed[i], support=support[i]) for i in range(size)
    )
    n = sum(support)
    accuracy = ratio(sum(matrix[i][i] for i in range(size)), n)
    present = [row for row, seen in zip(per_class, guessed, strict=True) if row.support or seen]
    macro, weighted = averages(present)
    return Report(
        n=n,
        headline={"accuracy": accuracy, "macro_f1": macro.f1}
        | hierarchical_scores([one.labels[:1] for one in gold], [one.labels[:1] for one in predicted], labels),
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
