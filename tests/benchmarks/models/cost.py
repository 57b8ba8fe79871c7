"""What the multilingual model costs beside the English one: time, memory and room of tuning and predicting, with the
words of the project and with all; and how soon a project with it has its first vector.

Delivery reviews (waimai_10k), one seed: 200 to train on in one epoch, 50 for validation, 100 for the test; predictions
of 1,000 others. Data: the folder `../shared/data`, or LEPTON_SHARED_DATA.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lepton_studio.models.built_in import ENGLISH, MULTILINGUAL
from lepton_studio.project.project import Project
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.embedding import embed
from lepton_studio.studio.needs import need_of_vectors
from tests.benchmarks.figure import Figure
from tests.benchmarks.models.chinese import all_reviews, project, studio

_SIZES = {"train": 200, "validation": 50, "test": 100}
_OTHERS = 1000
_REPEATS = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """One run and its predictions: seconds and most bytes of memory of each command, bytes of the saved model, what it
    says of each of the other reviews, and of how many it says that it lost words."""

    tune: tuple[float, int]
    predict: tuple[float, int]
    saved: int
    said: list[tuple[str, float]]
    notices: str


def _timed(*arguments: str | Path) -> tuple[dict[str, object], tuple[float, int]]:
    began = time.monotonic()
    said, memory = studio(*arguments)
    return said, (time.monotonic() - began, memory)


def _cost(model: str, *settings: str) -> Cost:
    with project(1, sizes=_SIZES) as folder:
        chosen = [part for one in ("epochs=1", *settings) for part in ("--set", one)]
        _, tune = _timed("tune", folder, "--model", model, *chosen)
        files = (folder / "runs" / "run-1" / "model").rglob("*")
        saved = sum(one.stat().st_size for one in files if one.is_file())
        others, output = folder.parent / "others.csv", folder.parent / "said.csv"
        with others.open("w", encoding="utf-8", newline="") as file:
            some = islice(all_reviews(1), sum(_SIZES.values()), sum(_SIZES.values()) + _OTHERS)
            csv.writer(file).writerows([("text",), *((text,) for text, _ in some)])
        done, predict = _timed("predict", folder, "--input", others, "--output", output)
        with output.open(encoding="utf-8-sig", newline="") as file:
            said = [(row["prediction"], float(row["confidence"])) for row in csv.DictReader(file)]
        notices = done["notices"]
        assert isinstance(notices, list)
        return Cost(tune, predict, saved, said, " ".join(map(str, notices)))


def what_a_model_costs() -> list[Figure]:
    """Tuned and asked: the multilingual model with the words of the project, with all words, and the English one."""
    trimmed, whole = _cost(MULTILINGUAL.id), _cost(MULTILINGUAL.id, "keep_all_words=yes")
    found = []
    for name, cost, target in (
        ("multilingual", trimmed, "<= 70"),
        ("multilingual, all words kept", whole, ""),
        ("English", _cost(ENGLISH.id), ""),
    ):
        found += [
            Figure(f"{name}, saved model", cost.saved / 1e6, "MB", target),
            Figure(f"{name}, tune", cost.tune[0], "s", note=f"n = {_SIZES['train']} in one epoch, the command's start"),
            Figure(f"{name}, tune, memory", cost.tune[1] / 1e9, "GB"),
            Figure(f"{name}, predict", cost.predict[0], "s", note=f"n = {_OTHERS}, the command's start with it"),
            Figure(f"{name}, predict, memory", cost.predict[1] / 1e9, "GB"),
        ]
    same = sum(one[0] == other[0] for one, other in zip(trimmed.said, whole.said, strict=True))
    apart = [abs(one[1] - other[1]) for one, other in zip(trimmed.said, whole.said, strict=True)]
    note = f"n = {_OTHERS} that the run never saw; {trimmed.notices or 'no text with words that were lost'}"
    return [
        *found,
        Figure(
            "the same label with the words of the project as with all", 100 * same / len(apart), "%", ">= 99", note=note
        ),
        Figure("scores that differ by more than 0.001", 100 * sum(one > 1e-3 for one in apart) / len(apart), "%"),
    ]


def _first_vector(model: str, name: str, *, target: str) -> list[Figure]:
    """With a spare that has its imports only, with one that has loaded the model ahead, and with one just asked."""
    seconds: dict[str, list[float]] = {"model not loaded": [], "model loaded ahead": [], "asked again": []}
    with (
        tempfile.TemporaryDirectory() as folder,
        Project.create(Path(folder) / "P.lepton", task="text_classification") as made,
    ):
        for repeat in range(_REPEATS):
            for state, ahead in (("model not loaded", ""), ("model loaded ahead", model)):
                with Children() as children:
                    children.warm(ahead)
                    _wait_until(lambda: any(one.is_ready for one in children.children()))
                    if ahead:
                        with children.borrow(need_of_vectors(model)) as child:
                            _wait_until(lambda: not child.waiting)
                    for what in (state, "asked again"):
                        began = time.perf_counter()
                        embed(made, [f"{state} {what} {repeat} 味道很好"], encoder=model, children=children)
                        seconds[what].append(time.perf_counter() - began)
    targets = {"model not loaded": target, "model loaded ahead": "<= 0.2", "asked again": "<= 0.2"}
    return [
        Figure.of(f"first vector, {name}, {what}", some, unit="s", target=targets[what], note=f"n = {len(some)}")
        for what, some in seconds.items()
    ]


def first_vector_multilingual() -> list[Figure]:
    """The multilingual model, from the click."""
    return _first_vector(MULTILINGUAL.id, "multilingual", target="<= 3")


def first_vector_english() -> list[Figure]:
    """The English one, which each spare has loaded."""
    return _first_vector(ENGLISH.id, "English", target="<= 3")


def _wait_until(there: Callable[[], object]) -> None:
    until = time.monotonic() + 600
    while not there():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.02)


FIGURES = [what_a_model_costs, first_vector_multilingual, first_vector_english]
