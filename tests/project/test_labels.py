"""The label list is the person's: any name, no colour twice, keys at hand, and every change counted and undoable."""

from __future__ import annotations

import pytest

from lepton_studio.project.errors import BadLabel, NoSuchLabel
from lepton_studio.project.palette import OKABE_ITO, RESERVED_KEYS
from lepton_studio.project.project import Project
from tests.project.steps import add, assert_consistent, choice, dump, new, relabel_to


def test_seventy_seven_labels_get_as_many_colours_and_the_free_keys(project: Project) -> None:
    with project.change("Import") as change:
        for number in range(3, 77):
            change.add_label(f"intent {number}")
    labels = project.labels()
    assert len({one.color for one in labels}) == 77
    assert tuple(one.color for one in labels[: len(OKABE_ITO)]) == OKABE_ITO
    assert "".join(one.key for one in labels) == "123456789abcdeghijklmopqrstuvwxyz"
    assert [one.position for one in labels] == list(range(77))
    project.undo()
    assert len(project.labels()) == 3


@pytest.mark.parametrize(
    "name", ["yes", "null", "1.0", "a, b", "🙂", "0", "No", "NaN", "'; DROP TABLE label; --", "Refund"]
)
def test_any_name_is_kept_letter_by_letter(project: Project, name: str) -> None:
    project.add_label(f"  {name}\n")
    found = project.label_named(name)
    assert found is not None and found.name == name


@pytest.mark.parametrize("name", ["", "  \n", "refund", " refund "])
def test_an_empty_or_taken_name_is_refused_with_a_sentence(project: Project, name: str) -> None:
    with pytest.raises(BadLabel, match="needs a name" if not name.strip() else "There is already a label “refund”"):
        project.add_label(name)
    with pytest.raises(BadLabel):
        project.rename_label(2, name)
    assert project.history() == []


def test_a_label_is_renamed_recoloured_described_and_moved(project: Project) -> None:
    project.rename_label(1, " money back ")
    project.recolor_label(1, "#ABCDEF")
    project.describe_label(1, "They want their money.")
    changes = project.move_label(1, 99)
    assert changes.labels and changes.name == "Move label “money back”"
    last = project.labels()[-1]
    assert (last.name, last.color, last.description, last.position) == (
        "money back",
        "#abcdef",
        "They want their money.",
        2,
    )
    project.move_label(1, 0)
    assert [one.name for one in project.labels()] == ["money back", "card", "other"]
    with pytest.raises(BadLabel, match="is not a colour"):
        project.recolor_label(1, "red")


def test_a_key_moves_to_the_label_that_is_given_it_and_keys_of_the_page_are_refused(project: Project) -> None:
    project.rekey_label(2, "1")
    assert [one.key for one in project.labels()] == ["", "1", "3"]
    project.rekey_label(2, "Q")
    assert project.label(2).key == "q"
    project.rekey_label(2, "")
    assert project.label(2).key == ""
    for key in (*RESERVED_KEYS, "F", "ab", "\n"):
        with pytest.raises(BadLabel):
            project.rekey_label(1, key)


def test_merging_says_how_many_it_concerns_and_undo_brings_both_back(project: Project) -> None:
    add(project, [new("a", 1), new("b", 1, 2), new("c", 2), new("d", 3)])
    before = dump(project.folder)
    assert project.affected_by_label(1) == 2
    changes = project.merge_labels(1, 2, relabel=relabel_to(1, 2))
    assert (changes.samples, changes.labels) == (frozenset({1, 2}), True)
    assert changes.name == "Merge label “refund” into “card”"
    assert [(one.name, one.position) for one in project.labels()] == [("card", 0), ("other", 1)]
    assert [project.sample(id).value for id in (1, 2, 3, 4)] == [choice(2), choice(2), choice(2), choice(3)]
    assert project.label_counts() == {2: 3, 3: 1}
    assert project.decisions(1)[-1].origin == "bulk"
    assert_consistent(project.folder)
    project.undo()
    assert dump(project.folder) == before
    with pytest.raises(BadLabel):
        project.merge_labels(1, 1, relabel=relabel_to(1, 1))


def test_deleting_a_label_leaves_samples_that_had_only_it_unlabelled(project: Project) -> None:
    add(project, [new("a", 1), new("b", 1, 2)])
    before = dump(project.folder)
    project.delete_label(1, relabel=relabel_to(1, None))
    assert [project.sample(id).value for id in (1, 2)] == [None, choice(2)]
    assert project.sample(1).origin is None
    with pytest.raises(NoSuchLabel):
        project.label(1)
    project.undo()
    assert dump(project.folder) == before


def test_a_code_list_of_thousands_of_labels_comes_in_and_goes_again(project: Project) -> None:
    with project.change("Import") as change:
        for number in range(5000):  # more than there are colours to tell apart: looking for a new one never ended
            change.add_label(f"code {number}")
    labels = project.labels()
    assert [one.name for one in labels[3:]] == [f"code {number}" for number in range(5000)]
    assert all(one.color for one in labels) and len({one.color for one in labels[:200]}) == 200
    project.move_label(labels[-1].id, 0)
    project.add_label("last of all")
    assert [project.labels()[0].name, project.labels()[-1].name] == ["code 4999", "last of all"]
    for _ in range(3):
        project.undo()
    assert len(project.labels()) == 3
    assert_consistent(project.folder)
