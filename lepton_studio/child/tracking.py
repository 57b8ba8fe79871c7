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
from lepton_studio.child.told import told_of
from lepton_studio.runs.folder import RunFolder

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
    told = told_of(folder)
    # Here, as it takes a tenth of a second of work that no start needs.
    from tensorboardX.event_file_writer import EventsWriter
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary
    from tensorboardX.summary import hparams, text

    now = time.time()
    about = [
        *hparams(told.settings, told.scores),
        text("run", f"```json\n{json.dumps(told.about, indent=1)}\n```"),
    ]
    with new_folder(folder.tensorboard) as temporary:
        temporary.mkdir()
        writer = EventsWriter(str(temporary / "events"))
        try:
            for summary in about:
                writer.write_event(Event(wall_time=now, summary=summary))
            for step, values in told.steps(_MOST_STEPS):
                summary = Summary(value=[Summary.Value(tag=name, simple_value=one) for name, one in values.items()])
                writer.write_event(Event(wall_time=now, step=step, summary=summary))
        finally:
            writer.close()
