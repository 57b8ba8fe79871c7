"""How a model that was trained against moved words holds out where words are mistyped, or others like them are used."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.language import trn
from lepton_studio.methods.synonyms.hooks import Neighbours
from lepton_studio.runs.events import Finished, LastEvent, Previewed, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.runs.requests import Reword
from lepton_studio.training.body import Body
from lepton_studio.training.inference import decide, score_split
from lepton_studio.training.learner import Learner
from lepton_studio.training.models import load_folder
from lepton_studio.training.signals import Send, ShouldStop
from lepton_studio.training.snapshot import Samples
from lepton_studio.typos import with_typos

_SHARE = 0.1
_CLOSENESS = 0.55
_SEED = "robustness"


def robustness_words(
    work: Work,
    learner: Learner[Any],
    *,
    body: Body,
    tokenizer: Any,
    test: Samples[Any],
    as_it_is: float,
    progress: Callable[[int, int | None], None],
) -> str:
    """A sentence: the task's best measure on the test samples, as they are (`as_it_is`), mistyped, and with other words
    (always the same ones). "" where no method is adversarial, and where it is not whole texts that get labels.
    """
    task = work.task
    if not test.ids or not task.linear or not any(one.slot == "adversary" for one in body.methods):
        return ""
    neighbours = Neighbours(body.words, tokenizer, closeness=_CLOSENESS)
    neighbours.look_up([one.text for one in test.inputs])

    def score(change: Callable[[str, random.Random], str]) -> float:
        chance = random.Random(_SEED)
        inputs: Sequence[Input] = [replace(one, text=change(one.text, chance)) for one in test.inputs]
        found = decide(inputs, learner.encode(inputs), learner=learner, machine=work.machine, progress=progress)
        report = score_split(found, test.values, score=lambda gold, predicted: task.score(gold, predicted, work.labels))
        return report.headline[task.best]

    scores = {
        "typos": score(lambda text, chance: with_typos(text, share=_SHARE, chance=chance)),
        "others": score(lambda text, chance: neighbours.replaced(text, share=_SHARE, chance=chance)),
        "plain": as_it_is,
    }
    measure = task.measure(task.best)
    said = {name: f"{100 * one:.1f} %" if measure.is_share else f"{one:.2f}" for name, one in scores.items()}
    return trn(
        "On {count} test sample {measure} is {plain}; with a tenth of the words mistyped {typos}, with a tenth "
        "replaced by similar ones {others}.",
        "On {count} test samples {measure} is {plain}; with a tenth of the words mistyped {typos}, with a tenth "
        "replaced by similar ones {others}.",
        len(test.ids),
        measure=measure.title,
        **said,
    )


def similar_words(request: Reword, *, send: Send, should_stop: ShouldStop) -> LastEvent:
    """Do the request: `Previewed`, by the table of words of the run's own model. A text without a word that has others
    like it comes back as it is. Raises what `failures.failed` knows.
    """
    began = time.monotonic()
    encoder = load_folder(encoder_in(RunFolder(Path(request.run)).model))
    table: Any = encoder.model.get_input_embeddings()
    neighbours = Neighbours(table.weight, encoder.tokenizer, closeness=_CLOSENESS)
    neighbours.look_up(request.texts)
    changed = []
    for text in request.texts:
        if should_stop() is not None:
            return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
        changed.append(neighbours.replaced(text, share=request.share, chance=random.Random(f"{_SEED}/{text}")))
    send(Previewed(request.texts, tuple(changed)))
    return Finished(step=0, seconds=time.monotonic() - began)
