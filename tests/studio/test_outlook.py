"""What more labels bring: a learning curve out of the child, and a forecast that says when it is too early to tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lepton_studio.project.active_time import Worked
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.requests import LearnCurve
from lepton_studio.studio.instant.forecast import FEWEST, brings_little, forecasts, share_now
from lepton_studio.studio.instant.outlook import gaining_sentence, outlook_sentences
from lepton_studio.studio.instant.worked import worked_sentences
from lepton_studio.studio.instant.working import Work

SUBJECTS = ("card", "refund", "login", "parcel")
WORDS = ("lost", "late", "wrong", "new", "old", "broken", "blue", "small")


def _right(sizes: np.ndarray[tuple[int], np.dtype[np.int64]], *, top: float, n: int = 2000) -> np.ndarray:
    """Of n samples so many are right as a power law says, the same ones with each size."""
    luck = np.random.default_rng(0).uniform(size=n)
    return np.stack([luck < top - 2 * float(size) ** -0.5 for size in sizes])


def test_the_gain_of_a_power_law_is_told_and_its_end_is_seen() -> None:
    sizes = np.array([100, 200, 400, 600, 800])
    found = forecasts(sizes, _right(sizes, top=0.9), decisions=1000)
    assert [one.more for one in found] == [50, 100, 200]
    true = 2 * (1000**-0.5 - 1100**-0.5)
    assert found[1].low < true < found[1].high and abs(found[1].gain - true) < 0.004
    assert abs(share_now(sizes, _right(sizes, top=0.9), decisions=1000) - (0.9 - 2 * 1000**-0.5)) < 0.03
    few = np.array([40, 80, 160, 240, 320])
    assert brings_little(found) and not brings_little(forecasts(few, _right(few, top=0.9), decisions=400))
    flat = np.repeat(_right(sizes[-1:], top=0.9), 5, axis=0)
    assert brings_little(forecasts(sizes, flat, decisions=1000))


def test_few_labels_tell_nothing_and_none_is_told_further_than_twice_as_many() -> None:
    sizes = np.array([10, 20, 40, 60, 80])
    right = _right(sizes, top=0.9)
    assert forecasts(sizes, right, decisions=FEWEST - 1) == ()
    assert [one.more for one in forecasts(sizes, right, decisions=100)] == [50, 100]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """120 texts of four kinds, some of them alike; 80 are labelled."""
    chance = np.random.default_rng(1)
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=SUBJECTS) as made:
        with made.change("Import") as change:
            change.add_samples(
                NewSample(f"My {SUBJECTS[n % 4]} is {' and '.join(chance.choice(WORDS, 3))}, number {n}")
                for n in range(120)
            )
        made.annotate_many((n + 1, {"labels": [1 + n % 4]}, (1 + n % 4,)) for n in range(80))
        yield made


def test_the_child_measures_the_curve_and_what_a_model_labelled_is_not_counted(project: Project) -> None:
    with project.change("Labelled by the instant model") as change:
        change.annotate_many((n, {"labels": [1]}, (1,)) for n in range(81, 101))
        change.note_automation(risk=0.05, covered=())
    with Children() as children:
        work = Work(children)
        work.look_ahead()
        work.go_on(project)
        outlook = work.outlook
        work.close()
    assert outlook is not None and outlook.decisions == 80 == outlook.n
    assert [one.labels for one in outlook.curve] == [8, 16, 32, 48, 64]
    assert outlook.curve[-1].share > 0.8 and all(one.interval.low <= one.share for one in outlook.curve)
    assert [one.more for one in outlook.forecasts] == [50]
    assert "50 more labels: about " in next(iter(outlook_sentences(outlook)))
    if outlook.gaining is not None:
        assert "“card” gains most" in gaining_sentence(outlook.gaining, "card")


class Disturbed(Work):
    """A decision is made just when the curve is to be measured."""

    def decide(self, project: Project) -> None:
        """Call it before `go_on`."""
        self.project = project

    def _asked(self, request: Any, **rest: Any) -> Any:
        if isinstance(request, LearnCurve) and self.project.sample(120).value is None:
            self.project.annotate(120, {"labels": [4]}, labels=(4,))
            self.learn()
        return super()._asked(request, **rest)


def test_a_decision_is_learnt_before_the_curve_which_is_then_measured_with_it(project: Project) -> None:
    with Children() as children:
        work = Disturbed(children)
        work.decide(project)
        work.look_ahead()
        work.look_ahead(wanted=False)
        work.go_on(project)
        assert work.outlook is None and project.sample(120).value is None, "nobody wants to know any more"
        work.look_ahead()
        work.go_on(project)
        work.close()
    assert work.model is not None and work.model.decisions == 81
    assert work.outlook is not None and work.outlook.decisions == 81


def test_the_time_is_told_as_a_person_would() -> None:
    began = datetime.fromisoformat("2026-11-02T10:00:00+00:00")
    long = Worked(began, began, 3600.0 * 2, 900)
    short = Worked(began.replace(day=3), began.replace(day=3), 300.0, 30)
    said = list(worked_sentences([long, short], today=short.day))
    assert said[0] == "Today: 30 labels in 5 minutes of active time."
    assert said[1] == "In all: 930 labels in 2 h 5 min of active time, on 2 days."
    assert said[2] == "10.0 seconds a label, 360 an hour: 100 more take about 17 minutes."
    assert list(worked_sentences([], today=short.day)) == []
