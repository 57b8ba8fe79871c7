"""Nobody has to know which model reads their language: the project's texts say it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.models import places
from lepton_studio.models.built_in import ENGLISH, LARGE_ENGLISH, MULTILINGUAL, WRITER
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.runs.job import Recipe
from lepton_studio.studio import tuning
from lepton_studio.studio.checking import check_before_tuning
from lepton_studio.studio.languages import language_of
from lepton_studio.studio.proposing import fitting_models, proposal_for, proposed_model, proposed_writer, writers_words
from lepton_studio.studio.tuning import TuningNotPossible, prepare_run
from lepton_studio.tasks import task_named

E, M = ENGLISH.id, MULTILINGUAL.id
SMALL, E5 = "all-MiniLM-L6-v2, 23 M parameters.", "multilingual-e5-small, 118 M parameters."
IN_ENGLISH = ["The card was swallowed by the machine", "Where is my refund?", "I have not got it yet"] * 3
IN_CHINESE = ["送餐太慢了，饭都凉了", "味道不错，下次再来", "客服态度很好"] * 3
IN_GERMAN = ["Ich habe die Karte nicht bekommen und warte auf das Geld", "Das ist nicht gut und der Preis ist zu hoch"]


@pytest.mark.parametrize(
    ("texts", "model", "why"),
    [
        (IN_ENGLISH, E, f"Mostly English: {SMALL}"),
        (IN_CHINESE, M, f"Mostly Chinese: {E5}"),
        (IN_ENGLISH + IN_CHINESE, M, f"Several languages: {E5}"),
        (IN_ENGLISH * 2 + IN_CHINESE[:3], M, f"Several languages: {E5}"),
        (IN_ENGLISH * 4 + IN_CHINESE[:3], E, f"Mostly English: {SMALL}"),
        (IN_GERMAN, M, f"Mostly not English: {E5}"),
        (["カードが機械に飲み込まれました", "返金はいつですか"], M, f"Mostly Japanese: {E5}"),
        (["카드를 잃어버렸어요"], M, f"Mostly Korean: {E5}"),
        (["Моя карта пропала", "Где мои деньги"], M, f"Mostly not English: {E5}"),
        (["好吃"], M, f"Mostly Chinese: {E5}"),
        (["ok", "12345", "XB-2", "👍"], E, ""),
        (["", "  "], E, ""),
        ([], E, ""),
    ],
)  # fmt: skip
def test_the_model_follows_the_language_of_the_texts(texts: list[str], model: str, why: str) -> None:
    proposal = proposed_model(texts)
    assert (proposal.model, proposal.sentence) == (model, why)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("这家店的 iPhone 手机壳质量不错", "Chinese"),
        ("iPhone 15 Pro Max 256GB 好", ""),
        ("東京は日本の首都です", "Japanese"),
        ("日本語", "Chinese"),  # without kana nothing tells them apart
        ("Πού είναι τα χρήματά μου;", "Greek"),
        ("I met a friend from Las Vegas in Los Angeles", "English"),
        ("Mi paquete no llegó y nadie responde por la espera", "other"),
        ("I like it. " * 1000 + "我" * 9000, "English"),
    ],
)
def test_a_text_is_told_by_its_letters_and_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p.lepton", task="text_classification", labels=["good", "bad"]) as made:
        ids = [label.id for label in made.labels()]
        with made.change("Add") as change:
            for place, text in enumerate(IN_CHINESE * 3):
                label = ids[place % 2]
                change.add_samples([NewSample(f"{text} {place}", None, {"labels": [label]}, (label,))])
        yield made


def test_a_project_in_chinese_gets_the_multilingual_model_and_no_warning(project: Project, multilingual: str) -> None:
    assert proposal_for(project).model == multilingual
    assert not [one for one in check_before_tuning(project, model=multilingual).findings if "English" in one.sentence]
    (warning,) = [one for one in check_before_tuning(project).findings if "English" in one.sentence]
    assert warning.sentence.endswith("multilingual-e5-small would do better.")


def test_a_model_that_is_still_to_be_fetched_is_proposed_and_an_extra_one_is_not(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "find_file", lambda _file: None)
    assert proposal_for(project).model == MULTILINGUAL.id
    assert fitting_models(task_named("text_classification")) == (ENGLISH, MULTILINGUAL)
    monkeypatch.setattr(places, "find_file", lambda file: Path(file.path))
    assert fitting_models(task_named("text_classification")) == (ENGLISH, MULTILINGUAL, LARGE_ENGLISH)


def of_task(task: str, folder: Path, *pairs: tuple[str, str]) -> Project:
    made = Project.create(folder / f"{task}.lepton", task=task)
    with made.change("Add") as change:
        change.add_samples([NewSample(text, None, {"text": target} if target else None) for text, target in pairs])
    return made


@pytest.mark.parametrize("task", ["text_to_text", "dialogue"])
def test_what_must_write_in_english_gets_the_writer(task: str, tmp_path: Path, built_in_writer: str) -> None:
    with of_task(task, tmp_path, *((text, "I am sorry, we will look into it.") for text in IN_ENGLISH)) as project:
        proposal = proposal_for(project)
        assert (proposal.model, proposal.sentence) == (
            built_in_writer, "Writes English: SmolLM2-135M-Instruct, 135 M parameters.",
        )  # fmt: skip
        assert fitting_models(task_named(task)) == (WRITER, ENGLISH)
        findings = check_before_tuning(project, model=built_in_writer).findings
        assert not [one for one in findings if "English" in one.sentence]
        with pytest.raises(TuningNotPossible, match="cannot learn to write"):
            tuning.prepare_run(project, model=MULTILINGUAL.id)


def test_translation_and_writing_in_other_languages_need_a_model_of_ones_own(
    tmp_path: Path, built_in_writer: str
) -> None:
    pairs = zip(IN_ENGLISH, IN_CHINESE, strict=True)
    with of_task("text_to_text", tmp_path, *pairs) as project:
        assert "only English" in proposal_for(project).sentence
        (warning,) = [
            one for one in check_before_tuning(project, model=built_in_writer).findings if "English" in one.sentence
        ]
        assert warning.sentence.startswith("9 of 9") and "SmolLM2-135M-Instruct" in warning.sentence
    assert "only English" in proposed_writer(IN_CHINESE, IN_CHINESE).sentence
    assert writers_words().count(" MB") == 3


def test_what_only_writes_is_not_tuned_to_label(tmp_path: Path, project: Project) -> None:
    assert WRITER not in fitting_models(task_named("spans"))
    with pytest.raises(TuningNotPossible, match="for tasks that write"):
        tuning.prepare_run(project, model=WRITER.id)


def test_a_run_with_it_is_given_the_unlabelled_texts_too_so_that_it_keeps_their_words(
    project: Project, multilingual: str
) -> None:
    with project.change("Add") as change:
        change.add_samples([NewSample("还没有标注的文本", None)])
    for model, recipe, there in (
        (multilingual, Recipe(), ["还没有标注的文本"]),
        (multilingual, Recipe(keep_all_words=True), []),
        (ENGLISH.id, Recipe(), []),
    ):
        _, folder = prepare_run(project, model=model, recipe=recipe)
        file = folder.data_file("unlabelled")
        assert [line["text"] for line in read_json_lines(file)] == there if there else not file.exists()
