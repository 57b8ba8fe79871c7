"""Which words speak for a label and against it: exact where that can be known, and as the model really decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lepton_studio.child.why.explain import Explainer, log_odds, rank_agreement
from lepton_studio.child.why.gradients import integrated_gradients
from lepton_studio.child.why.units import units_of, without
from lepton_studio.child.work import load_saved
from lepton_studio.contract.task import Input
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.events import Explained, Finished
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.training.failures import BadData
from lepton_studio.training.models import Base
from tests.training.tiny import CPU, LABELS, RECIPE, WORDS, rows, tune_here, write_run

TASK = task_named("text_classification")


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Explainer:
    return _explainer(write_run(tmp_path_factory.mktemp("why") / "run", model=tiny_model, recipe=RECIPE))


@pytest.fixture(scope="module")
def of_words(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Explainer:
    recipe = Recipe(methods=("words",))
    return _explainer(write_run(tmp_path_factory.mktemp("why") / "words", model=tiny_model, recipe=recipe))


def _explainer(run: RunFolder) -> Explainer:
    assert isinstance(tune_here(run).last, Finished)
    return Explainer(load_saved(TASK, run.model), TASK, CPU)


def test_integrated_gradients_are_those_of_a_function_whose_integral_is_known() -> None:
    """Of a * b they are (a * b) / 2 each from 0; of a sum each gets its own; together they are the difference."""
    given, baseline = torch.tensor([[3.0], [4.0]]), torch.zeros(2, 1)

    def said(vectors: torch.Tensor) -> torch.Tensor:
        a, b = vectors[:, 0, 0], vectors[:, 1, 0]
        return torch.stack([a * b, 2 * a - b, (a + b) ** 3], -1)

    found = integrated_gradients(said, given=given, baseline=baseline, steps=4, at_once=3)
    assert found.by_token.tolist() == [pytest.approx([6, 6]), pytest.approx([6, -4]), pytest.approx([147, 196])]
    assert found.gap.tolist() == pytest.approx([0, 0, 0], abs=1e-4)


@pytest.mark.parametrize("model", ["tuned", "of_words"])
def test_words_that_the_model_learnt_speak_for_their_label(model: str, request: pytest.FixtureRequest) -> None:
    explainer: Explainer = request.getfixturevalue(model)
    right = n = 0
    for row in rows(12, seed=9, noise=0):
        label = row["value"]["labels"][0]
        (said,) = explainer.explain(Input(row["text"]), (label,))
        strongest = np.argsort(said.weights)[-2:]
        right += sum(_text(row["text"], said, at) in WORDS[label] for at in strongest)
        n += len({*row["text"].split()} & {*WORDS[label]})
    assert right >= 0.8 * n, f"{right} of {n} words"


def test_the_weights_add_up_and_leaving_words_out_agrees(tuned: Explainer) -> None:
    for row in rows(6, seed=4):
        (said,) = tuned.explain(Input(row["text"]))
        assert said.by == "gradients" and said.has
        assert sum(said.weights) == pytest.approx(said.said - said.nothing, abs=said.gap + 1e-4)
        assert said.gap < 0.05 * abs(said.said - said.nothing) + 0.01
        if said.compared:
            assert said.agreement > 0.5


@pytest.mark.parametrize("model", ["tuned", "of_words"])
def test_what_would_change_it_does_change_it_and_fewer_words_do_not(model: str, request: pytest.FixtureRequest) -> None:
    explainer: Explainer = request.getfixturevalue(model)
    changed = 0
    for row in rows(9, seed=5):
        given = Input(row["text"])
        before = explainer.decide([given])[0].value.labels
        for said in explainer.explain(given, tuple(label.id for label in LABELS)):
            assert said.has == (said.label in before)
            if not said.change:
                continue
            changed += 1
            left, fewer = (
                explainer.decide([without(given, [said.words[at] for at in some])])[0].value
                for some in (said.change, said.change[:-1])
            )
            assert TASK.dump(left) == said.becomes and (said.label in left.labels) != said.has
            assert (said.label in fewer.labels) == said.has
    assert changed > 5


@pytest.mark.parametrize(
    ("task_id", "values"),
    [("ratings", [Rating(n % 5 + 1.0) for n in range(10)]), ("multi_label", [Choices((11,)), Choices()] * 5)],
)
def test_a_rating_and_several_labels_are_explained_in_their_own_terms(
    task_id: str, values: list[Any], tiny_model: Path, tmp_path: Path
) -> None:
    task, inputs = task_named(task_id), [Input(row["text"]) for row in rows(10, seed=1)]
    learner = load_part(task.learner).start(Base(str(tiny_model), task=task), labels=LABELS, recipe=RECIPE)
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    learner.model.eval()
    with torch.no_grad():
        learner.fit_head(examples, embed=lambda some: learner.features(learner.collate(some)))
    learner.save(tmp_path)
    explainer = Explainer(load_part(task.learner).load(tmp_path), task, CPU)
    for given in inputs:
        decision, (said,) = explainer.decide([given])[0], explainer.explain(given)
        assert sum(said.weights) + said.nothing == pytest.approx(said.said, abs=said.gap + 1e-3)
        if task_id == "ratings":
            assert (said.label, said.has) == (0, True) and said.said == pytest.approx(decision.value.value, abs=2e-3)
        else:
            best = max(decision.scores, key=lambda one: decision.scores[one])
            assert said.label in (decision.value.labels or (best,)) and said.has == bool(decision.value.labels)
            probability = torch.sigmoid(torch.tensor(said.said)).item()
            assert probability == pytest.approx(decision.scores[said.label], abs=1e-4)


def test_of_two_texts_either_has_its_words_and_blanks_do_not_shift_them(tuned: Explainer) -> None:
    given = Input("  card  word1", {SECOND_TEXT: " refund, word2 "})
    (said,) = tuned.explain(given, (11,))
    assert [(part, [given.text, given.fields[SECOND_TEXT]][part][start:end]) for part, start, end in said.words] == [
        (0, "card"), (0, "word1"), (1, "refund"), (1, ","), (1, "word2"),
    ]  # fmt: skip
    assert without(given, said.words[1:4]) == Input("  card  ", {SECOND_TEXT: " word2 "})


def test_what_is_beyond_the_models_reach_has_no_weight_and_that_is_said(tuned: Explainer) -> None:
    text = " ".join(["card"] * 60)
    (said,) = tuned.explain(Input(text))
    assert said.is_cut and len(said.words) == 38
    (said,) = tuned.explain(Input(""))
    assert not said.words and not said.is_cut and not said.change


def test_words_are_words_in_any_script_and_no_character_is_torn() -> None:
    text = "I don't like 味道 👨‍👩‍👧!! ไทย"
    said = [text[start:end] for _, start, end in units_of(Input(text))]
    assert said == ["I", "don't", "like", "味", "道", "👨‍👩‍👧", "!", "!", *said[8:]]
    joined = units_of(Input("味道很好"), [None, (0, 0, 2), (0, 2, 4), None])
    assert joined == [(0, 0, 2), (0, 2, 4)]


def test_log_odds_are_those_of_the_probability() -> None:
    logits = torch.tensor([[1.0, -2.0, 0.5]])
    probability = logits.softmax(-1)[0]
    assert log_odds(logits, [2, 0])[0].tolist() == pytest.approx(torch.logit(probability[[2, 0]]).tolist(), abs=1e-5)


def test_ranks_that_agree_are_told() -> None:
    assert rank_agreement([1, 2, 3, 4], [10, 20, 30, 40]) == pytest.approx(1)
    assert rank_agreement([1, 2, 3, 4], [4, 3, 2, 1]) == pytest.approx(-1)
    assert rank_agreement([1, 1, 2], [0, 0, 0]) == 0


def test_a_label_that_the_run_does_not_know_is_refused(tuned: Explainer) -> None:
    with pytest.raises(BadData, match="does not know the label"):
        tuned.explain(Input("card"), (99,))


def _text(text: str, said: Explained, at: Any) -> str:
    _, start, end = said.words[at]
    return text[start:end]
