"""Relations: spans marked in a text, and links between them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lepton_studio.contract.span_patterns import read_patterns
from lepton_studio.contract.span_values import FINDING_SETTINGS
from lepton_studio.contract.task import GENERATION_SETTINGS, Input, Measure, Task
from lepton_studio.project.records import Labels
from lepton_studio.tasks.relations.annotation import (
    Linked,
    dump,
    from_marks,
    labels_in,
    parse,
    parts,
    relabel,
    to_marks,
    words,
)
from lepton_studio.tasks.relations.rules import is_relation
from lepton_studio.tasks.relations.scores import compare, quality, score


def _patterns(path: Path, labels: Labels) -> Callable[[Input], Linked | None]:
    find = read_patterns(path, tuple(label for label in labels if not is_relation(label)))
    return lambda given: Linked.of(found) if (found := find(given.text)) else None


TASK: Task[Linked] = Task(
    id="relations",
    title="Relations",
    summary="Mark passages in each text and say how they are related.",
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
    editor="lepton_studio.tasks.relations.editor:RelationsEditor",
    learner="lepton_studio.tasks.relations.learner:RelationsLearner",
    measures=(
        Measure("f1", "F1 (spans given)"),
        Measure("precision", "precision"),
        Measure("recall", "recall"),
        Measure("strict_f1", "F1 (spans predicted)"),
    ),
    best="f1",
    kinds={"type": "wrong label", "direction": "wrong direction", "missed": "missed", "invented": "invented"},
    wants=("spans",),
    label_kinds=("span", "relation"),
    parts=parts,
    empty=Linked(),
    settings=FINDING_SETTINGS,
    hidden_settings=("class_weights", "probe", *GENERATION_SETTINGS),
    from_bare_text=True,
    patterns=_patterns,
    sample="relations.jsonl",
)
