"""A model of two layers and a data set that it learns in seconds: real training, but small."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from lepton_studio.child.tune import tune
from lepton_studio.child.work import Work
from lepton_studio.runs.events import Event, Failed, LastEvent
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import Job, JobKind, JobLabel, Recipe
from lepton_studio.training.failures import failed
from lepton_studio.training.machine import Machine
from lepton_studio.training.models import load_encoder
from lepton_studio.training.signals import ShouldStop

LABELS = (JobLabel(11, "card"), JobLabel(12, "transfer"), JobLabel(13, "refund"))
WORDS = {
    11: ["card", "plastic", "chip", "pin", "reader"],
    12: ["transfer", "send", "abroad", "bank", "iban"],
    13: ["refund", "return", "money", "back", "shop"],
}
FILLERS = [f"word{number}" for number in range(40)]
CPU = Machine(torch.device("cpu"), False, "cpu")
RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=5e-3, seed=3)


def write_tiny_model(folder: Path) -> Path:
    """A BERT of two layers with random weights and a word tokenizer, as `save_pretrained` writes them."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *FILLERS, *(word for some in WORDS.values() for word in some)]
    BertModel(tiny_config(words)).save_pretrained(folder)
    write_tiny_tokenizer(folder, words)
    return folder


def tiny_config(words: Sequence[str]) -> BertConfig:
    """Of a model that knows these words; torch's generator is set."""
    torch.manual_seed(0)
    return BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
    )


def write_tiny_tokenizer(folder: Path, words: Sequence[str], **special: str) -> None:
    """One piece a word; the first four are those for filling up, what is not known, beginning and end."""
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=40,
        **special,
    ).save_pretrained(folder)


def rows(count: int, *, seed: int, first_id: int = 1, noise: float = 0.05) -> list[dict[str, Any]]:
    """Labelled texts; a part `noise` of them has a label drawn by lot."""
    chance = random.Random(seed)
    found = []
    for position in range(count):
        label = LABELS[position % len(LABELS)].id
        words = [*chance.choices(WORDS[label], k=2), *chance.choices(FILLERS, k=chance.randint(1, 8))]
        chance.shuffle(words)
        if chance.random() < noise:
            label = chance.choice(LABELS).id
        found.append({"id": first_id + position, "text": " ".join(words), "value": {"labels": [label]}})
    return found


def write_run(
    folder: Path,
    *,
    model: str | Path,
    kind: JobKind = "tune",
    recipe: Recipe = RECIPE,
    sizes: Sequence[int] = (60, 24, 24),
    labels: Sequence[JobLabel] = LABELS,
) -> RunFolder:
    """A run folder with so many train, validation and test samples."""
    run = RunFolder(folder)
    run.write_job(Job(kind, "text_classification", tuple(labels), str(model), recipe))
    for seed, (split, size) in enumerate(zip(("train", "validation", "test"), sizes, strict=True)):
        if size:
            write_lines(run, split, rows(size, seed=seed, first_id=1000 * seed + 1))
    return run


def write_lines(run: RunFolder, split: str, lines: Sequence[dict[str, Any]]) -> None:
    """Overwrite a data file."""
    run.data_file(split).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def predictions(run: RunFolder) -> list[dict[str, Any]]:
    """The lines of predictions.jsonl."""
    return list(read_json_lines(run.predictions_file))


@dataclass
class Told:
    """The events of a job done in this process, and its last one."""

    events: list[Event] = field(default_factory=list)

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def last(self) -> LastEvent:
        last = self.events[-1]
        assert isinstance(last, LastEvent)
        return last


def tune_here(run: RunFolder, *, resume: bool = False, should_stop: Callable[[Told], ShouldStop] | None = None) -> Told:
    """Do a tune job in this process, ending as the child would. `should_stop` gets what was told so far."""
    told = Told()
    ask: ShouldStop = should_stop(told) if should_stop else lambda: None
    try:
        last: LastEvent = tune(
            Work(run, run.job(), CPU, load_encoder=load_encoder, send=told.events.append, should_stop=ask),
            resume=resume,
        )
    except Exception as error:
        last = failed(error, step=0)
    told.events.append(last)
    return told


def after_steps(count: int, wish: Any) -> Callable[[Told], ShouldStop]:
    """A `should_stop` that wants this from that step on."""
    from lepton_studio.runs.events import Stepped

    return lambda told: lambda: wish if len(told.of(Stepped)) >= count else None


def detail(last: LastEvent) -> str:
    """The traceback of a failure, for a test's message."""
    return last.detail if isinstance(last, Failed) else ""
