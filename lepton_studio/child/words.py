"""Which words the model of a run keeps, and which texts have others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Input
from lepton_studio.project.records import SPLITS
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.training.learner import Example
from lepton_studio.training.trimming import all_words, trim

_READ = ("text", "fields", "value")
"""What of a data line a model may read."""


def keep_words(model: Path, folder: RunFolder, *, examples: Iterable[Example], ids: Iterable[int] = ()) -> None:
    """Leave of a large table of words, in the model just saved, those that the run's texts use and the most frequent
    others, and say so in the README. `examples`: what was read of the run's splits; `ids`: what else is needed. Raises
    OSError.
    """
    ids = {*ids, *(id for example in examples for id in example.tokens)}
    trimmed = trim(encoder_in(model), texts=_texts(folder), ids=ids)
    if trimmed is not None:
        with (model / "README.md").open("a", encoding="utf-8") as file:
            file.write(
                f"\nIt keeps {trimmed.kept:,} of the {trimmed.of:,} word pieces of its base model: those of the texts "
                "that it was tuned for, and the most frequent others of their scripts. Other words are read in smaller "
                "pieces. The tokenizer as it was lies packed beside it (`all_words.json.gz`).\n"
            )


class LostWords:
    """Counts the texts of which a model in a folder did not keep all words: `count` of `total` so far."""

    def __init__(self, model: Path) -> None:
        """Raises OSError or ValueError where what it was is damaged."""
        self._words = all_words(encoder_in(model))
        self.count = self.total = 0

    def add(self, inputs: Sequence[Input]) -> None:
        """Look at these as well."""
        if self._words is not None:
            kept = self._words.are_kept([" ".join((one.text, *one.fields.values())) for one in inputs])
            self.count += kept.count(False)
        self.total += len(inputs)


def _texts(folder: RunFolder) -> Iterator[str]:
    for name in (*SPLITS, "unlabelled"):
        file = folder.data_file(name)
        for line in read_json_lines(file) if file.exists() else ():
            for part in _READ:
                yield from _strings(line.get(part))


def _strings(value: Any) -> Iterator[str]:
    """All texts in a JSON value; of an object not the names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
