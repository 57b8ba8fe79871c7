"""Models that are fitted in one go: saved, loaded, and used by the lines of their README without Lepton Studio."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.contract.task import Input
from lepton_studio.methods.recipes import adjusted, check_readable, fitting
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.job import BadSetting, JobLabel, Recipe
from lepton_studio.tasks import all_tasks, load_part, task_named
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base
from lepton_studio.training.signals import Interrupted
from tests.training.tiny import CPU, write_tiny_model

LABELS = tuple(JobLabel(place + 1, name) for place, name in enumerate(("card", "transfer", "refund")))
TEXTS = (
    "card plastic chip!",
    "word3 abroad 很好吃 bank",
    "money back word1 word2",
    "iPhone手机 word7",
    "",
    "Card PIN shop",
)
VALUES: dict[str, list[Any]] = {
    "text_classification": [Choice((1,)), Choice((2,)), Choice((3,)), Choice((2,)), Choice((2,)), Choice((1,))],
    "multi_label": [Choices((1, 3)), Choices((2,)), Choices(), Choices((2,)), Choices((2,)), Choices((1,))],
    "ratings": [Rating(one) for one in (1.0, 4.5, 3.0, 5.0, 5.0, 2.0)],
}
FOUND = {"text_classification": "probabilities", "multi_label": "probabilities", "ratings": "ratings"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


def fitted(
    task: str,
    method: str,
    model: str,
    *,
    inputs: list[Input],
    check: Callable[[], None] = lambda: None,
    class_weights: bool = False,
) -> Any:
    learner = load_part(task_named(task).learner).start(
        Base(model, task=task_named(task), check=check),
        labels=LABELS,
        recipe=Recipe(methods=(method,), class_weights=class_weights),
    )
    examples = learner.encode(inputs, VALUES[task])
    learner.prepare(examples)
    learner.model.eval()
    with torch.no_grad():
        learner.fit_head(examples, embed=lambda some: learner.features(learner.collate(some)))
    learner.calibrate(inputs, VALUES[task], run=runner(learner=learner, machine=CPU))
    return learner


def said_by(learner: Any, inputs: list[Input]) -> list[Any]:
    return list(learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU)))


@pytest.mark.parametrize("method", ["words", "quick"])
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_their_readmes_say_in_a_fresh_interpreter_what_the_runs_said(method: str, tiny: Path, tmp_path: Path) -> None:
    expected: dict[str, list[Any]] = {}
    scripts: dict[str, str] = {}
    for task, second in product(sorted(VALUES), ({}, {SECOND_TEXT: "money  word5 word6, 手机 return"})):
        inputs = [Input(text, second) for text in TEXTS]
        learner = fitted(task, method, str(tiny), inputs=inputs)
        name = f"{task}{'_of_two_texts' * bool(second)}"
        (tmp_path / name).mkdir()
        learner.save(tmp_path / name)
        said = said_by(learner, inputs)
        again = said_by(load_part(task_named(task).learner).load(tmp_path / name), inputs)
        if task == "ratings":
            expected[name] = [one.value.value for one in said]
            assert [one.value.value for one in again] == expected[name]
        else:
            expected[name] = [list(one.scores.values()) for one in said]
            assert [one.value for one in again] == [one.value for one in said]
        texts = [[one.text, *one.fields.values()] if second else one.text for one in inputs]
        scripts[name] = f"{lines_for(tmp_path / name, texts)}\nfound = {FOUND[task]}.tolist()"
    found = run_alone(tmp_path, scripts, has_encoder=method == "quick")
    for name, rows in expected.items():
        tolerance = 1e-3 if name.startswith("ratings") else 1e-5  # ratings are said to four figures
        for row, other in zip(found[name], rows, strict=True):
            assert row == pytest.approx(other, abs=tolerance), name


def lines_for(folder: Path, texts: list[Any]) -> str:
    """Those of its README, for these texts."""
    lines = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
    assert lines is not None and '["a text"]' in lines[1]
    assert not list(folder.rglob("*.pkl")) and not list(folder.rglob("*.joblib"))
    return lines[1].replace('["a text"]', repr(texts))


def run_alone(folder: Path, scripts: Mapping[str, str], *, has_encoder: bool) -> Any:
    """What each of them leaves as `found`, run in the folder of its name, where neither we nor what they do without can
    be imported.
    """
    barred = ["lepton_studio", *([] if has_encoder else ["torch", "transformers", "sklearn", "scipy"])]
    script = f"""
import json, os, sys
for one in {barred}: sys.modules[one] = None
said = {{}}
for name, lines in {dict(scripts)}.items():
    os.chdir(os.path.join({str(folder)!r}, name))
    own = {{}}
    exec(compile(lines, name, "exec"), own)
    said[name] = own["found"]
print(json.dumps(said))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error::SyntaxWarning", "-c", script],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("method", ["words", "quick"])
def test_where_more_than_a_label_is_wanted_they_are_refused_in_a_sentence(method: str) -> None:
    for task in all_tasks().values():
        if task.linear:
            assert method in [one.id for one in fitting(task)]
        else:
            with pytest.raises(BadSetting, match="whole texts"):
                adjusted(Recipe(), {"methods": method}, task=task, family=task.families[0])


def test_what_works_on_steps_is_refused_beside_them() -> None:
    task = task_named("text_classification")
    check_readable({"methods": "quick,fgm"})
    with pytest.raises(BadSetting, match="in one go"):
        adjusted(Recipe(), {"methods": "quick,fgm"}, task=task, family="encoder")
    with pytest.raises(BadSetting, match="Choose one"):
        adjusted(Recipe(), {"methods": "quick,words"}, task=task, family="encoder")


@pytest.mark.parametrize("method", ["words", "quick"])
@pytest.mark.parametrize("task", ["text_classification", "multi_label"])
def test_where_class_weights_are_wanted_a_rare_label_is_held_likelier(task: str, method: str, tiny: Path) -> None:
    inputs = [Input(text) for text in TEXTS]
    rare = LABELS[2].id if task == "text_classification" else LABELS[0].id
    plain, balanced = (
        [one.scores[rare] for one in said_by(learner, inputs)]
        for learner in (
            fitted(task, method, str(tiny), inputs=inputs, class_weights=weighted) for weighted in (False, True)
        )
    )
    assert sum(balanced) > sum(plain)


@pytest.mark.parametrize("calls", [0, 1, 2, 5])
@pytest.mark.parametrize("method", ["words", "quick"])
@pytest.mark.parametrize("task", sorted(VALUES))
def test_a_wish_to_stop_is_heard_while_they_are_fitted(task: str, method: str, calls: int, tiny: Path) -> None:
    heard = 0

    def check() -> None:
        nonlocal heard
        heard += 1
        if heard > calls:
            raise Interrupted("discard")

    with pytest.raises(Interrupted):
        fitted(task, method, str(tiny), inputs=[Input(text) for text in TEXTS], check=check)
    assert heard == calls + 1
