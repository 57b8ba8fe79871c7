"""A project is copied to several people and merged back: nothing is lost, and nothing of one is replaced by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.project.connection import connect
from lepton_studio.project.copies import save_copy
from lepton_studio.project.marks import MEDIA
from lepton_studio.project.media import digest_of, keep_media
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio.merging import MergePlan, NoCopy, merge, plan_merge
from lepton_studio.studio.merging_in_words import merge_sentences
from lepton_studio.tasks import task_named
from tests.project.steps import add, assert_consistent, dump, new, relabel_to

TEXTS = [f"Message number {n}" for n in range(1, 9)]


@dataclass
class Desk:
    """Ana's project, and copies of it that others take along."""

    tmp_path: Path
    sit: Callable[[str], None]
    stack: ExitStack
    ana: Project = field(init=False)

    def copy(self, name: str) -> Project:
        """The project as it is now, on somebody else's computer."""
        folder = self.tmp_path / f"{name}.lepton"
        save_copy(self.ana, folder)
        return self.stack.enter_context(Project.open(folder))

    def label(self, project: Project, who: str, **decided: str) -> None:
        """Somebody labels samples: `_1="refund"`."""
        self.sit(who)
        for sample, name in decided.items():
            label(project, int(sample[1:]), name)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with ExitStack() as stack:
        made = Desk(tmp_path, lambda who: monkeypatch.setenv("LEPTON_ANNOTATOR", who), stack)
        made.sit("Ana")
        made.ana = stack.enter_context(
            Project.create(tmp_path / "Ana.lepton", task="text_classification", labels=["refund", "card"])
        )
        add(made.ana, TEXTS)
        yield made


def label(project: Project, sample: int, name: str) -> None:
    found = project.label_named(name)
    assert found is not None
    project.annotate(sample, {"labels": [found.id]}, labels=(found.id,), seconds=2.0)


def said(project: Project) -> dict[int, str]:
    """What each labelled sample is labelled as."""
    task, labels = task_named(project.task_id), project.labels()
    values = ((id, value) for id, value, _ in project.annotations() if value is not None)
    return {id: task.words(task.parse(value, labels), labels) for id, value in values}


def answers(project: Project, sample: int) -> dict[str, str]:
    """Who said what of a sample."""
    task, labels = task_named(project.task_id), project.labels()
    return {one.who: task.words(task.parse(one.value, labels), labels) for one in project.answers(sample)}


def merged(project: Project, *copies: Project, named: str = "") -> MergePlan:
    return merge(project, copies, plan_merge(project, copies, named=named), named=named)


def test_what_one_side_labelled_is_taken_over_and_what_differs_stays_and_is_listed(desk: Desk) -> None:
    desk.label(desk.ana, "Ana", _1="refund")
    ben = desk.copy("Ben")
    desk.label(desk.ana, "Ana", _2="refund", _3="refund")
    desk.label(ben, "Ben", _3="card", _4="card", _5="refund")
    desk.sit("Ana")
    plan = plan_merge(desk.ana, [ben])
    assert (plan.labelled, plan.replaced, plan.differing, dict(plan.people)) == (2, 0, (3,), {"Ben": 3})
    assert said(desk.ana) == {1: "refund", 2: "refund", 3: "refund"}  # nothing is done yet

    merge(desk.ana, [ben], plan)
    assert said(desk.ana) == {1: "refund", 2: "refund", 3: "refund", 4: "card", 5: "refund"}
    assert answers(desk.ana, 3) == {"Ana": "refund", "Ben": "card"}
    assert answers(desk.ana, 4) == {"Ben": "card"}
    assert desk.ana.people() == ["Ana", "Ben"]
    (decision,) = desk.ana.decisions(4)
    assert (decision.who, decision.origin, decision.seconds) == ("Ben", "manual", 2.0)
    assert desk.ana.sample(4).origin == "manual"
    assert_consistent(desk.ana.folder)


