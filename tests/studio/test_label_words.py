"""The words that go with a label over all samples, and which of them a model should not go by."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from lepton_studio.cli import main
from lepton_studio.commands.label_words import label_words
from lepton_studio.commands.usage import parser
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, NewSuggestion
from lepton_studio.studio.certainty import LEVEL, fisher
from lepton_studio.studio.label_words import finding
from lepton_studio.studio.label_words.counting import Flags, Term, Terms, count_terms, log_odds
from lepton_studio.studio.label_words.finding import LabelWord, NoLabelWords, count_words, shown_words
from lepton_studio.studio.label_words.in_words import basis_words, told_words
from lepton_studio.studio.label_words.suspicious import Suspicions
from lepton_studio.studio.label_words.units import ADDRESS, CHARACTER, MAIL, MARKUP, NUMBER, SIGN, WORD, cut
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from tests.ui.tuned_project import guessed_project

TEXT = (
    "my card was swallowed by the machine please help when do I get money back topping up fails with error today bank "
    "account transfer at an office"
)
COMMON = TEXT.split()


def of_words(chance: random.Random, *more: str) -> str:
    words = [chance.choice(COMMON) for _ in range(12)]
    words.insert(5, " ".join(more))
    return " ".join(filter(None, words))


def test_a_text_is_cut_into_words_numbers_addresses_and_html() -> None:
    text = "I’m <b class='x'>not</b> at https://Bank.example/a?b=1, mail a.b@c.org: error 402b, 3.50 &nbsp; 红包!"
    units = cut([[text]])
    found = [(units.names[key], int(kind)) for key, kind in zip(units.key, units.kind, strict=True)]
    assert found == [
        ("i'm", WORD), ("<b>", MARKUP), ("not", WORD), ("<b>", MARKUP), ("at", WORD), ("bank.example", ADDRESS),
        ("mail", WORD), ("a.b@c.org", MAIL), (":", SIGN), ("error", WORD), ("402b", WORD), (",", SIGN),
        ("3.50", NUMBER), ("&nbsp;", MARKUP), ("红", CHARACTER), ("包", CHARACTER), ("!", SIGN),
    ]  # fmt: skip
    assert [units.written(at, 1) for at in (0, 5)] == ["I’m", "https://Bank.example/a?b=1,"]
    assert units.joined.tolist() == [at in (10, 15) for at in range(17)], "no phrase goes over a mark or a tag"


def test_the_score_is_that_of_the_paper_with_each_text_counted_once() -> None:
    """By hand: 8 of 20 texts against 0 of 40, the prior 20 texts of which 8 in 60 have the word."""
    prior = 20 * 8 / 60
    here, there = (8 + prior, 12 + 20 - prior), (prior, 40 + 20 - prior)
    wanted = np.log(here[0] / here[1]) - np.log(there[0] / there[1])
    wanted /= np.sqrt(sum(1 / one for one in (*here, *there)))
    (z,) = log_odds(np.array([8]), np.array([8]), inside=20, total=60)
    assert z == pytest.approx(wanted) and 2.5 < z < 3.5
    again = count_terms([["red red red"], ["red"], ["blue"], ["blue"]])
    assert [term.n for term in again.strongest(np.array([True, True, False, False]), most=9)] == [2]


def test_of_what_says_the_same_the_longest_is_told_and_nothing_that_another_word_explains() -> None:
    chance = random.Random(1)
    texts = [[of_words(chance, "Sent from my new phone" if at % 3 == 0 else "")] for at in range(240)]
    terms = count_terms(texts)
    found = terms.strongest(np.arange(240) % 3 == 0, most=5)
    assert terms.shown(found[0]) == "Sent from my new phone" and (found[0].hits, found[0].n) == (80, 80)
    assert not {"my", "from", "Sent", "new", "Sent from"} & {terms.shown(one) for one in found}
    chinese = count_terms([["红包没有用上，差评" if at % 2 else "送餐很快，谢谢"] for at in range(60)])
    shown = {chinese.shown(one) for one in chinese.strongest(np.arange(60) % 2 == 1, most=9)}
    assert shown == {"红包没有用上", "差评"}


def test_on_shuffled_labels_hardly_any_word_is_told() -> None:
    """240 texts, three labels, 40 draws: one of twenty may name a word by chance."""
    chance = random.Random(3)
    terms = count_terms([[of_words(chance)] for _ in range(240)])
    named = 0
    for draw in range(40):
        labels = np.random.default_rng(draw).integers(0, 3, 240) == 0
        total = int(labels.sum())
        for one in terms.strongest(labels, most=10):
            p = fisher(one.hits, one.n, other_hits=total - one.hits, other_n=240 - one.n)
            named += p * terms.count * 3 < LEVEL
    assert named <= 4


@pytest.mark.parametrize(
    ("planted", "mark"),
    [
        ("4711", "number"),
        ("https://x.example/1", "address"),
        ("<br>", "markup"),
        ("thank you for calling us today again", "template"),
        ("whom", "function"),
        ("Berlin", "name"),
        ("swallow", ""),
    ],
)
def test_a_planted_habit_of_the_texts_is_marked_for_what_it_is(planted: str, mark: str) -> None:
    chance = random.Random(5)
    texts = [[of_words(chance, planted if at % 3 == 0 else "")] for at in range(240)]
    terms, labels = count_terms(texts), np.arange(240) % 3 == 0
    found = {
        terms.shown(one): Suspicions(terms).marks(one, label="refund", share=1 / 3) for one in _strong(terms, labels)
    }
    shown = "x.example" if mark == "address" else planted
    assert found[shown] == ((mark,) if mark else ())


def _strong(terms: Terms, labels: Flags) -> list[Term]:
    return [one for one in terms.strongest(labels, most=5) if one.z > 5]


def test_where_most_words_have_a_capital_letter_none_is_called_a_name() -> None:
    texts = [[f"Ich sah die {'Bank' if at % 2 else 'Post'} und das Haus am Tag der Woche"] for at in range(60)]
    terms = count_terms(texts)
    found = terms.strongest(np.arange(60) % 2 == 1, most=3)
    assert all(Suspicions(terms).marks(one, label="x", share=0.5) != ("name",) for one in found)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """160 judged texts and 60 that are not labelled. The run answers "refund" wherever "Berlin" stands; people gave it
    to half of those."""
    chance, rows = random.Random(7), []
    for at in range(160):
        in_berlin = at % 4 < 2
        gold = 1 if at % 4 == 0 or at % 8 == 7 else 2
        text = of_words(chance, "in Berlin" if in_berlin else "", "refund" if gold == 1 else "")
        rows.append((text, Choice((gold,)), Choice((1 if in_berlin or gold == 1 else 2,))))
    folder = tmp_path_factory.mktemp("words") / "p.lepton"
    with guessed_project(folder, "text_classification", rows, labels=["refund", "card"]) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(of_words(chance, "in Berlin" if at % 2 else "")) for at in range(60))
        later = [one.id for one in made.all_rows()][160:]
        made.store_suggestions(
            made.runs()[0].id,
            [NewSuggestion(one, {"labels": [2 - at % 2]}, (2 - at % 2,), 0.9) for at, one in enumerate(later)],
        )
        yield made


def test_the_words_of_a_run_are_of_all_that_it_has_read_with_the_samples_behind_them(project: Project) -> None:
    counted = count_words(project, project.runs()[0])
    shown = shown_words(counted, 1)
    assert [one.name for one in shown.labels] == ["refund", "card"] and shown.found is not None
    found = shown.found
    assert (found.n, found.total, found.hits) == (220, 220, 100 + 30)
    assert basis_words(found) == (
        "Run 1 answers “refund” for 130 of the 220 samples that it has read (test 160, unlabelled 60)."
    )
    berlin = _word(found.words, "in Berlin")
    assert (berlin.hits, berlin.n, len(berlin.judged), len(berlin.rest)) == (110, 110, 80, 30)
    for samples in (berlin.judged, berlin.rest):
        assert all("in Berlin" in project.sample(one).text for one in samples)
    assert berlin.labelled == (40, 80)
    assert "misleads" in berlin.marks and berlin.misled is not None
    assert (berlin.misled.hits, berlin.misled.n, berlin.misled.elsewhere) == (40, 40, 0.0)
    said = told_words(found)
    assert "suspicious: if" in said
    assert (
        "of 40 held-out texts with it that people labelled otherwise, 40 get this label; of those without it, 0%"
        in said
    )
    assert counted.of(shown.labels[0]) is found, "another label and back costs nothing"


def test_the_words_of_what_people_labelled_are_others(project: Project) -> None:
    found = shown_words(count_words(project, project.runs()[0], by="labels"), 1).found
    assert found is not None and (found.run, found.n, found.hits) == (None, 160, 60)
    assert basis_words(found) == "60 of 160 labelled samples have “refund” (test 160)."
    refund = _word(found.words, "refund")
    assert (refund.hits, refund.n, refund.judged, len(refund.rest)) == (60, 60, (), 60) and refund.marks == ()
    assert found.words[0] == refund


def _word(words: Sequence[LabelWord], text: str) -> LabelWord:
    return next(one for one in words if one.text == text)


def test_of_many_samples_some_are_drawn_and_that_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_SAMPLES", 100)
    found = shown_words(count_words(project, project.runs()[0]), 1).found
    assert found is not None and (found.n, found.total) == (100, 220)
    assert basis_words(found).endswith("They are drawn at random from 220.")


def test_the_verb_lists_them_for_people_and_for_programs(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(project.folder)
    answer = label_words(parser().parse_args(["words", where, "--label", "refund", "--limit", "2"]))
    assert answer.text.startswith("Run 1 answers “refund”") and "“in Berlin”" in answer.text
    [facts] = cast("list[dict[str, Any]]", answer.facts["labels"])
    assert facts["label"] == "refund" and len(facts["words"]) == 2
    berlin = next(one for one in facts["words"] if one["word"] == "in Berlin")
    assert berlin["with_label"] == 110 and len(berlin["samples"]) == 110 and berlin["misled"]["hits"] == 40
    assert main(["words", where, "--label", "nothing"]) == 2
    assert "There is no label nothing. There are: refund, card." in capsys.readouterr().err


def test_where_there_are_no_words_a_sentence_says_why(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p.lepton", task="text_classification", labels=["a"]) as empty:
        with pytest.raises(NoLabelWords, match="No sample is labelled yet"):
            count_words(empty, None)
        with empty.change("Import") as change:
            change.add_samples([NewSample("one text", None, {"labels": [1]}, (1,))])
        assert shown_words(count_words(empty, None), None).why.startswith("All of these samples have the same labels")
    task = task_named("text_to_text")
    value = task.parse({"text": "a target"}, ())
    with (
        guessed_project(tmp_path / "w.lepton", task.id, [("a text", value, value)]) as written,
        pytest.raises(NoLabelWords, match="labels are given to the whole text"),
    ):
        count_words(written, written.runs()[0])
