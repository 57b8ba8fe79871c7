"""A spot check of what the model labelled: some of it, drawn at random, answered by a person who does not see what the
model said. It shows whether the promise was kept, and the labels can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, Filter, SampleId
from lepton_studio.studio.certainty import LEVEL, binomial_tail, upper_bound
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.tasks import task_named

DRAWN = 30
"""So many are drawn."""


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """Of what the model labelled in the step `entry`, at most `risk` of it wrong: what it `said` of those drawn, as the
    task's JSON values, in the order in which they are asked about.
    """

    entry: int
    risk: float
    said: Mapping[SampleId, object]


@dataclass(frozen=True, slots=True)
class SpotChecked:
    """Of `n` samples that a person answered, so many have another value than the model gave them; `bound`: the 95 %
    upper bound of that share.
    """

    wrong: int
    n: int
    bound: float
    risk: float

    @property
    def is_above(self) -> bool:
        """Whether more is wrong than was promised, be it by chance."""
        return self.n > 0 and self.wrong / self.n > self.risk

    @property
    def is_broken(self) -> bool:
        """Whether so much is wrong as is seen in one of twenty checks at most where the promise is kept."""
        return self.wrong > 0 and 1 - binomial_tail(self.wrong - 1, n=self.n, share=self.risk) <= LEVEL


def draw(project: Project, entry: int | None = None) -> SpotCheck | None:
    """Of what was labelled in this step, or in the newest one; the same samples each time, as far as they are there.
    None where no such step holds.
    """
    step = next((one for one in reversed(project.automations()) if entry in (None, one.entry)), None)
    said = {} if step is None else project.labelled_in(step.entry)
    if step is None or not said:
        return None
    chosen = Random(step.entry).sample(sorted(said), min(DRAWN, len(said)))
    there = set(project.sample_ids(Filter(ids=tuple(chosen))))
    return SpotCheck(step.entry, step.risk, {id: said[id] for id in chosen if id in there})


def checked(project: Project, check: SpotCheck) -> SpotChecked:
    """What the person has answered so far."""
    task, labels = task_named(project.task_id), project.labels()
    wrong = n = 0
    for id, value, origin in project.annotations(Filter(state="labelled", ids=tuple(check.said))):
        if origin != "bulk":
            verdicts = task.compare(task.parse(value, labels), task.parse(check.said[id], labels))
            n, wrong = n + 1, wrong + any(one.kind != RIGHT for one in verdicts)
    return SpotChecked(wrong, n, upper_bound(wrong, n=n), check.risk)


def withdraw(project: Project, entry: int) -> Changes:
    """Take back what the model labelled in this step, in a step of its own; what a person has said since stays."""
    said = project.labelled_in(entry)
    still = (
        id
        for id, value, origin in project.annotations(Filter(state="labelled", ids=tuple(said)))
        if origin == "bulk" and value == said[id]
    )
    with project.change(tr("Take back what the model labelled")) as change:
        change.annotate_many(((id, None, ()) for id in list(still)), origin="bulk")
        change.note_withdrawal(entry)
    return change.result


def checked_sentence(found: SpotChecked) -> str:
    """What came of it, for a person."""
    return tr(
        "{right} of {n} as the model said: at most {bound} wrong (95% confidence).",
        right=found.n - found.wrong, n=found.n, bound=per_cent(found.bound, digits=0),
    )  # fmt: skip


def advice(found: SpotChecked) -> str:
    """What to do now, for a person."""
    risk = per_cent(found.risk, digits=0)
    if found.is_broken:
        return tr(
            "That is worse than the {risk} you accepted, and hardly by chance. Take the labels back, "
            "label more samples, and try again.",
            risk=risk,
        )
    if found.is_above:
        return tr(
            "That is more than the {risk} you accepted. It may be chance, as few samples were checked. "
            "If in doubt, take the labels back.",
            risk=risk,
        )
    return tr("That fits the {risk} you accepted. Your corrections are saved.", risk=risk)
