"""What several people answered on one sample, in words that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.project.answers import Answer
from lepton_studio.project.records import Labels, Origin
from lepton_studio.studio.answering import last_of_each
from lepton_studio.words import on_one_line, shortened

_LONGEST, _QUOTED = 400, 40
"""Characters of an answer, and of a passage in it."""


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer, and the `people` who gave it. `how` one of them did, where that is not by hand; `color` is that of
    its only label, else "".
    """

    value: Any
    people: tuple[str, ...]
    words: str
    how: str = ""
    color: str = ""


def shown_answers(task: Task[Any], labels: Labels, *, text: str, answers: Sequence[Answer]) -> list[ShownAnswer]:
    """The different answers of the people who answered, by the first one's name; equal ones are one.

    Of marked passages each answer names those that not all have.
    """
    last = sorted(last_of_each(answers), key=lambda one: one.who)
    marks = [_marks(task, labels, text=text, value=one.value) for one in last]
    shared = set(marks[0]).intersection(*marks) if marks else set()
    colors = {one.id: one.color for one in labels}
    found: dict[int, ShownAnswer] = {}
    for place, (one, marked) in enumerate(zip(last, marks, strict=True)):
        first = next(number for number, other in enumerate(last) if other.value == one.value)
        if first != place:
            before = found[first]
            found[first] = ShownAnswer(
                before.value, (*before.people, one.who), before.words, before.how or _how(one.origin), before.color
            )
            continue
        ids = task.labels_in(one.value) if task.from_labels is not None else ()
        said = _of_marks(marked, shared) if marked or shared else task.words(one.value, labels)
        color = colors.get(ids[0], "") if len(ids) == 1 else ""
        found[place] = ShownAnswer(one.value, (one.who,), shortened(said, _LONGEST), _how(one.origin), color)
    return list(found.values())


def _how(origin: Origin) -> str:
    if origin == "suggestion":
        return tr("accepted a suggestion")
    return tr("many at a time") if origin == "bulk" else ""


def _marks(task: Task[Any], labels: Labels, *, text: str, value: Any) -> dict[tuple[object, ...], str]:
    """Each mark in words, by what it is."""
    marks = task.to_marks(value, {one.id: one.name for one in labels})
    spans = [(one.start, one.end, one.label) for one in marks.spans or ()]

    def quoted(span: tuple[int, int, str]) -> str:
        return f"“{on_one_line(text[span[0] : span[1]], _QUOTED)}”"

    found: dict[tuple[object, ...], str] = {one: f"{quoted(one)} {one[2]}" for one in spans}
    for link in marks.relations or ():
        head, tail = spans[link.head], spans[link.tail]
        found[head, tail, link.label] = f"{quoted(head)} → {quoted(tail)} {link.label}"
    return found


def _of_marks(marked: dict[tuple[object, ...], str], shared: set[tuple[object, ...]]) -> str:
    own = [said for mark, said in marked.items() if mark not in shared]
    same = trn("{count} more that all agree on", "{count} more that all agree on", len(shared)) if shared else ""
    return "; ".join([*own, *([same] if same else [])]) or tr("nothing marked")
