"""When a text has no answer: chosen on validation, as SQuAD 2's official script finds its best threshold."""

from __future__ import annotations

from collections.abc import Sequence


def choose_threshold(found: Sequence[tuple[float, float, bool]]) -> float | None:
    """How far the best answer has to be above "no answer", for the best F1; halfway between two of those seen.

    `found`: of each question (how far it is above, F1 of the answer if it is given, whether the text has none). None,
    "always answer", where every question has an answer.
    """
    if not any(impossible for _, _, impossible in found):
        return None
    ordered = sorted(found, key=lambda one: -one[0])
    score = float(sum(impossible for _, _, impossible in ordered))  # with no answer given at all
    best, threshold = score, ordered[0][0] + 1.0
    for place, (above, f1, impossible) in enumerate(ordered):
        score += -1 if impossible else f1  # this one is answered too
        following = ordered[place + 1][0] if place + 1 < len(ordered) else above - 1.0
        if score > best and following < above:
            best, threshold = score, (above + following) / 2
    return threshold
