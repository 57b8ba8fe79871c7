"""The instant model: reads texts and learns decisions in the live child, and says what each sample is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import ORDERS_OF_INSTANT, NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.asking import NotAnswered
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.studio.instant.working import Work

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with Children() as owner:
        yield owner


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Two kinds of texts in turn, of which none is labelled."""
    labels = ("lost card", "refund")
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=labels) as made:
        with made.change("Import") as change:
            change.add_samples(
                NewSample(f"{text}, number {n}")
                for n in range(5)
                for pair in zip(CARD, REFUND, strict=True)
                for text in pair
            )
        yield made


@pytest.fixture
def work(children: Children) -> Iterator[Work]:
    made = Work(children)
    yield made
    made.close()
    assert not made.folder.exists()


def _model(work: Work, project: Project) -> InstantModel:
    work.go_on(project)
    assert work.model is not None
    return work.model


def _right(model: InstantModel, project: Project) -> float:
    said = [model.suggestion(one) for one in project.sample_ids()]
    return sum(one is not None and one.value.labels[0] == 1 + place % 2 for place, one in enumerate(said)) / len(said)


def test_names_suggest_before_the_first_label_and_decisions_correct_them(work: Work, project: Project) -> None:
    model = _model(work, project)
    assert model.decisions == 0 and model.score is None and _right(model, project) >= 0.9
    assert work.read.texts == work.read.words == work.read.vectors == 40

    for sample in range(1, 21):  # the other way round: what a person says counts
        project.annotate(sample, {"labels": [1 + sample % 2]}, labels=(1 + sample % 2,))
    work.learn()
    model = _model(work, project)
    assert model.decisions == 20 and _right(model, project) <= 0.1
    assert model.score is not None and model.score.n == 20 and model.score.right >= 18
    assert model.held_out is not None and model.held_out["sample"].tolist() == list(range(1, 21))
    first = model.suggestion(1)
    assert first is not None and first.predictor.kind == "instant"
    assert first.score == max(first.scores.values()) > 0.5


def _project(folder: Path, task: str, samples: Sequence[NewSample], *, labels: Sequence[str] = ()) -> Project:
    project = Project.create(folder / f"{task}.lepton", task=task, labels=labels)
    with project.change("Import") as change:
        change.add_samples(samples)
    return project


def test_several_labels_and_none_are_learnt_and_ratings_are_those_of_the_scale(work: Work, tmp_path: Path) -> None:
    both = [f"{one} {other}" for one, other in zip(CARD, REFUND, strict=True)]
    other = ("The sun is shining", "We had pasta for lunch", "The train leaves at noon", "A film about whales")
    kinds = [((1,), CARD), ((2,), REFUND), ((1, 2), both), ((), other)]
    rows = [(ids, f"{text} ({n})") for n in range(4) for ids, texts in kinds for text in texts]
    samples = [NewSample(text) for _, text in rows]
    with _project(tmp_path, "multi_label", samples, labels=("card", "refund")) as project:
        model = _model(work, project)
        first = model.suggestion(1)
        assert first is not None and len(first.labels) == 1, "by its name"
        project.annotate_many((at + 1, {"labels": list(ids)}, ids) for at, (ids, _) in enumerate(rows[:48]))
        work.learn()
        model = _model(work, project)
        said = [model.suggestion(at + 1) for at in range(48, 64)]
        right = [one is not None and one.value.labels == ids for one, (ids, _) in zip(said, rows[48:], strict=True)]
        assert sum(right) >= 14 and model.score is not None and "micro_f1" in model.score.headline
        assert all(one is not None and one.score is not None and one.score >= 0.5 for one in said)


def test_ratings_are_those_that_were_given(work: Work, tmp_path: Path) -> None:
    rows = [(1, "Awful, it broke at once"), (3, "It is all right, nothing special"), (5, "Wonderful, I love it")]
    samples = [NewSample(f"{text} {n}") for n in range(12) for _, text in rows]
    with _project(tmp_path, "ratings", samples) as project:
        work.go_on(project)
        assert work.model is None, "nothing can be said before the first rating"
        project.annotate_many((at + 1, {"rating": rows[at % 3][0]}, ()) for at in range(24))
        work.learn()
        model = _model(work, project)
        said = [model.suggestion(at + 1) for at in range(24, 36)]
        assert [one and one.value.value for one in said] == [1, 3, 5] * 4
        assert all(one is not None and one.score is not None and one.score > 0.8 for one in said)
        assert model.score is not None and model.score.right == model.score.n == 24


