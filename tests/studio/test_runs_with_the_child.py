"""Whole runs with the real child and a tiny model: killed, orphaned, stopped, resumed; and what the project keeps."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, PredictionFilter
from lepton_studio.runs.adopted import running_child
from lepton_studio.runs.checkpoints import all_checkpoints, newest_sound_checkpoint
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.events import Checkpointed, Estimated, Evaluated, Event, Staged, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.monitoring import follow, run_job
from lepton_studio.runs.requests import Stop
from lepton_studio.studio.predict_file import beside, predict_file
from lepton_studio.studio.predicting import PredictionFailed
from lepton_studio.studio.reproducing import reproduce
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.suggesting import newest_suggesting_run, reader, suggest, suggestions_by
from lepton_studio.studio.tuning import (
    TuningNotPossible,
    can_resume,
    collect_run,
    discard_measure,
    left_runs,
    prepare_measure,
    prepare_resume,
    prepare_run,
    tune,
    work_off,
)

SHORT = Recipe(epochs=2, batch_size=32)
LONG = Recipe(epochs=100, batch_size=2)
"""3,600 steps: what is done to it in its first seconds happens in the middle."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a transformer of one layer over the words of the sample project."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-model")
    with create_sample_project(tmp_path_factory.mktemp("words") / "Sample.lepton") as project:
        seen = {word for sample in project.all_rows() for word, _ in Whitespace().pre_tokenize_str(sample.text)}
    words = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", *sorted(seen)]
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder)
    tokens = Tokenizer(WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    tokens.pre_tokenizer = Whitespace()
    tokens.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tokens, pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"
    )
    tokenizer.model_max_length = 64
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setenv("LEPTON_CHECKPOINT_SECONDS", "0.2")
    made = create_sample_project(tmp_path / "Sample.lepton")
    yield made
    made.close()


def test_a_whole_run_fills_the_report_the_curves_and_the_table_and_then_predicts_a_new_file(
    project: Project, model: str, tmp_path: Path
) -> None:
    run, outcome = tune(project, model=model, recipe=SHORT)
    assert outcome.kind == "finished", outcome.detail
    assert run.status == "finished" and run.seconds
    assert set(run.scores["test"]) == {"accuracy", "macro_f1"}
    report = project.report(run.id, "test")
    assert isinstance(report, dict) and report["n"] == 30
    assert project.prediction_count(run.id, PredictionFilter(split="test")) == 30
    right = project.prediction_count(run.id, PredictionFilter(split="test", correct=True))
    assert right / 30 == pytest.approx(run.scores["test"]["accuracy"])
    curves = {name for _, name, _ in project.metrics(run.id)}
    assert {"train_loss", "validation_loss", "validation_accuracy", "learning_rate"} <= curves

    again = reproduce(project, run)
    assert again.is_equal and again.files > 0 and not again.notes
    assert again.now["test"] == run.scores["test"]

    table = tmp_path / "new.csv"
    table.write_text('message,id\n"Where is my parcel?\nIt is late.",1\nI lost my card,2\n', encoding="utf-8")
    output = tmp_path / "said.jsonl"
    summary = predict_file(project, input=table, output=output, text="message")
    said = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert summary.texts == 2 and summary.run.id == run.id
    assert [line["text"] for line in said] == ["Where is my parcel?\nIt is late.", "I lost my card"]
    assert [line["id"] for line in said] == ["1", "2"]
    names = {label.name for label in project.labels()}
    for line in said:
        assert set(line["scores"]) == names
        assert line["score"] == pytest.approx(max(line["scores"].values())) and line["label"] in names

    desk = tmp_path / "desk.csv"
    desk.write_text(
        'nr,message,confidence\n007,I lost my card,=1+1\n\n,"",-5\n3,Where is it?,x,y\n4,"a, b",\n', "utf-8"
    )
    summary = predict_file(project, input=desk, output=beside(desk), text="message", scores=True)
    assert summary.output == tmp_path / "desk-predicted.csv" and beside(desk) == tmp_path / "desk-predicted-2.csv"
    with summary.output.open(encoding="utf-8-sig", newline="") as file:
        header, *back = csv.reader(file)
    scores = [f"score: {label.name}" for label in project.labels()]
    assert header == ["nr", "message", "confidence", "prediction", "confidence (2)", *scores, "problem"]
    assert [row[:3] for row in back] == [
        ["007", "I lost my card", "'=1+1"],
        ["", "", ""],
        ["", "", "-5"],
        ["3", "Where is it?", "x"],
        ["4", "a, b", ""],
    ]
    assert [bool(row[3]) for row in back] == [True, False, False, False, True]
    assert [row[-1] for row in back][2] == "The text is empty." and "4 cells" in back[3][-1]
    assert (summary.texts, summary.rows, len(summary.problems)) == (2, 5, 2)
    assert summary.notices == ("1 cell that a spreadsheet would take for a formula was given a leading apostrophe.",)
    for wrong in (desk, tmp_path / "said.txt"):
        with pytest.raises(PredictionFailed, match=wrong.name):
            predict_file(project, input=desk, output=wrong, text="message")

    with pytest.raises(PredictionFailed, match="no column “words”"):
        predict_file(project, input=table, output=output, text="words")
    with pytest.raises(Cancelled):
        predict_file(project, input=table, output=tmp_path / "never.csv", text="message", should_stop=lambda: True)
    assert not (tmp_path / "never.csv").exists()

    waiting = project.sample_ids(Filter(state="unlabelled"))
    assert suggest(project, run.id, filter=Filter(ids=tuple(waiting[:20]))) == 20
    assert suggest(project, run.id, filter=Filter(ids=tuple(waiting[:20]))) == 0, "it has read them"
    assert newest_suggesting_run(project) == run.id and project.suggestion_count(run.id) == 120 + 20
    everybody = project.sample_ids()
    said_of = suggestions_by(project, run.id, everybody, read=reader(project))
    assert len(said_of) == 120 + 20

    with project.change("Import") as change:
        change.add_samples(NewSample(f"Where is parcel {n}?") for n in range(300))
    to_read = project.count(Filter(state="unlabelled")) - 20
    with Children() as children:
        told: list[tuple[int, int | None]] = []
        with pytest.raises(Cancelled):
            suggest(
                project,
                run.id,
                children=children,
                progress=lambda done, total: told.append((done, total)),
                should_stop=lambda: project.suggestion_count(run.id) > 120 + 20,
            )
        read = project.suggestion_count(run.id) - 120 - 20
        assert 0 < read < to_read, "what was said before stays"
        assert told == sorted(told) and (read, to_read) in told and told[0][0] < read, "each batch is told"
        (live,) = children.children()
        assert suggest(project, run.id, children=children) == to_read - read
        assert [one.pid for one in children.children()] == [live.pid], "in the same child"

    unwanted = said_of[waiting[0]].value.labels[0]
    project.delete_label(unwanted, relabel=lambda value: None)
    left = {one.value.labels[0] for one in suggestions_by(project, run.id, everybody, read=reader(project)).values()}
    assert left and unwanted not in left
    assert [path.name for path in project.runs_folder.iterdir()] == [f"run-{run.id}"]


