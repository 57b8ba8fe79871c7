"""Whatever a person did can be taken back and done again, without limit and after a restart."""

from __future__ import annotations

import json
import random
import sqlite3
from pathlib import Path

import pytest

from lepton_studio.language import kept, to_keep, tr, trn, use_language
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.project.sources import ImportProblem
from tests.project.steps import add, assert_consistent, choice, dump, found, label, new
from tests.project.walking import import_some, step


@pytest.mark.parametrize("seed", range(8))
def test_any_walk_is_undone_and_redone_to_the_same_file_step_by_step_across_restarts(folder: Path, seed: int) -> None:
    chance = random.Random(seed)
    project = Project.create(folder, task="text_classification", labels=["refund", "card"])
    states = [dump(folder)]
    for _ in range(60):
        position = project.history_position()
        step(project, chance)
        if project.history_position() != position:
            states.append(dump(folder))
        if chance.random() < 0.1:  # on a detour, the next write drops what was undone here
            project.undo()
            states.pop()
            assert dump(folder) == states[-1]
    import_some(project, chance)
    states.append(dump(folder))
    assert_consistent(folder)
    for state in states[-2::-1]:
        assert project.undo() is not None
        assert dump(folder) == state
        if chance.random() < 0.1:
            project.close()
            project = Project.open(folder)
    assert project.undo() is None
    assert_consistent(folder)
    for state in states[1:]:
        assert project.redo() is not None
        assert dump(folder) == state
    assert project.redo() is None
    project.close()
    assert_consistent(folder)


def test_the_names_of_undo_and_redo_say_what_will_happen(project: Project) -> None:
    add(project, ["one"])
    changes = label(project, 1, "refund")
    assert changes.name == "Label as refund"
    assert changes.samples == frozenset({1})
    assert (project.undo_name(), project.redo_name()) == ("Label as refund", None)
    undone = project.undo()
    assert undone is not None and undone.samples == frozenset({1}) and undone.name == "Label as refund"
    assert (project.undo_name(), project.redo_name()) == ("Import file.csv", "Label as refund")


def test_what_was_undone_before_a_new_write_stays_in_the_history_but_cannot_be_redone(project: Project) -> None:
    add(project, ["one"])
    label(project, 1, "refund")
    project.undo()
    project.flag(1)
    assert project.redo() is None
    assert [(one.name, one.undone) for one in project.history()] == [
        ("Flag", False),
        ("Label as refund", True),
        ("Import file.csv", False),
    ]
    assert [one.name for one in project.history(before=2)] == ["Import file.csv"]


def test_an_undone_import_leaves_no_text_to_be_found_and_comes_back_whole(project: Project) -> None:
    add(project, ["staying here", "staying there", "staying too"])
    add(project, [new("leaving \0 soon", 1)])
    project.undo()
    assert found(project.folder, "leaving") == []
    assert project.count(Filter(search="leaving")) == 0
    project.redo()
    assert project.sample(4).text == "leaving \0 soon"
    assert project.samples(Filter(search="leaving")) == [project.sample(4)]
    assert project.label_counts()[1] == 1
    assert_consistent(project.folder)


def test_the_id_of_an_undone_sample_is_never_given_to_another(project: Project) -> None:
    add(project, ["first"])
    project.undo()
    add(project, ["second"])
    assert [one.id for one in project.samples()] == [2]


