"""Filling in a blank: what stands for a label, models that can and cannot do it, a saved model that says the same."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AlbertConfig,
    AlbertForMaskedLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    DebertaV2Config,
    DebertaV2ForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    ElectraConfig,
    ElectraForMaskedLM,
    ElectraForPreTraining,
    ModernBertConfig,
    ModernBertForMaskedLM,
    MPNetConfig,
    MPNetForMaskedLM,
    RobertaConfig,
    RobertaForMaskedLM,
)

from lepton_studio.child.why.explain import Explainer
from lepton_studio.contract.task import Input
from lepton_studio.heads.cloze import BLANK_FILE, ClozeModel
from lepton_studio.methods.cloze import no_blanks, template_of, why_bad_template, words_of
from lepton_studio.methods.hooks import Unfit
from lepton_studio.methods.recipes import adjusted, why_not_here
from lepton_studio.models.blanks import fills_blanks
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.events import Failed, Finished, Noted
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, BadSetting, JobLabel
from lepton_studio.runs.manifest import read_manifest
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import runner
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.models import Base, load_folder
from lepton_studio.training.onnx_file import check_onnx, write_onnx
from lepton_studio.training.trimming import trim
from tests.training.masked import write_masked_model, write_tiny_masked_model
from tests.training.tiny import CPU, LABELS, RECIPE, detail, predictions, rows, tune_here, write_run

TASK = task_named("text_classification")
CLOZE = adjusted(RECIPE, {"methods": "cloze", "cloze_texts": 180, "epochs": 4}, task=TASK)
DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def masked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_masked_model(tmp_path_factory.mktemp("masked"))


@pytest.fixture(scope="module")
def run(masked: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run that ended."""
    made = write_run(tmp_path_factory.mktemp("cloze") / "run", model=masked, recipe=CLOZE, sizes=(60, 24, 24))
    assert isinstance((last := tune_here(made).last), Finished), detail(last)
    return made


def said_of(learner: Any, inputs: list[Input]) -> list[Any]:
    found: list[Any] = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    return found


def started(model: Path, *, labels: tuple[JobLabel, ...] = LABELS, **changes: object) -> Any:
    recipe = adjusted(RECIPE, {"methods": "cloze", **changes}, task=TASK)
    return load_part(TASK.learner).start(Base(str(model), task=TASK), labels=labels, recipe=recipe)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("", ("very good", "bad, worse", "n/a")),
        ("very_good=great", ("great", "bad, worse", "n/a")),
        (" VERY_GOOD = great ;bad, worse=terrible,n/a=none,", ("great", "terrible", "none")),
        ("bad, worse\uff1d差\uff0cn/a=无", ("very good", "差", "无")),
    ],
)
def test_a_label_stands_for_itself_or_for_the_word_that_it_was_given(told: str, words: tuple[str, ...]) -> None:
    assert words_of(told, ("very_good", "bad, worse", "n/a")) == words


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("god=great", "There is no label “god” for the word “great”. The labels are: good, bad."),
        ("good=", "The word for the label “good” is missing."),
        ("good=great, terrible", "“terrible” gives no word for a label. Write label=word, with commas between them."),
    ],
)
def test_what_names_no_label_or_gives_no_word_is_said_before_anything_begins(told: str, sentence: str) -> None:
    with pytest.raises(BadSetting, match=re.escape(sentence)):
        words_of(told, ("good", "bad"))
    recipe = adjusted(RECIPE, {"cloze_words": told}, task=TASK)
    assert why_not_here(recipe, model="organisation/model", labels=("good", "bad")) == sentence


def test_the_sentence_has_one_place_for_the_text_and_one_blank() -> None:
    assert template_of(" ", words=("good", "bad")) == "{text} It was {blank}."
    assert template_of("", words=("好", "坏")) == "{text}这是{blank}。"
    assert template_of("{blank}: {text}", words=("好",)) == "{blank}: {text}"
    for bad in ("It was {blank}.", "{text} It was good.", "{text} {blank} {blank}", "{text}{second}{second}{blank}"):
        assert why_bad_template(bad)
        with pytest.raises(BadSetting, match=r"must contain {text} and {blank}, each once"):
            adjusted(RECIPE, {"cloze_template": bad}, task=TASK)


