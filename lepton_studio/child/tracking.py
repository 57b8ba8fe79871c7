"""What a run did, as events of TensorBoard in its folder: `tensorboard --logdir PROJECT/runs` shows all runs of a
project beside each other. Nothing is sent anywhere.

Written in one go when the run ends, from events.jsonl, so that no step waits for it and a resumed run has one curve.
Its times are those of the writing: a curve goes over steps.
"""

from __future__ import annotations

import json
import sys
import time

from lepton_studio.atomic import new_folder
from lepton_studio.runs.curves import metric_rows
from lepton_studio.runs.digests import data_digests
from lepton_studio.runs.events import Evaluated
from lepton_studio.runs.folder import RunFolder, read_json
from lepton_studio.runs.job import Recipe

_MOST_STEPS = 10_000
"""Of a run with many more, some are left out (TensorBoard itself shows a thousand); no evaluation is. They take a
second."""


def track(folder: RunFolder) -> None:
    """Write them. What goes wrong stands in the run's log: no run fails of it."""
    try:
        write_events(folder)
    except Exception as error:  # whatever it is, hours of work are not lost to a picture of them
        print(f"no events for TensorBoard: {type(error).__name__}: {error}", file=sys.stderr, flush=True)


def write_events(folder: RunFolder) -> None:
    """Curves as scalars by the names of `metric_rows`, settings as hyperparameters, the job with the digests of its
    data as a text. Raises OSError, ValueError and LookupError where the folder has no job.
    """
    job, model = folder.job(), str(read_json(folder.job_file)["model"])
    # Here, as it takes a tenth of a second of work that no start needs.
    from tensorboardX.event_file_writer import EventsWriter
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary
    from tensorboardX.summary import hparams, text

    curves: dict[int, dict[str, float]] = {}
    scores: dict[str, float] = {}
    for event in folder.events():
        for step, name, value in metric_rows(event):
            if value is not None:
                curves.setdefault(step, {})[name] = value
        if isinstance(event, Evaluated):
            scores |= {f"{event.split}_{name}": value for name, value in event.scores.items()}
    told = {
        "task": job.task,
        "model": model,
        "labels": [label.name for label in job.labels],
        "versions": dict(job.versions),
        "data": data_digests(folder),
    }
    now = time.time()
    about = [
        *hparams(_settings(job.recipe, model=model), scores),
        text("run", f"```json\n{json.dumps(told, indent=1)}\n```"),
    ]
    with new_folder(folder.tensorboard) as temporary:
        temporary.mkdir()
        writer = EventsWriter(str(temporary / "events"))
        try:
            for summary in about:
                writer.write_event(Event(wall_time=now, summary=summary))
            every = max(1, len(curves) // _MOST_STEPS)
            evaluated = {step for step, values in curves.items() if any(name in values for name in scores)}
            for place, (step, values) in enumerate(sorted(curves.items())):
                if place % every and step not in evaluated:
                    continue
                summary = Summary(value=[Summary.Value(tag=name, simple_value=one) for name, one in values.items()])
                writer.write_event(Event(wall_time=now, step=step, summary=summary))
        finally:
            writer.close()


def _settings(recipe: Recipe, *, model: str) -> dict[str, str | float | bool]:
    """The recipe, and the base model as the job has it."""
    found: dict[str, str | float | bool] = {"model": model}
    for name, value in recipe.to_json().items():
        found[name] = value if isinstance(value, str | int | float) else json.dumps(value)
    return found
