"""Training as a run is trained, without all that a run writes: for figures that need the model alone."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lepton_studio.runs.folder import other_split
from lepton_studio.runs.job import BUILT_IN_MODEL, OtherProject
from tests.benchmarks.tasks.methods import Small
from tests.benchmarks.tasks.tuned import write_run


def taught(
    data: Small,
    *,
    changes: Mapping[str, object],
    model: str = BUILT_IN_MODEL,
    others: Sequence[Small] = (),
    keep: Path | None = None,
) -> Any:
    """A learner that was trained as a run trains it, on all samples; nothing is written but the model, to `keep`."""
    import torch

    from lepton_studio.child.learning import NOTHING, finish, learn, read_by_model
    from lepton_studio.child.others import read_others
    from lepton_studio.child.results import save_model
    from lepton_studio.child.trying import NoCheckpoints
    from lepton_studio.child.work import Work
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    with tempfile.TemporaryDirectory() as place:
        beside = {other_split(at): one.train for at, one in enumerate(others)}
        rows = {"train": data.train, "test": data.test, **beside}
        folder = keep or Path(place) / "run"
        run = write_run(folder, task=data.task, labels=data.labels, rows=rows, changes=changes, model=model)
        told = (OtherProject(one.name, one.task, tuple(one.labels), len(one.train), len(one.train)) for one in others)
        run.write_job(replace(run.job(), others=tuple(told)))
        machine = find_machine()
        work = Work(run, run.job(), machine, load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None)
        torch.manual_seed(work.job.recipe.seed)
        learner, base = work.new_learner()
        training, _, held = work.read_splits(learner)
        learner.prepare(training.examples)
        learner.model.to(machine.device)
        learn(
            work,
            learner,
            body=base.made(),
            training=training,
            validation=NOTHING,
            checkpoints=NoCheckpoints(work),
            resume_from=None,
            embed=lambda some: read_by_model(some, learner=learner, work=work),
            others=read_others(work, base, held_out=(held,)),
        )
        finish(work, learner, body=base.made(), training=training)
        if keep is not None:
            save_model(run, learner, body=base.made())
        return learner


def accuracy(learner: Any, data: Small) -> float:
    """On the test part, in per cent."""
    from lepton_studio.contract.task import Input
    from lepton_studio.training.inference import decide
    from lepton_studio.training.machine import find_machine

    inputs = [Input(one.text) for one in data.test]
    said = decide(inputs, learner.encode(inputs), learner=learner, machine=find_machine(), progress=lambda *_: None)
    right = [one.value == {"labels": list(of.value.labels)} for one, of in zip(data.test, said.decisions, strict=True)]
    return 100 * sum(right) / len(right)
