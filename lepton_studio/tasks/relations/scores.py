"""Scores of relations: one is right when its label, its direction and both of its spans, edges and labels, are.

On predictions made for given spans that is the score "given spans"; on those made from the bare text it is the strict
one. SemEval-2010 task 8's official score is the macro average over the labels without "Other".
"""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.contract.counting import count_verdicts, f1_of
from lepton_studio.contract.task import Report
from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.tasks.relations.annotation import Linked, Triple
from lepton_studio.tasks.relations.rules import is_relation


def compare(gold: Linked, predicted: Linked) -> tuple[Verdict, ...]:
    """Right; "type": the two spans linked under another label; "direction": the right label the wrong way round;
    "missed" and "invented" what is left of each side. In the order of the text.
    """
    truths, guesses = list(gold.triples()), list(predicted.triples())
    found = [(one, Verdict(RIGHT, one[2], one[2])) for one in truths if one in guesses]
    missed = [one for one in truths if one not in guesses]
    invented = [one for one in guesses if one not in truths]
    for kind in ("type", "direction"):
        for truth in list(missed):
            guess = next((one for one in invented if _is(kind, truth, one)), None)
            if guess is not None:
                missed.remove(truth)
                invented.remove(guess)
                found.append((truth, Verdict(kind, truth[2], guess[2])))
    found += [(one, Verdict("missed", one[2], None)) for one in missed]
    found += [(one, Verdict("invented", None, one[2])) for one in invented]
    return tuple(verdict for _, verdict in sorted(found, key=lambda one: (_order(one[0]), one[1].kind)))


def _is(kind: str, truth: Triple, guess: Triple) -> bool:
    if kind == "type":
        return truth[:2] == guess[:2]
    return (truth[1], truth[0], truth[2]) == guess


def _order(one: Triple) -> tuple[tuple[int, int, int], tuple[int, int, int], int]:
    return one[0].order, one[1].order, one[2]


def quality(gold: Linked, predicted: Linked) -> float:
    """F1 of the one text's relations."""
    return f1_of(compare(gold, predicted))


def score(gold: Sequence[Linked], predicted: Sequence[Linked], labels: Labels) -> Report:
    """Micro-averaged precision, recall and F1, each relation's, and the errors by kind."""
    verdicts = [compare(truth, guess) for truth, guess in zip(gold, predicted, strict=True)]
    return count_verdicts(verdicts, labels=(label for label in labels if is_relation(label)))
