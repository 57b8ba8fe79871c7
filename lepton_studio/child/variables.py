"""Variables that libraries read when they are loaded: what a child sets before that, unless the person has."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLES: Mapping[str, str] = {
    # OpenMP's threads wait for each other by spinning; beside a busy window that makes a step up to ten times slower.
    "GOMP_SPINCOUNT": "20000",
    # Of the linear layers' many small products: two threads on two cores took 8.5 s for a fit, one took 1.1 s.
    "OPENBLAS_NUM_THREADS": "1",
}
