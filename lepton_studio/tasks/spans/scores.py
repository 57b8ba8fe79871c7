"""Scores of spans: strict, as seqeval counts them (edges and label must be right), and what went wrong with the others.

Every gold and every predicted span stands in exactly one verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.contract.counting import count_verdicts, f1_of
from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Report
from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.tasks.spans.annotation import Spans


def compare(gold: Spans, predicted: Spans) -> tuple[Verdict, ...]:
    """Right; "type": the same span under another label; "boundary": the same label, other edges, the largest overlap
    first; "missed" and "invented" what is left of each side. In the order of the text.
    """
    hits = set(gold.spans) & set(predicted.spans)
    found = [(span, Verdict(RIGHT, span.label, span.label)) for span in hits]
    missed = [span for span in gold.spans if span not in hits]
    invented = [span for span in predicted.spans if span not in hits]
    for kind, pairs in (("type", _same_edges(missed, invented)), ("boundary", _same_label(missed, invented))):
        for truth, guess in pairs:
            if truth in missed and guess in invented:
                missed.remove(truth)
                invented.remove(guess)
                found.append((truth, Verdict(kind, truth.label, guess.label)))
    found += [(span, Verdict("missed", span.label, None)) for span in missed]
    found += [(span, Verdict("invented", None, span.label)) for span in invented]
    return tuple(verdict for _, verdict in sorted(found, key=lambda one: (one[0].order, one[1].kind)))


def _same_edges(gold: Sequence[Span], predicted: Sequence[Span]) -> list[tuple[Span, Span]]:
    return [(a, b) for a in gold for b in predicted if (a.start, a.end) == (b.start, b.end)]


def _same_label(gold: Sequence[Span], predicted: Sequence[Span]) -> list[tuple[Span, Span]]:
    pairs = [(a, b) for a in gold for b in predicted if a.label == b.label and a.overlaps(b)]
    return sorted(pairs, key=lambda pair: max(pair[0].start, pair[1].start) - min(pair[0].end, pair[1].end))


def quality(gold: Spans, predicted: Spans) -> float:
    """F1 of the one text."""
    return f1_of(compare(gold, predicted))


def score(gold: Sequence[Spans], predicted: Sequence[Spans], labels: Labels) -> Report:
    """Micro-averaged precision, recall and F1, each label's, and the errors by kind."""
    verdicts = [compare(truth, guess) for truth, guess in zip(gold, predicted, strict=True)]
    return count_verdicts(verdicts, labels=labels)