def test_it_is_for_one_label_a_text_and_not_beside_what_other_projects_learn_with() -> None:
    with pytest.raises(BadSetting, match="only works where each text has one label"):
        adjusted(RECIPE, {"methods": "cloze"}, task=task_named("multi_label"))
    with pytest.raises(BadSetting, match="does not go with"):
        adjusted(RECIPE, {"methods": "cloze,multitask"}, task=TASK)
    with pytest.raises(BadSetting, match="does not go with"):
        adjusted(RECIPE, {"methods": "cloze,domain"}, task=TASK)


# --------------------------------------------------------------------------------------------- which models can do it

_SMALL: dict[str, Any] = dict(
    vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
)
_KINDS: dict[str, Any] = {
    "bert": lambda: BertForMaskedLM(BertConfig(**_SMALL)),
    "untied": lambda: BertForMaskedLM(BertConfig(**_SMALL, tie_word_embeddings=False)),
    "roberta": lambda: RobertaForMaskedLM(RobertaConfig(**_SMALL)),
    "distilbert": lambda: DistilBertForMaskedLM(
        DistilBertConfig(vocab_size=64, dim=32, n_layers=2, n_heads=2, hidden_dim=64)
    ),
    "albert": lambda: AlbertForMaskedLM(AlbertConfig(**_SMALL, embedding_size=16)),
    "electra": lambda: ElectraForMaskedLM(ElectraConfig(**_SMALL, embedding_size=16)),
    "mpnet": lambda: MPNetForMaskedLM(MPNetConfig(**_SMALL)),
    "modernbert": lambda: ModernBertForMaskedLM(ModernBertConfig(**_SMALL, pad_token_id=0, cls_token_id=2)),
    "deberta": lambda: DebertaV2ForMaskedLM(DebertaV2Config(**_SMALL)),
}


def _beside_tokenizer(model: Any, folder: Path, *, of: Path) -> Path:
    shutil.copytree(of, folder, ignore=shutil.ignore_patterns("*.safetensors", "config.json"))
    model.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", _KINDS)
def test_each_kind_says_at_the_blank_alone_what_it_says_in_the_whole_text(
    kind: str, masked: Path, tmp_path: Path
) -> None:
    torch.manual_seed(2)
    made = _KINDS[kind]().eval()
    whole = _beside_tokenizer(made, tmp_path / "whole", of=masked)
    assert fills_blanks(whole) is True
    model = load_folder(whole, fills_blanks=True).model.eval()
    ids = torch.tensor([[2, 7, 9, 4, 3, 0], [2, 4, 11, 12, 13, 3]])
    mask = (ids != 0).long()
    words = [[8], [9, 10], [10, 10, 12]]
    with torch.no_grad():
        found = ClozeModel(model, blank=4, words=words)(ids, mask)
        logits = made(input_ids=ids, attention_mask=mask).logits[ids == 4]
    expected = torch.stack([logits[:, word].mean(-1) for word in words], -1)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert not any(part._forward_hooks for part in model.modules())

    bare = _beside_tokenizer(made.base_model, tmp_path / "bare", of=masked)
    assert fills_blanks(bare) is False
    with pytest.raises(Unfit, match="has no layer for that"):
        load_folder(bare, fills_blanks=True)


def test_a_model_that_was_made_to_find_replaced_words_or_lacks_a_part_of_the_layer_is_refused(
    masked: Path, tmp_path: Path
) -> None:
    told = _beside_tokenizer(ElectraForPreTraining(ElectraConfig(**_SMALL)), tmp_path / "electra", of=masked)
    assert fills_blanks(told) is False
    torn = tmp_path / "torn"
    shutil.copytree(masked, torn)
    weights = load_file(torn / "model.safetensors")
    del weights["cls.predictions.bias"]
    save_file(weights, torn / "model.safetensors", metadata={"format": "pt"})
    for folder in (told, torn):
        with pytest.raises(Unfit, match="has no layer for that"):
            load_folder(folder, fills_blanks=True)


def test_a_model_without_it_is_refused_before_and_in_the_run(tiny_model: Path, tmp_path: Path) -> None:
    for model in (BUILT_IN_MODEL, str(tiny_model)):
        assert "has no layer for that" in why_not_here(CLOZE, model=model, labels=("a", "b"))
    last = tune_here(write_run(tmp_path / "run", model=tiny_model, recipe=CLOZE, sizes=(12, 0, 0))).last
    assert isinstance(last, Failed) and last.kind == "bad_recipe" and last.message == no_blanks(str(tiny_model))


