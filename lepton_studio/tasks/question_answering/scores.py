"""Exact match and F1 of answers as SQuAD 2 counts them, and what is wrong with those that are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lepton_studio.contract.counting import ratio
from lepton_studio.contract.task import Report
from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.tasks.question_answering.annotation import Answers, Question
from lepton_studio.tasks.question_answering.normal import best_scores

OVERLAP, WRONG, MISSED, INVENTED = "overlap", "wrong", "missed", "invented"


@dataclass(frozen=True, slots=True)
class _Compared:
    """One question: scores in 0..1, the kind of its verdict, and whether the text has no answer to it."""

    exact: float
    f1: float
    kind: str
    impossible: bool


def compare(gold: Answers, predicted: Answers) -> tuple[Verdict, ...]:
    """A verdict for each question that a person has answered."""
    return tuple(Verdict(one.kind) for one in _compared(gold, predicted))


def quality(gold: Answers, predicted: Answers) -> float:
    """Mean F1 of the questions of one text; 1 where none is to be answered."""
    found = [one.f1 for one in _compared(gold, predicted)]
    return sum(found) / len(found) if found else 1.0


def score(gold: Sequence[Answers], predicted: Sequence[Answers], labels: Labels) -> Report:
    """Means over all questions that a person has answered, the best over the right answers of each.

    Where some have no answer in their text there are also "answered_f1", of the others, and "unanswerable", the share
    of those that the model left without one.
    """
    found = [one for truth, guess in zip(gold, predicted, strict=True) for one in _compared(truth, guess)]
    headline = {"f1": _mean([one.f1 for one in found]), "exact_match": _mean([one.exact for one in found])}
    if any(one.impossible for one in found):
        headline["answered_f1"] = _mean([one.f1 for one in found if not one.impossible])
        headline["unanswerable"] = _mean([one.f1 for one in found if one.impossible])
    kinds = Counter(one.kind for one in found)
    return Report(
        n=len(gold), headline=headline, errors={kind: kinds[kind] for kind in (OVERLAP, WRONG, MISSED, INVENTED)}
    )


def _mean(values: Sequence[float]) -> float:
    return ratio(sum(values), len(values))


def _compared(gold: Answers, predicted: Answers) -> Iterator[_Compared]:
    """Questions go together by their words; the second of the same words with the second."""
    waiting: dict[str, list[Question]] = {}
    for one in predicted.questions:
        waiting.setdefault(one.question, []).append(one)
    for truth in gold.questions:
        same = waiting.get(truth.question)
        guess = same.pop(0) if same else Question(truth.question)
        if not truth.is_open:
            yield _compare_one(truth, guess)


def _compare_one(gold: Question, guess: Question) -> _Compared:
    said = guess.answers[0].text if guess.answers else ""
    exact, f1 = best_scores(said, golds=[answer.text for answer in gold.answers])
    if exact:
        kind = RIGHT
    elif gold.impossible:
        kind = INVENTED
    elif not said:
        kind = MISSED
    else:
        kind = OVERLAP if f1 else WRONG
    return _Compared(exact, f1, kind, gold.impossible)
