"""A tuned model is the person's: public libraries load it, and it says elsewhere what it said here."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from transformers import pipeline

from lepton_studio.child.predict import predict
from lepton_studio.child.work import Work
from lepton_studio.runs.events import Finished, Noted, Staged, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.training.models import load_encoder
from lepton_studio.training.signals import Send, ShouldStop
from tests.training.tiny import CPU, RECIPE, Told, predictions, tune_here, write_lines, write_run

ELSEWHERE = """
import json, os, sys
sys.modules["lepton_studio"] = None  # to import it raises ImportError, wherever it is installed
os.environ["HF_HUB_OFFLINE"] = "1"
texts = json.load(sys.stdin)
{lines}
assert [name for name in sys.modules if name.startswith("lepton_studio")] == ["lepton_studio"]
print(json.dumps(probabilities.tolist()))
"""


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> RunFolder:
    """A run that is done."""
    recipe = RECIPE.with_settings({"max_length": 10})
    run = write_run(tmp_path_factory.mktemp("tuned") / "run", model=tiny_model, recipe=recipe, sizes=(60, 0, 24))
    assert isinstance(tune_here(run).last, Finished)
    return run


def test_the_three_lines_of_the_readme_give_the_same_probabilities_without_lepton_studio(tuned: RunFolder) -> None:
    readme = (tuned.model / "README.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert found is not None
    lines = found[1].strip().splitlines()
    assert len(lines) == 3
    code = ELSEWHERE.replace("{lines}", "\n".join(lines).replace('["a text"]', "texts"))

    texts = {row["id"]: row["text"] for split in ("train", "test") for row in data(tuned, split)}
    said = predictions(tuned)
    output = subprocess.run(
        [sys.executable, "-I", "-c", code],
        input=json.dumps([texts[row["id"]] for row in said]),
        cwd=tuned.model,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert output.returncode == 0, output.stderr
    order = [str(label["id"]) for label in json.loads((tuned.model / "labels.json").read_text("utf-8"))]
    elsewhere = json.loads(output.stdout.splitlines()[-1])
    assert len(elsewhere) == len(said) == 84
    for row, probabilities in zip(said, elsewhere, strict=True):
        assert [row["scores"][label] for label in order] == pytest.approx(probabilities, abs=1e-4)


def test_no_pipeline_takes_the_folder_for_a_classifier_of_its_own(tuned: RunFolder) -> None:
    """It would answer with a head made at random, under the names of the labels."""
    with pytest.raises((OSError, ValueError), match=r"config\.json|model_type"):
        pipeline("text-classification", str(tuned.model))


def test_a_folder_with_its_encoder_at_the_top_still_predicts(tmp_path: Path, tuned: RunFolder) -> None:
    old = tmp_path / "model"
    shutil.copytree(tuned.model, old)
    for file in (old / "0_Transformer").iterdir():
        file.rename(old / file.name)
    (old / "0_Transformer").rmdir()
    texts = [row["text"] for row in data(tuned, "test")]
    said = []
    for name, model in (("new", tuned.model), ("old", old)):
        run = write_run(tmp_path / name, model=model, kind="predict", sizes=(0, 0, 0))
        write_lines(run, "input", [{"id": place, "text": text} for place, text in enumerate(texts)])
        assert isinstance(predict_here(run).last, Finished)
        said.append(predictions(run))
    assert said[0] == said[1]


def data(run: RunFolder, split: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.data_file(split).read_text("utf-8").splitlines()]


def predict_run(folder: Path, tuned: RunFolder, texts: list[str]) -> RunFolder:
    run = write_run(folder, model=tuned.model, kind="predict", sizes=(0, 0, 0))
    write_lines(run, "input", [{"id": position, "text": text} for position, text in enumerate(texts)])
    return run


def predict_here(run: RunFolder, *, should_stop: ShouldStop = lambda: None) -> Told:
    told = Told()
    send: Send = told.events.append
    work = Work(run, run.job(), CPU, load_encoder=load_encoder, send=send, should_stop=should_stop)
    told.events.append(predict(work))
    return told


def test_predicting_on_a_new_file_says_what_the_run_said(tmp_path: Path, tuned: RunFolder) -> None:
    rows = data(tuned, "test")
    run = predict_run(tmp_path / "predict", tuned, [row["text"] for row in rows])
    told = predict_here(run)
    assert isinstance(told.last, Finished)
    assert told.of(Staged)[-1] == Staged("predicting", 24, 24)
    before = {row["id"]: row for row in predictions(tuned)}
    for row, line in zip(rows, predictions(run), strict=True):
        assert line["value"] == before[row["id"]]["value"]
        assert line["scores"] == pytest.approx(before[row["id"]]["scores"], abs=1e-6)
        assert line["score"] == pytest.approx(max(line["scores"].values()), abs=1e-6)
        assert sum(line["scores"].values()) == pytest.approx(1, abs=1e-5)


def test_predicting_reads_any_text(tmp_path: Path, tuned: RunFolder) -> None:
    texts = ["", " ", "word1 " * 500, "汉字 🙂 \u2028", "card\n\ncard"]
    run = predict_run(tmp_path / "predict", tuned, texts)
    told = predict_here(run)
    assert isinstance(told.last, Finished)
    assert [line["id"] for line in predictions(run)] == [0, 1, 2, 3, 4]
    (said,) = (one.message for one in told.of(Noted))
    assert said.startswith("1 of 5 texts is longer than the ") and said.endswith("The rest of it was not read.")


def test_predicting_can_be_cancelled_and_leaves_nothing(tmp_path: Path, tuned: RunFolder) -> None:
    run = predict_run(tmp_path / "predict", tuned, ["card"] * 10_000)
    told = predict_here(run, should_stop=lambda: "discard")
    assert isinstance(told.last, Stopped)
    assert sorted(path.name for path in run.path.iterdir()) == ["data", "job.json", "models.json"]


def test_a_tuned_model_can_be_tuned_further(tmp_path: Path, tuned: RunFolder) -> None:
    assert isinstance(tune_here(write_run(tmp_path / "run", model=tuned.model)).last, Finished)
