"""What a reading process may take."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory; seconds of the processor, and seconds without a word from it."""

    memory: int = 4 * _GIB
    processor: int = 1800
    silence: int = 300


def hold(limits: Limits) -> None:
    """Have the system hold this process to them; where it knows no such limits, who started it must watch."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, most in ((resource.RLIMIT_AS, limits.memory), (resource.RLIMIT_CPU, limits.processor)):
        with contextlib.suppress(OSError, ValueError):  # macOS refuses to limit the address space
            _, hard = resource.getrlimit(kind)
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash is expected here: no dump of the person's texts
