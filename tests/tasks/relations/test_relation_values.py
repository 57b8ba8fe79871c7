"""Links between spans: the values, the rules of their labels, and their scores."""

from __future__ import annotations

import pytest

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import BadAnnotation
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks.relations.annotation import Linked, dump, parse, relabel
from lepton_studio.tasks.relations.rules import Rules
from lepton_studio.tasks.relations.scores import compare, score

LABELS: Labels = (
    Label(1, "person", "", "", "", 0),
    Label(2, "company", "", "", "", 1, {"kind": "span"}),
    Label(3, "works for", "", "", "", 2, {"kind": "relation", "pairs": [["person", "company"]]}),
    Label(4, "married", "", "", "", 3, {"kind": "relation", "directed": False, "pairs": [["person", "person"]]}),
    Label(5, "near", "", "", "", 4, {"kind": "relation", "pairs": [["gone", "person"]]}),
)
ANN, BOB, ACME = Span(0, 3, 1), Span(8, 11, 1), Span(20, 24, 2)


def test_a_deleted_span_takes_its_links_along() -> None:
    value = Linked.of([ANN, BOB, ACME], [(ANN, ACME, 3), (BOB, ACME, 3), (ANN, BOB, 4)])
    assert value.with_spans({BOB: None}) == Linked.of([ANN, ACME], [(ANN, ACME, 3)])
    longer = Span(0, 5, 1)
    assert set(value.with_spans({ANN: longer}).triples()) == {(longer, ACME, 3), (BOB, ACME, 3), (longer, BOB, 4)}
    assert relabel(value, {2: None}) == Linked.of([ANN, BOB], [(ANN, BOB, 4)])
    assert relabel(value, {3: None}) == Linked.of([ANN, BOB, ACME], [(ANN, BOB, 4)])


def test_a_link_without_direction_is_the_same_both_ways() -> None:
    stored = {"spans": [[8, 11, 1], [0, 3, 1]], "relations": [[0, 1, 4]]}
    value = parse(stored, LABELS)
    assert value == Linked.of([ANN, BOB], [(ANN, BOB, 4)])
    assert parse(dump(value), LABELS) == value


@pytest.mark.parametrize(
    "relations", [[[0, 0, 3]], [[0, 7, 3]], [[0, 1, 1]], [[0, 1, 9]], [[0, 1, 3], [0, 1, 3]], "none", [[0, 1]]]
)
def test_links_that_cannot_be_are_refused(relations: object) -> None:
    with pytest.raises(BadAnnotation):
        parse({"spans": [[0, 3, 1], [20, 24, 2]], "relations": relations}, LABELS)
    with pytest.raises(BadAnnotation):
        parse({"spans": [[0, 3, 3]], "relations": []}, LABELS)


def test_the_labels_say_which_spans_go_together() -> None:
    rules = Rules.of(LABELS)
    assert rules.allowed(1, 2) == (3, 5)  # a pair that names no label is no rule
    assert rules.allowed(2, 1) == (5,)
    assert rules.allowed(1, 1) == (4, 5)
    assert not rules.is_directed(4) and rules.is_directed(3)


def test_an_error_is_called_by_what_is_wrong() -> None:
    gold = Linked.of([ANN, BOB, ACME], [(ANN, ACME, 3), (ANN, BOB, 4)])

    def kinds(*triples: tuple[Span, Span, int]) -> list[str]:
        return sorted(one.kind for one in compare(gold, Linked.of([ANN, BOB, ACME], triples)))

    assert kinds(*gold.triples()) == ["right", "right"]
    assert kinds((ANN, ACME, 5), (ANN, BOB, 4)) == ["right", "type"]
    assert kinds((ACME, ANN, 3), (ANN, BOB, 4)) == ["direction", "right"]
    assert kinds((BOB, ACME, 3)) == ["invented", "missed", "missed"]


def test_a_link_of_spans_found_a_little_off_does_not_count() -> None:
    gold = Linked.of([ANN, ACME], [(ANN, ACME, 3)])
    off = Span(19, 24, 2)
    report = score([gold, gold], [gold, Linked.of([ANN, off], [(ANN, off, 3)])], LABELS)
    assert report.headline["f1"] == 0.5
    assert [row.label for row in report.per_class] == ["works for", "married", "near"]
