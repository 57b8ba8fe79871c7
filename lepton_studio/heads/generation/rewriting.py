"""Texts in other words, by a model that writes: sampled, some at a time."""

from __future__ import annotations

import time
from array import array
from collections.abc import Sequence

import torch

from lepton_studio.contract.turns import Turn
from lepton_studio.heads.generation.decoder import Decoder
from lepton_studio.heads.generation.encoder_decoder import EncoderDecoder
from lepton_studio.heads.generation.loading import load_writer
from lepton_studio.heads.generation.writer import IGNORED, generation_config, set_length
from lepton_studio.methods.rewriting import Rewriter
from lepton_studio.runs.job import Recipe
from lepton_studio.training.failures import is_out_of_memory
from lepton_studio.training.learner import Example
from lepton_studio.training.machine import Machine
from lepton_studio.training.models import find_folder

_TEMPERATURE, _NUCLEUS = 0.7, 0.9
"""Nucleus sampling: Holtzman et al. 2020, https://arxiv.org/abs/1904.09751; sampled back-translations teach more than
the likeliest ones: Edunov et al. 2018, https://arxiv.org/abs/1808.09381.
"""
_MORE, _SOME = 2, 16
"""An answer has at most so many times as many tokens as its text, and so many more."""
_NO_REPEAT = 4
_TIMED = (2, 8)
"""So many tokens are written to see how long one takes."""


class TextRewriter:
    """A `Rewriter`'s model, loaded: on the machine's device, for as long as it is kept. One thread."""

    def __init__(self, told: Rewriter, *, machine: Machine) -> None:
        """Raises ModelNotFound where the model is not here, is damaged or does not write."""
        self._told, self._machine = told, machine
        self._writer: EncoderDecoder | Decoder = load_writer(find_folder(told.model))
        self._writer.eval()
        self._writer.to(machine.device)
        longest = self._writer.max_length
        self._room = max(1, longest // 2)
        if isinstance(self._writer, Decoder):  # an answer has the same positions as what it answers
            self._writer.max_length = max(1, longest - self._room)
        set_length(self._writer.tokenizer, self._writer.max_length, keeps_end=False)

    def write(self, texts: Sequence[str], *, seed: int, tokens: int = 0) -> list[str | None]:
        """Each text in other words, as the model says it; None for one that it cannot read to its end. The same texts
        with the same seed give the same. `tokens`: exactly so many of each, to see how long that takes.
        """
        questions = [self._writer.question((Turn("", self._told.prompt(text)),)) for text in texts]
        whole = [place for place, (_, is_cut) in enumerate(questions) if not is_cut]
        found: list[str | None] = [None] * len(texts)
        with torch.random.fork_rng(devices=[] if self._machine.device.type != "cuda" else None):
            torch.manual_seed(seed)
            said = self._said([questions[place][0] for place in whole], [texts[place] for place in whole], tokens)
        for place, one in zip(whole, said, strict=True):
            found[place] = one
        return found

    def seconds_for(self, texts: Sequence[str]) -> float:
        """About how long it takes to write so many texts of that length at once, from a few words."""
        took = []
        for tokens in _TIMED:
            began = time.perf_counter()
            self.write(texts, seed=0, tokens=tokens)
            took.append(time.perf_counter() - began)
        a_token = max(0.0, took[1] - took[0]) / (_TIMED[1] - _TIMED[0])
        return took[0] + a_token * max(
            len(one) for one in self._writer.tokenizer(list(texts), verbose=False)["input_ids"]
        )

    def _said(self, questions: Sequence[list[int]], texts: Sequence[str], tokens: int) -> list[str]:
        if not questions:
            return []
        writer = self._writer
        longest = max(len(one) for one in writer.tokenizer(list(texts), verbose=False)["input_ids"])
        most = tokens or min(self._room, _MORE * longest + _SOME)
        recipe = Recipe(beams=1, max_new_tokens=most, min_new_tokens=tokens, no_repeat=_NO_REPEAT)
        config = generation_config(writer.net, recipe)
        config.do_sample, config.temperature, config.top_p, config.top_k = True, _TEMPERATURE, _NUCLEUS, 0
        examples = [Example(array("i", one), place, False, None) for place, one in enumerate(questions)]
        inputs = {name: one.to(self._machine.device) for name, one in writer.pad(examples).items()}
        try:
            with torch.inference_mode():
                answers = writer.write(inputs, config).tolist()
        except (RuntimeError, MemoryError) as error:
            if len(questions) == 1 or not is_out_of_memory(error):
                raise
        else:
            kept = [[token for token in row if token != IGNORED] for row in answers]
            return [str(one) for one in writer.tokenizer.batch_decode(kept, skip_special_tokens=True)]
        self._machine.free()
        half = len(questions) // 2
        return [
            *self._said(questions[:half], texts[:half], tokens),
            *self._said(questions[half:], texts[half:], tokens),
        ]