def test_a_merge_is_one_step_that_can_be_undone_and_done_again(desk: Desk) -> None:
    ben = desk.copy("Ben")
    desk.label(desk.ana, "Ana", _1="refund")
    desk.sit("Ben")
    ben.add_label("thanks")
    with ben.change("Import more.csv") as change:
        change.add_samples([NewSample("Only Ben has this"), new("And this, with a label", 1)])
    desk.label(ben, "Ben", _1="card", _2="thanks", _9="thanks")
    desk.sit("Ana")
    before, steps = dump(desk.ana.folder), len(desk.ana.history())
    merged(desk.ana, ben)
    after = dump(desk.ana.folder)
    assert said(desk.ana) == {1: "refund", 2: "thanks", 9: "thanks", 10: "refund"}
    assert [desk.ana.sample(id).text for id in (9, 10)] == ["Only Ben has this", "And this, with a label"]
    assert [one.name for one in desk.ana.labels()] == ["refund", "card", "thanks"]
    assert len(desk.ana.history()) == steps + 1
    assert desk.ana.undo_name() == "Merge the labels of Ben"

    desk.ana.undo()
    assert dump(desk.ana.folder) == before
    assert answers(desk.ana, 1) == {"Ana": "refund"} and desk.ana.people() == ["Ana"]
    desk.ana.redo()
    assert dump(desk.ana.folder) == after
    assert answers(desk.ana, 1) == {"Ana": "refund", "Ben": "card"}
    assert_consistent(desk.ana.folder)


def test_merging_the_same_copy_again_changes_nothing(desk: Desk) -> None:
    ben = desk.copy("Ben")
    desk.label(ben, "Ben", _1="card", _2="refund")
    desk.label(desk.ana, "Ana", _1="refund")
    merged(desk.ana, ben)
    plan = plan_merge(desk.ana, [ben])
    assert plan.is_empty and plan.differing == ()
    steps = desk.ana.history()
    merge(desk.ana, [ben], plan)
    assert desk.ana.history() == steps


def test_what_somebody_decided_later_in_a_copy_takes_the_place_of_their_own_earlier_decision(desk: Desk) -> None:
    desk.label(desk.ana, "Ana", _1="refund", _2="refund")
    laptop = desk.copy("Laptop")
    desk.label(laptop, "Ana", _1="card")
    desk.label(laptop, "Ana", _2="refund")
    desk.label(desk.ana, "Ana", _2="card")
    plan = merged(desk.ana, laptop)
    assert (plan.replaced, plan.differing) == (1, ())
    assert said(desk.ana) == {1: "card", 2: "card"}  # of the second one the later decision was made here


def test_two_people_of_one_name_are_told_apart_where_the_copy_is_said_to_be_of_another(desk: Desk) -> None:
    other = desk.copy("Other")
    desk.label(desk.ana, "user", _1="refund")
    desk.label(other, "user", _1="card")
    plan = merged(desk.ana, other, named="Ben")
    assert plan.differing == (1,)
    assert answers(desk.ana, 1) == {"user": "refund", "Ben": "card"}


def test_a_file_gives_way_to_a_person_and_never_the_other_way_round(desk: Desk) -> None:
    add(desk.ana, [new("Imported as a refund", 1), new("Imported as a refund too", 1)])
    ben = desk.copy("Ben")
    desk.label(ben, "Ben", _9="card")
    desk.label(desk.ana, "Ana", _10="card")
    plan = merged(desk.ana, ben)
    assert (plan.replaced, plan.differing) == (1, ())
    assert said(desk.ana) == {9: "card", 10: "card"}


