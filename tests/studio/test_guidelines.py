"""The guidelines stay with the project and go out with its data; what they quote is no markup, and no model gets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.project.copies import save_copy
from lepton_studio.project.guidelines import examples_of, with_example, without_example
from lepton_studio.project.label_options import for_models
from lepton_studio.project.project import Project
from lepton_studio.project.records import Split
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.dataset_export import export_dataset
from lepton_studio.studio.guidelines import guidelines_text
from lepton_studio.studio.tuning import prepare_run
from tests.project.steps import add, new

PAGE = "# What counts\n\n- A *lost* card is no refund."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "Guided.lepton", task="text_classification", labels=("refund", "card"))
    splits: tuple[Split, ...] = ("train",) * 12 + ("validation",) * 4
    add(made, [new(f"text {n} # with *signs*", 1 + n % 2, split=split) for n, split in enumerate(splits)])
    made.describe_label(1, "Money is wanted back.")
    return made


def test_the_page_stays_with_the_project_and_its_copies_and_is_no_step(project: Project, tmp_path: Path) -> None:
    with project:
        before = project.undo_name()
        project.set_guidelines(PAGE)
        assert project.undo_name() == before
        copy = save_copy(project, tmp_path / "Copy.lepton").folder
    with Project.open(copy) as again:
        assert again.guidelines() == PAGE


def test_examples_are_kept_with_the_label_are_undone_and_change_sides(project: Project) -> None:
    with project:
        for sample in range(1, 9):
            options = with_example(project.label(1).options, project.sample(sample), is_good=True)
            project.set_label_options(1, options, name="Keep an example")
        assert [one.sample for one in examples_of(project.label(1)).good] == [4, 5, 6, 7, 8], "the newest five"
        project.set_label_options(1, with_example(project.label(1).options, project.sample(8), is_good=False))
        found = examples_of(project.label(1))
        assert [one.sample for one in found.good] == [4, 5, 6, 7] and [one.sample for one in found.bad] == [8]
        project.undo()
        assert examples_of(project.label(1)).bad == ()
        options = {"kind": "span", **without_example(project.label(1).options, 4)}
        assert for_models(options) == {"kind": "span"} and len(examples_of(project.label(1)).good) == 5


def test_a_model_is_not_given_the_texts_of_examples(project: Project) -> None:
    with project:
        project.set_label_options(1, with_example(project.label(1).options, project.sample(1), is_good=True))
        _run, folder = prepare_run(project, recipe=Recipe())
        job = folder.job_file.read_text("utf-8")
    assert "examples" not in job and '"refund"' in job


def test_they_go_out_with_the_dataset_and_texts_are_no_markup_in_them(project: Project, tmp_path: Path) -> None:
    with project:
        project.set_guidelines(PAGE)
        project.set_label_options(2, with_example(project.label(2).options, project.sample(2), is_good=True))
        export_dataset(project, tmp_path / "out")
        said = guidelines_text(project.guidelines(), project.labels())
    card = (tmp_path / "out" / "README.md").read_text("utf-8")
    assert "## Guidelines\n\n# What counts" in card and "Money is wanted back\\." in card
    assert "- text 1 \\# with \\*signs\\*" in said and said.startswith(PAGE)


def test_they_are_read_and_set_from_the_command_line(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(project.folder)
    project.close()
    file = tmp_path / "page.md"
    file.write_text(PAGE, "utf-8")
    assert main(["guidelines", folder, "--set", str(file), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["page"] == PAGE and facts["labels"][0]["description"] == "Money is wanted back."
    assert main(["guidelines", folder]) == 0
    assert capsys.readouterr().out.startswith("# What counts")
    assert main(["guidelines", folder, "--set", str(tmp_path / "none.md")]) == 1
    assert "Cannot read" in capsys.readouterr().err