def test_words_that_mean_nothing_or_the_same_and_a_sentence_too_long_are_refused(masked: Path) -> None:
    with pytest.raises(Unfit, match="does not know the word “quux”, which stands for the label “card”"):
        started(masked, cloze_words="card=quux")
    with pytest.raises(Unfit, match="for the labels “card” and “transfer” are the same to the base model"):
        started(masked, cloze_words="transfer=card")
    with pytest.raises(Unfit, match="leaves no room for a text within 16 tokens"):
        started(masked, max_length=16)
    with pytest.raises(Unfit, match=r"as {blank}, not as \[MASK\]"):
        started(masked, cloze_template="{text} [MASK] {blank}")


# ------------------------------------------------------------------------------------------------- what comes of a run


def test_a_run_learns_and_its_saved_model_says_the_same(run: RunFolder) -> None:
    assert run.report()["test"]["headline"]["accuracy"] > 0.6
    learner = load_part(TASK.learner).load(run.model)
    said = [line for line in predictions(run) if line["split"] == "test"]
    inputs = [Input(str(row["text"])) for row in rows(24, seed=2, first_id=2001)]
    assert [one.score for one in said_of(learner, inputs)] == pytest.approx([one["score"] for one in said], abs=1e-5)
    manifest = read_manifest(run.model, task=TASK.id)
    assert manifest.needs == ("torch", "transformers") and "cloze" in manifest.methods
    _, told = AutoModelForMaskedLM.from_pretrained(encoder_in(run.model), output_loading_info=True)
    assert not told["missing_keys"] and not told["unexpected_keys"]
    assert json.loads((run.model / BLANK_FILE).read_text("utf-8"))["temperature"] != 1.0


def _readme(folder: Path, monkeypatch: pytest.MonkeyPatch, **put: str) -> dict[str, float]:
    found = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    code = found[1]
    for old, new in put.items():
        name = f'"{old.replace("_", " ")}"'
        assert name in code
        code = code.replace(name, repr(new))
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(code, names)
    (row,) = names["probabilities"].tolist()
    return {label.name: one for label, one in zip(LABELS, row, strict=True)}


