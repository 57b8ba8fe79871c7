"""Parts of the texts in which a run is worse: planted ones, and none where chance dealt the errors."""

from __future__ import annotations

from lepton_studio.studio.slices import find_slices
from tests.benchmarks.figure import Figure
from tests.studio.test_slices import dealt

_DRAWS = 200
_N = 300


def parts() -> list[Figure]:
    """Three channels, twelve shops, an age, and the length of the text: 20 parts or so are looked at."""
    figures = []
    for error in (0.2, 0.3, 0.5):
        found = 0
        for seed in range(_DRAWS):
            worst = find_slices(dealt(_N, seed=seed, planted="letter", in_part=error))[0]
            found += worst.is_worse and worst.value == "letter"
        note = f"n = {_N}, {_DRAWS} draws, 10 % wrong elsewhere"
        name = f"found: a third of the texts, {100 * error:.0f} % wrong"
        figures.append(Figure(name, 100 * found / _DRAWS, "% of draws", note=note))
    invented = sum(any(one.is_worse for one in find_slices(dealt(_N, seed=seed))) for seed in range(_DRAWS))
    note = f"n = {_N}, {_DRAWS} draws, 10 % wrong everywhere"
    figures.append(Figure("invented", 100 * invented / _DRAWS, "% of draws", "<= 5", note=note))
    return figures


FIGURES = [parts]