def test_several_copies_come_back_in_one_step_and_each_keeps_its_name(desk: Desk) -> None:
    ben, cleo = desk.copy("Ben"), desk.copy("Cleo")
    desk.label(ben, "Ben", _1="card", _2="card")
    desk.label(cleo, "Cleo", _2="refund", _3="refund")
    for copy in (ben, cleo):
        add(copy, ["Both found this text elsewhere"])
    desk.label(cleo, "Cleo", _9="card")
    desk.sit("Ana")
    plan = merged(desk.ana, ben, cleo)
    assert said(desk.ana) == {1: "card", 2: "card", 3: "refund", 9: "card"}
    assert plan.differing == (2,)
    assert desk.ana.count() == 9
    assert answers(desk.ana, 2) == {"Ben": "card", "Cleo": "refund"}
    # Who merged with Ben before and comes back later brings him along, once.
    merged(cleo, ben)
    assert answers(cleo, 1) == {"Ben": "card"}
    assert plan_merge(desk.ana, [cleo]).is_empty


def test_samples_that_were_added_on_both_sides_are_told_apart_by_their_texts(desk: Desk) -> None:
    ben = desk.copy("Ben")
    add(desk.ana, ["Ana's ninth", "Of both"])
    add(ben, ["Of both", "Ben's tenth"])
    desk.label(ben, "Ben", _9="refund", _10="card")
    plan = merged(desk.ana, ben)
    assert len(plan.new_samples) == 1
    assert {desk.ana.sample(id).text: name for id, name in said(desk.ana).items()} == {
        "Of both": "refund",
        "Ben's tenth": "card",
    }


def test_a_picture_that_only_a_copy_has_comes_over_with_its_file(desk: Desk) -> None:
    ben = desk.copy("Ben")
    picture = desk.tmp_path / "cat.png"
    picture.write_bytes(b"a cat")
    digest = digest_of(picture)
    keep_media(picture, folder=ben.media_folder, digest=digest)
    add(ben, [NewSample("", fields={MEDIA: f"{digest}/cat.png"})])
    desk.label(ben, "Ben", _9="card")
    merged(desk.ana, ben)
    assert desk.ana.sample(9).fields == {MEDIA: f"{digest}/cat.png"}
    assert (desk.ana.media_folder / digest).read_bytes() == b"a cat"
    assert said(desk.ana) == {9: "card"}


def test_what_was_taken_out_or_taken_back_here_does_not_return(desk: Desk) -> None:
    desk.label(desk.ana, "Ana", _2="refund")
    ben = desk.copy("Ben")
    desk.sit("Ana")
    desk.ana.undo()
    desk.ana.remove_samples([1])
    desk.label(ben, "Ben", _1="card", _3="card")
    desk.sit("Ana")
    merged(desk.ana, ben)
    assert said(desk.ana) == {3: "card"}
    assert desk.ana.count() == len(TEXTS) - 1


def test_labels_that_were_renamed_or_merged_on_one_side_are_still_the_same(desk: Desk) -> None:
    ben, cleo = desk.copy("Ben"), desk.copy("Cleo")
    desk.sit("Ana")
    desk.ana.rename_label(1, "money back")
    desk.label(ben, "Ben", _1="refund")
    desk.sit("Cleo")
    cleo.rename_label(2, "bank card")
    desk.label(cleo, "Cleo", _2="bank card")
    desk.sit("Ana")
    plan = merged(desk.ana, ben, cleo)
    assert plan.new_labels == ()
    assert said(desk.ana) == {1: "money back", 2: "card"}
    desk.ana.merge_labels(1, 2, relabel=relabel_to(1, 2))
    assert desk.ana.people() == ["Ben", "Cleo"]  # to merge labels is no answer of Ana's
    desk.label(ben, "Ben", _3="refund", _4="card")
    merged(desk.ana, ben)
    assert said(desk.ana)[4] == "card"
    assert said(desk.ana)[3] == "refund"  # a name that is no longer here comes back with the label that bears it


