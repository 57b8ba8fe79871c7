"""A score says by whose labels it was measured, how many samples stand behind it, and how sure it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.cli import main
from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Baseline, Report
from lepton_studio.contract.written import Written
from lepton_studio.project.project import Project
from lepton_studio.project.records import PredictedSample, PredictionFilter, RunRecord
from lepton_studio.studio.baselines import baseline_words
from lepton_studio.studio.certainty import (
    f1_interval,
    mcnemar,
    mean_interval,
    paired_bootstrap,
    probability_above,
    probability_better,
    wilson,
)
from lepton_studio.studio.comparing import compare_runs, conclusion_words, shared_split
from lepton_studio.studio.judging import Standing, Standings, caution, lead_sentence, moved_words, standing
from lepton_studio.studio.scores_in_words import between
from lepton_studio.tasks import task_named
from lepton_studio.tasks.question_answering.annotation import Answer as Found
from lepton_studio.tasks.question_answering.annotation import Answers, Question
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.tasks.spans.annotation import Spans
from tests.ui.tuned_project import guessed_project, tuned_project


@pytest.fixture
def project(tmp_path: Path) -> Any:
    with tuned_project(tmp_path / "p.lepton", runs=2) as project:
        yield project


def newest(project: Project) -> RunRecord:
    return project.runs()[0]


def stands(project: Project, run: RunRecord) -> Standing:
    found = standing(project, run, "test")
    assert found is not None
    return found


def errors(project: Project, run: RunRecord, *, split: Any = "test") -> list[PredictedSample]:
    return project.predictions(run.id, PredictionFilter(split, correct=False))


def accept(project: Project, shown: PredictedSample) -> None:
    """The prediction becomes the label, as Enter on the Inspect page has it."""
    assert shown.prediction.predicted is not None
    project.annotate(
        shown.sample.id, shown.prediction.value, labels=(shown.prediction.predicted,), origin="manual", name="Label"
    )


def test_a_corrected_test_label_is_told_beside_the_score_that_it_moved(project: Project) -> None:
    run, task = project.runs()[-1], task_named(project.task_id)
    before = stands(project, run)
    assert not before.is_moved
    assert moved_words(before, task) == ""
    assert before.today == before.then == run.scores["test"]
    wrong = errors(project, run)
    accept(project, wrong[0])
    after = stands(project, run)
    assert (after.changed, after.right, after.n) == (1, before.right + 1, before.n)
    assert after.then == run.scores["test"], "what the run measured stays what it was"
    assert after.today["accuracy"] == pytest.approx(after.right / after.n)
    then, today = (f"{one['macro_f1'] * 100:.1f}%" for one in (after.then, after.today))
    assert moved_words(after, task) == f"Macro-F1 {then} then, {today} on today's labels: 1 test label changed since."
    accept(project, wrong[1])
    assert "2 test labels changed since" in moved_words(stands(project, run), task)
    project.undo()
    project.undo()
    assert stands(project, run) == before, "an undo brings the old score back"


def test_labels_of_other_splits_move_no_test_score(project: Project) -> None:
    accept(project, errors(project, project.runs()[-1], split="train")[0])
    assert not stands(project, project.runs()[-1]).is_moved


def test_what_is_gone_or_lost_its_label_does_not_count_and_is_told(project: Project) -> None:
    run, task = newest(project), task_named(project.task_id)
    sample = project.predictions(run.id, PredictionFilter("test"))[0].sample
    project.annotate(sample.id, None, labels=(), origin="manual", name="Off")
    found = stands(project, run)
    assert (found.n, found.left_out) == (found.then_n - 1, 1)
    assert "1 of its samples was removed or has no label now" in moved_words(found, task)


def test_a_merge_of_labels_makes_no_run_worse_that_knew_both(project: Project) -> None:
    """Merged twice: what was the first label is the third now, and an answer that says the first is right there."""
    run = project.runs()[-1]
    before = stands(project, run)
    wrong = errors(project, run)[0].prediction
    first, second = wrong.gold, wrong.predicted
    assert first is not None and second is not None
    third = next(label.id for label in project.labels() if label.id not in (first, second))

    def relabelled(gone: int, into: int) -> Any:
        task = task_named(project.task_id)
        return lambda stored: task.dump(task.relabel(task.parse(stored, project.labels()), {gone: into}))

    project.merge_labels(first, into_id=second, relabel=relabelled(first, second))
    once = stands(project, run)
    assert once.right >= before.right and once.n == before.n
    project.merge_labels(second, into_id=third, relabel=relabelled(second, third))
    twice = stands(project, run)
    assert twice.right >= once.right and twice.n == before.n
    together = [p for p in project.predictions(run.id, PredictionFilter("test"), limit=500)]
    among = {first, second, third}
    mixed = [p for p in together if {p.prediction.gold, p.prediction.predicted} <= among and not p.prediction.is_right]
    assert mixed and twice.right == before.right + len(mixed), "mix-ups between merged labels are none any more"


def test_standings_are_kept_until_labels_that_they_rest_on_change(project: Project) -> None:
    known, run = Standings(), newest(project)
    first = known.of(project, project.runs())
    assert set(first) == {(one.id, split) for one in project.runs() for split in ("test", "validation")}
    accept(project, errors(project, project.runs()[-1], split="train")[0])
    again = known.of(project, project.runs())
    assert all(again[key] is first[key] for key in first)
    accept(project, errors(project, project.runs()[-1])[0])
    moved = known.of(project, project.runs())
    assert moved[run.id, "test"].changed == 1
    assert moved[run.id, "validation"] is first[run.id, "validation"]


# --------------------------------------------------------------------------------------------------------- one sentence

_WORDS = ("the train is late", "my parcel was wet", "who pays for this", "nobody answers the phone")


def _spans(*edges: tuple[int, int]) -> Spans:
    return Spans(tuple(Span(start, end, 1) for start, end in edges))


def _answered(said: str) -> Answers:
    return Answers((Question("Where?", (Found(0, len(said), said),)),))


@pytest.mark.parametrize(
    ("task_id", "pairs", "begins"),
    [
        ("ratings", [(Rating(3), Rating(3.2)), (Rating(1), Rating(4))], "Within half a step on 8 of 16 texts"),
        ("spans", [(_spans((0, 3)), _spans((0, 3))), (_spans((0, 3)), _spans())], "F1: 66.7% on 16 texts"),
        (
            "question_answering",
            [(_answered("Bonn"), _answered("Bonn"))],
            "Average F1 per text: 100.0% on 8 texts",
        ),
        ("text_to_text", [(Written("abc"), Written("abc"))], "Average chrF per text: 100.0% on 8 texts"),
    ],
)
def test_every_task_says_in_one_sentence_what_a_run_is_worth(
    tmp_path: Path, task_id: str, pairs: list[tuple[Any, Any]], begins: str
) -> None:
    rows = [(f"{word} {number}", *pair) for number, word in enumerate(_WORDS * 2) for pair in pairs]
    labels = ["x"] if task_named(task_id).label_kinds else []
    with guessed_project(tmp_path / "p.lepton", task_id, rows, labels=labels) as project:
        task, found = task_named(task_id), stands(project, newest(project))
        said = lead_sentence(found, task)
        assert said.startswith(f"{begins} that it had not seen; 95% CI: "), said
        assert found.interval.low <= found.value <= found.interval.high


def test_a_figure_of_few_texts_carries_its_doubt(project: Project) -> None:
    task, found = task_named(project.task_id), stands(project, newest(project))
    assert lead_sentence(found, task) == (
        f"Right on {found.right} of 24 texts that it had not seen; {between(wilson(found.right, 24), n=24)}"
    )
    assert "24 texts are too few" in caution(found)
    assert between(wilson(29, 32), n=32) == "95% CI: 75–97%"
    assert between(wilson(5812, 6405), n=6405) == "95% CI: 90.0–91.5%"


# ------------------------------------------------------------------------------------------------------------ two runs


@pytest.mark.parametrize(
    ("better", "worse", "said"),
    [
        (10, 0, ""),
        (4, 3, " The difference may be due to chance: label more texts, or try another base model or method."),
        (0, 10, " They do better: label more texts, or try another base model or method."),
    ],
)
def test_a_run_is_told_what_words_alone_reach_and_what_to_do_where_it_is_no_better(
    project: Project, better: int, worse: int, said: str
) -> None:
    run = newest(project)
    report = replace(Report.from_json(project.report(run.id, "test")), baseline=None)
    project.store_report(run.id, split="test", report=report.to_json())
    assert baseline_words(stands(project, run)) == "", "a run of an earlier version has none"
    beside = Baseline({"accuracy": 0.5}, right=report.n // 2, better=better, worse=worse)
    stored = json.loads(json.dumps(replace(report, baseline=beside).to_json()))
    assert Report.from_json(stored).baseline == beside
    project.store_report(run.id, split="test", report=stored)
    assert report.n % 2 == 0
    reached = between(wilson(report.n // 2, report.n), n=report.n)
    words = f"Word statistics alone get 50.0% on the same {report.n} texts; {reached}."
    assert baseline_words(stands(project, run)) == words + said
    accept(project, errors(project, run)[0])
    assert baseline_words(stands(project, run)) == "", "it was measured by other labels"


@pytest.mark.parametrize(
    ("beside", "said"),
    [
        (
            Baseline({}, right=0, better=12, worse=1, by="lead", quality=0.25),
            "Copying the beginning of each text gets an average of 25.0% on the same {n} texts.",
        ),
        (
            Baseline({}, right=3, better=1, worse=14, by="nearest", quality=0.5),
            "Copying what was written for the most similar training sample gets an average of 50.0% on the same {n} "
            "texts. That is better than this model: annotate more texts, or try another base model.",
        ),
    ],
)
def test_a_model_that_writes_is_held_against_copying(project: Project, beside: Baseline, said: str) -> None:
    run = newest(project)
    report = replace(Report.from_json(project.report(run.id, "test")), baseline=beside)
    project.store_report(run.id, split="test", report=json.loads(json.dumps(report.to_json())))
    assert baseline_words(stands(project, run)) == said.format(n=report.n)


@pytest.mark.parametrize(
    ("better", "worse", "said"),
    [
        (10, 0, ""),
        (4, 3, " The difference between the two may be due to chance: take the quick model, label more texts, or try"),
        (0, 10, " It does better than this one: take the quick model, label more texts, or try another base model."),
    ],
)
def test_a_run_that_is_no_better_than_the_quick_model_says_to_take_that_one(
    project: Project, better: int, worse: int, said: str
) -> None:
    run = newest(project)
    words = Baseline({"accuracy": 0.5}, right=12, better=12, worse=0)
    quick = Baseline({"accuracy": 0.75}, right=18, better=better, worse=worse)
    report = replace(Report.from_json(project.report(run.id, "test")), baseline=words, quick=quick)
    project.store_report(run.id, split="test", report=json.loads(json.dumps(report.to_json())))
    told = baseline_words(stands(project, run))
    begins = (
        "Word statistics alone get 50.0% on the same 24 texts; 95% CI: 31–69%. The quick model gets 75.0%; 95% CI: "
    )
    assert told.startswith(f"{begins}55–89%.{said}") and (said or told.endswith("%."))


def test_runs_are_compared_on_the_same_samples_by_the_same_labels(project: Project) -> None:
    second, first = project.runs()
    split = shared_split(first, second)
    assert split == "test"
    found = compare_runs(project, first, second, split=split)
    assert found is not None
    right = {run.id: {p.sample.id for p in project.predictions(run.id, PredictionFilter("test", correct=True))}
             for run in (first, second)}  # fmt: skip
    assert set(found.better) == right[second.id] - right[first.id]
    assert set(found.worse) == right[first.id] - right[second.id]
    assert found.scores[0]["accuracy"] == pytest.approx(len(right[first.id]) / found.n)
    assert found.p == mcnemar(len(found.better), len(found.worse))
    accept(project, errors(project, first)[0])
    again = compare_runs(project, first, second, split=split)
    assert again is not None
    assert again.scores[0]["accuracy"] > found.scores[0]["accuracy"], "by the labels of today"
    assert len(again.labels) == 6


def test_a_sample_that_one_of_the_runs_learnt_from_does_not_count(project: Project) -> None:
    """Splits that were shared out anew between two runs: what was a test text for one taught the other."""
    second, first = project.runs()
    moved = [p.sample.id for p in project.predictions(second.id, PredictionFilter("test"))[:4]]
    rows = [p.prediction for p in project.predictions(second.id, PredictionFilter("test")) if p.sample.id in moved]
    project.store_predictions(second.id, [_in_training(row) for row in rows])
    found = compare_runs(project, first, second, split="test")
    assert found is not None
    assert (found.n, found.only_first, found.only_second) == (20, 4, 0)


def _in_training(row: Any) -> Any:
    import dataclasses

    return dataclasses.replace(row, split="train")


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 0.0625),
        (6, 0, 0.03125),
        (10, 2, 0.03857421875),
        (7, 7, 1.0),
        (2, 10, 0.03857421875),
    ],
)
def test_mcnemar_is_the_exact_binomial_test(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p)


def test_the_bootstraps_hold_the_mean_and_call_a_clear_difference_one() -> None:
    values = [0.2, 0.9, 0.8, 0.7, 0.4] * 10
    interval = mean_interval(values)
    assert interval.low < 0.6 < interval.high
    assert f1_interval([(1, 1, 1), (0, 1, 1)] * 20).low < 0.5 < f1_interval([(1, 1, 1), (0, 1, 1)] * 20).high
    assert paired_bootstrap([0.1] * 19 + [-0.05]) < 0.01
    assert paired_bootstrap([0.1, -0.1] * 10) > 0.5
    assert paired_bootstrap([0.0] * 9) == 1.0


@pytest.mark.parametrize("n", [1, 3, 40])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_samples_that_are_all_alike_do_not_make_a_figure_certain(n: int, share: float) -> None:
    counts = {0.0: (0, 1, 1), 0.5: (1, 2, 2), 1.0: (1, 1, 1)}
    for interval in (mean_interval([share] * n), f1_interval([counts[share]] * n)):
        assert interval.low - 1e-9 < share < interval.high + 1e-9 and interval.width > 1 / (n + 4)


def test_a_verdict_names_its_samples_and_its_doubt(project: Project) -> None:
    second, first = project.runs()
    found = compare_runs(project, first, second, split="test")
    assert found is not None
    said = conclusion_words(found)
    assert f"of {found.n} test texts that both answered" in said
    assert ("Cannot tell" in said) == (found.conclusion == "unclear") == (found.p >= 0.05)


def test_the_command_line_says_the_same(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run, task = newest(project), task_named(project.task_id)
    accept(project, errors(project, project.runs()[-1])[0])
    found, folder = stands(project, run), str(project.folder)
    assert main(["report", folder]) == 0
    report = capsys.readouterr().out
    for said in (lead_sentence(found, task), moved_words(found, task), "with their labels at that time", "macro-F1"):
        assert said in report, report
    assert main(["status", folder]) == 0
    status = capsys.readouterr().out
    for said in (lead_sentence(found, task), moved_words(found, task), "test, 24 texts", "→", "finished"):
        assert said in status, status
    assert not re.search(r"\b0\.\d", report + status), "per cent everywhere"
    assert main(["compare", folder, "1", "2"]) == 0
    told = compare_runs(project, project.run(1), project.run(2), split="test")
    assert told is not None
    compared = capsys.readouterr().out
    assert conclusion_words(told) in compared and "F1 per label" in compared
    assert re.search(r"method +Full fine-tuning +Full fine-tuning", compared)
    assert main(["compare", folder, "1", "2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["n"], facts["conclusion"], facts["better"]) == (told.n, told.conclusion, list(told.better))
    assert main(["report", folder, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["accuracy"] == found.then["accuracy"] and facts["today"]["accuracy"] == found.today["accuracy"]
    assert main(["compare", folder, "1", "9"]) == 1


@pytest.mark.parametrize(
    ("better", "worse", "probability"), [(0, 0, 0.5), (1, 0, 0.75), (0, 1, 0.25), (5, 5, 0.5), (30, 0, 1 - 2**-31)]
)
def test_the_probability_of_being_better_is_that_of_a_beta_distribution_above_a_half(
    better: int, worse: int, probability: float
) -> None:
    assert probability_better(better, worse) == pytest.approx(probability)
    assert probability_better(better, worse) + probability_better(worse, better) == pytest.approx(1)
    differences = [0.2] * better + [-0.2] * worse
    assert (probability_above(differences) - 0.5) * (better - worse) >= 0
