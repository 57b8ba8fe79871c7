"""The connection breaks at ten random points while the real `uv` of the installer fetches from the real index."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from building.folders import BUILT
from building.payload import make_payload
from lepton_start import switching
from lepton_start.installing import Installation, Outcome
from lepton_start.machine import Device
from lepton_start.places import Payload
from lepton_start.plan import Choices, parts

from tests.benchmarks.delivered.breaking import Line, breaking_index
from tests.benchmarks.figure import Figure

POINTS = 10
_PLATFORM = "linux-x86_64"


@dataclass(frozen=True, slots=True)
class Try:
    """How one try ended. `clean`: nothing but what was fetched is left, and the sentence is that of a connection."""

    broke: bool
    clean: bool
    seconds: float


def broken_connections() -> list[Figure]:
    """Each try goes on with what those before it fetched; the last, on a whole line, must end in an environment."""
    payload = Payload(make_payload(BUILT / "payload-broken", _PLATFORM))
    pages = os.environ.get("LEPTON_TORCH_CPU", "")
    whole = sum(one.size for one in parts(payload, Choices(Device.CPU), _PLATFORM) if one.name != "torch")
    chance, line, tries = random.Random(15), Line(), list[Try]()
    with tempfile.TemporaryDirectory() as scratch, breaking_index(line) as index:
        home = Path(scratch) / "environments"
        for _ in range(POINTS):
            line.mend(chance.randrange(1, whole // 8))
            tries.append(_try(payload, home, Choices(Device.CPU, index=index, torch=pages), line))
            if not tries[-1].broke:
                break
        line.mend()
        begin = time.monotonic()
        last = _install(payload, home, Choices(Device.CPU, index=index, torch=pages))
        seconds = time.monotonic() - begin
        stands = last.environment is not None and switching.current(home) == last.environment
    broke = [one for one in tries if one.broke]
    note = (
        f"n = {POINTS} points, seed 15, all but PyTorch from pypi.org through 127.0.0.1, which resets every connection "
        "from a random byte on; uv tries each file once more (8 times where it is not measured)"
    )
    return [
        Figure("tries that a broken connection ended", len(broke), "", f">= {POINTS}", note=note),
        Figure("of them undone, the fetched kept", sum(one.clean for one in broke), "", f">= {POINTS}",
               note=f"{max((one.seconds for one in broke), default=0):.0f} s the longest try"),
        Figure("the try after them made an environment", float(stands), "", ">= 1", note=f"in {seconds:.0f} s"),
        Figure("fetched in all, by what one try fetches", line.carried / whole, "times", "<= 3",
               note=f"{line.carried / 1e6:.0f} MB for {whole / 1e6:.0f} MB"),
    ]  # fmt: skip


def _try(payload: Payload, home: Path, choices: Choices, line: Line) -> Try:
    begin = time.monotonic()
    outcome = _install(payload, home, choices)
    left = {one.name for one in home.iterdir()} - {switching.CACHE, "installing.lock", "choices.json"}
    clean = not left and switching.current(home) is None and outcome.sentence.startswith("The connection broke.")
    if outcome.environment is None and not clean:
        print(f"left behind: {sorted(left)}; said: {outcome.sentence}", file=sys.stderr)
    return Try(outcome.environment is None and line.is_broken, clean, time.monotonic() - begin)


def _install(payload: Payload, home: Path, choices: Choices) -> Outcome:
    python = str(Path(sys.executable).resolve())
    work = Installation(payload, home, choices, python=python, platform=_PLATFORM, log=home.with_name("install.log"))
    with patch.dict(os.environ, {"UV_HTTP_RETRIES": "1"}):
        outcome = work.run(lambda _told: None)
    if outcome.environment is None:
        print(outcome.sentence, home.with_name("install.log").read_text("utf-8")[-600:], file=sys.stderr)
    return outcome


FIGURES = [broken_connections]
