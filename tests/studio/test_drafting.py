"""Before anything is tuned, a model that writes drafts something for samples that nobody has annotated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from lepton_studio.models.built_in import WRITER
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.project.suggestion_settings import SuggestionSettings
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio import drafting
from lepton_studio.studio.asking import NotAnswered
from lepton_studio.studio.drafting import draft, drafter, may_draft
from lepton_studio.studio.suggesting import newest_suggesting_run, reader, suggestion_for
from lepton_studio.tasks import task_named
from tests.tasks.tiny_writers import WORDS, decoder

TEXTS = [f"{a} {b}" for a, b in pairwise(WORDS)]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "Notes.lepton", task="text_to_text") as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(text) for text in TEXTS)
        yield made


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    """One owner, so that one child writes all of it."""
    owner = Children()
    yield owner
    owner.close()


def test_the_sample_in_view_is_first_and_nothing_is_drafted_twice(
    project: Project, children: Children, tmp_path: Path
) -> None:
    model = str(decoder("llama", tmp_path / "tiny-llama"))
    drafted = draft(project, model=model, at_most=2, first=7, children=children)
    assert drafted.count == 2 and drafted.note == "" and drafted.by is not None
    assert (drafted.by.kind, drafted.by.name) == ("imported", "tiny-llama")
    assert {one.sample for one in project.said_of(range(1, 20), by=drafted.by.id)} == {7, 1}
    project.annotate(2, {"text": "a target"})
    assert draft(project, model=model, at_most=3, children=children).by == drafter(project, model) == drafted.by
    assert {one.sample for one in project.said_of(range(1, 20), by=drafted.by.id)} == {7, 1, 3, 4, 5}
    found = suggestion_for(project, 7, read=reader(project), newest=newest_suggesting_run(project))
    assert found is not None and found.predictor == drafted.by and not found.is_old
    assert 0 <= (found.score or 0) <= 1 and found.value.text != TEXTS[6]


def test_what_the_model_is_told_stays_with_the_project(project: Project) -> None:
    own = task_named("text_to_text").drafts
    assert drafting._told(project, "") == own
    assert drafting._told(project, "Be brief.") == "Be brief."
    with Project.open(project.folder, read_only=True) as again:
        assert again.suggestion_settings() == SuggestionSettings(instruction="Be brief.")
    assert drafting._told(project, "") == "Be brief."
    assert drafting._told(project, own) == own == drafting._told(project, ""), "and can be taken back"


def test_what_it_does_not_read_to_the_end_is_said_and_what_cannot_write_is_named(
    project: Project, children: Children, tmp_path: Path
) -> None:
    with project.change("Import") as change:
        change.add_samples([NewSample("red " * 200)])
    model = str(decoder("llama", tmp_path / "tiny-llama"))
    drafted = draft(project, model=model, at_most=1, first=len(TEXTS) + 1, children=children)
    assert drafted.note.startswith("1 of 1 texts is longer than") and drafted.count == 1
    with pytest.raises(NotAnswered, match="nowhere"):
        draft(project, model=str(tmp_path / "nowhere"), at_most=1, children=children)


def test_drafts_are_offered_where_the_writer_is_there_and_the_task_writes(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built_in_writer: str
) -> None:
    assert may_draft(project) and built_in_writer == WRITER.id
    with Project.create(tmp_path / "Labels.lepton", task="text_classification", labels=["a", "b"]) as labels:
        assert not may_draft(labels)
    monkeypatch.setattr(drafting, "is_installed", lambda _model: False)
    assert not may_draft(project)