def test_pairs_are_read_as_pairs_and_what_is_read_is_read_once(children: Children, work: Work, tmp_path: Path) -> None:
    pairs = [(f"Is my card lost? {n}", other) for n in range(12) for other in (CARD[0], other_text(n))]
    samples = [NewSample(text, fields={SECOND_TEXT: second}) for text, second in pairs]
    with _project(tmp_path, "text_classification", samples, labels=("same", "other")) as project:
        project.annotate_many((at + 1, {"labels": [1 + at % 2]}, (1 + at % 2,)) for at in range(16))
        model = _model(work, project)
        said = [model.suggestion(at + 1) for at in range(16, 24)]
        assert [one and one.labels[0] for one in said] == [1, 2] * 4

        files = list((project.folder / "vectors").rglob("*.keys"))
        before = sum(one.stat().st_size for one in files)
        again = Work(children)
        with project.change("Import") as change:
            change.add_samples([NewSample("My card is gone", fields={SECOND_TEXT: "Blue whales"})])
        again.go_on(project)
        again.close()
        assert sum(one.stat().st_size for one in files) == before + 16, "one more text, one more vector"


def other_text(number: int) -> str:
    return f"The weather is fine on day {number}"


def test_a_text_unlike_all_others_is_told_and_the_least_sure_come_first(work: Work, project: Project) -> None:
    with project.change("Import") as change:
        change.add_samples([NewSample("def main(): import sys; return sys.argv[1:]")])
    project.annotate_many((at, {"labels": [2 - at % 2]}, (2 - at % 2,)) for at in range(1, 31))
    model = _model(work, project)
    assert model.is_stranger(41) and sum(model.is_stranger(one) for one in range(31, 41)) <= 2
    first = model.suggestion(41)
    assert first is not None and first.score is not None, "there is no label for it"
    project.add_label("Other")
    work.learn()
    other = _model(work, project).suggestion(41)
    assert other is not None and other.labels == (3,) and other.score is None, "how likely that is nobody knows"
    order = model.order().tolist()
    assert sorted(order) == list(range(1, 42))
    margins = [one.margin for one in map(model.suggestion, order) if one is not None and one.margin is not None]
    assert margins == sorted(margins)


def test_another_child_reads_on_where_one_was_lost(work: Work, project: Project) -> None:
    _model(work, project)
    for child in work.children.children():
        psutil.Process(child.pid).kill()
    project.annotate_many((at, {"labels": [2 - at % 2]}, (2 - at % 2,)) for at in range(1, 21))
    work.learn()
    try:
        work.go_on(project)
    except NotAnswered:
        work.learn()  # the window tries again with the next decision
    model = _model(work, project)
    assert model.decisions == 20 and _right(model, project) >= 0.9 and work.read.words == 40


def test_labels_that_are_wrong_are_found_with_what_is_likelier(work: Work, project: Project) -> None:
    wrong = {7, 20}
    for sample in range(1, 37):
        label = 1 + (sample + 1) % 2
        label = 3 - label if sample in wrong else label
        project.annotate(sample, {"labels": [label]}, labels=(label,))
    project.set_split([33, 34], "test")
    work.suspect()
    work.go_on(project)
    assert work.suspects is not None and work.suspects.judged == 34, "the test split is judged by nobody's guess"
    first = work.suspects.found[:2]
    assert {one.sample for one in first} == wrong and first[0].doubt >= first[1].doubt > 0.5
    assert {one.sample: one.suggestion.value.labels for one in first} == {7: (1,), 20: (2,)}


def test_the_next_samples_are_chosen_in_the_order_that_is_wanted(work: Work, project: Project) -> None:
    for sample in range(1, 11):
        label = 2 - sample % 2
        project.annotate(sample, {"labels": [label]}, labels=(label,), seconds=2.0)
    whys = {}
    for order in ORDERS_OF_INSTANT:
        work.ask_by(order)
        _model(work, project)
        asked = [one.sample for one in work.asking.chosen]
        assert asked and len(set(asked)) == len(asked) and min(asked) > 10
        whys[order] = work.asking.chosen[0].why
    assert whys["diversity"] == "different" and whys["disagreement"] == "disputed" and whys["random"] == "random"
    assert whys["badge"] == whys["entropy"] == "unsure" and whys["rarity"] == "rare"


def test_before_the_first_label_each_label_has_a_text_in_the_first_batch(work: Work, project: Project) -> None:
    _model(work, project)
    first = [one.sample % 2 for one in work.asking.chosen if one.why == "typical"]
    assert first[:2] in ([0, 1], [1, 0]) and first[2:4] in ([0, 1], [1, 0])


def test_where_what_was_asked_for_teaches_less_than_the_draw_half_of_what_comes_next_is_any(
    work: Work, tmp_path: Path
) -> None:
    labels = ("lost card", "refund")
    texts = [f"{(CARD, REFUND)[n % 2][n // 2 % 4]}, number {n}" for n in range(160)]
    with _project(tmp_path, "text_classification", [NewSample(text) for text in texts], labels=labels) as project:
        for sample in (*range(1, 41), *range(41, 101, 2)):
            label = 2 - sample % 2
            project.annotate(sample, {"labels": [label]}, labels=(label,))
        project.set_split(range(1, 41), "test")
        for sample in (102, 104):
            project.annotate(sample, {"labels": [2]}, labels=(2,))
        _model(work, project)
        whys = [one.why for one in work.asking.chosen]
        assert whys[1::2] == ["random"] * len(whys[1::2]) and "random" not in whys[::2], "only one label was asked for"
