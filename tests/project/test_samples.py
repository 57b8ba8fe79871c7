"""Samples are found, paged, counted and marked."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lepton_studio.project.errors import NoSuchLabel
from lepton_studio.project.project import Project
from lepton_studio.project.records import AS_GIVEN, Filter, NewSample, State
from tests.project.steps import add, assert_consistent, choice, label, new


def _ids(project: Project, **conditions: object) -> list[int]:
    """The samples of a filter, after checking that every way of asking says the same."""
    filter = Filter(**conditions)  # type: ignore[arg-type]
    ids = list(project.sample_ids(filter))
    assert [one.id for one in project.samples(filter)] == ids[:100]
    assert project.count(filter) == len(ids)
    assert [one.id for one in project.all_rows(filter)] == ids
    first, last = project.next_sample(filter), project.previous_sample(filter)
    assert (first and first.id, last and last.id) == ((ids[0], ids[-1]) if ids else (None, None))
    return ids


def test_a_sample_comes_back_as_it_came_in(project: Project) -> None:
    text = "line one\r\nline two\t“quoted” \0 \u2028 \u00a0 👩\u200d👧 日本語"
    raw = {"text": text, "half": "\ud83d", "n": [1, None]}
    incoming = NewSample(text, split="train", fields={"agent": "Zoë", "": "\0"}, source="a.csv", row=7, raw=raw)
    with project.change("Import") as change:
        assert change.add_samples([incoming]) == 1
    sample = project.sample(1)
    assert (sample.text, sample.split, sample.fields) == (text, "train", {"agent": "Zoë", "": "\0"})
    source = project.source_row(1)
    assert (source.source, source.row) == ("a.csv", 7)
    assert json.dumps(source.raw) == json.dumps(raw)


def test_half_an_emoji_in_a_file_does_not_stop_the_import(project: Project) -> None:
    add(project, ["broken \ud83d here"])
    assert project.sample(1).text == "broken \ufffd here"


def test_pages_follow_each_other_in_both_directions(project: Project) -> None:
    add(project, (f"text {n}" for n in range(25)))
    assert [one.id for one in project.samples(limit=10)] == list(range(1, 11))
    assert [one.id for one in project.samples(after=20, limit=10)] == list(range(21, 26))
    assert [one.id for one in project.samples(before=21, limit=10)] == list(range(11, 21))
    assert project.samples(after=25) == [] == project.samples(before=1)
    following, previous = project.next_sample(after=3), project.previous_sample(before=3)
    assert following is not None and previous is not None
    assert (following.id, previous.id) == (4, 2)


def test_filters_find_by_state_split_label_and_id(project: Project) -> None:
    add(
        project,
        [new("a", 1, split="train"), new("b", 2, 1, split="test"), new("c", split="train"), new("a", split="test")],
    )
    project.skip(3)
    project.flag(1)
    project.note(2, " see the manual ")
    expected: dict[State, list[int]] = {
        "any": [1, 2, 3, 4],
        "labelled": [1, 2],
        "unlabelled": [4],
        "skipped": [3],
        "flagged": [1],
        "noted": [2],
        "duplicate": [1, 4],
        "leak": [1, 4],
    }
    for state, ids in expected.items():
        assert _ids(project, state=state) == ids
        assert _ids(project, state=state, split="train") == [id for id in ids if id in (1, 3)]
    assert _ids(project, label=1) == [1, 2]
    assert _ids(project, label=1, split="test", state="noted") == [2]
    assert _ids(project, ids=(4, 2, 99)) == [2, 4]
    assert _ids(project, ids=()) == []
    assert project.sample(2).note == "see the manual"
    assert [one.id for one in project.labelled_rows("train")] == [1]
    assert [one.id for one in project.labelled_rows()] == [1, 2]


def test_search_finds_words_parts_and_chinese(project: Project) -> None:
    add(project, ["My card was REFUNDED", "信用卡退款很慢", "100% of it", "a_b \\ c", 'say "hello" NOT now', "Ünïcode"])
    assert _ids(project, search="refund") == [1]
    assert _ids(project, search="card my") == [1]
    assert _ids(project, search="信用卡") == [2]
    assert _ids(project, search="退款") == [2]
    assert _ids(project, search="卡") == [2]
    assert _ids(project, search="0%") == [3]
    assert _ids(project, search="_") == [4]
    assert _ids(project, search="\\") == [4]
    assert _ids(project, search='"hello"') == [5]
    assert _ids(project, search="NOT hello") == [5]
    assert _ids(project, search="hello missing") == []
    assert _ids(project, search="  ") == [1, 2, 3, 4, 5, 6]


def test_search_finds_what_a_sample_shows_whatever_case_accents_and_quotes(project: Project) -> None:
    with project.change("Import") as change:
        change.add_samples(
            [
                NewSample("Ünsere Katze isst „Fisch“", fields={"id": "AB-4711", "turns": "hidden", "Ort": "Köln"}),
                NewSample("It’s a co‑op in Łódź — the STRASSE", note="ask Zoë"),
                NewSample("каждый День; 카드 분실; e\u0301te\u0301"),
            ]
        )
    project.note(3, "“check” again")
    for search, ids in {
        "unsere": [1],
        "Ünsere": [1],
        "UNSERE katze": [1],
        '"fisch"': [1],
        "ab-4711": [1],
        "koln": [1],
        "hidden": [],
        "it's": [2],
        "IT‘S": [2],
        "co-op lodz": [2],
        "straße": [2],
        "zoe": [2],
        "день": [3],
        "분실": [3],
        "été": [3],
        '"check"': [3],
        "it": [2],
        "ko": [1],
    }.items():
        assert list(project.sample_ids(Filter(search=search))) == ids, search
    project.note(3, "")
    assert project.count(Filter(search="check")) == 0
    project.undo()
    assert project.count(Filter(search="check")) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(search=st.text(alphabet=st.sampled_from(list("\"'*()-+:^{}~AND OR NOT NEAR \\%_\0ab\ud83d卡;")), max_size=20))
def test_nothing_that_is_typed_into_the_search_field_fails(project: Project, search: str) -> None:
    if not project.count():
        add(project, ["one AND two", 'a "b" c'])
    _ids(project, search=search)


def test_counts_follow_every_decision(project: Project) -> None:
    add(project, [new("a", split="train"), new("b", split="train"), new("c")])
    label(project, 1, "refund")
    label(project, 1, "card")
    label(project, 3, "card")
    project.set_split([3], "test")
    assert project.label_counts() == {1: 0, 2: 2, 3: 0}
    assert project.label_counts(split="test") == {1: 0, 2: 1, 3: 0}
    assert project.split_counts() == {"train": 2, "validation": 0, "test": 1, None: 0}
    assert project.labelled_split_counts() == {"train": 1, "validation": 0, "test": 1, None: 0}
    assert_consistent(project.folder)


def test_labelling_a_skipped_sample_takes_the_skip_back_and_skipping_keeps_a_label(project: Project) -> None:
    add(project, ["one"])
    project.skip(1)
    label(project, 1, "refund")
    assert not project.sample(1).skipped
    project.skip(1)
    assert project.sample(1).value == choice(1)


def test_a_label_that_does_not_exist_cannot_be_given(project: Project) -> None:
    add(project, ["one"])
    with pytest.raises(NoSuchLabel):
        project.annotate(1, choice(99), labels=(99,))
    with pytest.raises(NoSuchLabel):
        project.annotate_many([(1, choice(99), (99,))])
    with pytest.raises(NoSuchLabel), project.change("Import") as change:
        change.add_samples([new("two", 99)])
    assert project.count() == 1


def test_identical_texts_leaks_and_conflicts_are_found(project: Project) -> None:
    add(
        project,
        [
            new("same", 1, split="train"),
            new("same", 1, split="train"),
            new("leak", 1, split="train"),
            new("leak", 2, split="test"),
            new("leak"),
            new("alone", 3, split="test"),
        ],
    )
    statistics = project.statistics()
    assert (statistics.samples, statistics.labelled, statistics.unlabelled) == (6, 5, 1)
    assert (statistics.duplicates, statistics.leaks, statistics.conflicts) == (5, 2, 1)
    assert (statistics.lengths.shortest, statistics.lengths.median, statistics.lengths.longest) == (4, 4, 5)
    same, leak = project.duplicate_groups()
    assert (same.text, same.samples, same.leaking, same.conflicting) == ("same", (1, 2), False, False)
    assert (leak.samples, leak.splits) == ((3, 4, 5), ("train", "test", None))
    assert project.duplicate_groups(leaks_only=True) == project.duplicate_groups(conflicts_only=True) == [leak]
    assert len(project.duplicate_groups(limit=1)) == 1


def test_an_empty_project_has_statistics_too(project: Project) -> None:
    statistics = project.statistics()
    assert (statistics.samples, statistics.duplicates, statistics.lengths.longest) == (0, 0, 0)


def test_a_worker_thread_reads_one_state_while_the_window_goes_on_labelling(project: Project) -> None:
    add(project, (f"text {n}" for n in range(3000)))
    seen: list[int] = []
    clone = project.clone()

    def work() -> None:
        with clone.snapshot():
            rows = clone.all_rows()
            seen.append(next(rows).id)
            label(project, 2999, "refund")
            seen.extend(one.id for one in rows if one.value is None)
        clone.close()

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert seen == list(range(1, 3001))
    assert project.sample(2999).value is not None


def test_a_bulk_write_does_not_wait_for_somebody_who_reads(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lepton_studio.project.connection.BUSY_SECONDS", 10**6)
    add(project, ["one"])
    with project.clone() as reader, reader.snapshot():
        assert reader.count() == 1
        add(project, (f"text {n}" for n in range(1200)))
        assert (reader.count(), project.count()) == (1, 1201)
    add(project, ["two"])
    assert (project.folder / "project.db-wal").stat().st_size == 0


def test_what_a_file_had_put_aside_and_noted_comes_in_as_that(project: Project) -> None:
    add(project, [replace(new("a"), skipped=True, note=" ask Ana "), new("b")])
    assert (project.count(Filter(state="skipped")), project.count(Filter(state="unlabelled"))) == (1, 1)
    assert (project.sample(1).skipped, project.sample(1).note) == (True, "ask Ana")
    assert_consistent(project.folder)


def test_pairs_are_identical_only_when_both_their_texts_are(project: Project) -> None:
    pairs = [("a man", "a person"), ("a man", "nobody"), ("a  man", "a person")]
    add(project, [replace(new(text), fields={"second_text": second}) for text, second in pairs])
    [group] = project.duplicate_groups()
    assert group.samples == (1, 3)


def test_samples_named_in_an_order_of_their_own_are_walked_through_in_it(project: Project) -> None:
    add(project, [new(f"text {n}") for n in range(1, 8)])
    near = Filter(ids=(5, 2, 7, 1), order=AS_GIVEN)
    assert [one.id for one in project.samples(near)] == [5, 2, 7, 1]
    assert [one.id for one in project.samples(near, after=2, limit=1)] == [7]
    assert [one.id for one in project.samples(near, before=7)] == [5, 2]
    assert project.samples(near, after=3) == [], "it is not among them"

    left = replace(near, state="unlabelled")
    project.annotate(2, choice(1), labels=(1,))
    assert [one.id for one in project.samples(left)] == [5, 7, 1]
    assert [one.id for one in project.samples(left, after=2)] == [7, 1], "behind one that has just left"
    last = project.previous_sample(left)
    assert last is not None and last.id == 1
    assert [one.id for one in project.samples(replace(near, ids=None))] == [1, 2, 3, 4, 5, 6, 7]
