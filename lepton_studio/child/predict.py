"""The "predict" job: a tuned model over data/input.jsonl, in pieces, so that a file of any length can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from lepton_studio.child.work import Work
from lepton_studio.runs.folder import write_lines
from lepton_studio.runs.wire import Finished, LastEvent, Staged, Stopped
from lepton_studio.tasks import load_part
from lepton_studio.training.inference import decide
from lepton_studio.training.learner import Learner
from lepton_studio.training.signals import Interrupted
from lepton_studio.training.snapshot import read_input

_AT_ONCE = 4096


def predict(work: Work) -> LastEvent:
    """Do the job; any wish to stop ends it with nothing written. Raises what `failures.failed` knows."""
    folder, task, send = work.folder, work.task, work.send
    send(Staged("loading"))
    learner: Learner[Any] = load_part(task.learner).load(Path(work.job.model))
    learner.model.to(work.machine.device)
    total = sum(1 for _ in read_input(folder))
    done = 0

    def progress(of_piece: int, _: int) -> None:
        send(Staged("predicting", done + of_piece, total))
        wish = work.should_stop()
        if wish is not None:
            raise Interrupted(wish)

    def lines() -> Iterator[str]:
        nonlocal done
        rows = read_input(folder)
        while piece := list(islice(rows, _AT_ONCE)):
            inputs = [input for _, input in piece]
            decided = decide(inputs, learner.encode(inputs), learner=learner, machine=work.machine, progress=progress)
            done += len(piece)
            for (sample, _), decision in zip(piece, decided.decisions, strict=True):
                value = task.dump(decision.value)
                row = {"id": sample, "value": value, "score": decision.score, "scores": decision.scores}
                yield json.dumps(row) + "\n"

    try:
        write_lines(folder.predictions_file, lines())
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=work.seconds)
    seconds = work.seconds
    return Finished(step=0, seconds=seconds, samples_per_second=total / seconds if seconds else 0.0)
