"""What the newest run with a model says of samples: read from the project and the run's suggestions, kept in memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, RunId, SampleId
from lepton_studio.ui.background import Progress
from lepton_studio.ui.session import Session

_FILE = "suggestions.jsonl"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The labels a run finds likely, best first, each with its probability."""

    run: RunId
    scores: tuple[tuple[LabelId, float], ...]

    @property
    def label(self) -> LabelId:
        """The likeliest label."""
        return self.scores[0][0]


class Suggestions(QObject):
    """`changed` when other suggestions are there than before."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._known: dict[SampleId, Suggestion] = {}
        self.run: RunId | None = None
        """The run whose suggestions are shown; None before the first finished one."""
        self.is_working = False
        session.run_ended.connect(lambda _run, _outcome: self.load())

    def of(self, sample: SampleId) -> Suggestion | None:
        """What the run says of this sample."""
        return self._known.get(sample)

    def load(self) -> None:
        """Read what the newest finished run left, beside the window."""
        self._session.run_in_background(tr("Reading suggestions"), _load, self._take, quiet=True)

    def suggest_unlabelled(self) -> None:
        """Let the run's model read every unlabelled sample."""
        run = self.run
        if run is None or self.is_working:
            return
        self.is_working = True
        self.changed.emit()
        self._session.run_in_background(
            tr("Suggesting labels"),
            lambda progress: _suggest(progress, run),
            self._take,
            failed=lambda _error: self._stop(),
        )

    def _take(self, found: tuple[RunId | None, dict[SampleId, Suggestion]]) -> None:
        self.run, self._known = found
        self._stop()

    def _stop(self) -> None:
        self.is_working = False
        self.changed.emit()


def _load(progress: Progress) -> tuple[RunId | None, dict[SampleId, Suggestion]]:
    from lepton_studio.studio.predicting import runs_with_model

    project = progress.project
    models = runs_with_model(project)
    judged = [run for run in project.runs() if run.scores and run.status != "running"]
    run = max([*models, *judged], key=lambda one: one.number, default=None)
    if run is None:
        return None, {}
    known = _from_predictions(project, run.id)
    file = project.run_folder(run.id) / _FILE
    if file.exists():
        for line in file.read_text("utf-8").splitlines():
            entry = json.loads(line)
            known[int(entry["sample"])] = Suggestion(run.id, _ranked({int(k): v for k, v in entry["scores"].items()}))
    return run.id, known


def _from_predictions(project: Project, run: RunId) -> dict[SampleId, Suggestion]:
    known: dict[SampleId, Suggestion] = {}
    offset, page = 0, 1000
    while batch := project.predictions(run, offset=offset, limit=page):
        for one in batch:
            said = one.prediction
            scores = said.scores or ({said.predicted: said.score} if said.predicted is not None else {})
            if scores:
                known[said.sample] = Suggestion(run, _ranked(scores))
        offset += page
    return known


def _ranked(scores: Mapping[LabelId, float]) -> tuple[tuple[LabelId, float], ...]:
    return tuple(sorted(scores.items(), key=lambda item: -item[1])[:3])


def _suggest(progress: Progress, run: RunId) -> tuple[RunId | None, dict[SampleId, Suggestion]]:
    from lepton_studio.studio.predicting import predict_file

    project = progress.project
    names = {label.name: label.id for label in project.labels()}
    samples: dict[
        str, list[SampleId]
    ] = {}  # by text: a text that cannot be read has no answer, and must not shift the rest
    with tempfile.TemporaryDirectory(prefix="lepton-") as folder:
        asked, answered = Path(folder, "texts.jsonl"), Path(folder, "answers.jsonl")
        with asked.open("w", encoding="utf-8") as file:
            for sample in project.all_rows(Filter(state="unlabelled")):
                if sample.text not in samples:
                    file.write(json.dumps({"text": sample.text}) + "\n")
                samples.setdefault(sample.text, []).append(sample.id)
        predict_file(
            project,
            run,
            input=asked,
            output=answered,
            text="text",
            format="jsonl",
            progress=progress.show,
            should_stop=progress.should_stop,
        )
        with answered.open(encoding="utf-8") as answers:
            lines = [line for answer in answers for line in _lines_of(json.loads(answer), samples, names)]
    (project.run_folder(run) / _FILE).write_text("\n".join(lines), "utf-8")
    return _load(progress)


def _lines_of(
    answer: dict[str, Any], samples: Mapping[str, list[SampleId]], names: Mapping[str, LabelId]
) -> Iterator[str]:
    scores = {names[name]: float(value) for name, value in answer["scores"].items() if name in names}
    for sample in samples.get(answer["text"], ()) if scores else ():
        yield json.dumps({"sample": sample, "scores": dict(_ranked(scores))})
