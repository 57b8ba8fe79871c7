"""Conditions combine, whatever table leads to the samples; what is kept by name stays."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest

from lepton_studio.project.answers import Answer
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    Decided,
    FieldIs,
    Filter,
    NewSample,
    NewSuggestion,
    Order,
    Sample,
    Suggested,
)
from lepton_studio.studio.saved_filters import can_be_saved, save_filter, saved_filters

Fits = Callable[[Sample], bool]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    chance = Random(3)
    made = Project.create(tmp_path / "P.lepton", task="text_classification", labels=["a", "b"])
    with made.change("Import") as change:
        change.add_samples(
            NewSample(
                f"text {n} {chance.choice(['card', 'refund'])}",
                fields={"country": chance.choice(["UK", "Frañce", "DE"]), '城"市': str(n % 3), "id": str(n)}
                | ({"rare": "it's"} if n % 7 == 0 else {}),
                split=chance.choice([None, "train", "test"]),
            )
            for n in range(120)
        )
    for name in ("anna", "bob", "anna"):
        monkeypatch.setenv("LEPTON_ANNOTATOR", name)
        for id in chance.sample(range(1, 121), 40):
            label = chance.choice([1, 2])
            made.annotate(id, {"labels": [label]}, labels=(label,))
    for id in chance.sample(range(1, 121), 10):
        made.annotate(id, None)
    made.flag_many(chance.sample(range(1, 121), 40))
    for id in chance.sample(range(1, 121), 30):
        made.note(id, "look")
    by = made.enter_predictor("imported", "gpt").id
    made.store_suggestions(
        by, [NewSuggestion(id, {"labels": [1 + id % 2]}, (1 + id % 2,), score=id / 121) for id in range(1, 100)]
    )
    return made


def _last(project: Project, sample: Sample) -> Any:
    return next((one for one in reversed(project.decisions(sample.id)) if not one.undone), None)


def _conditions(project: Project) -> list[tuple[dict[str, Any], Fits]]:
    by = project.predictors()[0].id
    moment = project.history()[len(project.history()) // 2].at

    def decided(sample: Sample, who: str | None, since: str) -> bool:
        last = _last(project, sample)
        return sample.value is not None and who in (None, last.who) and last.at >= since

    return [
        ({"flagged": True}, lambda one: one.flagged),
        ({"noted": True}, lambda one: bool(one.note)),
        ({"decided": Decided(who="anna")}, lambda one: decided(one, "anna", "")),
        ({"decided": Decided(since=moment)}, lambda one: decided(one, None, moment)),
        ({"decided": Decided("bob", since="1970", until="9999")}, lambda one: decided(one, "bob", "")),
        ({"fields": (FieldIs("country", "UK"),)}, lambda one: one.fields["country"] == "UK"),
        ({"fields": (FieldIs("country", "FRANC", True),)}, lambda one: one.fields["country"] == "Frañce"),
        ({"fields": (FieldIs("country", "d", True), FieldIs('城"市', "1"))},
         lambda one: one.fields["country"] == "DE" and one.fields['城"市'] == "1"),
        ({"fields": (FieldIs("rare", "it's"),)}, lambda one: "rare" in one.fields),
        ({"fields": (FieldIs("rare", ""),)}, lambda one: "rare" not in one.fields),
        ({"state": "unlabelled"}, lambda one: one.value is None),
        ({"label": 1}, lambda one: one.value == {"labels": [1]}),
        ({"split": "test"}, lambda one: one.split == "test"),
        ({"search": "card"}, lambda one: "card" in one.text),
        ({"suggested": Suggested(by, score_from=0.25, score_to=0.75)}, lambda one: 31 <= one.id <= 90),
    ]  # fmt: skip


@pytest.mark.parametrize("is_indexed", [False, True])
def test_every_two_conditions_hold_together_in_each_order(project: Project, is_indexed: bool) -> None:
    assert project.field_names() == ["country", '城"市', "id", "rare"]
    if is_indexed:
        for name in project.field_names():
            project.make_index(name)
            assert not project.lacks_index(name)
    samples = list(project.all_rows())
    for (one, fits_one), (other, fits_other) in combinations(_conditions(project), 2):
        if set(one) & set(other):
            continue
        wanted = {sample.id for sample in samples if fits_one(sample) and fits_other(sample)}
        which = Filter(**one, **other)
        assert set(project.sample_ids(which)) == wanted, which
        assert project.count(which) == len(wanted)
        for order in (Order(), Order("length"), Order("time", descending=True), Order("field", field="rare")):
            assert {one.id for one in project.samples(Filter(**one, **other, order=order), limit=200)} == wanted


@pytest.mark.parametrize("is_indexed", [False, True])
def test_samples_stand_in_the_order_of_a_field_numbers_first_and_page_after_page(
    tmp_path: Path, is_indexed: bool
) -> None:
    values = ("10", "9", "-3", "2.5", "", None, "b", "a", "2026-11-29", "9")
    with Project.create(tmp_path / "P.lepton", task="text_classification") as project:
        with project.change("Import") as change:
            change.add_samples(
                NewSample(f"text {n}", fields={} if one is None else {"n": one}) for n, one in enumerate(values)
            )
        if is_indexed:
            project.make_index(Order("field", field="n"))
        for descending, wanted in ((False, [3, 4, 2, 10, 1, 9, 8, 7]), (True, [7, 8, 9, 1, 10, 2, 4, 3])):
            which = Filter(order=Order("field", descending, field="n"))
            ids = [one.id for one in project.samples(which)]
            assert ids[:8] == wanted and set(ids[8:]) == {5, 6}
            paged: list[int] = []
            while page := project.samples(which, after=paged[-1] if paged else None, limit=3):
                paged += [one.id for one in page]
            assert paged == ids
            backwards = project.samples(which, before=ids[5], limit=3)
            assert [one.id for one in backwards] == ids[2:5]


def test_an_index_of_a_field_follows_imports_and_undo(project: Project) -> None:
    project.make_index("country")
    uk = Filter(fields=(FieldIs("country", "UK"),))
    before = project.count(uk)
    with project.change("Import") as change:
        change.add_samples([NewSample("new", fields={"country": "UK"})])
    assert project.count(uk) == before + 1
    assert dict(project.field_values("country"))["UK"] == before + 1
    project.undo()
    assert project.count(uk) == before and sum(count for _, count in project.field_values("country")) == 120


def test_what_a_merge_took_over_is_that_of_the_person_who_decided_it_in_the_copy(project: Project) -> None:
    with project.change("Merge") as change:
        change.annotate_many([(7, {"labels": [2]}, (2,)), (8, {"labels": [1]}, (1,))])
        change.add_answers([Answer(7, "carla", "2026-01-01T00:00:00.000+00:00", {"labels": [2]}, "manual")])
    assert "carla" in project.annotators()
    assert list(project.sample_ids(Filter(decided=Decided(who="carla")))) == [7]
    assert 8 in project.sample_ids(Filter(decided=Decided(who="anna")))


def test_filters_are_kept_by_name_and_found_after_reopening(project: Project) -> None:
    by = project.predictors()[0].id
    which = Filter(
        search="card",
        label=2,
        split="train",
        flagged=True,
        decided=Decided("anna", since="2026-01-01"),
        fields=(FieldIs("country", "UK"), FieldIs("id", "1", True)),
        suggested=Suggested(by, label=1, score_from=0.2, disagrees=True),
        order=Order("length", descending=True),
    )
    save_filter(project, "  Anna’s cards ", which)
    save_filter(project, "flagged", Filter(state="flagged", order=Order("score", by=by)))
    assert not can_be_saved(Filter(ids=(1, 2))) and not can_be_saved(Filter()) and can_be_saved(which)
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        assert saved_filters(again) == {"Anna’s cards": which, "flagged": Filter(state="flagged")}
        again.rename_kept("filters", "flagged", "mine")
        assert list(saved_filters(again)) == ["Anna’s cards", "mine"]
        again.delete_label(2, relabel=lambda value: None)
        assert list(saved_filters(again)) == ["mine"], "the label it asks for is gone"
        again.drop_kept("filters", "mine")
        assert saved_filters(again) == {}
