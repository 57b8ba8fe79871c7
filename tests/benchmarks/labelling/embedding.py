"""Texts read by the built-in English encoder, as the live child reads them, beside `SentenceTransformer.encode`."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer

from lepton_studio.child.embed import vectors_of
from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Pooled
from lepton_studio.models.built_in import ENGLISH
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import find_folder, load_folder
from tests.benchmarks.figure import Figure

_TEXTS = 192
_TURNS = 3
_REVIEWS = Path(__file__).parents[4] / "shared" / "data" / "blitzer_4domains"
_SHORT = 30
"""Words."""


def embedding() -> list[Figure]:
    """Both in this process, on as many threads, by turns; whole reviews, and their first words."""
    machine, folder = find_machine(), encoder_in(find_folder(ENGLISH.id))
    encoder = load_folder(folder)
    ours, theirs = Pooled(encoder, outputs=1, max_length=encoder.max_length), SentenceTransformer(str(folder))
    theirs.max_seq_length = encoder.max_length
    reviews = _reviews()
    texts = {
        "reviews": reviews,
        f"first {_SHORT} words of reviews": [" ".join(one.split()[:_SHORT]) for one in reviews],
    }
    figures = []
    for name, some in texts.items():
        inputs = [Input(one) for one in some]
        gains, nearest = [], 1.0
        vectors_of(inputs[:32], ours, machine=machine), theirs.encode(some[:32])
        for _ in range(_TURNS):
            slow, expected = _timed(partial(theirs.encode, some, normalize_embeddings=True))
            quick, found = _timed(partial(vectors_of, inputs, ours, machine=machine))
            gains.append(slow / quick)
            nearest = min(nearest, float((found * torch.from_numpy(expected)).sum(1).min()))
        note = (
            f"n = {len(some)}, {_TURNS} turns, {torch.get_num_threads()} threads, {machine.name}, bf16 {machine.bf16}"
        )
        figures += [
            Figure.of(f"{name}: times as fast as SentenceTransformer.encode", gains, unit="", target=">= 3", note=note),
            Figure(f"{name}: smallest cosine to its vectors", nearest, "", ">= 0.999", note=note),
        ]
    return figures


def _reviews() -> Sequence[str]:
    lines = [
        line.strip() for file in sorted(_REVIEWS.glob("*/*")) for line in file.open(encoding="utf-8", errors="replace")
    ]
    return random.Random(1).sample(lines, _TEXTS)


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    """Of the processor, all threads: others may keep the machine busy."""
    started = time.process_time()
    found = do()
    return time.process_time() - started, found


FIGURES = [embedding]
