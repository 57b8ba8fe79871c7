"""Rules: what they find, how often they are right by what people said, and that no expression hangs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.regular_expressions import BadExpression, TooSlow
from lepton_studio.studio.bulk import apply, plan
from lepton_studio.studio.rules import Rule, keep_rule, measure, measured_sentence, rule_step, rules_of
from lepton_studio.tasks import task_named

TEXTS = (
    "I want a refund now",
    "Refunds are slow",
    "Where is my card?",
    "REFUND my card please",
    "money  back, please",
    "我要退款，谢谢",
    "nothing here",
)


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (Rule("r", 1, "refund"), {1, 4}),
        (Rule("r", 1, "refund", whole=False), {1, 2, 4}),
        (Rule("r", 1, "refund", case=True), {1}),
        (Rule("r", 1, "refund, card"), {1, 3, 4}),
        (Rule("r", 1, "refund, card", "all"), {4}),
        (Rule("r", 1, "money back"), {5}),
        (Rule("r", 1, "退款"), {6}),
        (Rule("r", 1, "card?"), {3}),
        (Rule("r", 1, r"^(refund|where)\b", "pattern"), {3, 4}),
        (Rule("r", 1, " , "), set()),
        (Rule("r", 1, "", "pattern"), set()),
    ],
)
def test_a_rule_finds_words_or_a_pattern(rule: Rule, found: set[int]) -> None:
    passes = rule.test()
    assert {place for place, text in enumerate(TEXTS, 1) if passes(text)} == found


def _project(folder: Path) -> Project:
    project = Project.create(folder / "P.lepton", task="text_classification", labels=["refund", "card"])
    with project.change("Import") as change:
        change.add_samples(NewSample(text) for text in TEXTS)
    return project


def test_precision_is_measured_on_labels_that_no_rule_gave(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        task = task_named(project.task_id)
        rule = Rule("money", 1, "refund, refunds, money back")
        assert measured_sentence(measure(project, [rule], task=task)["money"]).endswith("its precision is unknown.")
        project.annotate(1, {"labels": [1]}, labels=(1,))
        project.annotate(4, {"labels": [2]}, labels=(2,))
        step = rule_step(project, rule, task=task)
        found = plan(project, step, task=task)
        assert (found.same, len(found.chosen()), found.count("conflict", in_test=False)) == (1, 2, 1)
        apply(project, step, found.chosen())
        assert project.label_counts() == {1: 3, 2: 1} and project.undo_name() == step.title
        one = measure(project, [rule], task=task)["money"]
        assert (one.matched, one.unlabelled, one.n, one.right) == (4, 0, 2, 1), "its own labels prove nothing"
        assert "50.0%" in measured_sentence(one) and "on 2 samples" in measured_sentence(one)


def test_rules_are_kept_by_name_and_go_with_their_label(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        first, second = Rule("a", 1, "refund"), Rule("b", 2, "card", "all", whole=False, case=True)
        keep_rule(project, first)
        keep_rule(project, second)
        keep_rule(project, Rule("c", 1, "refund"), was="a")
        folder = project.folder
    with Project.open(folder) as project:
        assert rules_of(project) == [Rule("c", 1, "refund"), second]
        project.delete_label(2, relabel=lambda _value: None)
        assert [one.name for one in rules_of(project)] == ["c"]
        project.undo()
        assert [one.name for one in rules_of(project)] == ["c", "b"]


def test_a_bad_or_endless_expression_is_refused_in_a_sentence_within_a_second(tmp_path: Path) -> None:
    with _project(tmp_path) as project:
        for pattern in ("(refund", "[a", "*", "\\"):
            with pytest.raises(BadExpression, match="not a valid regular expression"):
                keep_rule(project, Rule("bad", 1, pattern, "pattern"))
        with pytest.raises(TooSlow):
            keep_rule(project, Rule("huge", 1, "(a{1000}){1000}", "pattern"))
        assert rules_of(project) == []
        with project.change("Import") as change:
            change.add_samples(NewSample("a" * 50_000 + "!") for _ in range(50))
        endless = Rule("endless", 1, r"(a|aa)+$", "pattern")
        began = time.monotonic()
        found = measure(project, [endless, Rule("good", 1, "refund")], task=task_named(project.task_id))
        assert "takes too long" in measured_sentence(found["endless"]) and found["good"].matched == 2
        with pytest.raises(TooSlow):
            rule_step(project, endless, task=task_named(project.task_id))
        assert time.monotonic() - began < 5, "one text's time, not that of all"
        assert project.count(Filter(state="labelled")) == 0