def test_prediction_without_a_model_says_what_to_do(project: Project, tmp_path: Path) -> None:
    with pytest.raises(PredictionFailed, match="Tune one first"):
        predict_file(project, input=tmp_path / "new.csv", output=tmp_path / "said.jsonl")


def test_the_probe_steps_say_how_long_a_run_takes(project: Project, model: str) -> None:
    folder = prepare_measure(project, model=model, recipe=SHORT)
    seen: list[Event] = []
    outcome = run_job(folder, on_events=seen.extend)
    [estimate] = [event for event in seen if isinstance(event, Estimated)]
    assert outcome.kind == "finished"
    assert estimate.seconds > 0 and estimate.memory_mb > 0 and estimate.steps > 0
    discard_measure(folder)


MOMENTS: dict[str, Callable[[Event], bool]] = {
    "while it loads": lambda event: isinstance(event, Staged) and event.stage == "loading",
    "in the middle of its steps": lambda event: isinstance(event, Stepped) and event.step > 100,
    "after a checkpoint": lambda event: isinstance(event, Checkpointed) and event.step > 0,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_child_killed_at_any_moment_costs_no_decision_and_the_run_ends_well_after_all(
    project: Project, model: str, moment: str
) -> None:
    run, folder = prepare_run(project, model=model, recipe=LONG)
    label = project.labels()[0]
    waiting = list(project.sample_ids(Filter(state="unlabelled")))
    labelled: list[int] = []

    def label_and_kill(events: list[Event]) -> None:
        labelled.append(waiting[len(labelled)])
        project.annotate(labelled[-1], {"labels": [label.id]}, labels=(label.id,))
        if any(MOMENTS[moment](event) for event in events):
            with contextlib.suppress(ProcessLookupError):  # what it said before it was killed comes in several parts
                os.kill(json.loads(folder.process_file.read_text())["pid"], signal.SIGKILL)

    outcome = run_job(folder, on_events=label_and_kill)
    assert outcome.kind == "killed"
    collect_run(project, run.id, outcome)
    project.close()
    with Project.open(project.folder) as reopened:
        for sample in labelled:
            assert reopened.sample(sample).value == {"labels": [label.id]}
        checkpoint = newest_sound_checkpoint(folder)
        assert reopened.run(run.id).status == "interrupted"
        assert (checkpoint is None) == (moment == "while it loads")
        step = checkpoint.step if checkpoint is not None else 0
        assert can_resume(reopened, reopened.run(run.id)) == step
        seen: list[Event] = []
        ending = run_job(
            prepare_resume(reopened, run.id),
            resume=True,
            on_events=seen.extend,
            should_stop=lambda: Stop(keep=True) if any(isinstance(one, Stepped) for one in seen) else None,
        )
        steps = [event.step for event in seen if isinstance(event, Stepped)]
        assert ending.kind == "stopped", ending.detail
        assert steps[0] > step
        collect_run(reopened, run.id, ending)
        assert reopened.run(run.id).scores["test"]
        assert not all_checkpoints(folder)


def test_a_child_whose_window_was_killed_saves_a_checkpoint_and_the_next_window_goes_on(
    project: Project, model: str
) -> None:
    run, folder = prepare_run(project, model=model, recipe=LONG)
    window = _window(folder, "run_job(folder)")
    _wait_until(lambda: any(isinstance(event, Stepped) for event in folder.events()))
    window.kill()
    window.communicate()
    _wait_until(lambda: running_child(folder) is None)
    [left] = left_runs(project)
    assert left.run.status == "interrupted"
    step = can_resume(project, left.run)
    assert step
    assert f"step {step}" in left.run.sentence
    seen: list[Event] = []
    ending = run_job(
        prepare_resume(project, run.id),
        resume=True,
        on_events=seen.extend,
        should_stop=lambda: Stop(keep=True) if any(isinstance(one, Stepped) for one in seen) else None,
    )
    assert ending.kind == "stopped"
    assert min(event.step for event in seen if isinstance(event, Stepped)) > step


def test_a_run_kept_on_without_the_window_is_followed_by_the_next_and_can_be_stopped(
    project: Project, model: str
) -> None:
    run, folder = prepare_run(project, model=model, recipe=LONG)
    leave = """
following = JobMonitor(begin_job(folder), folder, on_events=lambda events: following.leave(detach=True)
                      if any(type(event).__name__ == "Stepped" for event in events) else None)
assert following.run() is None"""
    window = _window(folder, leave)
    assert window.communicate(timeout=240)[0] == b"" and window.returncode == 0
    [left] = left_runs(project)
    assert left.alive
    child = running_child(folder)
    assert child is not None
    seen: list[Event] = []
    before = sum(1 for _ in folder.events())
    ending = follow(
        child,
        folder,
        on_events=seen.extend,
        should_stop=lambda: Stop(keep=True) if len(seen) > before + 5 else None,
    )
    assert ending.kind == "stopped"
    assert any(isinstance(event, Evaluated) for event in seen)
    collect_run(project, run.id, ending)
    assert project.run(run.id).scores["test"]


def test_a_run_thrown_away_leaves_no_model(project: Project, model: str) -> None:
    seen: list[Event] = []
    run, outcome = tune(
        project,
        model=model,
        recipe=LONG,
        on_events=seen.extend,
        should_stop=lambda: Stop(keep=False) if any(isinstance(one, Stepped) for one in seen) else None,
    )
    folder = RunFolder(project.run_folder(run.id))
    assert outcome.kind == "thrown_away" and run.status == "stopped"
    assert not folder.model.exists() and not all_checkpoints(folder)


def test_a_model_that_is_not_there_is_said_in_a_sentence(project: Project, model: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(TuningNotPossible, match=r"empty has no model"):
        tune(project, model=str(tmp_path / "empty"), recipe=SHORT)
    for name, content in (("config.json", "{}"), ("model.safetensors", ""), ("vocab.txt", "")):
        (tmp_path / "empty" / name).write_text(content)  # all is there by its name, and nothing in it
    with pytest.raises(TuningNotPossible, match=r"empty: it is damaged"):
        tune(project, model=str(tmp_path / "empty"), recipe=SHORT)
    gone = shutil.copytree(model, tmp_path / "gone")
    run, folder = prepare_run(project, model=str(gone), recipe=SHORT)
    shutil.rmtree(gone)  # as while the run waits for others
    run, outcome = work_off(project, run, folder)
    assert (outcome.kind, run.status) == ("model_not_found", "failed")
    assert "gone" in run.sentence and "Traceback" not in run.sentence


def _window(folder: RunFolder, work: str) -> subprocess.Popen[bytes]:
    """Another process in the window's place."""
    code = f"""
from pathlib import Path
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.monitoring import JobMonitor, begin_job, run_job
folder = RunFolder(Path({str(folder.path)!r}))
{work}
"""
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)
