"""Scores of label sets, as scikit-learn has them for indicator matrices (nothing to divide by gives 0)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lepton_studio.contract.counting import averages, class_score, ratio
from lepton_studio.contract.hierarchy import hierarchical_scores
from lepton_studio.contract.task import Report
from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.tasks.multi_label.annotation import Choices

MISSED, INVENTED = "missed", "invented"


def compare(gold: Choices, predicted: Choices) -> tuple[Verdict, ...]:
    """A verdict for each label of either."""
    there, found = set(gold.labels), set(predicted.labels)

    def verdict(label: int) -> Verdict:
        kind = RIGHT if label in there & found else MISSED if label in there else INVENTED
        return Verdict(kind, label if label in there else None, label if label in found else None)

    return tuple(verdict(label) for label in sorted(there | found))


def quality(gold: Choices, predicted: Choices) -> float:
    """F1 of the labels of one text; 1 where there are none and none was found."""
    there, found = set(gold.labels), set(predicted.labels)
    return 2 * len(there & found) / (len(there) + len(found)) if there or found else 1.0


def score(gold: Sequence[Choices], predicted: Sequence[Choices], labels: Labels) -> Report:
    """Classes are the project's labels in their order; "exact_match" is the share of texts with every label right.

    Macro and weighted averages run over the labels that occur in `gold` or `predicted`.
    """
    verdicts = [one for truth, guess in zip(gold, predicted, strict=True) for one in compare(truth, guess)]
    counts = Counter((one.kind, one.predicted if one.gold is None else one.gold) for one in verdicts)
    total = Counter(one.kind for one in verdicts)
    rows, occurring = [], []
    for label in labels:
        hits, missed, invented = (counts[kind, label.id] for kind in (RIGHT, MISSED, INVENTED))
        rows.append(class_score(label.name, hits=hits, guessed=hits + invented, support=hits + missed))
        if hits + missed + invented:
            occurring.append(rows[-1])
    hits, missed, invented = (total[kind] for kind in (RIGHT, MISSED, INVENTED))
    micro = class_score("micro", hits=hits, guessed=hits + invented, support=hits + missed)
    macro, weighted = averages(occurring)
    exact = ratio(sum(truth == guess for truth, guess in zip(gold, predicted, strict=True)), len(gold))
    return Report(
        n=len(gold),
        headline={"micro_f1": micro.f1, "macro_f1": macro.f1, "exact_match": exact}
        | hierarchical_scores([one.labels for one in gold], [one.labels for one in predicted], labels),
        per_class=tuple(rows),
        averages=(micro, macro, weighted),
        errors={MISSED: missed, INVENTED: invented},
    )
