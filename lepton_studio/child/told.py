"""What a run did, as plain values for programs that show runs: settings, curves, scores, versions, digests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lepton_studio.runs.curves import metric_rows
from lepton_studio.runs.digests import data_digests, kept_model_digests
from lepton_studio.runs.events import Evaluated
from lepton_studio.runs.folder import RunFolder, read_json
from lepton_studio.runs.job import Recipe

Value = str | float | bool
MOST_STEPS = 10_000
"""Of a run with many more, some are left out; no evaluation is."""


@dataclass(frozen=True, slots=True)
class Told:
    """A run. `settings`: the recipe with its base model; `curves`: step -> name -> value, as `metric_rows` names them;
    `scores`: the last ones of each split; `about`: task, labels, versions, digests of the data, JSON-able.
    """

    project: str
    run: int
    settings: Mapping[str, Value]
    curves: Mapping[int, Mapping[str, float]]
    scores: Mapping[str, float]
    about: Mapping[str, object]

    def steps(self, most: int = MOST_STEPS) -> Iterator[tuple[int, Mapping[str, float]]]:
        """The points of the curves in their order, about `most` of them, and all with scores."""
        every = max(1, len(self.curves) // most)
        for place, (step, values) in enumerate(sorted(self.curves.items())):
            if place % every == 0 or any(name in values for name in self.scores):
                yield step, values

    @property
    def tags(self) -> dict[str, str]:
        """What it was made of, as short texts by name, for programs that know tags only."""
        found: dict[str, str] = {}
        for name, value in self.about.items():
            if isinstance(value, Mapping):
                found |= {f"{name}.{one}": str(of) for one, of in value.items()}
            else:
                found[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return found


def told_of(folder: RunFolder) -> Told:
    """Read it from the run's folder. Raises OSError, ValueError and LookupError where that has no job."""
    job, stored = folder.job(), read_json(folder.job_file)
    model = str(stored["model"])
    curves: dict[int, dict[str, float]] = {}
    scores: dict[str, float] = {}
    for event in folder.events():
        for step, name, value in metric_rows(event):
            if value is not None:
                curves.setdefault(step, {})[name] = value
        if isinstance(event, Evaluated):
            scores |= {f"{event.split}_{name}": value for name, value in event.scores.items()}
    about = {
        "task": job.task,
        "model": model,
        "labels": [label.name for label in job.labels],
        "versions": dict(job.versions),
        "data": data_digests(folder),
    }
    return Told(job.project, job.run, _settings(Recipe.from_json(stored["recipe"]), model=model), curves, scores, about)


def weights_of(folder: RunFolder) -> dict[str, str]:
    """The digests of the files of its model; none where there is no model. Raises OSError."""
    return kept_model_digests(folder) if folder.model.is_dir() else {}


def _settings(recipe: Recipe, *, model: str) -> dict[str, Value]:
    """The recipe, and the base model as the job has it."""
    found: dict[str, Value] = {"model": model}
    for name, value in recipe.to_json().items():
        found[name] = value if isinstance(value, str | int | float) else json.dumps(value)
    return found
