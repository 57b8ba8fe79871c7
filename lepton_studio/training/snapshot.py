"""The frozen data of a run folder, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from lepton_studio.contract.task import BadAnnotation, Input, Task
from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.training.failures import BadData
from lepton_studio.training.learner import Example, Learner

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Samples(Generic[V]):
    """One split: sample ids, what is read of them and gold values, side by side; and all as the model reads it."""

    split: str
    ids: Sequence[int]
    inputs: Sequence[Input]
    values: Sequence[V]
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Rows(Generic[V]):
    """Sample ids, what is read of them and gold values, side by side."""

    ids: Sequence[int]
    inputs: Sequence[Input]
    values: Sequence[V]

    def some(self, places: Sequence[int]) -> Rows[V]:
        """Those in these places, in that order."""
        return Rows(
            [self.ids[place] for place in places],
            [self.inputs[place] for place in places],
            [self.values[place] for place in places],
        )

    def as_split(self, split: str, *, learner: Learner[V]) -> Samples[V]:
        """As a learner reads them."""
        examples = learner.encode(self.inputs, self.values) if self.ids else []
        return Samples(split, self.ids, self.inputs, self.values, examples)


def read_rows(folder: RunFolder, split: str, *, task: Task[V], labels: Labels) -> Rows[V]:
    """The samples of a split; empty where the snapshot has no such file. Raises BadData."""
    ids: list[int] = []
    inputs: list[Input] = []
    values: list[V] = []
    if folder.data_file(split).exists():
        for sample, input, value in _rows(folder, split):
            try:
                values.append(task.parse(value, labels))
            except BadAnnotation as error:
                raise BadData(tr("Sample {sample}: {reason}", sample=sample, reason=error)) from error
            ids.append(sample)
            inputs.append(input)
    return Rows(ids, inputs, values)


def read_split(folder: RunFolder, split: str, *, task: Task[V], labels: Labels, learner: Learner[V]) -> Samples[V]:
    """As `read_rows`, and as the learner reads them."""
    return read_rows(folder, split, task=task, labels=labels).as_split(split, learner=learner)


def joined(one: Samples[V], other: Samples[V]) -> Samples[V]:
    """The samples of both, as a part of what `one` is."""
    if not other.ids:
        return one
    behind = [replace(example, sample=example.sample + len(one.ids)) for example in other.examples]
    return Samples(
        one.split,
        [*one.ids, *other.ids],
        [*one.inputs, *other.inputs],
        [*one.values, *other.values],
        [*one.examples, *behind],
    )


def read_input(folder: RunFolder) -> Iterator[tuple[int, Input]]:
    """(id, what is read) of each line of data/input.jsonl. Raises BadData."""
    for sample, input, _ in _rows(folder, "input"):
        yield sample, input


def read_unlabelled(folder: RunFolder) -> Iterator[Input]:
    """What is read of each line of data/unlabelled.jsonl. Raises BadData."""
    for _, input, _ in _rows(folder, "unlabelled"):
        yield input


def read_row(row: Mapping[str, Any], *, media: Path) -> tuple[int, Input]:
    """(id, what is read) of one line of a data file; `media`: the folder of the files that such lines name.

    Raises KeyError, TypeError, ValueError.
    """
    text = row["text"]
    if not isinstance(text, str):
        raise TypeError("a text is a string")
    file = row.get("media")
    return int(row["id"]), Input(text, row.get("fields") or {}, media / Path(file).name if file else None)


def _rows(folder: RunFolder, split: str) -> Iterator[tuple[int, Input, object]]:
    name, media = folder.data_file(split).name, folder.media
    try:
        for row in read_json_lines(folder.data_file(split)):
            sample, input = read_row(row, media=media)
            yield sample, input, row.get("value")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadData(tr("The run's data file {name} is damaged. Start the run again.", name=name)) from error
    except FileNotFoundError as error:
        raise BadData(tr("The run's data file {name} is missing.", name=name)) from error
