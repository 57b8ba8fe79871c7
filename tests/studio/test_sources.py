"""Sources of suggestions are measured on the same samples, and what people make of suggestions is counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.contract.task import Input
from lepton_studio.project.agreement import Agreement
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, Offered, Predictor, SampleId, Suggestion
from lepton_studio.project.sample_writes import Annotate, from_stored, to_stored
from lepton_studio.project.suggestion_settings import SuggestionSettings
from lepton_studio.studio.certainty import fisher
from lepton_studio.studio.sources import Source, best_of, key_of, measure_sources, source_words, takes_over
from lepton_studio.studio.suggesting import new_suggestion
from lepton_studio.studio.swaying import agreement_words, sways
from lepton_studio.tasks import task_named
from lepton_studio.tasks.spans.annotation import Spans, parse
from lepton_studio.tasks.text_classification.annotation import Choice

_TASK = task_named("text_classification")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Sixty texts with the labels 1 and 2 in turn, of which the first thirty are for the test."""
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=("card", "refund")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(f"text {n}", split="test" if n < 30 else None) for n in range(80))
        made.annotate_many((n, {"labels": [1 + n % 2]}, (1 + n % 2,)) for n in range(1, 61))
        yield made


def _says(project: Project, predictor: int, samples: range, *, wrong: int) -> None:
    """Right on all of these, but on the first ones."""
    values = ((n, 1 + (n + (n - samples.start < wrong)) % 2) for n in samples)
    project.store_suggestions(predictor, [new_suggestion(_TASK, n, Choice((one,))) for n, one in values])


def test_an_imported_model_is_measured_on_the_test_samples_where_it_speaks_of_enough(project: Project) -> None:
    one, other = (project.enter_predictor("imported", name).id for name in ("gpt", "old rules"))
    _says(project, one, range(1, 26), wrong=5)
    _says(project, other, range(31, 61), wrong=3)
    best, second = measure_sources(project)
    assert (best.predictor.name, best.right, best.n, best.of, best.on) == ("old rules", 27, 30, 30, "labelled")
    assert (second.predictor.name, second.right, second.n, second.of, second.on) == ("gpt", 20, 25, 30, "test")
    assert source_words(second) == "Right on 80% of 25 test samples (95% CI: 60–92%). It has a suggestion for 83%."
    said = Suggestion(70, second.predictor, Choice((1,))), Suggestion(70, best.predictor, Choice((2,)))
    assert best_of(said, (best, second)) is said[1]
    assert best_of(said, (best, second), chosen=key_of(second.predictor)) is said[0]
    assert best_of(said, ()) is said[0], "the usual order before anything is measured"


def test_a_word_list_is_looked_up_in_labelled_texts(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Spans.lepton", task="spans", labels=("place",)) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample(f"Lima {n}" if n % 2 else f"Nothing {n}") for n in range(60))
        project.annotate_many((n, {"spans": [[0, 4, 1]] if n % 2 == 0 else []}, (1,)) for n in range(1, 61))

        def find(given: Input) -> Spans | None:
            return parse({"spans": [[0, 4, 1]]}, project.labels()) if "Lima" in given.text else None

        (found,) = measure_sources(project, find=find)
        assert (found.predictor.kind, found.right, found.n, found.of) == ("word_list", 30, 30, 60)
        assert found.share == 0.5


def _source(kind: str, rights: dict[SampleId, bool], *, on: str = "test") -> Source:
    predictor = Predictor(3 if kind == "run" else -1, kind)  # type: ignore[arg-type]
    return Source(predictor, sum(rights.values()), len(rights), len(rights), on, rights)


def test_a_run_takes_over_only_where_it_is_better_beyond_chance() -> None:
    instant = _source("instant", {n: n > 20 for n in range(60)})
    clearly, hardly = ({n: n > few for n in range(60)} for few in (5, 18))
    assert takes_over([instant, _source("run", clearly)]) is not None
    assert takes_over([instant, _source("run", hardly)]) is None
    assert takes_over([instant, _source("run", clearly, on="labelled")]) is None


def test_what_was_suggested_to_who_decided_is_in_the_log_and_undone_with_the_decision(project: Project) -> None:
    def decide(sample: SampleId, *, hidden: bool, agreed: bool) -> None:
        project.annotate(sample, {"labels": [1]}, labels=(1,), offered=Offered(hidden, agreed))

    project.annotate(61, {"labels": [1]}, labels=(1,))
    decide(62, hidden=False, agreed=False)
    decide(62, hidden=False, agreed=True)  # the last edit of a sample counts
    decide(63, hidden=False, agreed=True)
    decide(64, hidden=True, agreed=False)
    assert project.agreement() == Agreement(agreed=2, shown=2, agreed_hidden=0, hidden=1)
    assert project.sample(64).origin == "manual"
    project.undo()
    assert project.agreement().hidden == 0
    write = Annotate(65, {"labels": [1]}, (1,), hidden=True, agreed=True)
    assert from_stored(to_stored(write)) == write
    older = {name: one for name, one in to_stored(write).items() if name not in ("hidden", "agreed")}
    assert from_stored(older) == Annotate(65, {"labels": [1]}, (1,))


def test_a_gap_beyond_chance_is_named(project: Project) -> None:
    swayed, even = Agreement(118, 120, 21, 25), Agreement(108, 120, 22, 25)
    assert sways(swayed) and not sways(even) and not sways(Agreement(10, 10, 0, 0))
    assert agreement_words(swayed).startswith(
        "With the suggestion in view you agreed with 98% (n = 120), without it with 84% (n = 25). Suggestions seem to"
    )
    assert agreement_words(even).endswith("(n = 25).") and agreement_words(Agreement(10, 10, 0, 0)) == ""
    assert fisher(8, 10, other_hits=1, other_n=6) == pytest.approx(0.0350, abs=1e-4)  # R: fisher.test


def test_which_source_suggests_is_kept_in_the_project(project: Project) -> None:
    assert project.suggestion_settings() == SuggestionSettings("", 0.05)
    project.set_suggestion_settings(SuggestionSettings("imported -2", 0.1))
    with Project.open(project.folder, read_only=True) as again:
        assert again.suggestion_settings() == SuggestionSettings("imported -2", 0.1)
