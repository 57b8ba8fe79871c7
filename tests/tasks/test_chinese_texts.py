"""Every task reads Chinese through the multilingual encoder's tokenizer: pieces of some characters, no spaces.

The transformer behind it is a tiny one made here, so that it learns in seconds.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from transformers import BertConfig, BertModel

from lepton_studio.contract.task import Input, Task
from lepton_studio.models.built_in import built_in
from lepton_studio.models.unpacking import folder_of
from lepton_studio.project.marks import QUESTION, AnswerMark, Marks, QuestionMark, RelationMark, SpanMark
from lepton_studio.project.records import Label, Labels
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.studio.proposing import reads
from lepton_studio.tasks import all_tasks, load_part, task_named
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base, load_encoder
from tests.training.tiny import CPU

TEXTS = (
    "小王在北京大学读书。",
    "老李，去年离开了上海公司",
    "张三明天去杭州",
    "李四喜欢深圳的天气",
    "王五住在Paris。",
    "赵六：南京 很热",
)
PEOPLE = ("小王", "老李", "张三", "李四", "王五", "赵六")
PLACES = ("北京大学", "上海公司", "杭州", "深圳", "Paris", "南京")


@pytest.fixture(scope="module")
def small(multilingual: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the multilingual encoder's tokenizer and an untrained BERT of one layer."""
    known = built_in(multilingual)
    assert known is not None
    folder = tmp_path_factory.mktemp("small")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder_of(known) / name, folder / name)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=250_037, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64,
        pad_token_id=1,
    )  # fmt: skip
    model = BertModel(config)
    with torch.no_grad():  # as in the real one, the table of words is exact in half precision
        words = model.get_input_embeddings().weight
        words.copy_(torch.randn_like(words).half())
    model.save_pretrained(folder)
    return folder


def labels_of(task: Task[Any]) -> Labels:
    """Three labels whose ids are not their positions, and one for relations where the task has them."""
    names = ("good", "bad", "odd", *(("lives in",) if "relation" in task.label_kinds else ()))
    return tuple(
        Label(10 * place + 10, name, "", "", "", place, {"kind": "relation"} if name == "lives in" else {})
        for place, name in enumerate(names)
    )


def inputs_of(task: Task[Any]) -> list[Input]:
    return [task.input(text, {QUESTION: "在哪里？"}) for text in TEXTS]


def values_of(task: Task[Any]) -> list[Any]:
    """What a file would mark: who and where."""
    ids = {label.name: label.id for label in labels_of(task)}
    found = []
    for number, (text, who, where) in enumerate(zip(TEXTS, PEOPLE, PLACES, strict=True)):
        at = text.index(where)
        marks = Marks(
            labels=(("good", "bad", "odd")[number % 3],),
            spans=(SpanMark(0, len(who), "good"), SpanMark(at, at + len(where), "odd")),
            relations=(RelationMark(0, 1, "lives in"),),
            questions=(QuestionMark("在哪里？", (AnswerMark(at, at + len(where), where),)),),
            rating=float(1 + number % 3),
        )
        found.append(task.from_marks(marks, ids))
    return found


def learned(task: Task[Any], small: Path) -> Any:
    """A learner that has seen the texts so often that it knows them."""
    torch.manual_seed(0)
    learner = load_part(task.learner).start(
        Base(str(small)),
        labels=[JobLabel(label.id, label.name, label.options) for label in labels_of(task)],
        recipe=Recipe(dropout=0.0, max_length=64),
    )
    inputs, values = inputs_of(task), values_of(task)
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    batch = learner.collate(examples)
    optimizer = torch.optim.AdamW([one for one in learner.model.parameters() if one.requires_grad], lr=5e-3)
    for _ in range(150):
        loss = learner.loss(learner.forward(batch), batch) / batch.weight
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=CPU))
    return learner


def decided(learner: Any, inputs: list[Input]) -> list[Any]:
    found: list[Any] = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    return found


@pytest.mark.parametrize("name", [name for name, task in all_tasks().items() if reads(task)])
def test_what_was_marked_in_chinese_is_what_the_model_says_before_and_after_it_is_saved(
    name: str, small: Path, tmp_path: Path
) -> None:
    task = task_named(name)
    learner, inputs = learned(task, small), inputs_of(task)
    before = decided(learner, inputs)
    if name != "ratings":  # a number is never hit exactly
        assert [task.dump(one.value) for one in before] == [task.dump(value) for value in values_of(task)]
    (tmp_path / "model").mkdir()
    learner.save(tmp_path / "model")
    after = decided(load_part(task.learner).load(tmp_path / "model"), inputs)
    assert [one.value for one in after] == [one.value for one in before]
    assert [one.score for one in after] == pytest.approx([one.score for one in before], abs=1e-5)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_sentence_transformers_reads_a_saved_model_as_we_do_though_its_words_are_in_half_precision(
    small: Path, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    learner, plain = learned(task_named("text_classification"), small), [Input(text) for text in TEXTS]
    (folder := tmp_path / "model").mkdir()
    learner.save(folder)
    examples = learner.encode(plain)
    with torch.no_grad():
        ours = learner.forward(learner.collate(examples))
    theirs = SentenceTransformer(str(folder), device="cpu").encode(list(TEXTS), convert_to_tensor=True)
    assert torch.allclose(theirs[[example.sample for example in examples]], ours, atol=1e-4)
    tokenizer = load_encoder(str(folder / "0_Transformer")).tokenizer
    assert tokenizer.convert_ids_to_tokens(tokenizer("北京")["input_ids"])[:4] == ["<s>", "▁que", "ry", ":"]
    with safe_open(folder / "0_Transformer" / "model.safetensors", framework="pt") as saved:
        types = {name: saved.get_slice(name).get_dtype() for name in saved.keys()}  # noqa: SIM118 - no mapping
    # What did not learn and is exact in it: the words, and the zeros of a pooler that nothing uses.
    halved = {name for name, kind in types.items() if kind == "F16"}
    assert halved == {"embeddings.word_embeddings.weight", "pooler.dense.bias"}
    config = json.loads((folder / "0_Transformer" / "config.json").read_text("utf-8"))
    assert config["dtype"] == "float32"


def test_the_readme_of_a_saved_model_finds_the_same_answers(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned(task_named("question_answering"), small).save(tmp_path)
    found = re.search(r"```python\n(.*?)```", (tmp_path / "README.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    monkeypatch.chdir(tmp_path)
    for text, where in zip(TEXTS[1::3], PLACES[1::3], strict=True):  # each loads the model anew
        names: dict[str, Any] = {}
        exec(found[1].replace('"a question?"', '"在哪里？"').replace('"a text"', repr(text)), names)
        assert names["answer"] == where
