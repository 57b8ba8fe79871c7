"""The guidelines of a project: a page of Markdown, and for each label examples and counter-examples out of samples.

The page is no step of the history. Examples lie in `Label.options`, so that undo knows them; no model learns them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.project.connection import Connection, storable
from lepton_studio.project.label_options import COUNTER_EXAMPLES, EXAMPLES
from lepton_studio.project.records import Label, Sample, SampleId

_KEY = "guidelines"
_MOST = 5
"""Examples of a label, and counter-examples; with another one the oldest goes."""
_LONGEST = 300
"""Characters of an example."""


@dataclass(frozen=True, slots=True)
class Example:
    """What an example says, on one line; `sample` may be gone by now."""

    sample: SampleId
    text: str


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that have a label, and such as seem to and have another one; the oldest first."""

    good: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()


def read_guidelines(db: Connection) -> str:
    """The page; "" where nothing is written."""
    return str(db.value("SELECT value FROM meta WHERE key = ?", (_KEY,)) or "")


def write_guidelines(db: Connection, text: str) -> None:
    """Keep the page, inside a transaction."""
    values = (_KEY, storable(text).replace("\0", ""))
    db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", values)


def examples_of(label: Label) -> Examples:
    """Those of a label; what is no example is passed over."""
    return Examples(_read(label.options.get(EXAMPLES)), _read(label.options.get(COUNTER_EXAMPLES)))


def with_example(options: Mapping[str, object], sample: Sample, *, is_good: bool) -> dict[str, object]:
    """The options of a label with this sample as an example, or as a counter-example; no longer as the other."""
    text = " ".join(sample.caption.split())
    one = Example(sample.id, text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…")
    name = EXAMPLES if is_good else COUNTER_EXAMPLES
    changed = without_example(options, sample.id)
    kept = [*_read(changed.get(name)), one][-_MOST:]
    return {**changed, name: [{"sample": one.sample, "text": one.text} for one in kept]}


def without_example(options: Mapping[str, object], sample: SampleId) -> dict[str, object]:
    """The options of a label without this sample among its examples."""
    changed = dict(options)
    for name in (EXAMPLES, COUNTER_EXAMPLES):
        left = [{"sample": one.sample, "text": one.text} for one in _read(options.get(name)) if one.sample != sample]
        changed.pop(name, None)
        if left:
            changed[name] = left
    return changed


def _read(stored: Any) -> tuple[Example, ...]:
    if not isinstance(stored, Sequence) or isinstance(stored, str):
        return ()
    found = []
    for one in stored:
        if isinstance(one, Mapping) and isinstance(one.get("text"), str) and type(one.get("sample")) is int:
            found.append(Example(one["sample"], one["text"]))
    return tuple(found)
