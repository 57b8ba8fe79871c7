"""What a run was trained and judged on, told from the data that was frozen in its folder."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.project.records import SPLITS, Labels, Split
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.studio.languages import Language, language_of

_LOOKED_AT = 2000
"""Training texts, from everywhere among them, whose language is told."""


@dataclass(frozen=True, slots=True)
class FrozenData:
    """`samples`: of each split. `labels`: name -> in how many samples of each split it is. `languages`: of how many of
    `looked_at` training texts each is the language ("" cannot be told). `seen`: validation and test samples whose text
    is a training text too.
    """

    samples: Mapping[Split, int]
    labels: Mapping[str, Mapping[Split, int]]
    languages: Mapping[Language, int]
    looked_at: int
    seen: int


def frozen_data(folder: RunFolder, *, task: Task[Any], labels: Labels) -> FrozenData | None:
    """Reads all of it, some 20 microseconds a sample, for a worker thread; `labels`: those of the run's job. None where
    it is not there or cannot be read."""
    names = {label.id: label.name for label in labels}
    samples: dict[Split, int] = {}
    counts: dict[str, Counter[Split]] = {label.name: Counter() for label in labels}
    trained: set[bytes] = set()
    seen = 0
    try:
        for split in SPLITS:
            if not folder.data_file(split).is_file():
                continue
            for line in read_json_lines(folder.data_file(split)):
                samples[split] = samples.get(split, 0) + 1
                for label in set(_labels_in(line["value"], task, labels)):
                    counts[names[label]][split] += 1
                key = _key(line)
                if split == "train":
                    trained.add(key)
                else:
                    seen += key in trained
        if not samples.get("train"):
            return None
        step = max(1, samples["train"] // _LOOKED_AT)
        texts = [str(one["text"]) for one in islice(read_json_lines(folder.data_file("train")), 0, None, step)]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return FrozenData(samples, counts, Counter(map(language_of, texts)), len(texts), seen)


def _labels_in(value: object, task: Task[Any], labels: Labels) -> tuple[int, ...]:
    try:
        return task.labels_in(task.parse(value, labels))
    except BadAnnotation:
        return ()


def _key(line: Mapping[str, Any]) -> bytes:
    """What is read of a sample, in few bytes."""
    read = (line["text"], sorted(line.get("fields", {}).items()), line.get("media", ""))
    return hashlib.blake2b(repr(read).encode("utf-8", "surrogatepass"), digest_size=16).digest()
