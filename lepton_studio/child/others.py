"""Other projects that a run learns from: what of their samples it may see, and learners of theirs on its encoder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from lepton_studio.child.work import Work, labels_of, texts_of
from lepton_studio.contract.task import Input
from lepton_studio.language import tr, trn
from lepton_studio.methods.hooks import Guest
from lepton_studio.methods.multitask import METHOD
from lepton_studio.runs.events import Noted, Staged
from lepton_studio.runs.folder import other_split
from lepton_studio.runs.job import OtherProject
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.guests import with_guests
from lepton_studio.training.inference import embed
from lepton_studio.training.learner import Learner
from lepton_studio.training.models import Base
from lepton_studio.training.signals import stop_now
from lepton_studio.training.snapshot import Rows, Samples, read_rows


@dataclass(frozen=True, slots=True)
class Others:
    """A learner of each other project on the run's own encoder, prepared, and its training examples."""

    learners: tuple[Learner[Any], ...] = ()
    examples: tuple[tuple[Guest, ...], ...] = ()

    def beside(self, learner: Learner[Any]) -> Learner[Any]:
        """What the loop teaches in place of the run's learner, whose model has their layers until `Body.finish`."""
        return with_guests(learner, self.learners) if self.learners else learner

    def fit_heads(self, work: Work) -> None:
        """Their layers on the vectors of the encoder as it is. Raises Interrupted."""

        def progress(done: int, total: int | None) -> None:
            work.send(Staged("embedding", done, total or 0))
            stop_now(work.should_stop)

        for learner, guests in zip(self.learners, self.examples, strict=True):
            read = partial(embed, learner=learner, machine=work.machine, progress=progress)
            learner.fit_head([one.example for one in guests], embed=read)


NOBODY = Others()
_VARIES = re.compile(r"@\w+|https?://\S+")
_WORD = re.compile(r"[^\W\d_]+")


def read_others(work: Work, base: Base, *, held_out: Sequence[Samples[Any] | Rows[Any]], tells: bool = True) -> Others:
    """Those of the job where its methods want them, each without the texts that are in `held_out`, what the run is
    judged by; `base` is what its learner was started from. `tells`: the person is told what is learned of each.

    Raises BadData.
    """
    if METHOD not in base.made().methods:
        return NOBODY
    learners: list[Learner[Any]] = []
    examples: list[tuple[Guest, ...]] = []
    for place, one in enumerate(work.job.others):
        task, labels = task_named(one.task), labels_of(replace(work.job, labels=one.labels))
        rows = read_rows(work.folder, other_split(place), task=task, labels=labels)
        seen = unjudged(rows, held_out=held_out)
        start = load_part(task.learner).start
        learner: Learner[Any] = start(replace(base, task=task), labels=one.labels, recipe=work.job.recipe)
        teaches = len({str(task.dump(value)) for value in seen.values}) > 1
        if teaches:
            found = learner.encode(seen.inputs, seen.values)
            learner.prepare(found)
            examples.append(tuple(Guest(example, len(learners)) for example in found))
            learners.append(learner)
        if tells:
            work.send(
                Noted(
                    _words(one, used=len(seen.ids) if teaches else 0, judged=len(rows.ids) - len(seen.ids)), lasts=True
                )
            )
    return Others(tuple(learners), tuple(examples))


def unjudged(rows: Rows[Any], *, held_out: Sequence[Samples[Any] | Rows[Any]]) -> Rows[Any]:
    """The samples none of whose texts stands in these splits, as text or as second text. Only the words count, not what
    is between them, and no names of users, addresses or numbers: what is posted again has others.
    """
    judged = {text for split in held_out for one in split.inputs for text in _texts(one)}
    return rows.some([place for place, one in enumerate(rows.inputs) if judged.isdisjoint(_texts(one))])


def _words(one: OtherProject, *, used: int, judged: int) -> str:
    """What was learned of a project. `judged`: samples that this project is judged by."""
    project = {"project": one.name, "task": tr(task_named(one.task).title)}
    if not used:
        return tr("Nothing was learned from the project “{project}” ({task}): no samples are left.", **project)
    said = trn(
        "Learned from the project “{project}” too: {count:,} of {total:,} labelled training sample ({task}).",
        "Learned from the project “{project}” too: {count:,} of {total:,} labelled training samples ({task}).",
        used,
        total=one.available,
        **project,
    )
    if not judged:
        return said
    return f"{said} " + trn(
        "{count:,} was left out: its text is also in the validation or test split here.",
        "{count:,} were left out: their texts are also in the validation or test split here.",
        judged,
    )


def _texts(given: Input) -> list[str]:
    """What tells its texts from others; of one without words the text itself."""
    texts = [text.casefold() for text in texts_of(given) if text.strip()]
    return [" ".join(_WORD.findall(_VARIES.sub(" ", text))) or text.strip() for text in texts]
