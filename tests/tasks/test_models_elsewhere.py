"""A tuned model is the person's: the lines of its README, run as they stand, say what Lepton Studio said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.contract.task import Input
from lepton_studio.project.marks import QUESTION, SECOND_TEXT
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base
from tests.training.tiny import CPU, write_tiny_model

LABELS = tuple(JobLabel(place + 1, name) for place, name in enumerate(("card", "transfer", "refund")))
TEXTS = (
    "card plastic chip",
    "transfer word3 abroad bank",
    "money back word1 word2",
    "iban word7",
    "word9 pin word8 shop",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


def learned(task: str, tiny: Path, *, inputs: list[Input], values: list[Any]) -> Any:
    """A learner after `prepare`, `fit_head` and `calibrate`, its head away from nought."""
    torch.manual_seed(1)
    learner = load_part(task_named(task).learner).start(
        Base(str(tiny)), labels=LABELS, recipe=Recipe(dropout=0.0, max_length=12)
    )
    learner.model.eval()
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    with torch.no_grad():
        learner.fit_head(examples, embed=lambda some: learner.features(learner.collate(some)))
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=CPU))
    return learner


def run_readme(folder: Path, monkeypatch: pytest.MonkeyPatch, *, put: dict[str, str]) -> dict[str, Any]:
    """What the lines leave behind; `put` says what to write in place of their example texts."""
    found = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    code = found[1]
    for old, new in put.items():
        assert old in code
        code = code.replace(old, new)
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("task", ["multi_label", "ratings"])
def test_its_readme_says_of_texts_and_of_pairs_what_the_run_said(
    task: str, paired: bool, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = {SECOND_TEXT: " money  word5 word6 return"} if paired else {}
    inputs = [Input(text, second) for text in TEXTS]
    chosen: list[Any] = [Choices((1, 3)), Choices((2,)), Choices(), Choices((2,)), Choices((1,))]
    values = chosen if task == "multi_label" else [Rating(one) for one in (1.0, 4.5, 3.0, 5.0, 2.0)]
    learner = learned(task, tiny, inputs=inputs, values=values)
    learner.save(tmp_path)
    decisions = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    texts = [[one.text, *one.fields.values()] if paired else one.text for one in inputs]
    names = run_readme(tmp_path, monkeypatch, put={'["a text"]': repr(texts)})
    if task == "multi_label":
        rows = [
            tuple(label.id for label, yes in zip(LABELS, row, strict=True) if yes) for row in names["found"].tolist()
        ]
        assert rows == [one.value.labels for one in decisions]
        assert names["probabilities"][0].tolist() == pytest.approx(list(decisions[0].scores.values()), abs=1e-5)
    else:
        assert names["ratings"].tolist() == pytest.approx([one.value.value for one in decisions], abs=1e-2)


def test_its_readme_finds_the_same_answer(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"word1 {text}" for text in TEXTS]
    inputs = [Input(text, {QUESTION: "card bank?"}) for text in texts]
    values = [Answers((Question("card bank?", (Answer(0, 5, "word1"),)),)) for _ in texts]
    learner = learned("question_answering", tiny, inputs=inputs, values=values)
    learner.save(tmp_path)
    decisions = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    for text, decision in zip(texts, decisions, strict=True):
        put = {'"a question?"': '"card bank?"', '"a text"': repr(text)}
        assert run_readme(tmp_path, monkeypatch, put=put)["answer"] == decision.value.questions[0].answers[0].text
