"""A run folder: the only thing that the window and the child share on disk. Files appear whole or not at all.

    job.json  data/{train,validation,test,unlabelled,input,old,old_test,other-1}.jsonl  events.jsonl  checkpoints/
    model/  predictions.jsonl  report.json  digests.json (of the files of the model)  data.json (of those of data/)
    trials.jsonl  trials.json (of a run that compares: see runs.trials)
    tensorboard/ (curves and settings as events of TensorBoard, written when the run ends)
    models.json (where this machine has a model that the job names by its digest: see runs.references)
    log.txt  run.lock (held by the child at work)  process.json (its pid, start time and host)
    control (a command for a child without a window)

data/unlabelled.jsonl holds texts that the model is to read later, or to learn from, while a run goes on; data/old.jsonl
and old_test.jsonl what the run that this one goes on from was trained and tested on (`studio.continuing`);
data/other-1.jsonl and so on training samples of other projects (`studio.other_projects`);
data/rewritten.jsonl what other models wrote for its training texts (`runs.rewritings`).
A data line is {"id", "text", "fields", "media", "value"} (fields and media where there are any; media: the name of a
file in `RunFolder.media`; value: the task's JSON, absent for input). A prediction line is {"id", "split", "value",
"gold", "score", "scores": {label id: probability}}; for a predict job {"id", "value", "score", "scores"}.
report.json maps each split to a task report.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from lepton_studio.atomic import new_file
from lepton_studio.runs.events import Event
from lepton_studio.runs.job import Job
from lepton_studio.runs.references import is_digest, read_known, reference, resolved
from lepton_studio.runs.requests import Cancel, Command, Pause, Stop, StopMode, stop_mode
from lepton_studio.runs.wire import BadLine, decode, encode


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run, and reading and writing of its small files."""

    path: Path

    @property
    def job_file(self) -> Path:
        return self.path / "job.json"

    @property
    def models_file(self) -> Path:
        return self.path / "models.json"

    @property
    def events_file(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        return self.path / "model"

    @property
    def digests_file(self) -> Path:
        return self.path / "digests.json"

    @property
    def data_digests_file(self) -> Path:
        return self.path / "data.json"

    @property
    def predictions_file(self) -> Path:
        return self.path / "predictions.jsonl"

    @property
    def report_file(self) -> Path:
        return self.path / "report.json"

    @property
    def trials_log(self) -> Path:
        return self.path / "trials.jsonl"

    @property
    def trials_file(self) -> Path:
        return self.path / "trials.json"

    @property
    def tensorboard(self) -> Path:
        return self.path / "tensorboard"

    @property
    def log_file(self) -> Path:
        return self.path / "log.txt"

    @property
    def process_file(self) -> Path:
        return self.path / "process.json"

    @property
    def lock_file(self) -> Path:
        return self.path / "run.lock"

    @property
    def control_file(self) -> Path:
        return self.path / "control"

    @property
    def media(self) -> Path:
        """Where the files are that its data lines name: its own, else those of the project that it lies in."""
        own = self.path / "media"
        return own if own.is_dir() else self.path.parent.parent / "media"

    def data_file(self, split: str) -> Path:
        return self.path / "data" / f"{split}.jsonl"

    def write_job(self, job: Job) -> None:
        """Make the folder with its job.json, which names a model by the way there or its digest. Raises OSError."""
        (self.path / "data").mkdir(parents=True, exist_ok=True)
        others = {name: value for name, value in job.recipe.of_methods.items() if _is_folder(value)}
        names = {value: reference(str(value), at=self.path) for value in (job.model, *others.values())}
        if known := {name: os.path.abspath(str(value)) for value, name in names.items() if is_digest(name)}:
            write_whole(self.models_file, json.dumps(known, indent=1))
        of_methods = {name: names[value] for name, value in others.items()}
        recipe = {**job.recipe.to_json(), **of_methods}
        write_whole(self.job_file, json.dumps({**job.to_json(), "recipe": recipe, "model": names[job.model]}, indent=1))

    def job(self) -> Job:
        """The job of this folder, with the path that its model has here.

        Raises OSError or ValueError when there is none that can be read.
        """
        try:
            job = Job.from_json(json.loads(self.job_file.read_text("utf-8")))
            known = read_known(self.models_file)
            of_methods = {
                name: resolved(value, at=self.path, known=known) if isinstance(value, str) else value
                for name, value in job.recipe.of_methods.items()
            }
            model = resolved(job.model, at=self.path, known=known)
            return replace(job, model=model, recipe=replace(job.recipe, of_methods=of_methods))
        except (TypeError, AttributeError, LookupError, RecursionError) as error:
            raise ValueError(f"{self.job_file} is no job") from error

    def has_its_model(self) -> bool:
        """Whether the model that the job names by its digest is still that one. Reads all of it; raises as `job`.

        True too where the job names none so, or where the model is gone: who loads it will say that.
        """
        name, model = str(read_json(self.job_file).get("model", "")), self.job().model
        return not is_digest(name) or not Path(model).is_dir() or reference(model, at=self.path) == name

    def events(self) -> Iterator[Event]:
        """All events written so far; a torn line (the child was killed in mid-write) is left out."""
        if self.events_file.exists():
            with self.events_file.open(encoding="utf-8", errors="replace") as lines:
                for line in lines:
                    try:
                        event = decode(line)
                    except BadLine:
                        continue
                    if not isinstance(event, Command):
                        yield event

    def report(self) -> dict[str, Any]:
        """split -> stored report; empty while there is none."""
        return read_json(self.report_file) if self.report_file.exists() else {}


def other_split(place: int) -> str:
    """What the data of one of `Job.others` are called, counted from 0."""
    return f"other-{place + 1}"


def _is_folder(value: object) -> bool:
    """Whether a method's setting names a model's folder by its path."""
    return isinstance(value, str) and os.path.isabs(value) and Path(value).is_dir()


def write_process(folder: RunFolder, *, pid: int | None = None, host: str | None = None) -> None:
    """Leave in the folder which process works on it (this one when `pid` is None), and where, for a person who looks.

    Whether it still does is what `lock_file` says: the system frees that one with the process.
    """
    content: dict[str, object] = {"pid": pid or os.getpid(), "host": host or platform.node()}
    with contextlib.suppress(psutil.Error):
        if host in (None, platform.node()):
            content["started"] = psutil.Process(pid).create_time()
    write_whole(folder.process_file, json.dumps(content))


def write_control(folder: RunFolder, how: StopMode) -> None:
    """Ask the child at work, which this process has no pipe to: in words that one of version 1 understands too."""
    write_whole(folder.control_file, encode(Pause() if how == "leave" else Stop(keep=how == "keep")) + "\n")


def read_control(folder: RunFolder) -> StopMode | None:
    """Take what `write_control` left, if there is anything; it is gone afterwards."""
    try:
        line = folder.control_file.read_text("utf-8")
        folder.control_file.unlink(missing_ok=True)
        command = decode(line)
    except (OSError, ValueError):
        return None
    if isinstance(command, Cancel):
        return command.how
    return stop_mode(command) if isinstance(command, Stop | Pause) else None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part: temporary file, fsync, rename."""
    write_lines(path, [content])


def write_lines(path: Path, lines: Iterable[str | bytes]) -> int:
    """Stream `lines` (each with its own line end) into a file that appears whole; return how many there were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with new_file(path) as temporary, temporary.open("wb") as file:
        for line in lines:
            file.write(line.encode("utf-8") if isinstance(line, str) else line)
            count += 1
    return count


def read_json(path: Path) -> Any:
    """The JSON of a file in UTF-8."""
    return json.loads(path.read_text("utf-8"))


def read_json_lines(path: Path) -> Iterator[Any]:
    """Each line's JSON value."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
