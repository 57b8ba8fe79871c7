"""How long people worked: between decisions the time counts, a pause does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from lepton_studio.project import history
from lepton_studio.project.active_time import by_day, together
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=("bug", "praise")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(f"text {n}", value={"labels": [1]}, labels=(1,)) for n in range(3))
            change.add_samples(NewSample(f"text {n}") for n in range(3, 20))
        yield made


def _label(project: Project, sample: int, *, at: str, who: str = "Ada", seconds: float | None = 4.0) -> None:
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(history, "now", lambda: f"{at}.000+00:00")
        clock.setenv("LEPTON_ANNOTATOR", who)
        project.annotate(sample, {"labels": [1]}, labels=(1,), seconds=seconds)


def test_a_pause_is_not_counted_and_what_came_in_with_a_file_is_no_work(project: Project) -> None:
    assert project.sessions() == [] and together([]) is None
    _label(project, 4, at="2026-11-02T10:00:00")
    _label(project, 5, at="2026-11-02T10:00:10")
    _label(project, 6, at="2026-11-02T10:02:00")
    _label(project, 7, at="2026-11-02T11:00:00", seconds=6.0)
    _label(project, 8, at="2026-11-02T11:00:04")
    found = project.sessions()
    assert [(one.seconds, one.labels) for one in found] == [(4 + 120, 3), (6 + 4, 2)]
    assert found[1].began == datetime.fromisoformat("2026-11-02T11:00:00+00:00") and found[1].per_label == 5


def test_two_people_who_work_at_the_same_time_are_counted_apart(project: Project) -> None:
    for second in range(0, 40, 10):
        _label(project, 4 + second // 10, at=f"2026-11-02T10:00:{second + 10}")
        _label(project, 10 + second // 10, at=f"2026-11-02T10:00:{second + 11}", who="Grace")
    project.annotate_many(((one, {"labels": [2]}, (2,)) for one in (16, 17)), origin="manual")
    _label(project, 15, at="2026-11-05T10:00:00", who="Grace", seconds=None)
    found = project.sessions()
    assert [(one.seconds, one.labels) for one in found] == [(34, 4), (34, 4), (0, 1)]
    whole = together(found)
    assert whole is not None and (whole.seconds, whole.labels) == (68, 9)
    assert [one.labels for one in by_day(found).values()] == [8, 1]
