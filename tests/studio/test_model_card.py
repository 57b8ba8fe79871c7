"""The card of a model says what is known of a run, and of the rest that it is not known. No child."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.cli import main
from lepton_studio.contract.span_values import Span
from lepton_studio.contract.written import Written
from lepton_studio.project.card_notes import CardNotes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunRecord
from lepton_studio.runs.folder import RunFolder, write_lines
from lepton_studio.runs.job import Job, JobLabel
from lepton_studio.runs.manifest import MANIFEST, Manifest
from lepton_studio.studio.base_models import base_of
from lepton_studio.studio.card_facts import card_facts
from lepton_studio.studio.card_limits import limits
from lepton_studio.studio.exporting import export_model
from lepton_studio.studio.model_card import card_files, model_card
from lepton_studio.studio.pages import Code, Grid, Page, Points, Said, Section, as_html, as_markdown
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.tasks.spans.annotation import Spans
from tests.ui.tuned_project import SIX, TEXTS, guessed_project, tuned_project

TEXT, ANNA, OSLO = "Anna Berg moved to Oslo.", Span(0, 9, 1), Span(19, 23, 2)
WRITTEN = "For sorting our post.\n\n- no <b>claims</b>\n- not in *court*"


@pytest.fixture
def tuned(tmp_path: Path) -> tuple[Project, RunRecord]:
    """A project with a run whose folder has data and a model's manifest and README; a label is called as markup."""
    project = tuned_project(tmp_path / "p.lepton", labels=(*SIX[:-1], "<img src=x>|*"))
    [run] = project.runs()
    folder = RunFolder(project.run_folder(run.id))
    labels = tuple(JobLabel(one.id, one.name) for one in project.labels())
    folder.write_job(Job("tune", project.task_id, labels, versions={"torch": "9.9"}))
    for split in ("train", "validation", "test"):
        rows = [{"id": one.id, "text": one.text, "value": one.value} for one in project.labelled_rows(split)]
        if split == "test":
            rows[0] = {**rows[0], "text": f"{TEXTS[0]} (0.0)"}  # a training text
        write_lines(folder.data_file(split), (json.dumps(one) + "\n" for one in rows))
    folder.model.mkdir()
    manifest = Manifest(project.task_id, ("sentence-transformers",), labels, 256)
    (folder.model / MANIFEST).write_text(json.dumps(manifest.to_json()), "utf-8")
    (folder.model / "README.md").write_text('# A model\n\n```python\nload(".")\n```\n', "utf-8")
    return project, run


def section(page: Page, title: str) -> str:
    """Its text as Markdown."""
    return as_markdown(Page("", "", tuple(one for one in page.sections if one.title == title)))


def test_a_card_says_what_a_run_was_made_of_and_how_good_it_is(tuned: tuple[Project, RunRecord]) -> None:
    project, run = tuned
    project.set_card_notes(CardNotes(use=WRITTEN))
    page = model_card(project, run)
    assert "192 training samples, 24 validation samples, 24 test samples" in section(page, "Training data")
    assert "| refund | 32 | 4 | 4 |" in section(page, "Training data")
    tuning = section(page, "How it was tuned")
    assert "Full fine-tuning" in tuning and "all-MiniLM-L6-v2. Its licence: Apache-2.0" in tuning
    assert "<https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2>" in tuning and "torch 9.9" in tuning
    assert "| Epochs | 4 |" in tuning and "beams" not in tuning.lower()
    scores = section(page, "Scores")
    assert (
        "| accuracy | test | 24 |" in scores
        and "| accuracy | validation | 24 |" in scores
        and "In brackets: 95%" in scores
    )
    assert 'load(".")' in section(page, "How to load it") and "sentence-transformers" in section(page, "How to load it")
    assert "- not in \\*court\\*" in section(page, "Intended use")
    project.close()


def test_its_limits_are_said_plainly(tuned: tuple[Project, RunRecord]) -> None:
    project, run = tuned
    first = next(project.labelled_rows("test"))
    project.annotate(first.id, {"labels": [2]}, labels=(2,))
    said = "\n".join(limits(card_facts(project, run)))
    for part in (
        "measured on 24 samples only",
        "1 test label changed since",
        "fewer than 10 samples, which says little: ",
        "The text of 1 validation or test sample is also a training text",
        "Its training texts are in: Chinese, English.",
        "all-MiniLM-L6-v2, was made for English; 12% of its training texts are in other languages",
        "the first 256 tokens",
    ):
        assert part in said
    project.close()


