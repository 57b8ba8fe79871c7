"""Samples a second in tuning beside the transformers Trainer: with all weights, beside two busy loops, and with the
lowest four layers frozen. Banking77, built-in encoder, batches of 16, LEPTON_STEPS (30) steps a turn.

Each side has a process of its own, as in use: ours with the variables that a child starts with, the Trainer with those
of the shell. They take turns, and a ratio is taken within one of LEPTON_ROUNDS (3) rounds. The note says how busy the
machine was: what others do at the time takes from all sides.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout

from lepton_studio.child.variables import VARIABLES
from tests.benchmarks.figure import Figure

STEPS = int(os.environ.get("LEPTON_STEPS", "30"))
ROUNDS = int(os.environ.get("LEPTON_ROUNDS", "3"))
_WIDTH, _INNER, _LAYERS = 384, 1536, 6
_FROZEN = 4


def variables_of(name: str) -> dict[str, str]:
    """What a side is started with: ours as a child, the others as from a shell."""
    shell = {key: value for key, value in os.environ.items() if key not in {"OMP_NUM_THREADS", *VARIABLES}}
    return {**(VARIABLES if name.startswith("ours") else {}), **shell}


class Side:
    """One way to tune, in a process that waits for its turns."""

    def __init__(self, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.tuning.speed", name],
            env=variables_of(name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def turn(self) -> float:
        """Its number: samples a second."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print("go", file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """No more turns."""
        self._process.communicate()


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many loops of other programs at the same time."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for one in loops:
            one.kill()
            one.wait()


def turns(names: Sequence[str], *, loops: Sequence[int] = (0,)) -> tuple[dict[tuple[str, int], list[float]], str]:
    """Samples a second of each side beside so many busy loops, by round, and a note on them."""
    found: dict[tuple[str, int], list[float]] = {}
    began, load = time.monotonic(), os.getloadavg()[0]
    with ExitStack() as held:
        sides = {name: Side(name) for name in names}
        for side in sides.values():
            held.callback(side.close)
            side.turn()  # loads and warms up
        for _ in range(ROUNDS):
            for count in loops:
                with busy(count):
                    for name, side in sides.items():
                        found.setdefault((name, count), []).append(side.turn())
    shown = ", ".join(
        f"{name}{f' beside {count} loops' if count else ''} {statistics.median(some):.1f}"
        for (name, count), some in found.items()
    )
    seconds = time.monotonic() - began
    note = f"samples/s, medians of {ROUNDS} rounds of {STEPS} steps: {shown}; load {load:.1f} before, {seconds:.0f} s"
    return found, note


def throughput_beside_work() -> list[Figure]:
    """Ours and the Trainer, quiet and beside two busy loops."""
    names = ("ours", "ours in float32", "Trainer", "Trainer by length")
    speeds, note = turns(names, loops=(0, 2))

    def ratio(name: str, one: tuple[str, int], other: tuple[str, int], target: str) -> Figure:
        ratios = [mine / its for mine, its in zip(speeds[one], speeds[other], strict=True)]
        return Figure.of(name, ratios, unit="x", target=target, note=note)

    def ratios(what: str, mine: str, loops: int, targets: tuple[str, str]) -> list[Figure]:
        peers = zip(("Trainer", "Trainer by length"), ("default", "length grouping"), targets, strict=True)
        return [ratio(f"{what}, of the {name}", (mine, loops), (peer, loops), target) for peer, name, target in peers]

    return [
        *ratios("all weights", "ours", 0, (">= 2.3", ">= 1.3")),
        *ratios("all weights in float32", "ours in float32", 0, (">= 1.8", ">= 1.2")),
        *ratios("all weights beside two busy loops", "ours", 2, (">= 4", ">= 2.5")),
        ratio("beside two busy loops, of the quiet speed", ("ours", 2), ("ours", 0), ">= 0.45"),
    ]


def throughput_frozen() -> list[Figure]:
    """The lowest four layers frozen, the second epoch of two."""
    names = ("ours frozen", "Trainer", "Trainer frozen")
    speeds, note = turns(names)

    def ratio(peer: str, target: str = "") -> Figure:
        ratios = [mine / its for mine, its in zip(speeds["ours frozen", 0], speeds[peer, 0], strict=True)]
        return Figure.of(f"four layers frozen, of the {peer}", ratios, unit="x", target=target, note=note)

    return [ratio("Trainer", ">= 4"), ratio("Trainer frozen")]


def share_of_products() -> Figure:
    """How much of the rate at which this machine multiplies matrices of the same shapes a whole step reaches."""
    speeds, note = turns(("ours", "ours products"))
    shares = [step / products for step, products in zip(speeds["ours", 0], speeds["ours products", 0], strict=True)]
    return Figure.of("a step, of its matrix products alone", [100 * one for one in shares], unit="%", note=note)


def padding() -> list[Figure]:
    """How many of the tokens of a step are padding: as much as attention over packed texts could save at most."""
    from lepton_studio.training.batches import epoch_batches
    from lepton_studio.training.models import load_encoder
    from tests.benchmarks.main.throughput import RECIPE
    from tests.benchmarks.quick.sets import ALL_SETS

    found = []
    for name in ("Banking77", "AG News", "TREC", "delivery reviews (Chinese)"):
        model, load = ALL_SETS[name]
        texts = [text for text, _ in load()[0]]
        texts = random.Random(7).sample(texts, min(len(texts), 4000))
        costs = [len(ids) for ids in load_encoder(model).tokenizer(texts, truncation=True)["input_ids"]]
        size = RECIPE.batch_size
        random_order = [range(start, min(start + size, len(costs))) for start in range(0, len(costs), size)]
        batches = epoch_batches(costs, batch_size=size, seed=0, epoch=0)
        shares = [
            100 * (1 - sum(costs) / sum(len(batch) * max(costs[place] for place in batch) for batch in some))
            for some in (batches, random_order)
        ]
        note = f"{shares[1]:.1f} % in batches by chance; {len(texts)} texts, {sum(costs) / len(texts):.0f} tokens each"
        found.append(Figure(f"padding, {name}", shares[0], "%", note=note))
    return found


def serve(name: str) -> None:
    """Take turns until stdin ends."""
    sides: Mapping[str, Callable[[], float]] = {
        "ours": lambda: _ours(),
        "ours in float32": lambda: _ours(bf16=False),
        "ours frozen": lambda: _ours(frozen=_FROZEN),
        "ours products": _products,
        "Trainer": lambda: _trainer(),
        "Trainer by length": lambda: _trainer(sampling="group_by_length"),
        "Trainer frozen": lambda: _trainer(frozen=_FROZEN),
    }
    for _ in sys.stdin:
        with redirect_stdout(sys.stderr):
            found = sides[name]()
        print(found, flush=True)


def _rows() -> list[tuple[str, str]]:
    from tests.benchmarks.files import banking77
    from tests.benchmarks.main.throughput import RECIPE

    return random.Random(7).sample(banking77("train"), STEPS * RECIPE.batch_size)


def _ours(*, bf16: bool = True, frozen: int = 0) -> float:
    from lepton_studio.methods.recipes import adjusted
    from lepton_studio.tasks import task_named
    from tests.benchmarks.main.throughput import RECIPE, ours

    changes = {"epochs": 2, "frozen_layers": frozen} if frozen else {}
    return ours(_rows(), bf16=bf16, recipe=adjusted(RECIPE, changes, task=task_named("text_classification")))


def _trainer(*, sampling: str = "random", frozen: int = 0) -> float:
    from tests.benchmarks.main.throughput import trainer

    return trainer(_rows(), sampling=sampling, frozen=frozen)


def _products() -> float:
    """Samples a second if a step were nothing but the products of its linear layers, forward and twice backward."""
    import torch

    from lepton_studio.runs.job import BUILT_IN_MODEL
    from lepton_studio.training.batches import epoch_batches
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder
    from tests.benchmarks.main.throughput import RECIPE

    machine, rows = find_machine(), _rows()
    kind = torch.bfloat16 if machine.bf16 else torch.float32
    costs = [len(ids) for ids in load_encoder(BUILT_IN_MODEL).tokenizer([text for text, _ in rows])["input_ids"]]
    batches = epoch_batches(costs, batch_size=RECIPE.batch_size, seed=0, epoch=0)
    shapes = [(_WIDTH, _WIDTH)] * 4 + [(_WIDTH, _INNER), (_INNER, _WIDTH)]
    weights = [torch.randn(one, dtype=kind) for one in shapes]
    began = time.perf_counter()
    for batch in batches:
        tokens = len(batch) * max(costs[place] for place in batch)
        texts = {width: torch.randn(tokens, width, dtype=kind) for width in (_WIDTH, _INNER)}
        for _ in range(_LAYERS):
            for weight, (width, out) in zip(weights, shapes, strict=True):
                texts[width] @ weight
                texts[out] @ weight.T
                texts[width].T @ texts[out]
    return len(rows) / (time.perf_counter() - began)


if __name__ == "__main__":
    serve(sys.argv[1])

FIGURES = [throughput_beside_work, throughput_frozen, share_of_products, padding]