def test_what_was_settled_in_a_copy_counts_more_than_what_was_said_before(desk: Desk) -> None:
    ben = desk.copy("Ben")
    desk.label(desk.ana, "Ana", _1="refund", _2="refund")
    desk.label(ben, "Ben", _1="card", _2="card")
    merged(ben, desk.ana)
    ben.annotate(1, {"labels": [2]}, labels=(2,), origin="settled")
    desk.sit("Ana")
    plan = merged(desk.ana, ben)
    assert said(desk.ana) == {1: "card", 2: "refund"}
    assert plan.differing == (2,)


def test_another_project_and_the_project_itself_are_refused_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    with Project.create(tmp_path / "Other.lepton", task="text_classification", labels=["refund", "card"]) as other:
        add(other, TEXTS)
        with pytest.raises(NoCopy, match="“Other” is not a copy of this project"):
            plan_merge(desk.ana, [other])
    with (
        Project.open(desk.ana.folder, read_only=True) as itself,
        pytest.raises(NoCopy, match="“Ana” is this project itself"),
    ):
        plan_merge(desk.ana, [itself])


def test_copies_of_a_project_that_has_no_id_yet_are_known_by_when_it_was_made(desk: Desk) -> None:
    with closing(connect(desk.ana.folder / "project.db")) as db:
        db.execute("DELETE FROM meta WHERE key = 'uid'")
    ben = desk.copy("Ben")
    assert desk.ana.identity() == ben.identity() != ""
    desk.label(ben, "Ben", _1="card")
    merged(desk.ana, ben)
    assert said(desk.ana) == {1: "card"}


def _spans(*found: tuple[int, int, int]) -> dict[str, Any]:
    return {"spans": [list(one) for one in found]}


def test_marked_spans_of_a_new_label_come_over_with_the_label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEPTON_ANNOTATOR", "Ben")
    with Project.create(tmp_path / "A.lepton", task="spans", labels=["person"]) as ana:
        add(ana, ["Ada wrote to Bonn.", "Nobody."])
        save_copy(ana, tmp_path / "B.lepton")
        with Project.open(tmp_path / "B.lepton") as ben:
            ben.add_label("city")
            ana.add_label("time")  # the same id as Ben's new label
            ben.annotate(1, _spans((0, 3, 1), (13, 17, 2)), labels=(1, 2))
            merged(ana, ben)
        city = ana.label_named("city")
        assert city is not None and city.id == 3
        assert ana.sample(1).value == _spans((0, 3, 1), (13, 17, 3))
        assert ana.label_counts() == {1: 1, 2: 0, 3: 1}


def test_flags_notes_skips_and_splits_of_a_copy_come_along_and_take_nothing_away(desk: Desk) -> None:
    desk.ana.flag(1)
    ben = desk.copy("Ben")
    desk.ana.flag(1, flagged=False)
    desk.ana.note(2, "ours")
    desk.ana.set_split([3], "train")
    desk.label(desk.ana, "Ana", _4="card")
    desk.sit("Ben")
    ben.flag(5)
    ben.note(2, "theirs")
    ben.note(6, "only theirs")
    ben.set_split([3, 7], "test")
    for skipped in (4, 8):
        ben.skip(skipped)
    add(ben, ["Only Ben has it"])
    ben.flag(9)
    desk.sit("Ana")
    before = dump(desk.ana.folder)
    plan = merged(desk.ana, ben)
    assert any("2 notes, 3 flags, 1 skipped sample, the split of 1 sample" in one for one in merge_sentences(plan))
    every = {one.id: one for one in desk.ana.all_rows()}
    assert {id for id, one in every.items() if one.flagged} == {1, 5, 9}
    assert {id: one.note for id, one in every.items() if one.note} == {2: "ours theirs", 6: "only theirs"}
    assert {id: one.split for id, one in every.items() if one.split} == {3: "train", 7: "test"}
    assert [id for id, one in every.items() if one.skipped] == [8], "what is labelled here is not skipped"
    assert plan_merge(desk.ana, [ben]).is_empty
    desk.ana.undo()
    assert dump(desk.ana.folder) == before
    assert_consistent(desk.ana.folder)