def test_what_is_not_known_is_said_to_be_unknown(tmp_path: Path) -> None:
    project = tuned_project(tmp_path / "p.lepton")
    run = project.create_run(model="/gone/model", recipe={}, counts={"train": 3})
    page = as_markdown(model_card(project, project.run(run.id)))
    for part in (
        "Nobody has written down yet what this model is meant for.",
        "It was never scored on samples that it had not seen.",
        "their languages are not known",
        "Its licence is not known here.",
        "no model that could be loaded",
        "Not known: it was not scored on held-out samples.",
    ):
        assert part in page
    assert "%" not in page
    project.close()


def test_no_value_of_a_page_is_markup() -> None:
    bad = "<script>x</script> | # *a* [b](http://c) `d`"
    page = Page(
        bad,
        bad,
        (Section(bad, (Said(bad), Said("1. x"), Points((bad,)), Grid((bad,), ((bad,),)), Code("```\n" + bad))),),
    )
    html, text = as_html(page), as_markdown(page)
    assert "<script" not in html and html.count("&lt;script&gt;") == 9
    outside = text.split("````python")[0]
    assert "\\<script\\>" in outside and "<script" not in outside.replace("\\<script", "")
    assert "\n1\\. x\n" in text and text.count("````") == 2
    assert all(line.count("|") - line.count("\\|") == 2 for line in text.splitlines() if line.startswith("| \\<"))


def test_the_card_lies_in_the_folder_of_an_exported_model(tuned: tuple[Project, RunRecord], tmp_path: Path) -> None:
    project, run = tuned
    folder = export_model(project.run_folder(run.id), tmp_path / "out", beside=card_files(project, run))
    assert (folder / "MODEL_CARD.md").read_text("utf-8").startswith("# Model card: Complaints, run 1")
    page = (folder / "MODEL_CARD.html").read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>") and "<img" not in page and (folder / MANIFEST).is_file()
    project.close()


def test_the_command_writes_the_card_and_keeps_what_a_person_says(
    tuned: tuple[Project, RunRecord], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, _run = tuned
    where, card = str(project.folder), tmp_path / "card.html"
    project.close()
    assert main(["card", where, "--run", "1", "--out", str(card), "--use", WRITTEN]) == 0
    assert "<li>no &lt;b&gt;claims&lt;/b&gt;</li>" in card.read_text("utf-8")
    assert main(["card", where, "--out", str(card)]) == 1, "it is not overwritten"
    assert main(["card", where, "--out", str(tmp_path / "card.txt")]) == 2
    assert "already exists" in (said := capsys.readouterr().err) and ".md or .html" in said
    assert main(["card", where, "--limits", "None.", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["run"] == 1 and [one["title"] for one in found["sections"]][:2] == ["Intended use", "Scores"]
    with Project.open(Path(where), read_only=True) as project:
        assert project.card_notes() == CardNotes(WRITTEN, "None.")


def test_a_base_model_of_a_folder_or_of_the_hub_is_told_with_its_licence(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text('---\nlanguage: de\nlicense: "cc-by-4.0"\n---\n# A model\nlicense: mit\n')
    assert base_of(str(tmp_path), task="spans").licence == "cc-by-4.0"
    of_hub = base_of(f"owner/name@{'a' * 40}", task="spans")
    assert (of_hub.name, of_hub.licence) == ("owner/name", "")
    assert of_hub.address == f"https://huggingface.co/owner/name/tree/{'a' * 40}"


@pytest.mark.parametrize(
    ("task", "rows", "labels", "says"),
    [
        ("spans", [(TEXT, Spans((ANNA, OSLO)), Spans((ANNA,))) for _ in range(12)], ("person", "place"), "| F1 |"),
        ("ratings", [(f"Room {n}", Rating(1.0 + n % 5), Rating(1.5, step=1, span=4)) for n in range(12)], (), "MAE"),
        ("text_to_text", [(f"Text {n}", Written(f"Said {n}"), Written("Said 1")) for n in range(12)], (), "chrF"),
    ],
)
def test_every_kind_of_task_has_a_card(
    tmp_path: Path, task: str, rows: list[tuple[str, Any, Any]], labels: tuple[str, ...], says: str
) -> None:
    project = guessed_project(tmp_path / "p.lepton", task, rows, labels=labels)
    page = model_card(project, project.runs()[0])
    assert says.lower() in section(page, "Scores").lower() and "| test | 12 |" in section(page, "Scores")
    assert as_html(page).count("<h2>") == len(page.sections) == 8 and all(one.blocks for one in page.sections)
    project.close()
