"""Nearly equal texts with different labels are found, and others are left in peace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.errors import Cancelled
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.project.reviews import ReviewAnswer
from lepton_studio.studio.contradictions import contradictions, folded
from tests.project.steps import add, choice, new

LONG = "When I tried to pay at the station this morning the machine took my card and did not give it back"


def _project(folder: Path, rows: list[NewSample]) -> Project:
    made = Project.create(folder / "Texts.lepton", task="text_classification", labels=("refund", "card", "other"))
    add(made, rows)
    return made


def _found(project: Project) -> list[tuple[int, int, float]]:
    return [(one.first, one.second, round(one.likeness, 2)) for one in contradictions(project).pairs]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("My card  is LOST!", "my card is lost"),
        ("Order 12 of 2024-05-01 is late", "order 7 of 2023-11-30: is late…"),
        ("我的卡丢了！", " 我的卡丢了。"),
        ("Ｆｕｌｌ width", "full WIDTH"),
    ],
)
def test_spaces_case_punctuation_and_numbers_make_no_difference(text: str, other: str) -> None:
    assert folded(text) == folded(other) and folded("!?") == "!?"


def test_equal_texts_come_first_and_each_sample_once(tmp_path: Path) -> None:
    rows = [
        new("My card is lost", 2), new("my card is lost!", 2), new("MY CARD  IS LOST", 1),
        new(LONG + ".", 2), new(LONG.replace("morning", "evening"), 1), new(LONG.replace("card", "money"), 2),
        new("Where is my refund?", 1), new("Where is my card?", 2), new("my card is lost"),
    ]  # fmt: skip
    with _project(tmp_path, rows) as project:
        found = contradictions(project)
        assert found.compared == 8
        pairs = [(one.first, one.second) for one in found.pairs]
        assert pairs[0] == (1, 3) and pairs[1:] in ([(4, 5)], [(5, 6)])
        assert found.pairs[0].likeness == 1.0 and 0.8 <= found.pairs[1].likeness < 1.0


def test_what_was_kept_is_not_asked_again_until_a_label_changes(tmp_path: Path) -> None:
    with _project(tmp_path, [new("My card is lost", 2), new("my card is lost!", 1)]) as project:
        answers = [ReviewAnswer(1, choice(2), (2,)), ReviewAnswer(2, choice(1), (1,))]
        project.review(answers, kind="contradiction")
        assert _found(project) == []
        project.annotate(2, choice(3), labels=(3,))
        assert _found(project) == [(1, 2, 1.0)]
        project.undo()
        project.undo()
        assert _found(project) == [(1, 2, 1.0)]


def test_marked_spans_are_compared_in_the_very_same_text_only(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Spans.lepton", task="spans", labels=("person",)) as project:
        spans = [{"spans": [{"start": 0, "end": 3, "label": 1}]}, {"spans": []}, {"spans": []}]
        texts = ["Ada wrote.", "Ada wrote.", "ada wrote"]
        with project.change("Import") as change:
            change.add_samples(NewSample(text, value=value) for text, value in zip(texts, spans, strict=True))
        assert _found(project) == [(1, 2, 1.0)]
    with Project.create(tmp_path / "Written.lepton", task="text_to_text") as project:
        with project.change("Import") as change:
            change.add_samples(NewSample("Hello", value={"text": text}) for text in ("Bonjour", "Salut"))
        assert contradictions(project).compared == 0, "two translations may both be right"


def test_many_near_copies_are_compared_in_time_and_a_stop_is_heard(tmp_path: Path) -> None:
    rows = [new(f"{LONG} and then a man called number {'abcdefghij'[n % 10] * 3}", 1 + n % 2) for n in range(3000)]
    with _project(tmp_path, rows) as project:
        found = contradictions(project)
        assert len({one for pair in found.pairs for one in (pair.first, pair.second)}) == 2 * len(found.pairs) > 0
        with pytest.raises(Cancelled):
            contradictions(project, should_stop=lambda: True)


def test_they_are_listed_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with _project(tmp_path, [new("My card is lost", 2), new("my card is lost!", 1)]) as project:
        folder = str(project.folder)
    assert main(["suspects", folder, "--contradictions", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["compared"] == 2 and facts["found"] == 1
    (pair,) = facts["contradictions"]
    assert pair["likeness"] == 1.0 and [one["label"] for one in pair["samples"]] == ["card", "refund"]
    assert main(["suspects", folder, "--contradictions"]) == 0
    assert "My card is lost  →  card" in capsys.readouterr().out
