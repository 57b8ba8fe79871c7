"""How a model that was trained against moved words holds out where words are mistyped, or others like them are used."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import regex

from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.language import trn
from lepton_studio.methods.synonyms.hooks import Neighbours
from lepton_studio.training.body import Body
from lepton_studio.training.inference import decide, score_split
from lepton_studio.training.learner import Learner
from lepton_studio.training.snapshot import Samples

_SHARE = 0.1
_CLOSENESS = 0.55
_SEED = "robustness"
_WORDS = regex.compile(r"\p{L}{4,}")


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


def with_typos(text: str, *, share: float, chance: random.Random) -> str:
    """The text with about that share of its words of four letters or more, one at least, mistyped: two letters inside
    swapped, one left out, or one typed twice.
    """
    words = list(_WORDS.finditer(text))
    count = min(len(words), max(1, round(share * len(words))))
    for word in sorted(chance.sample(words, count), key=lambda one: -one.start()):
        at = chance.randrange(word.start() + 1, word.end() - 1)
        one, other = text[at], text[at + 1]
        typed = chance.choice((other + one, other, one + one + other))
        text = text[:at] + typed + text[at + 2 :]
    return text
