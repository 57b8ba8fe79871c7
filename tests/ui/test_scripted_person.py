"""A person at the real window by keys alone: suggestions are accepted, other labels found by a few letters."""

from __future__ import annotations

import random
from pathlib import Path

from lepton_studio.project.records import Filter
from tests.benchmarks.labelling.person import Person
from tests.benchmarks.labelling.scripted_person import make_project
from tests.ui.driving import open_window

_KINDS = ("refund", "lost card", "exchange rate", "top up", "cash withdrawal", "direct debit", "transfer fee")


def test_every_label_is_given_by_keys_and_some_are_drawn_for_the_test(tmp_path: Path) -> None:
    labels = [f"{kind} {what}" for kind in _KINDS for what in ("late", "wrong", "missing", "other")]
    rows = [(f"My {label} problem, case {n}", label) for n in range(4) for label in labels]
    random.Random(0).shuffle(rows)
    ids = {label: n + 1 for n, label in enumerate(sorted(labels))}
    with make_project(tmp_path / "Person.lepton", rows) as project:
        folder = project.folder
    with open_window(folder) as window:
        person = Person(window, {n + 1: ids[label] for n, (_, label) in enumerate(rows)})
        person.begin(seconds=120)
        done = person.decide(24)
        assert len({one.sample for one in done}) == 24 and any(one.is_drawn for one in done)
        assert any(one.is_accepted for one in done) and all(one.keys == 1 for one in done if one.is_accepted)
        assert window.session is not None
        for sample in window.session.project.samples(Filter(state="labelled")):
            assert sample.value == {"labels": [ids[rows[sample.id - 1][1]]]}
        drawn = window.session.project.sample_ids(Filter(split="test"))
        assert set(drawn) == {one.sample for one in done if one.is_drawn}
        times = window.session.project.seconds_by_length(limit=100)
        assert len(times) == 24 and min(seconds for _, seconds in times) > 2, "each takes as long as a person needs"
