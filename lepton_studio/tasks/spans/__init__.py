"""Spans: names, amounts and other passages marked in a text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lepton_studio.contract.span_patterns import read_patterns
from lepton_studio.contract.span_values import FINDING_SETTINGS
from lepton_studio.contract.task import GENERATION_SETTINGS, Input, Measure, Task
from lepton_studio.project.records import Labels
from lepton_studio.tasks.spans.annotation import (
    Spans,
    dump,
    from_marks,
    labels_in,
    parse,
    parts,
    relabel,
    to_marks,
    words,
)
from lepton_studio.tasks.spans.scores import compare, quality, score


def _patterns(path: Path, labels: Labels) -> Callable[[Input], Spans | None]:
    find = read_patterns(path, labels)
    return lambda given: Spans(found) if (found := find(given.text)) else None


TASK: Task[Spans] = Task(
    id="spans",
    title="Spans",
    summary="Mark names, amounts and other passages in each text.",
    parse=parse,
    dump=dump,
    labels_in=labels_in,
    relabel=relabel,
    from_marks=from_marks,
    to_marks=to_marks,
    words=words,
    compare=compare,
    quality=quality,
    score=score,
    editor="lepton_studio.tasks.spans.editor:SpansEditor",
    learner="lepton_studio.tasks.spans.learner:SpansLearner",
    measures=(Measure("f1", "F1"), Measure("precision", "precision"), Measure("recall", "recall")),
    best="f1",
    kinds={"boundary": "wrong boundaries", "type": "wrong label", "missed": "missed", "invented": "invented"},
    wants=("spans",),
    label_kinds=("span",),
    empty=Spans(),
    settings=FINDING_SETTINGS,
    hidden_settings=("class_weights", "probe", *GENERATION_SETTINGS),
    tagged=True,
    parts=parts,
    patterns=_patterns,
    sample="spans.jsonl",
)
