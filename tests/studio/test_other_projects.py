"""Learning from other projects, from the side of the project: what is frozen of them, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lepton_studio.methods.recipes import adjusted, recipe_words
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, Split
from lepton_studio.runs.digests import kept_data_digests
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import TuningNotPossible, prepare_run
from lepton_studio.tasks import task_named

TASK = task_named("text_classification")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = create_sample_project(tmp_path / "Sample.lepton")
    yield made
    made.close()


def ratings(folder: Path, rows: Sequence[tuple[str, float | None, Split | None]]) -> Path:
    """A project of rated texts: (text, rating, split)."""
    with Project.create(folder, task="ratings") as made, made.change("Import") as change:
        change.add_samples(
            NewSample(text, value=None if one is None else {"rating": one}, split=split) for text, one, split in rows
        )
    return folder


def beside(*folders: Path | str) -> Recipe:
    """Learning from the projects in these folders, as the command line says it."""
    return adjusted(Recipe(), {"methods": "multitask", "other_projects": ",".join(map(str, folders))}, task=TASK)


def test_only_their_labelled_training_samples_are_frozen_and_where_they_lie_is_told_to_nobody(
    project: Project, tmp_path: Path
) -> None:
    rated = ratings(
        tmp_path / "far" / "Rated, all.lepton",
        [
            ("fine", 5, "train"), ("awful", 1, "train"), ("so so", 3, "validation"), ("nice", 4, "test"),
            ("new", 2, None), ("open", None, "train"),
        ],
    )  # fmt: skip
    other = create_sample_project(tmp_path / "far" / "Other.lepton")
    other.close()
    recipe = adjusted(Recipe(), {"methods": "multitask", "other_projects": [str(rated), str(other.folder)]}, task=TASK)
    run, folder = prepare_run(project, recipe=recipe)
    assert [(one["text"], one["value"]) for one in read_json_lines(folder.data_file("other-1"))] == [
        ("fine", {"rating": 5}),
        ("awful", {"rating": 1}),
    ]
    said = [(one.name, one.task, one.samples, one.available, len(one.labels)) for one in folder.job().others]
    assert said == [("Rated, all", "ratings", 2, 2, 0), ("Customer messages", TASK.id, 72, 72, len(project.labels()))]
    assert {"other-1.jsonl", "other-2.jsonl"} <= kept_data_digests(folder).keys()
    assert run.recipe["other_projects"] == [str(rated), str(other.folder)], "another run may be begun like it"
    assert "Other projects: Rated, all, Other" in recipe_words(run.recipe, task=TASK, model=run.model)
    assert not any(b"/far/" in one.read_bytes() for one in folder.path.rglob("*") if one.is_file())


def test_a_folder_is_named_on_the_command_line_as_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = beside("A.lepton", " A.lepton", "~/B.lepton").of_methods["other_projects"]
    assert found == (str(tmp_path / "A.lepton"), str(Path.home() / "B.lepton"))


def test_a_project_that_teaches_nothing_is_refused_in_a_sentence_and_no_run_is_left(
    project: Project, tmp_path: Path
) -> None:
    spans = Project.create(tmp_path / "Spans.lepton", task="spans")
    spans.close()
    rows: list[tuple[str, float | None, Split | None]] = [("fine", 5, "train"), ("awful", 1, "train")]
    chinese: list[tuple[str, float | None, Split | None]] = [
        ("这家店的服务很好", 5, "train"), ("送餐太慢了", 1, "train"),
    ]  # fmt: skip
    cases = {
        "": "Name the other projects to learn from",
        str(tmp_path / "none.lepton"): "There is no project in",
        str(tmp_path / "far" / ".." / "Sample.lepton"): "“Customer messages” is this project itself",
        str(tmp_path / "Spans"): "Cannot learn from the project “Spans”: Learning from other projects only works where",
        str(ratings(tmp_path / "Open.lepton", [("fine", None, "train")])): "“Open” has no labelled training samples",
        str(ratings(tmp_path / "New.lepton", [(a, b, None) for a, b, _ in rows])): "Tune it once, or give its samples",
        str(ratings(tmp_path / "Same.lepton", rows[:1] * 2)): "“Same” have the same label or rating",
        str(ratings(tmp_path / "Chinese.lepton", chinese)): "“Chinese” do not seem to be in English",
    }
    (tmp_path / "far").mkdir()
    for named, why in cases.items():
        with pytest.raises(TuningNotPossible) as refused:
            prepare_run(project, recipe=beside(named))
        assert why in str(refused.value) and str(refused.value).endswith("."), named
    assert not project.runs() and not any(project.runs_folder.glob("*"))
