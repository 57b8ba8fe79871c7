"""Variables that libraries read when they are loaded: what a child sets before that, unless the person has."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES: Mapping[str, str] = {
    # OpenMP's threads wait for each other by spinning, also for one that another program keeps from its processor: with
    # 20000 turns a step beside two busy loops had a quarter to a half of the quiet speed, with 200 two thirds. Fewer
    # cost speed where all is quiet (docs/decisions/0057).
    "GOMP_SPINCOUNT": "200",
    # Of the linear layers' many small products: two threads on two cores took 8.5 s for a fit, one took 1.1 s.
    "OPENBLAS_NUM_THREADS": "1",
}
