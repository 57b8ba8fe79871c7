"""Models that fill in hidden words, made here: no package has one.

A real one is the built-in encoder (all-MiniLM-L6-v2, or its lowest layers) with a layer for hidden words, learned on
real texts as domain-adaptive pre-training learns it (`training.pretraining`), and saved as BertForMaskedLM: its makers
never published theirs. A tiny one has random weights and knows a few words.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import BertForMaskedLM

from lepton_studio.contract.task import Input
from lepton_studio.methods.hooks import Train
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.tasks import task_named
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from lepton_studio.training.pretraining import MaskedModel, filling_in, pretraining_recipe, read_texts
from tests.training.tiny import FILLERS, WORDS, tiny_config, write_tiny_tokenizer

_TASK = task_named("text_classification")


def write_masked_model(folder: Path, texts: Sequence[str], *, epochs: int, length: int, layers: int = 6) -> list[float]:
    """The real one, with so many layers, that learned on these texts; the mean loss of each epoch."""
    torch.manual_seed(1)
    changes = {"methods": "full,domain", "max_length": length, "batch_size": 32}
    recipe = pretraining_recipe(adjusted(Recipe(), changes, task=_TASK))
    base = Base(BUILT_IN_MODEL, task=_TASK)
    encoder = base.prepare(recipe)
    encoder.keep_layers(layers)
    examples = read_texts([Input(text) for text in texts], tokenizer=encoder.tokenizer, length=length)
    learner, body, _ = filling_in(examples, body=base.made(), tokenizer=encoder.tokenizer, recipe=recipe)
    optimizer = make_optimizer(trainable(learner.model), body=body, recipe=recipe)
    machine, told = find_machine(), []
    learner.model.to(machine.device)
    for epoch in range(epochs):
        hidden = body.examples(Train((), (), examples, learner.encode), epoch=epoch)
        batches = epoch_batches([one.cost for one in hidden], batch_size=32, seed=1, epoch=epoch)
        began, lost = time.monotonic(), 0.0
        for place, batch in enumerate(batches):
            done = (epoch + place / len(batches)) / epochs
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate * group["scale"] * min(1.0, 10 * done + 0.05, 1.05 - done)
            some = [hidden[one] for one in batch]
            lost += accumulate(some, learner=learner, body=body, machine=machine, state=State(32), send=print)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if place % 50 == 49 and time.monotonic() - began > 20:
                print(f"epoch {epoch + 1}, step {place + 1} of {len(batches)}: {lost / (place + 1):.2f}", flush=True)
        told.append(lost / len(batches))
    learner.model.cpu()
    _as_bert(learner.model).save_pretrained(folder)
    encoder.tokenizer.save_pretrained(folder)
    return told


def _as_bert(made: Any) -> BertForMaskedLM:
    """The same as transformers has it: it tells all pieces of words apart, those too that were in no text."""
    assert isinstance(made, MaskedModel)
    bert = BertForMaskedLM(made.encoder.config)
    bert.bert.load_state_dict(made.encoder.state_dict(), strict=False)
    head = bert.cls.predictions
    head.transform.dense.load_state_dict(made.transform.state_dict())
    head.transform.LayerNorm.load_state_dict(made.norm.state_dict())
    with torch.no_grad():
        head.bias.fill_(float(made.bias.min()))
        head.bias[made.pieces] = made.bias
    bert.tie_weights()
    return bert


def write_tiny_masked_model(folder: Path) -> Path:
    """A BERT of two layers with random weights that knows the words of `tests.training.tiny`, and those that stand in
    the usual sentence.
    """
    named = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [
        *named,
        *FILLERS,
        *(one for some in WORDS.values() for one in some),
        "it",
        "was",
        ".",
        "good",
        "bad",
        "news",
    ]
    model = BertForMaskedLM(tiny_config(words))
    nn.init.normal_(model.bert.embeddings.word_embeddings.weight, std=0.3)  # it keeps what it is: words must differ
    nn.init.normal_(model.cls.predictions.transform.dense.weight, std=0.2)
    model.save_pretrained(folder)
    write_tiny_tokenizer(folder, words, mask_token="[MASK]")
    return folder
