"""What the person is told before a run starts, each with the samples it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.commands.tuning import _Shown
from lepton_studio.contract.task import Task
from lepton_studio.methods.recipes import adjusted
from lepton_studio.models.built_in import MULTILINGUAL
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, Split
from lepton_studio.runs.events import Estimated, Stepped
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.checking import Check, TuningNotPossible, check_before_tuning, findings_of
from lepton_studio.studio.languages import is_english
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import prepare_measure, prepare_run
from lepton_studio.tasks import task_named
from lepton_studio.words import duration
from tests.tasks.tiny_models import write_tiny

Row = tuple[str, str, Split | None]
TASK, SPANS = task_named("text_classification"), task_named("spans")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project.create(tmp_path / "New.lepton", task="text_classification", labels=["yes", "no", "perhaps"])
    yield made
    made.close()


def _add(project: Project, rows: Sequence[Row]) -> None:
    with project.change("Add") as change:
        for text, name, split in rows:
            label = project.label_named(name)
            assert label is not None
            change.add_samples([NewSample(text, split, {"labels": [label.id]}, (label.id,))])


_TEST: list[Split] = ["test"] * 10


def _enough(count: int = 10) -> list[Row]:
    train: Split = "train"
    splits: list[Split] = [*[train] * count, "validation", *_TEST]
    return [(f"{name} {n}", name, split) for name in ("yes", "no", "perhaps") for n, split in enumerate(splits)]


def _says(check: Check, words: str) -> Filter | None:
    [found] = [finding for finding in check.findings if words in finding.sentence]
    return found.show


def test_an_empty_project_cannot_be_tuned_and_says_why(project: Project) -> None:
    check = check_before_tuning(project)
    assert not check.possible
    assert check.findings[0].level == "red"
    assert _says(check, "at least two different labels") == Filter(state="unlabelled")


def test_enough_of_everything_is_ready(project: Project) -> None:
    _add(project, _enough())
    check = check_before_tuning(project)
    assert check.possible
    assert [finding.level for finding in check.findings] == ["ok"]
    assert [(one.label.name, one.train, one.validation, one.test, one.waiting) for one in check.counts] == [
        ("yes", 10, 1, 10, 0),
        ("no", 10, 1, 10, 0),
        ("perhaps", 10, 1, 10, 0),
    ]


def test_two_labels_of_which_one_is_only_in_test_are_not_enough(project: Project) -> None:
    _add(project, [("a", "yes", "train"), ("b", "no", "test"), ("c", "yes", "validation")])
    check = check_before_tuning(project)
    assert not check.possible
    assert _says(check, "train split needs") is not None


def test_a_label_with_few_samples_or_none_is_named_and_can_be_shown(project: Project) -> None:
    perhaps = project.label_named("perhaps")
    assert perhaps is not None
    _add(project, [row for row in _enough() if row[1] != "perhaps"])
    check = check_before_tuning(project)
    assert _says(check, "No sample has the label “perhaps”") is None
    _add(project, [("only in test", "perhaps", "test")])
    assert _says(check_before_tuning(project), "No training sample") == Filter(label=perhaps.id)
    _add(project, [("one", "perhaps", "train")])
    check = check_before_tuning(project)
    assert _says(check, "few training samples (1)") == Filter(label=perhaps.id)
    assert check.possible


def test_a_missing_validation_split_can_be_mended_with_one_click(project: Project) -> None:
    _add(project, [row for row in _enough() if row[2] == "train"])
    check = check_before_tuning(project, Recipe(patience=2))
    [finding] = [one for one in check.findings if one.remedy]
    assert finding.remedy == "set_aside_validation"
    assert "early stopping" in finding.sentence
    assert _says(check, "no test split") is None


def test_labelled_samples_without_a_split_are_announced(project: Project) -> None:
    _add(project, [(text, name, None) for text, name, _ in _enough()])
    check = check_before_tuning(project)
    assert _says(check, "Labelled samples without a split: 63.") == Filter(state="labelled")
    assert _says(check, "6 test samples are few") is None, "there are none to show yet"
    assert [finding.level for finding in check.findings] == ["amber", "ok"]


def test_leaks_and_texts_with_two_labels_are_doors_to_their_samples(project: Project) -> None:
    _add(project, [*_enough(), ("twice", "yes", "train"), ("twice", "no", "test")])
    check = check_before_tuning(project)
    assert _says(check, "2 samples have a text that is also in another split") == Filter(state="leak")
    shown = _says(check, "Identical texts with different labels: 1.")
    assert shown is not None and shown.ids is not None
    assert [project.sample(sample).text for sample in shown.ids] == ["twice", "twice"]


def test_a_rare_label_is_compared_with_the_most_frequent(project: Project) -> None:
    _add(project, [(f"more {n}", "yes", "train") for n in range(200)] + _enough())
    assert _says(check_before_tuning(project), "class weights") is not None


def test_the_sample_project_is_ready_to_be_tuned(tmp_path: Path) -> None:
    with create_sample_project(tmp_path / "Sample.lepton") as sample:
        check = check_before_tuning(sample)
        assert check.possible
        assert not [finding for finding in check.findings if finding.level != "ok"]
        assert len(check.counts) == 6
        assert (sample.count(), sample.count(Filter(state="labelled"))) == (300, 120)


def test_a_task_without_labels_asks_for_samples_and_for_no_labels(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Stars.lepton", task="ratings") as project:
        assert _says(check_before_tuning(project), "needs annotated samples") == Filter(state="unlabelled")
        with project.change("Add") as change:
            change.add_samples(NewSample(f"text {n}", "train" if n else None, {"value": 4.0}) for n in range(9))
        check = check_before_tuning(project)
        assert check.possible and not check.counts
        assert (check.splits["train"], check.splits[None]) == (8, 1)
        assert _says(check, "few training samples (9)") is not None


def test_texts_that_are_cut_are_said_with_how_many(project: Project) -> None:
    found = findings_of(Estimated(200.0, 1500.0, 80.0, 400, 12, 256, 300), TASK)
    assert [finding.level for finding in found] == ["amber", "ok"]
    assert found[0].sentence.startswith("12 of 300 texts are longer than the model's limit of 256 tokens")
    assert found[1].sentence == "About 3 min for 400 steps, using 1.5 GB of memory."
    assert [finding.level for finding in findings_of(Estimated(1.0, 400.0, 80.0, 4, 0, 256), TASK)] == ["ok"]


def test_a_length_of_time_is_said_as_exactly_as_it_is_known() -> None:
    assert [duration(seconds) for seconds in (0.2, 75, 100, 5000, 6000)] == [
        "1 s",
        "75 s",
        "2 min",
        "83 min",
        "1.7 h",
    ]


def test_few_test_samples_are_said_with_what_their_score_could_be(project: Project) -> None:
    rows = [(text, name, split) for text, name, split in _enough() if split != "test"]
    _add(project, [*rows, *((f"test {n}", "yes", "test") for n in range(12))])
    said = next(one.sentence for one in check_before_tuning(project).findings if "test samples are few" in one.sentence)
    assert said.startswith("12 test samples are few") and said.endswith("from 64 to 99%.")


FOREIGN = {
    "german": "Mein Paket kam zu spät und niemand geht ans Telefon",
    "french": "La livraison est arrivée en retard et le colis était mouillé",
    "spanish": "El paquete llegó tarde y mojado, muy mal",
    "portuguese": "Meu pedido não chegou e ninguém responde",
    "polish": "Moja paczka nie przyszła na czas",
    "dutch": "Het pakket is niet op tijd en ik krijg geen antwoord",
    "chinese": "我的信用卡丢了，请帮我冻结账户",
    "russian": "Моя карта пропала",
    "greek": "Πού είναι τα χρήματά μου;",
    "arabic": "أين بطاقتي",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_texts_that_the_built_in_model_cannot_read_are_said(project: Project, text: str) -> None:
    _add(project, [(f"{text} ({name} {split})", name, split) for name, split in _names()])
    foreign = [one for one in check_before_tuning(project).findings if "do not seem to be in English" in one.sentence]
    assert foreign and foreign[0].sentence.startswith("26 of 26 texts")
    assert foreign[0].show is not None and len(foreign[0].show.ids or ()) == 26
    other = check_before_tuning(project, model="/models/multilingual").findings
    assert not [one for one in other if "English" in one.sentence], "another model may well read them"


def _names() -> list[tuple[str, Split]]:
    split: list[Split] = ["train", "validation", "test"]
    return [(name, split[n % 3]) for name in ("yes", "no") for n in range(13)]


@pytest.mark.parametrize(
    "text",
    ["My card was swallowed by the machine", "Where is my refund?", "Order 4711 XB-2", "paracetamol 500 mg tid po",
     "I met a friend from Las Vegas in Los Angeles", "", "12345", "naïve café society", "😀 great"],
)  # fmt: skip
def test_english_names_and_codes_raise_no_doubt(text: str) -> None:
    assert is_english(text)


def test_an_estimate_on_a_busy_machine_says_both_times() -> None:
    found = findings_of(Estimated(720.0, 400.0, 80.0, 400, 0, 256, 300, seconds_alone=180.0), SPANS)
    assert found[0].sentence == "This computer is busy: tuning takes about 12 min now, and about 3 min when it is idle."
    assert len(findings_of(Estimated(200.0, 400.0, 80.0, 400, 0, 256, 300, seconds_alone=180.0), SPANS)) == 1


def test_targets_that_are_too_long_to_be_learned_are_said_apart_from_the_texts() -> None:
    found = findings_of(Estimated(200.0, 400.0, 80.0, 400, 0, 256, 300, cut_targets=2), task_named("text_to_text"))
    assert found[0].sentence.startswith("2 of 300 target texts are longer than the maximum output length")


@pytest.mark.parametrize(
    ("task", "seconds", "steps", "is_proposed"),
    [(TASK, 301.0, 400, True), (TASK, 299.0, 400, False), (TASK, 900.0, 0, False), (SPANS, 900.0, 400, False)],
)
def test_where_tuning_takes_long_the_quick_model_is_one_click_away(
    task: Task[Any], seconds: float, steps: int, is_proposed: bool
) -> None:
    found = findings_of(Estimated(seconds, 400.0, 80.0, steps, 0, 256), task)
    assert [one.remedy for one in found if one.remedy] == (["use_quick"] if is_proposed else [])


def test_a_model_that_was_brought_is_looked_at_while_it_is_chosen(project: Project, tmp_path: Path) -> None:
    folder = write_tiny("encoder", "bert", tmp_path / "model")
    _add(project, [(f"text {number} {name}", name, "train") for number in range(20) for name in ("yes", "no")])
    assert check_before_tuning(project, model=str(folder)).possible
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "own.Own"}}), "utf-8")
    noted = check_before_tuning(project, model=str(folder))
    assert noted.possible and any("never runs it" in one.sentence for one in noted.findings if one.level == "amber")
    (folder / "tokenizer.json").unlink()
    refused = check_before_tuning(project, model=str(folder))
    assert not refused.possible and "no tokenizer" in refused.findings[0].sentence
    writer = write_tiny("encoder_decoder", "t5", tmp_path / "writer")
    assert "is made to write" in check_before_tuning(project, model=str(writer)).findings[0].sentence


@pytest.mark.parametrize(
    ("task", "seconds", "times"),
    [(TASK, 900.0, 1), (SPANS, 900.0, 0), (TASK, 200.0, 0)],
)
def test_the_command_line_says_once_that_the_quick_model_is_quicker(
    task: Task[Any], seconds: float, times: int, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = _Shown(task)
    for step in range(1, 9):
        shown.events([Stepped(step, 400, 0.1, 0.5, 1e-4, 4.0, 900.0, seconds)])
    said = capsys.readouterr().err
    assert said.count("Tuning takes about 15 min here. The quick model takes seconds") == times
    assert said.count("--set methods=quick") == times


def test_texts_that_the_built_in_writer_cannot_rewrite_are_said(project: Project, built_in_writer: str) -> None:
    _add(project, [(f"{FOREIGN['chinese']} ({name} {split})", name, split) for name, split in _names()])
    recipe = adjusted(Recipe(), {"rewriter": built_in_writer}, task=TASK)
    said = "the only language that SmolLM2-135M-Instruct rewrites"
    assert _says(check_before_tuning(project, recipe, model=MULTILINGUAL.id), said) is not None
    assert not any(said in one.sentence for one in check_before_tuning(project).findings)


def test_a_method_that_the_base_model_or_the_labels_stand_against_is_told_before_anything_begins(
    project: Project,
) -> None:
    _add(project, _enough())
    recipe = adjusted(Recipe(), {"methods": "cloze"}, task=TASK)
    check = check_before_tuning(project, recipe)
    assert not check.possible and check.findings[0].level == "red"
    assert "all-MiniLM-L6-v2 has no layer for that" in check.findings[0].sentence
    recipe = adjusted(Recipe(), {"cloze_words": "maybe=perhaps"}, task=TASK)
    (found,) = [one for one in check_before_tuning(project, recipe).findings if one.level == "red"]
    assert found.sentence.startswith("There is no label “maybe” for the word “perhaps”.")
    with pytest.raises(TuningNotPossible, match="no label “maybe”"):
        prepare_measure(project, recipe=recipe)
    with pytest.raises(TuningNotPossible, match="no label “maybe”"):
        prepare_run(project, recipe=recipe)
    assert check_before_tuning(project).possible