@pytest.mark.parametrize("text", ["send word1 abroad", "  card " * 60, "word3 [MASK] reader [MASK]", ""])
def test_its_readme_says_what_the_app_says(run: RunFolder, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    learner = load_part(TASK.learner).load(run.model)
    (decided,) = said_of(learner, [Input(text)])
    found = _readme(run.model, monkeypatch, a_text=text)
    assert list(found.values()) == pytest.approx(list(decided.scores.values()), abs=1e-5)
    (example,) = learner.encode([Input(text)])
    assert list(example.tokens).count(4) == 1 and len(example.tokens) <= 40 and example.truncated is (len(text) > 100)


def test_pairs_of_texts_need_a_place_for_both(
    masked: Path, run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = Input("card " * 30 + "word1", {SECOND_TEXT: "iban " * 30})
    with pytest.raises(BadData, match=r"no place for it. Write {second} where it belongs"):
        load_part(TASK.learner).load(run.model).encode([pair])
    learner = started(masked, cloze_template="'{text}' {second} \" { {blank}", max_length=24)
    (example,) = learner.encode([pair])
    tokenizer = AutoTokenizer.from_pretrained(masked)
    counts = [list(example.tokens).count(tokenizer.convert_tokens_to_ids(word)) for word in ("card", "iban")]
    assert example.truncated and abs(counts[0] - counts[1]) <= 1 and 20 <= len(example.tokens) <= 24
    learner.save(tmp_path / "model")
    (decided,) = said_of(learner, [pair])
    found = _readme(tmp_path / "model", monkeypatch, a_text=pair.text, its_second_text=pair.fields[SECOND_TEXT])
    assert list(found.values()) == pytest.approx(list(decided.scores.values()), abs=1e-5)


def test_why_weighs_the_words_of_the_text_and_none_of_the_sentence(run: RunFolder) -> None:
    learner = load_part(TASK.learner).load(run.model)
    text = "  word1 refund [MASK] money"
    (told,) = Explainer(learner, TASK, CPU).explain(Input(text))
    assert told.by == "gradients"
    said = {text[first:last]: weight for (_, first, last), weight in zip(told.words, told.weights, strict=True)}
    assert list(said)[:2] == ["word1", "refund"] and list(said)[-1] == "money"
    assert all(weight == 0.0 for word, weight in said.items() if word.strip("[]") in ("MASK", ""))
    assert abs(said["refund"]) + abs(said["money"]) > abs(said["word1"])
    assert told.gap < 0.05 * abs(told.said - told.nothing) + 0.05


def test_its_graph_says_what_it_says(run: RunFolder, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    (graph,) = load_part(TASK.learner).load(run.model).graphs().values()
    write_onnx(graph, tmp_path / "model.onnx")
    check_onnx(graph, tmp_path / "model.onnx")
    assert "[MASK] as the blank" in graph.says


def test_a_run_goes_on_from_it(run: RunFolder, tmp_path: Path) -> None:
    for methods in ("cloze", "full"):
        recipe = adjusted(CLOZE, {"methods": methods, "epochs": 1}, task=TASK)
        on = write_run(tmp_path / methods, model=run.model, recipe=recipe, sizes=(24, 12, 12))
        told = tune_here(on)
        assert isinstance(told.last, Finished), detail(told.last)
        notes = [one.message for one in told.of(Noted)]
        assert any(one.startswith("Continuing from") for one in notes)
        assert any("Its head does not fit this project" in one for one in notes) is (methods == "full")
        start = on.report()["test"]["start"]
        assert start["before"]["accuracy"] > 0.4


def test_a_table_that_is_cut_keeps_the_words_of_the_labels(masked: Path, tmp_path: Path) -> None:
    learner = started(masked, cloze_words="card=word39")
    learner.save(tmp_path / "model")
    inputs = [Input("refund word1 money")]
    before = said_of(learner, inputs)
    ids = {one for some in learner.text_model.pieces for one in some}
    ids |= {token for one in learner.encode(inputs) for token in one.tokens}
    trimmed = trim(encoder_in(tmp_path / "model"), texts=[one.text for one in inputs], ids=ids, large=10, common=0)
    assert trimmed is not None and trimmed.kept < trimmed.of
    after = said_of(load_part(TASK.learner).load(tmp_path / "model"), inputs)
    assert after[0].scores == pytest.approx(before[0].scores, abs=1e-6)


# ------------------------------------------------------------------------------------------------------ on real texts


def test_it_learns_from_a_handful_of_real_reviews(tmp_path: Path) -> None:
    """The lowest three layers of the built-in encoder, with a layer for hidden words that learned on film reviews; then
    customer reviews, 32 of each label, judged on 200 others.
    """
    if not (DATA / "sst2").is_dir():
        pytest.skip("needs the public data sets in ../shared/data")
    films = [line[2:] for line in (DATA / "sst2" / "stsa.binary.train").read_text("utf-8").splitlines()[:600]]
    lost = write_masked_model(tmp_path / "model", films, epochs=2, length=24, layers=3)
    assert lost[1] < lost[0] - 0.3, "it learned to fill in hidden words"
    of_label = [
        (DATA / "customer_reviews" / f"custrev.{name}").read_text("latin-1").splitlines()[:132]
        for name in ("pos", "neg")
    ]
    labels = (JobLabel(0, "pos"), JobLabel(1, "neg"))
    changes = {"cloze_words": "pos=good,neg=bad", "cloze_texts": 1, "max_length": 32, "learning_rate": 1e-4}
    torch.manual_seed(1)
    base = Base(str(tmp_path / "model"), task=TASK)
    recipe = adjusted(RECIPE, {"methods": "cloze", **changes}, task=TASK)
    learner: Any = load_part(TASK.learner).start(base, labels=labels, recipe=recipe)

    def examples(some: slice) -> list[Any]:
        inputs = [Input(text) for texts in of_label for text in texts[some]]
        values = [Choice((place,)) for place, texts in enumerate(of_label) for _ in texts[some]]
        found: list[Any] = learner.encode(inputs, values)
        return found

    def right(some: list[Any]) -> float:
        said = runner(learner=learner, machine=CPU)(some)
        return sum((one[1] > one[0]) == bool(example.target) for one, example in zip(said, some, strict=True)) / len(
            some
        )

    few, others = examples(slice(32)), examples(slice(32, None))
    learner.prepare(few)
    body, weights = base.made(), trainable(learner.model)
    optimizer = make_optimizer(weights, body=body, recipe=recipe)
    before = right(few), right(others)
    for step in range(40):
        some = few[step % 4 :: 4]
        accumulate(some, learner=learner, body=body, machine=CPU, state=State(16), send=print)
        for group in optimizer.param_groups:
            group["lr"] = recipe.learning_rate
        optimizer.step()
        optimizer.zero_grad()
    after = right(few), right(others)
    assert after[0] > 0.9 and after[1] > max(0.6, before[1]), (before, after)
