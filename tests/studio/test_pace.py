"""How long a text takes a person, from their own log: a line that pauses do not move."""

from __future__ import annotations

import random
from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio.instant.pace import pace_of, read_pace


def test_pauses_and_slips_do_not_move_the_line() -> None:
    chance = random.Random(1)
    taken = [(n, 2 + 0.05 * n + chance.uniform(-0.5, 0.5)) for n in range(10, 210)]
    taken[::10] = [(length, 120.0) for length, _ in taken[::10]]
    taken[5::20] = [(length, 0.1) for length, _ in taken[5::20]]
    pace = pace_of(taken)
    assert pace is not None and abs(pace.a_text - 2) < 0.4 and abs(pace.a_character - 0.05) < 0.005


def test_nothing_is_told_of_few_decisions_and_nobody_reads_backwards() -> None:
    assert pace_of([]) is None and pace_of([(10, 2.0)] * 29) is None
    same = pace_of([(10, 2.0)] * 30)
    assert same is not None and (same.a_text, same.a_character) == (2.0, 0.0)
    faster = pace_of([(n, 10 - 0.01 * n) for n in range(100)])
    assert faster is not None and faster.a_character == 0 and 9 < faster.a_text < 10


def test_it_is_read_from_the_decisions_that_hold(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=("good", "bad")) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample("a" * n, value={"labels": [1]}, labels=(1,)) for n in range(1, 6))
            change.add_samples(NewSample("a" * n) for n in range(10, 50))
        for sample in range(6, 36):
            project.annotate(sample, {"labels": [1]}, labels=(1,), seconds=1 + 0.1 * (sample + 4))
        pace = read_pace(project)
        assert pace is not None and abs(pace.a_text - 1) < 0.01 and abs(pace.a_character - 0.1) < 0.001
        project.undo()
        assert read_pace(project) is None, "an undone decision counts no more"
