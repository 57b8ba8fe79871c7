"""The model reads a long text in windows, and says where an answer stands in the text as it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.contract.task import Input
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question
from lepton_studio.tasks.question_answering.learner import AnswersLearner, Found
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base
from tests.training.tiny import CPU, write_tiny_model

SENTENCES = ("Ünïcode 🙂 naïve", "她在里斯本写信", "كتبت من فاس", "a\u2028line, 10:15", "e\u0301tude\r\nnew")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


def asked(text: str, *words: str) -> tuple[Input, Answers]:
    questions = [
        Question(f"word0 {n}", (Answer(text.index(one), text.index(one) + len(one), one),))
        for n, one in enumerate(words)
    ]
    return Input(text), Answers(tuple(questions))


def test_every_answer_is_found_where_the_targets_say_in_any_script() -> None:
    """What `answers` points at by the targets' own places, through windows and back, is the answer as it was marked."""
    learner = AnswersLearner.start(Base(BUILT_IN_MODEL), labels=(), recipe=Recipe(max_length=32))
    for sentence in SENTENCES:
        text = " ".join(f"word{n}" for n in range(40)) + " " + sentence + " and more of this, " * 20
        input, value = asked(text, *sentence.split())
        examples = learner.encode([input], [value])
        assert len({example.info.first for example in examples}) > 3
        assert all(len(example.tokens) <= 32 for example in examples)
        learner.prepare(examples)

        def point(some: Any) -> list[Found]:
            return [Found(one.target.start, one.target.end, float(one.target.start != 0), 0.5, 1.0) for one in some]

        (decision,) = learner.decide([input], examples, run=point)
        assert decision.value == value


def test_questions_of_an_unlabelled_sample_are_the_lines_of_its_field(tiny: Path) -> None:
    learner = AnswersLearner.start(Base(str(tiny)), labels=(), recipe=Recipe())
    inputs = [
        Input("card word1 word2", {"question": "Who?\n\n Where? "}),
        Input("", {"question": "Why?"}),
        Input("pin"),
    ]
    decisions = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    assert [[one.question for one in decision.value.questions] for decision in decisions] == [
        ["Who?", "Where?"],
        ["Why?"],
        [],
    ]
    assert all(len(one.answers) == 1 for one in decisions[0].value.questions)
    assert decisions[1].value.questions[0].impossible  # there is no text to answer from


def test_it_learns_where_answers_stand_and_where_there_is_none(tiny: Path) -> None:
    torch.manual_seed(0)
    recipe = Recipe(dropout=0.0, max_length=40)
    learner = AnswersLearner.start(Base(str(tiny)), labels=(), recipe=recipe)
    pairs = []
    for n in range(24):
        text = " ".join([f"word{(7 * n + k) % 40}" for k in range(6)] + ["card"] * (n % 3 > 0) + [f"word{n}"] * 2)
        where = text.find("card")
        answers = (Answer(where, where + 4, "card"),) if where >= 0 else ()
        pairs.append((Input(text), Answers((Question("send card?", answers, impossible=not answers, id=str(n)),))))
    inputs, values = [one for one, _ in pairs], [one for _, one in pairs]
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    optimizer = torch.optim.AdamW([one for one in learner.model.parameters() if one.requires_grad], lr=5e-3)
    for _ in range(60):
        batch = learner.collate(examples)
        optimizer.zero_grad()
        (learner.loss(learner.forward(batch), batch) / batch.weight).backward()
        optimizer.step()
    run = runner(learner=learner, machine=CPU)
    learner.calibrate(inputs, values, run=run)
    assert learner.settings.threshold is not None
    found = [one.value.questions[0] for one in learner.decide(inputs, learner.encode(inputs, values), run=run)]
    assert [one.impossible for one in found] == [value.questions[0].impossible for value in values]
    assert [one.answers for one in found] == [value.questions[0].answers for value in values]
