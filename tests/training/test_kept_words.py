"""A run with the multilingual encoder leaves a small model that says what the run reports, and says what it lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lepton_studio.child.predict import predict
from lepton_studio.child.work import Work, load_saved
from lepton_studio.contract.task import Input
from lepton_studio.runs.events import Finished, Noted
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job, Recipe
from lepton_studio.tasks import task_named
from lepton_studio.training.checkpoints import trainable
from lepton_studio.training.inference import decide
from lepton_studio.training.models import Base
from lepton_studio.training.trimming import all_words
from tests.training.tiny import CPU, LABELS, Told, predictions, tune_here, write_lines

_GOOD = ["味道很好，下次还会再点", "送得很快，饭菜还是热的", "分量足，很好吃", "老板人很好，推荐"]
_BAD = ["外卖送得太慢了，饭都凉了", "太难吃了，再也不点了", "少送了一份，很生气", "等了两个小时"]
_FOREIGN = "Die Lieferung kam zwölf Tage zu spät."
_UNLABELLED = "Посылка пришла слишком поздно."


def _run(folder: Path, model: str, recipe: Recipe) -> RunFolder:
    run = RunFolder(folder)
    run.write_job(Job("tune", "text_classification", LABELS[:2], model, recipe))
    rows = [
        {"id": place, "text": text, "value": {"labels": [LABELS[place % 2].id]}}
        for place, text in enumerate(text for pair in zip(_GOOD, _BAD, strict=True) for text in pair)
    ]
    write_lines(run, "train", rows)
    write_lines(run, "test", [{**row, "id": 100 + int(str(row["id"]))} for row in rows])
    write_lines(run, "unlabelled", [{"id": 200, "text": _UNLABELLED}])
    return run


@pytest.fixture(scope="module")
def run(multilingual: str, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = _run(tmp_path_factory.mktemp("small") / "run", multilingual, Recipe(methods=("quick",)))
    assert isinstance(tune_here(run).last, Finished)
    return run


def _bytes(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


def test_it_is_a_third_as_large_and_has_the_words_of_labelled_and_unlabelled_texts(run: RunFolder) -> None:
    assert 50e6 < _bytes(run.model) < 75e6
    words = all_words(run.model / "0_Transformer")
    assert words is not None
    assert words.are_kept([*_GOOD, *_BAD, _UNLABELLED, _FOREIGN]) == [True] * 9 + [False]
    assert "word pieces" in (run.model / "README.md").read_text("utf-8")
    assert not run.data_file("unlabelled").exists()


def test_the_saved_model_says_what_the_run_reported(run: RunFolder) -> None:
    learner = load_saved(task_named("text_classification"), run.model)
    inputs = [Input(text) for pair in zip(_GOOD, _BAD, strict=True) for text in pair]
    decided = decide(inputs, learner.encode(inputs), learner=learner, machine=CPU, progress=lambda *_: None)
    reported = [line["score"] for line in predictions(run) if line["split"] == "test"]
    assert [one.score for one in decided.decisions] == pytest.approx(reported, abs=1e-5)


def test_texts_with_words_that_it_lost_are_counted_when_it_predicts(run: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write_job(Job("predict", "text_classification", LABELS[:2], str(run.model)))
    texts = [*_GOOD, _FOREIGN]
    folder.data_file("input").write_text(
        "".join(json.dumps({"id": place, "text": text}) + "\n" for place, text in enumerate(texts)), "utf-8"
    )
    told = Told()
    predict(
        Work(
            folder,
            folder.job(),
            CPU,
            load_encoder=lambda _: pytest.fail(),
            send=told.events.append,
            should_stop=lambda: None,
        )
    )
    assert [one.message for one in told.of(Noted)] == [
        "1 of 5 texts has words that this model did not keep. Its prediction may be less accurate."
    ]
    assert len(predictions(folder)) == 5


def test_who_tunes_it_further_on_other_texts_is_told(run: RunFolder, tmp_path: Path) -> None:
    further = _run(tmp_path / "run", str(run.model), Recipe(methods=("quick",)))
    row = {"id": 300, "text": _FOREIGN, "value": {"labels": [LABELS[0].id]}}
    with further.data_file("train").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")
    told = tune_here(further)
    assert isinstance(told.last, Finished)
    assert "1 of 17 texts has words that the base model did not keep when it was saved." in [
        one.message for one in told.of(Noted)
    ]
    assert _bytes(further.model) < 75e6


def test_on_request_it_keeps_all_words(multilingual: str, tmp_path: Path) -> None:
    run = _run(tmp_path / "run", multilingual, Recipe(methods=("quick",), keep_all_words=True))
    tune_here(run)
    assert all_words(run.model / "0_Transformer") is None
    assert _bytes(run.model) > 230e6


@pytest.mark.parametrize("methods", [(), ("lora",)])
def test_no_gradient_of_the_table_of_words_is_made(tiny_model: Path, methods: tuple[str, ...]) -> None:
    encoder = Base(str(tiny_model)).prepare(Recipe(methods=methods))
    words = encoder.model.get_parameter("embeddings.word_embeddings.weight")
    encoder.model(input_ids=torch.ones((2, 5), dtype=torch.int64)).last_hidden_state.sum().backward()
    assert words.grad is None and any(one.grad is not None for one in encoder.model.parameters())
    assert not any("word_embeddings" in name for name in trainable(encoder.model)), "nor does a checkpoint hold it"
