"""What the built-in encoder, warm-started as an encoder-decoder, learns to write on a CPU: on two small sets.

Notes: curt notes of a help desk become polite sentences. The set is made here, from patterns with words to carry over
(names, things, days), so that it can be learnt; every note of the test is new, its words are not. DialogSum: summaries
of conversations, 400 to learn from. That is far too few, and the figure says so: that takes a model trained to write.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence

from lepton_studio.contract.retrieval import Answered
from lepton_studio.contract.text_scores import score
from lepton_studio.contract.written import Written
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.tuned import Row, Tuned, tuned

Pair = tuple[str, Written]

_NAMES = (
    "Hill", "Okafor", "Brandt", "Silva", "Novak", "Ito", "Moreau", "Reyes", "Larsen", "Khan", "Weber", "Rossi", "Duval",
    "Petrov", "Costa", "Nguyen", "Fischer", "Olsen", "Marin", "Bauer", "Smith", "Jones", "Taylor", "Brown", "Wilson",
    "Evans", "Walker", "Wright", "Green", "White",
)  # fmt: skip
_THINGS = (
    "kettle", "toaster", "desk lamp", "winter coat", "phone case", "coffee grinder", "backpack", "rain jacket",
    "keyboard", "yoga mat", "tea set", "garden hose", "bookshelf", "wall clock", "sleeping bag", "bicycle pump",
    "frying pan", "suitcase", "water bottle", "night light", "picture frame", "shower curtain", "tent", "drill", "vase",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_FAULTS = (
    ("broken", "arrived broken"), ("wrong colour", "came in the wrong colour"), ("too small", "was too small"),
    ("part missing", "came with a part missing"), ("scratched", "was scratched"), ("doesnt work", "does not work"),
)  # fmt: skip
_PATTERNS = (
    ("refund {thing}, {fault}", "we are sorry that your {thing} {what}. We have refunded you in full."),
    ("{thing} {fault}, new one goes out {day}",
     "we are sorry that your {thing} {what}. A new one will be sent to you on {Day}."),
    ("{thing} back in stock {day}", "thank you for your patience. The {thing} will be back in stock on {Day}."),
    ("no stock {thing}, offer {other}",
     "unfortunately the {thing} is no longer available. May we offer you the {other} instead?"),
    ("call back {day} re {thing}", "thank you for your question about the {thing}. We will call you back on {Day}."),
    ("parcel {thing} delayed till {day}",
     "we are sorry that the parcel with your {thing} is delayed. It will reach you by {Day}."),
    ("paid twice {thing}, money back {day}",
     "you have paid twice for the {thing}. You will have the money back by {Day}."),
    ("order {thing} cancelled as asked", "as you asked, we have cancelled your order of the {thing}."),
    ("pick up {thing} {day}, have box ready", "we will pick up the {thing} on {Day}. Please have it ready in its box."),
    ("no return {thing}, past 30 days",
     "unfortunately we cannot take back the {thing}, as the 30 days for returns have passed."),
)  # fmt: skip


def notes(count: int, *, seed: int) -> list[Pair]:
    """So many different notes with their polite versions."""
    chance = random.Random(seed)
    found: dict[str, Written] = {}
    while len(found) < count:
        (curt, polite), (fault, what) = chance.choice(_PATTERNS), chance.choice(_FAULTS)
        title, name, day = chance.choice(("Mr", "Ms")), chance.choice(_NAMES), chance.choice(_DAYS)
        thing, other = chance.sample(_THINGS, 2)
        words = {"thing": thing, "other": other, "fault": fault, "what": what, "day": day[:3].lower(), "Day": day}
        note = f"{title.lower()} {name.lower()}: {curt.format(**words)}"
        found[note] = Written(f"Dear {title} {name}, {polite.format(**words)}")
    return list(found.items())


def rows(pairs: Sequence[Pair]) -> list[Row]:
    """As the runs take them."""
    return [Row(text, {"text": target.text, "others": list(target.others)}) for text, target in pairs]


def figures(name: str, *, train: Sequence[Pair], test: Sequence[Pair]) -> list[Figure]:
    """chrF, BLEU, ROUGE-L and exact answers of one run, beside the same scores of the most similar training sample."""
    run: Tuned = tuned(
        "text_to_text", labels=(), train=rows(train), test=rows(test), seed=int(os.environ.get("LEPTON_SEEDS", "1")[0])
    )
    answered = Answered((text, target.text) for text, target in train)
    copied = [Written((answered.nearest(text) or ("", ""))[1]) for text, _ in test]
    known = score([target for _, target in test], copied, ()).headline
    said = [Written(line["value"]["text"]) for line in run.predictions]
    same = sum(guess.text == gold.text for guess, (_, gold) in zip(said, test, strict=True))
    titles = {"chrf": "chrF", "bleu": "BLEU", "rouge_l": "ROUGE-L"}
    found = [
        Figure(
            f"{name}: {title}",
            100 * run.report.headline[measure],
            "%",
            note=f"{100 * known[measure]:.1f} % for the answer to the most similar training sample; {run.note}",
        )
        for measure, title in titles.items()
    ]
    return [*found, Figure(f"{name}: equal to the last letter", 100 * same / len(test), "%", note=run.note)]


def writing_notes() -> list[Figure]:
    """Notes made here: 600 to learn from, 100 new ones."""
    pairs = notes(700, seed=1)
    return figures("polite notes", train=pairs[100:], test=pairs[:100])


def writing_summaries() -> list[Figure]:
    """DialogSum: 400 of its development set to learn from, the other 100 to write."""
    path = shared_data() / "dialogsum" / "dialogsum.dev.jsonl"
    stored = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    pairs = [(one["dialogue"], Written(one["summary"])) for one in stored]
    return figures("DialogSum summaries", train=pairs[100:], test=pairs[:100])


FIGURES = [writing_notes, writing_summaries]
