"""The vectors that a frozen encoder gives the units of texts (`lepton_studio.quick.units`): the mean of the vectors of
a unit's tokens in the middle layer. The last ones are made for whole texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from lepton_studio.progress import silent
from lepton_studio.quick.units import Units
from lepton_studio.training.inference import outputs
from lepton_studio.training.learner import Batch, Example
from lepton_studio.training.machine import Machine
from lepton_studio.training.models import Encoder
from lepton_studio.training.tokens import Reader, padded


class UnitReader:
    """Reads with one encoder, which stays as it is. Raises ModelNotFound for a tokenizer that knows no offsets."""

    def __init__(self, encoder: Encoder, *, machine: Machine) -> None:
        self.encoder = encoder
        self._machine = machine
        self._reader = Reader(encoder.tokenizer, max_length=encoder.max_length)

    def vectors(self, texts: Sequence[str], units: Sequence[Units]) -> list[NDArray[np.float16]]:
        """[units, width] of each text; zeros of a unit that the tokenizer leaves out."""
        tokens = self._reader.read(texts)
        windows = [window for one in tokens for window in self._reader.windows(one)]
        text_of = [at for at, one in enumerate(tokens) for _ in self._reader.windows(one)]
        examples = [Example(self._reader.row(one), info=one) for one in windows]
        rows = [np.zeros((len(one.ids), self.encoder.width), np.float32) for one in tokens]
        for places, found, _ in outputs(
            examples,
            self._read,
            model=self.encoder.model,
            collate=self._collate,
            machine=self._machine,
            progress=silent,
        ):
            for place, row in zip(places, found.numpy(), strict=True):
                window = windows[place]
                shift = window.before - window.first
                own = slice(window.own_first, window.own_last)
                rows[text_of[place]][own] = row[window.own_first + shift : window.own_last + shift]
        found_units = []
        for one, known, row in zip(tokens, units, rows, strict=True):
            vectors = np.zeros((len(known), self.encoder.width), np.float16)
            for at, (start, end) in enumerate(zip(known.starts.tolist(), known.ends.tolist(), strict=True)):
                ends = one.within(start, end)
                if ends is not None:
                    vectors[at] = row[ends[0] : ends[1] + 1].mean(0)
            found_units.append(vectors)
        return found_units

    def _read(self, batch: Batch) -> Tensor:
        said = self.encoder.model(**batch.inputs, output_hidden_states=True).hidden_states
        middle: Tensor = said[len(said) // 2]
        return middle.float().cpu()

    def _collate(self, examples: Sequence[Example]) -> Batch:
        rows = [one.tokens for one in examples]
        return Batch(padded(rows, fill=self._reader.padding), None, float(len(rows)), len(rows))