def test_every_decision_is_kept_with_who_when_and_how_long_it_took(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ada")
    add(project, [new("one", 1)])
    project.annotate(1, choice(2), labels=(2,), origin="suggestion", seconds=1.5)
    project.annotate(1, None)
    project.undo()
    imported, accepted, cleared = project.decisions(1)
    assert (imported.origin, imported.before, imported.after) == ("import", None, choice(1))
    assert (accepted.who, accepted.before, accepted.after, accepted.seconds) == ("ada", choice(1), choice(2), 1.5)
    assert accepted.at <= cleared.at and not accepted.undone
    assert cleared.undone and cleared.after is None
    assert project.sample(1).origin == "suggestion"


def test_an_error_inside_a_change_takes_all_of_it_back(project: Project) -> None:
    add(project, ["one"])
    before = dump(project.folder)
    with pytest.raises(RuntimeError, match="the disk went away"), project.change("Much") as change:
        change.add_label("new")
        change.add_samples([new("two")])
        change.annotate(2, choice(1), labels=(1,))
        raise RuntimeError("the disk went away")
    assert dump(project.folder) == before
    assert project.undo_name() == "Import file.csv"
    project.flag(1)


def test_a_cancelled_import_leaves_the_project_as_it_was_even_when_the_cancel_is_caught(project: Project) -> None:
    def cancelled() -> object:
        yield new("one")
        raise InterruptedError

    with project.change("Import") as change:
        with pytest.raises(InterruptedError):
            change.add_samples(cancelled())  # type: ignore[arg-type]
        change.add_label("kept")
    assert project.count() == 0
    assert project.label_named("kept") is not None
    assert_consistent(project.folder)


def test_a_change_that_changed_nothing_is_no_step_and_keeps_what_can_be_redone(project: Project) -> None:
    add(project, ["one"])
    project.flag(1)
    project.undo()
    assert project.flag(1, False).samples == frozenset()
    with project.change("Nothing"):
        pass
    assert project.undo_name() == "Import file.csv"
    assert project.redo_name() == "Flag"


def test_a_write_beside_an_open_change_is_a_mistake_that_raises(project: Project) -> None:
    add(project, ["one"])
    with project.change("Outer") as change, pytest.raises(RuntimeError, match="write through it"):
        project.flag(1)
    with pytest.raises(RuntimeError, match="is over"):
        change.flag(1)


def test_the_problems_of_the_last_import_are_kept_and_follow_undo(project: Project) -> None:
    first, second = ImportProblem("a.csv", 7, "The row is too short."), ImportProblem("b.csv", 1, "No text.")
    for problem in (first, second):
        with project.change("Import") as change:
            change.add_samples([new("text")])
            change.add_problems([problem])
    assert project.import_problems() == [second]
    project.undo()
    assert project.import_problems() == [first]
    project.redo()
    add(project, ["fine"])
    assert project.import_problems() == []


def test_a_sample_that_is_gone_is_a_sentence(project: Project) -> None:
    for act in (project.sample, project.flag, project.skip, project.source_row, lambda id: project.annotate(id, None)):
        with pytest.raises(NoSuchSample, match="no longer in the project"):
            act(99)
    assert project.history() == []


def test_many_samples_are_not_listed_one_by_one(project: Project) -> None:
    changes = add(project, (f"text {n}" for n in range(1500)))
    assert changes.samples is None and changes.structure and changes.touches(7)
    assert project.set_split(range(1, 1400), "train").samples is None
    undone = project.undo()
    assert undone is not None and undone.samples is None
    assert project.history(limit=1)[0].count == 1399


def test_every_state_of_the_history_can_be_gone_to_whatever_was_done_in_its_place(folder: Path) -> None:
    """Imports, labels, notes, merges and removals, undone and passed over: each state is what it was, bit by bit."""
    chance = random.Random(5)
    project = Project.create(folder, task="text_classification", labels=["refund", "card"])
    states = {0: dump(folder)}
    for _ in range(50):
        if chance.random() < 0.3:
            for _ in range(chance.randrange(1, 4)):
                project.undo()
        before = project.history_position()
        step(project, chance)
        if project.history_position() != before:
            states[project.history_position()] = dump(folder)
    passed_over = sum(one.undone for one in project.history())
    assert passed_over > 5, "the walk left branches behind"
    for entry in chance.sample(sorted(states), len(states)):
        project.go_to(entry)
        assert dump(folder) == states[entry] and project.history_position() == entry
        assert_consistent(folder)
    assert all(one.kept for one in project.history())
    project.go_to(0)
    project.close()


def test_removed_samples_come_back_whole_with_their_labels_notes_and_words(project: Project) -> None:
    add(project, [new("a first one", 1), new("a second one", 2), new("a third one", 1), "a fourth one"])
    project.note(3, "kept aside")
    before = dump(project.folder)
    changes = project.remove_samples([1, 3, 99])
    assert changes.structure and [one.id for one in project.samples()] == [2, 4]
    assert project.count() == 2 and project.count(Filter(search="aside")) == 0
    assert_consistent(project.folder)
    assert project.remove_samples([1]).position == changes.position, "nothing there: no step"
    project.undo()
    assert dump(project.folder) == before and project.count(Filter(search="aside")) == 1
    project.redo()
    assert [one.id for one in project.samples()] == [2, 4]
    assert_consistent(project.folder)


def test_what_a_run_saw_stays_what_it_was_when_a_state_passed_over_comes_back(project: Project) -> None:
    add(project, [new("one", 1, split="test")])
    label(project, 1, "card")
    passed_over = project.history_position()
    project.undo()
    project.flag(1)
    run = project.create_run(model="m", recipe={}, counts={})
    project.go_to(passed_over)
    assert project.fixes_since(run.id) == 1, "another label holds than the run saw"
    project.go_to(run.history_position)
    assert project.fixes_since(run.id) == 0


def test_an_undo_name_is_said_in_the_language_of_now_and_older_names_stay_as_they_are(project: Project) -> None:
    label = project.labels()[0]
    project.rename_label(label.id, "Neu {x}")
    assert project.undo_name() == "Rename label to “Neu {x}”"
    (stored,) = sqlite3.connect(project.folder / "project.db").execute(
        "SELECT name FROM entry ORDER BY id DESC LIMIT 1"
    )
    assert "Rename label to" in stored[0] and json.loads(stored[0])["values"] == {"name": "Neu {x}"}
    use_language("zh_CN")
    try:
        assert "Neu {x}" in str(project.undo_name()) and "Rename" not in str(project.undo_name())
    finally:
        use_language("en")
    for as_it_is in ("Label as a", '{"source":', '{"source": 3}', '{"source": ["{no}"], "values": {"x": 1}}'):
        assert kept(as_it_is) == as_it_is


def test_an_undo_name_with_straight_quotation_marks_is_said_like_one_of_today() -> None:
    early = json.dumps({"source": ['Add label "{name}"'], "values": {"name": '"x"'}})
    assert kept(early) == kept(to_keep(tr("Add label “{name}”", name='"x"'))) == 'Add label “"x"”'


def test_a_counted_sentence_is_kept_with_its_count() -> None:
    assert kept(to_keep(trn("{count} sample of {n}", "{count} samples of {n}", 1, n=2))) == "1 sample of 2"
    assert kept(to_keep("what a person wrote")) == "what a person wrote"
