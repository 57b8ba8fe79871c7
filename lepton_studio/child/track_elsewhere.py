"""`python -m lepton_studio.child.track_elsewhere RUN_FOLDER mlflow|wandb PLACE`: one run into one of these programs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TypeVar

from lepton_studio.child.told import Told, told_of, weights_of
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.trackers import NOT_INSTALLED, ONLINE

T = TypeVar("T")

_METRICS, _PARAMS, _LONGEST = 1000, 100, 500
"""What a server of MLflow takes at once, and characters of a value that every version takes."""


def main(arguments: list[str]) -> int:
    """Returns 0, NOT_INSTALLED, or 1 with a last line that says why."""
    folder, name, place = RunFolder(Path(arguments[0])), arguments[1], arguments[2]
    told = told_of(folder)
    try:
        if name == "mlflow":
            to_mlflow(told, place, weights=weights_of(folder))
        else:
            to_wandb(told, place, weights=weights_of(folder), folder=folder.path)
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)
        return NOT_INSTALLED if error.name == name else 1
    except Exception as error:  # of libraries and servers: whatever it is, its first line is what a person reads
        print(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}", file=sys.stderr)
        return 1
    return 0


def to_mlflow(told: Told, place: str, *, weights: dict[str, str]) -> str:
    """A run in the experiment of the project's name, at an address or in a folder; its id. Raises what mlflow does."""
    from mlflow import MlflowClient
    from mlflow.entities import Metric, Param, RunTag

    client = MlflowClient(tracking_uri=store_of(place))
    there = client.get_experiment_by_name(told.project)
    experiment = client.create_experiment(told.project) if there is None else there.experiment_id
    run_id: str = client.create_run(experiment, run_name=f"run {told.run}").info.run_id
    status = "FAILED"
    try:
        params = [Param(name, str(value)[:_LONGEST]) for name, value in told.settings.items()]
        for some in _batched(params, _PARAMS):
            client.log_batch(run_id, params=some)
        tags = told.tags | {f"weights.{name}": digest for name, digest in weights.items()}
        for few in _batched([RunTag(name, value[:_LONGEST]) for name, value in tags.items()], _PARAMS):
            client.log_batch(run_id, tags=few)
        now = round(time.time() * 1000)
        points = (Metric(name, value, now, step) for step, values in told.steps() for name, value in values.items())
        for more in _batched(points, _METRICS):
            client.log_batch(run_id, metrics=more)
        status = "FINISHED"
    finally:
        client.set_terminated(run_id, status)
    return run_id


def store_of(place: str) -> str:
    """The address of a server, or of what is kept in a folder: a database where this MLflow can write one, else files,
    which newer ones take only when told to (MLFLOW_ALLOW_FILE_STORE).
    """
    if "://" in place:
        return place
    folder = Path(place).absolute()
    has_files = any(folder.glob("*/meta.yaml"))
    if has_files or not all(map(find_spec, ("sqlalchemy", "alembic"))):
        return folder.as_uri()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / 'mlflow.db').as_posix()}"


def to_wandb(told: Told, place: str, *, weights: dict[str, str], folder: Path) -> None:
    """A run of the project of that name: sent where `place` says "online", else in the run's folder, from where
    `wandb sync` sends it. Raises what wandb does.
    """
    import wandb

    run = wandb.init(
        project=told.project.replace("/", "-").replace("\\", "-")[:128] or "lepton-studio",
        name=f"run {told.run}",
        dir=str(folder),
        mode="online" if place == ONLINE else "offline",
        config={**told.settings, **told.about, "weights": weights},
    )
    for step, values in told.steps():
        run.log(dict(values), step=step)
    run.summary.update(dict(told.scores))
    run.finish()


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
