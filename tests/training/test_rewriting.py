"""Training texts in other words: what is kept of them, that none is written twice, and that a run with them goes on."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.child.measure import measure
from lepton_studio.child.preview import preview
from lepton_studio.child.told import told_of
from lepton_studio.child.work import Work
from lepton_studio.heads.generation.rewriting import TextRewriter
from lepton_studio.methods.recipes import adjusted, recipe_words
from lepton_studio.methods.rewriting import METHOD, Rewriter
from lepton_studio.methods.rewriting.here import why_not_rewritten
from lepton_studio.methods.rewriting.keeping import cleaned, closeness, main_script, why_dropped
from lepton_studio.runs.events import Estimated, Failed, Finished, Noted, Previewed, Staged, Stepped, Stopped
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import BUILT_IN_MODEL, BadSetting
from lepton_studio.runs.rewritings import Rewritten, add_rewritten, read_rewritten, rewritten_file
from lepton_studio.studio.checking import Finding, check_before_tuning
from lepton_studio.studio.needs import need_of_measure
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.tasks import task_named
from lepton_studio.training.models import load_encoder
from lepton_studio.training.signals import ShouldStop
from tests.tasks.tiny_writers import decoder, encoder_decoder
from tests.training.tiny import CPU, RECIPE, Told, detail, tune_here, write_lines, write_run

TASK = task_named("text_classification")
TEXT = "My card was declined twice."


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("  My card failed twice. ", TEXT, "My card failed twice."),
        ('"My card failed twice."', TEXT, "My card failed twice."),
        ("“我的卡”", "我的卡片", "我的卡"),
        ('"So he said"', '"He said so"', '"So he said"'),
        ("Here is a rewritten version:\n\nMy card failed.\n\nI kept the tone.", TEXT, "My card failed."),
        ("My card failed.\n\nThis keeps the meaning.", TEXT, "My card failed."),
        ('A shorter version would be: "My card failed."', TEXT, "My card failed."),
        ("One.\n\nTwo.", "First.\n\nSecond.", "One.\n\nTwo."),
        ("", TEXT, ""),
    ],
)
def test_what_a_model_says_around_a_rewriting_is_taken_off(written: str, text: str, found: str) -> None:
    assert cleaned(written, text=text) == found


@pytest.mark.parametrize(
    ("new", "text", "why"),
    [
        ("They refused my card two times.", TEXT, None),
        ("...", TEXT, "empty"),
        ("my card was declined - TWICE", TEXT, "equal"),
        ("ＭＹ card was declined twice", TEXT, "equal"),
        ("No.", "My card was declined twice at the shop today, and then once more.", "length"),
        ("word " * 30, TEXT, "length"),
        ("我的卡被拒绝了两次。", TEXT, "script"),
        ("The capital of Mongolia is Beijing.", "What is the capital of Mongolia ?", "meaning"),
        ("Which city is Mongolia's capital?", "What is the capital of Mongolia ?", None),
        ("这家店送餐太慢了", "送餐很慢，味道也不好", None),
        ("8 / 10", "10 / 10", None),
    ],
)
def test_what_is_no_rewriting_is_left_out_by_its_words(new: str, text: str, why: str | None) -> None:
    assert why_dropped(new, text=text) == why


def test_scripts_closeness_and_prompts() -> None:
    assert [main_script(one) for one in ("a Б б", "カナと漢字", "12 ?", "سلام")] == ["CYRILLIC", "CJK", "", "ARABIC"]
    assert closeness(0.9, usual=0.8) == pytest.approx(0.5) and closeness(0.2, usual=0.2) == 0
    assert Rewriter("m", "Say it anew.").prompt("a {b}") == "Say it anew.\n\na {b}"
    assert Rewriter("m", "translate English to German:").prompt("a") == "translate English to German: a"
    assert Rewriter("m", "Text: {text}\nAnew:").prompt("a") == "Text: a\nAnew:" and Rewriter("m").prompt("a") == "a"


def test_a_line_that_was_torn_in_the_writing_is_passed_over(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", model="m")
    one, two = (Rewritten(text, 0, "ein", ("un",), "equal") for text in ("一\u2028", "two"))
    add_rewritten(run, [one])
    with rewritten_file(run).open("ab") as file:
        file.write(b'{"text": "torn", "co')
    add_rewritten(run, [two])
    assert list(read_rewritten(run)) == [one, two]


@pytest.mark.parametrize("task", ["spans", "relations", "question_answering", "text_to_text", "dialogue"])
@pytest.mark.parametrize("method", ["rewriting", "back_translation"])
def test_what_marks_or_writes_texts_refuses_it_in_a_sentence(task: str, method: str) -> None:
    with pytest.raises(BadSetting, match="only works where whole texts get labels or ratings"):
        adjusted(RECIPE, {"methods": method}, task=task_named(task))


def test_back_translation_asks_for_two_models_and_does_not_go_with_rewriting() -> None:
    with pytest.raises(BadSetting, match="needs two models: one that translates the texts into another language"):
        adjusted(RECIPE, {"translator": "there"}, task=TASK)
    both = {"methods": "back_translation,rewriting", "translator": "there", "translator_back": "back"}
    with pytest.raises(BadSetting, match="both choose the samples of an epoch"):
        adjusted(RECIPE, both, task=TASK)


def test_before_the_start_it_is_said_which_model_cannot_rewrite(tmp_path: Path, tiny_model: Path) -> None:
    gone = str(tmp_path / "gone")
    cases = {
        BUILT_IN_MODEL: "all-MiniLM-L6-v2 cannot rewrite texts. Choose a model that writes.",
        str(tiny_model): f"{tiny_model} cannot rewrite texts. Choose a model that writes.",
        gone: f"The model folder {gone} does not exist.",
        str(encoder_decoder("marian", tmp_path / "marian")): "",
        str(decoder("gpt2", tmp_path / "gpt2")): "",
    }
    for model, said in cases.items():
        recipe = adjusted(RECIPE, {"translator": str(tmp_path / "marian"), "translator_back": model}, task=TASK)
        assert why_not_rewritten(recipe) == said, model
    plain, more = (need_of_measure(str(tiny_model), one).memory for one in (RECIPE, recipe))
    assert more > plain, "their memory is asked for too"
    project = create_sample_project(tmp_path / "Post.lepton", "text_classification")
    recipe = adjusted(RECIPE, {"rewriter": gone}, task=TASK)
    assert check_before_tuning(project, recipe).findings[0] == Finding("red", cases[gone])
    project.close()


def test_the_job_and_the_saved_model_say_nothing_of_the_folders_of_a_person(tmp_path: Path, tiny_model: Path) -> None:
    there = encoder_decoder("marian", tmp_path / "somewhere" / "there")
    changes = {"translator": str(there), "translator_back": "owner/back", "translation_closeness": 0}
    recipe = adjusted(RECIPE, {"epochs": 1, **changes}, task=TASK)
    run = write_run(tmp_path / "runs" / "run", model=tiny_model, recipe=recipe, sizes=(12, 0, 0))
    assert str(there) not in run.job_file.read_text("utf-8") and run.job().recipe == recipe
    train = [one["text"] for one in read_json_lines(run.data_file("train"))]
    add_rewritten(run, [Rewritten(text, 0, "chip reader") for text in train])
    last = tune_here(run).last
    assert isinstance(last, Finished), detail(last)
    files = [one for one in run.model.rglob("*") if one.suffix in (".json", ".md")]
    assert files and not any("somewhere" in one.read_text("utf-8") for one in files)
    assert "translator there" in (run.model / "README.md").read_text("utf-8")
    assert "somewhere" not in recipe_words(recipe.to_json(), task=TASK, model=BUILT_IN_MODEL)
    assert not any("somewhere" in str(one) for one in told_of(run).settings.values())


# --------------------------------------------------------------------------------------------------- in the loop


def run_with(
    folder: Path, *, model: str | Path, writer: str | Path, sizes: Any = (24, 12, 12), **more: Any
) -> RunFolder:
    changes = {"methods": "rewriting", "rewriter": str(writer), "rewriter_told": "", "rewriting_closeness": 0}
    recipe = adjusted(RECIPE, {"epochs": 1, "batch_size": 8, **changes, **more}, task=TASK)
    return write_run(folder, model=model, recipe=recipe, sizes=sizes)


def when_rewriting(done: int, wish: Any) -> Any:
    def ask(told: Told) -> ShouldStop:
        return lambda: wish if any(one.stage == "rewriting" and one.done >= done for one in told.of(Staged)) else None

    return ask


def weights_of(run: RunFolder) -> dict[str, bytes]:
    return {str(one.relative_to(run.model)): one.read_bytes() for one in run.model.rglob("*.safetensors")}


class _Killed(BaseException):
    """The process is gone."""


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return decoder("llama", tmp_path_factory.mktemp("writer"))


def test_none_is_written_twice_and_a_run_goes_on_bit_for_bit_where_it_was_left_and_killed(
    tmp_path: Path, tiny_model: Path, writer: Path
) -> None:
    whole, left = (run_with(tmp_path / name, model=tiny_model, writer=writer, rewritings=2) for name in ("a", "b"))
    told = tune_here(whole)
    assert isinstance(told.last, Finished), detail(told.last)
    lines = list(read_rewritten(whole))
    assert len(lines) == 48 and len({one.rewritten for one in lines}) > 30
    kept = [one for one in lines if not one.dropped]
    note = next(one for one in told.of(Noted) if "of 48 rewritten texts are learned" in one.message)
    assert note.lasts and kept
    count = int(note.message.split()[0])
    assert told.of(Stepped)[-1].total_steps == -(-(24 + count) // 8), "they are seen beside the originals"

    stopped = tune_here(left, should_stop=when_rewriting(8, "leave")).last
    assert isinstance(stopped, Stopped) and 8 <= len(list(read_rewritten(left))) < 48

    def kill(told: Told) -> ShouldStop:
        def ask() -> None:
            if when_rewriting(16, True)(told)():
                raise _Killed

        return ask

    with pytest.raises(_Killed):
        tune_here(left, resume=True, should_stop=kill)
    again = tune_here(left, resume=True)
    assert isinstance(again.last, Finished), detail(again.last)
    assert "Continuing with rewriting the training texts." in [one.message for one in again.of(Noted)]
    assert list(read_rewritten(left)) == lines and weights_of(left) == weights_of(whole)

    # As `reproduce` has it: the texts lie there, and the model that wrote them need not.
    copy = run_with(tmp_path / "c", model=tiny_model, writer=tmp_path / "gone", rewritings=2)
    rewritten_file(copy).write_bytes(rewritten_file(whole).read_bytes())
    last = tune_here(copy).last
    assert isinstance(last, Finished), detail(last)
    assert weights_of(copy) == weights_of(whole)


def test_a_rewriting_that_is_a_text_of_another_split_or_sample_is_not_learned(tmp_path: Path, tiny_model: Path) -> None:
    run = run_with(tmp_path / "run", model=tiny_model, writer=tmp_path / "gone", epochs=1, sizes=(4, 3, 3))
    train, validation, test = (
        [one["text"] for one in read_json_lines(run.data_file(split))] for split in ("train", "validation", "test")
    )
    news = [validation[0].upper(), f"{test[0]}!", train[0], "chip reader pin word1"]
    add_rewritten(run, [Rewritten(text, 0, new) for text, new in zip(train, news, strict=True)])
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    (said,) = [one.message for one in told.of(Noted) if "rewritten" in one.message]
    assert said == (
        "1 of 4 rewritten texts are learned beside their originals. Left out: equal to a training text: 1, "
        "equal to a validation or test text: 2."
    )


@pytest.mark.parametrize(
    ("rewriter", "said"),
    [("nowhere/at-all", "nowhere/at-all is not on this computer"), (BUILT_IN_MODEL, "cannot generate text")],
)
def test_a_model_that_is_not_here_or_does_not_write_ends_the_run_in_a_sentence(
    tmp_path: Path, tiny_model: Path, rewriter: str, said: str
) -> None:
    last = tune_here(run_with(tmp_path / "run", model=tiny_model, writer=rewriter)).last
    assert isinstance(last, Failed) and last.kind == "model_not_found" and said in last.message


def test_back_translation_goes_through_two_models_and_keeps_what_was_written_on_the_way(
    tmp_path: Path, tiny_model: Path
) -> None:
    there, back = (encoder_decoder(kind, tmp_path / kind) for kind in ("bart", "t5"))
    changes = {"translator": str(there), "translator_back": str(back), "translation_closeness": 0, "epochs": 1}
    recipe = adjusted(RECIPE, {**changes, "translator_back_told": "red: {text}"}, task=TASK)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=(12, 0, 0))
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    lines = list(read_rewritten(run))
    assert len(lines) == 12 and all(len(one.through) == 1 for one in lines)
    first, second = (TextRewriter(Rewriter(str(one), said), machine=CPU) for one, said in ((there, ""), (back, "red:")))
    seed = zlib.crc32(f"{recipe.seed} 0 0 {lines[0].text}".encode())
    assert [one.through[0] for one in lines[:8]] == first.write([one.text for one in lines[:8]], seed=seed)
    assert first.write([lines[0].text] * 3, seed=1) == first.write([lines[0].text] * 3, seed=1)
    assert first.write([lines[0].text], seed=1) != first.write([lines[0].text], seed=2)
    assert second.write(["red " * 60], seed=1) == [None], "longer than the model reads"
    marian = TextRewriter(Rewriter(str(encoder_decoder("marian", tmp_path / "marian"))), machine=CPU)
    assert all(marian.write([one.text for one in lines], seed=2, tokens=9)), (
        "so many tokens of each, to see how long it takes"
    )


def test_in_folds_what_is_held_out_is_no_rewriting_and_the_preview_shows_what_is_kept(
    tmp_path: Path, tiny_model: Path, writer: Path
) -> None:
    run = run_with(tmp_path / "run", model=tiny_model, writer=writer, folds=2, sizes=(12, 6, 0))
    last = tune_here(run).last
    assert isinstance(last, Finished), detail(last)
    lines = list(read_rewritten(run))
    assert len(lines) == 18, "of the training and validation samples, each once"
    events: list[Any] = []
    shown_of = run_with(tmp_path / "tried", model=tiny_model, writer=writer, sizes=(12, 0, 0))
    work = Work(shown_of, shown_of.job(), CPU, load_encoder=load_encoder, send=events.append, should_stop=lambda: None)
    preview(work)
    (shown,) = [one for one in events if isinstance(one, Previewed)]
    assert len(shown.before) == 6 and shown.before != shown.after and not rewritten_file(shown_of).exists()
    assert "of 6 rewritten texts" in shown.note and "12 texts are rewritten: about" in shown.note
    measure(work)
    (estimate,) = [one for one in events if isinstance(one, Estimated)]
    assert estimate.steps == 3, "as many again as there are samples"


def test_the_built_in_writer_rewrites_and_what_strays_is_left_out(tmp_path: Path, built_in_writer: str) -> None:
    """Real reviews, the real encoder: what is near its text is kept, and what has nothing to do with it is not."""
    file = Path(__file__).parents[3] / "shared" / "data" / "customer_reviews" / "custrev.pos"
    if not file.exists():
        pytest.skip("needs the public data sets in ../shared/data")
    short = sorted((one.strip() for one in file.read_text("latin-1").splitlines()), key=len)[400:430:6]
    settings = {name: one.default for name, one in {one.name: one for one in METHOD.fields}.items()}
    run = run_with(tmp_path / "run", model=BUILT_IN_MODEL, writer=built_in_writer, sizes=(5, 0, 0), **settings)
    write_lines(
        run, "train", [{"id": n, "text": one, "value": {"labels": [11 + n % 2]}} for n, one in enumerate(short)]
    )
    add_rewritten(run, [Rewritten(short[0], 0, "", dropped="empty")])
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    lines = list(read_rewritten(run))
    assert [one.text for one in lines] == short and lines[0].dropped == "empty", "what is there is not written again"
    kept = [one for one in lines if not one.dropped]
    assert len(kept) >= 2 and all(set(_words(one.text)) & set(_words(one.rewritten)) for one in kept), kept


def _words(text: str) -> list[str]:
    return [word for word in text.lower().split() if len(word) > 3]
