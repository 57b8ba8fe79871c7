"""What a model folder says of itself: lepton.json. Standard library only, so that the window reads it too.

    README.md              what the model is, and the lines of Python that use it without Lepton Studio
    lepton.json            the manifest: version, task, needs, made_with, labels, max_length, and what the task knows
    config.json, *.safetensors, tokenizer...  as transformers reads them; in 0_Transformer/ where the whole folder is a
                           sentence-transformers model
    head.safetensors       the weights that no public library has a place for (heads.safetensors where they are two)
    label_texts.json       what is read of each label, where the model reads texts together with labels: it can be asked
                           about others
    spelling.json          how a model that writes spells, where its tokens lose that
    adapter/               added matrices alone, where it was tuned with such

Folders of the first version, from before the manifest was one for all tasks, are read as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.runs.job import JobLabel

MANIFEST = "lepton.json"
LABELS_FILE = "label_texts.json"
"""What a model that knows no label reads of each, in the order of the manifest: it can be asked about any others."""
VERSION = 2
_OLD_FILES = ("ratings.json", "answers.json")
"""What tasks knew in the first version, one file each."""
_OLD_LABELS = "labels.json"
_OWN = ("version", "task", "needs", "made_with", "methods", "labels", "max_length")


class BadManifest(StudioError, ValueError):
    """The folder holds no model of ours, or one that this version cannot read; its text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`needs`: the packages of PyPI that load the model without Lepton Studio; `made_with`: the versions it was saved
    by. `max_length`: tokens read at once; 0 where the tokenizer knows. `settings`: what the task knows beside the
    weights, JSON-able; they stand beside the rest in the file. `methods`: what it was tuned by, with their settings.
    `task` is "" in folders of the first version.
    """

    task: str
    needs: tuple[str, ...] = ()
    labels: tuple[JobLabel, ...] = ()
    max_length: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    version: int = VERSION

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        assert not set(_OWN) & set(self.settings)
        return {
            "version": self.version,
            "task": self.task,
            "needs": list(self.needs),
            "made_with": dict(self.made_with),
            "methods": {name: dict(settings) for name, settings in self.methods.items()},
            "labels": [{"id": one.id, "name": one.name, "options": dict(one.options)} for one in self.labels],
            "max_length": self.max_length,
            **self.settings,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Manifest:
        """Raises LookupError, TypeError, ValueError, AttributeError where it is none."""
        return cls(
            task=str(stored.get("task", "")),
            needs=tuple(str(one) for one in stored.get("needs", ())),
            labels=tuple(
                JobLabel(int(one["id"]), str(one["name"]), one.get("options", {})) for one in stored.get("labels", ())
            ),
            max_length=int(stored.get("max_length", 0)),
            settings={name: one for name, one in stored.items() if name not in _OWN},
            made_with=dict(stored.get("made_with", {})),
            methods=dict(stored.get("methods", {})),
            version=int(stored.get("version", 1)),
        )


def read_manifest(folder: Path, *, task: str) -> Manifest:
    """What the model folder says of itself, and that it is one of this task. Raises BadManifest."""
    try:
        stored = _read(folder / MANIFEST) if (folder / MANIFEST).exists() else _first_version(folder)
        manifest = Manifest.from_json(stored)
    except (OSError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadManifest(not_ours(folder)) from error
    if manifest.version > VERSION:
        raise BadManifest(
            tr(
                "The model in {folder} was saved by a newer version of Lepton Studio. Update Lepton Studio to use it.",
                folder=folder,
            )
        )
    if manifest.task not in ("", task):
        raise BadManifest(
            tr(
                "The model in {folder} was tuned for another task ({task}). Choose a model for this task.",
                folder=folder,
                task=manifest.task,
            )
        )
    return manifest


def not_ours(folder: Path) -> str:
    """The sentence for a folder without a model of ours."""
    return tr("The folder {folder} has no model tuned by Lepton Studio.", folder=folder)


def _first_version(folder: Path) -> dict[str, Any]:
    """The files of a task before there was a manifest, as what it would have been."""
    found: dict[str, Any] = {"version": 1}
    for name in _OLD_FILES:
        if (folder / name).exists():
            found |= _read(folder / name)
    if (folder / _OLD_LABELS).exists():
        found["labels"] = _read(folder / _OLD_LABELS)
        if found["labels"] and "threshold" in found["labels"][0]:
            found["thresholds"] = [one["threshold"] for one in found["labels"]]
    return found


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
