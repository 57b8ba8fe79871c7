"""A run folder: files appear whole, a damaged checkpoint is found out, torn lines cost only themselves."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.runs.checkpoints import all_checkpoints, checkpoint_file, newest_sound_checkpoint
from lepton_studio.runs.events import Alive
from lepton_studio.runs.folder import RunFolder, read_json, read_json_lines, write_lines, write_whole
from lepton_studio.runs.job import BUILT_IN_MODEL, BadSetting, Job, JobLabel, Recipe
from lepton_studio.runs.references import model_digest
from lepton_studio.runs.requests import Stop
from lepton_studio.runs.wire import encode


def test_a_job_reads_back_as_it_was_written(folder: RunFolder) -> None:
    job = Job("tune", "text_classification", (JobLabel(3, "ümlaut"),), recipe=Recipe(epochs=7, class_weights=True))
    folder.write_job(job)
    assert folder.job() == job


def test_a_job_names_its_model_by_the_way_there_or_by_what_is_in_it_and_never_by_a_path(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "p.lepton" / "runs", tmp_path / "models" / "mine"
    for model in (project / "run-1" / "model", elsewhere):
        model.mkdir(parents=True)
        (model / "model.safetensors").write_bytes(b"weights of " + model.name.encode())
    plain = Job("tune", "text_classification", (JobLabel(3, "one"),))
    stored = {}
    for number, name in enumerate(
        (BUILT_IN_MODEL, "someone/a-model", str(project / "run-1" / "model"), str(elsewhere))
    ):
        folder = RunFolder(project / f"run-{number + 2}")
        folder.write_job(replace(plain, model=name))
        assert folder.job().model == name
        stored[name] = read_json(folder.job_file)["model"]
        assert str(tmp_path) not in folder.job_file.read_text("utf-8")
    assert list(stored.values())[:3] == [BUILT_IN_MODEL, "someone/a-model", "../run-1/model"]
    assert stored[str(elsewhere)] == f"sha256:{model_digest(elsewhere)}"

    moved = tmp_path / "moved.lepton"
    project.parent.rename(moved)
    assert RunFolder(moved / "runs" / "run-4").job().model == str(moved / "runs" / "run-1" / "model")
    assert RunFolder(moved / "runs" / "run-5").job().model == str(elsewhere), "what lies elsewhere did not move"
    RunFolder(moved / "runs" / "run-5").models_file.unlink()
    assert RunFolder(moved / "runs" / "run-5").job().model.startswith("sha256:")
    (elsewhere / "README.md").write_text("of no weight")
    assert stored[str(elsewhere)] == f"sha256:{model_digest(elsewhere)}"
    (elsewhere / "model.safetensors").write_bytes(b"other weights")
    assert stored[str(elsewhere)] != f"sha256:{model_digest(elsewhere)}"


def test_a_job_of_an_older_version_with_an_absolute_path_still_reads(folder: RunFolder, tmp_path: Path) -> None:
    written = read_json(folder.job_file)
    write_whole(folder.job_file, json.dumps({**written, "model": str(tmp_path / "old model")}))
    assert folder.job().model == str(tmp_path / "old model")


def test_a_file_that_could_not_be_written_to_its_end_does_not_appear(tmp_path: Path) -> None:
    target = tmp_path / "data" / "train.jsonl"
    write_whole(target, "old\n")

    def lines() -> Iterator[str]:
        yield "new\n"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_lines(target, lines())
    assert target.read_text() == "old\n"
    assert [path.name for path in target.parent.iterdir()] == ["train.jsonl"]


def test_a_line_separator_inside_a_text_does_not_cut_the_line(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"text": "a\u2028b\u0085c"}\n\n{"text": "d"}\n', encoding="utf-8")
    assert [row["text"] for row in read_json_lines(path)] == ["a\u2028b\u0085c", "d"]


def test_events_with_a_torn_end_read_up_to_it(folder: RunFolder) -> None:
    lines = [encode(Alive(1)), encode(Stop(keep=True)), "a print", encode(Alive(2)), encode(Alive(3))[:9]]
    folder.events_file.write_bytes("\n".join(lines).encode() + b"\xff")
    assert list(folder.events()) == [Alive(1), Alive(2)]


def test_the_newest_checkpoint_that_is_whole_is_the_one_to_resume_from(folder: RunFolder) -> None:
    for step in (9, 10, 100):
        _save(checkpoint_file(folder, step))
    (folder.checkpoints / ".step-00000200.pt.77.tmp").write_bytes(b"half written")
    assert [one.step for one in all_checkpoints(folder)] == [100, 10, 9]
    newest = newest_sound_checkpoint(folder)
    assert newest is not None and newest.step == 100
    _damage(checkpoint_file(folder, 100), at=200)
    checkpoint_file(folder, 10).write_bytes(checkpoint_file(folder, 10).read_bytes()[:500])
    newest = newest_sound_checkpoint(folder)
    assert newest is not None and newest.step == 9
    checkpoint_file(folder, 9).write_bytes(b"")
    assert newest_sound_checkpoint(folder) is None


def test_a_run_without_checkpoints_has_none(folder: RunFolder) -> None:
    assert newest_sound_checkpoint(folder) is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("epoch", "3", "There is no setting “epoch”"),
        ("epochs", "many", "whole number"),
        ("epochs", "0", "between 1 and 100"),
        ("class_weights", "perhaps", "yes or no"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting, match=says):
        Recipe().with_settings({name: value})


def test_settings_can_come_as_words_from_a_command_line() -> None:
    recipe = Recipe().with_settings({"epochs": "3", "class_weights": "yes", "learning_rate": "1e-4"})
    assert (recipe.epochs, recipe.class_weights, recipe.learning_rate) == (3, True, 1e-4)


def _save(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"0123456789" * 100)


def _damage(path: Path, *, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize(
    "content", ["[]", "7", "{}", '{"kind": "tune"}', '{"labels": 3, "recipe": []}', "[" * 5000, ""]
)
def test_what_is_no_job_is_said_in_one_way(folder: RunFolder, content: str) -> None:
    folder.job_file.write_text(content, "utf-8")
    with pytest.raises(ValueError):
        folder.job()
