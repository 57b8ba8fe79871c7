"""What the child computes on: device, precision, threads, memory."""

from __future__ import annotations

import gc
import importlib.metadata
import os
import platform
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import psutil
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from lepton_studio import __version__
from lepton_studio.training.host_memory import take_only_free

_MEGABYTE = 2**20
_CORES: int | None = psutil.cpu_count(logical=False)
"""Physical ones; None where the system does not say."""
_MOST_THREADS = 16
"""More threads than this make the small matrices of a fine-tuning step slower."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A device and whether training on it uses bfloat16."""

    device: torch.device
    bf16: bool
    name: str

    @contextmanager
    def mixed_precision(self) -> Iterator[None]:
        """The context for a training step's forward pass; weights, gradients and the optimiser stay in float32."""
        if not self.bf16:
            yield
            return
        with torch.autocast(self.device.type, torch.bfloat16), self.attention():
            yield

    def attention(self) -> AbstractContextManager[object]:
        """Around attention in training."""
        # Torch takes its fused attention where there is no dropout, and in bfloat16 on the CPU that is slow backwards:
        # 14 ms a layer against 1 ms (2.13, measured).
        return sdpa_kernel(SDPBackend.MATH) if self.bf16 and self.device.type == "cpu" else nullcontext()

    def reading(self) -> AbstractContextManager[object]:
        """Around whole passes of a model that only reads, where the last digits do not matter: the vectors of texts,
        which are kept in 16 bits (on a CPU that multiplies bfloat16 three times as fast, their cosine to those in
        float32 above .9999)."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.bf16 else nullcontext()

    def memory_mb(self) -> float:
        """MiB in use: of the GPU by torch, else of this process."""
        if self.device.type == "cuda":
            return torch.cuda.memory_reserved(self.device) / _MEGABYTE
        resident: int = psutil.Process().memory_info().rss
        return resident / _MEGABYTE

    def take_only_free_memory(self) -> None:
        """See `host_memory.take_only_free`; a GPU has its own."""
        if self.device.type == "cpu":
            take_only_free()

    def free(self) -> None:
        """Give back what is not in use any more."""
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        elif self.device.type == "mps":
            torch.mps.empty_cache()


def find_machine() -> Machine:
    """The best device here. bfloat16 only where the hardware multiplies it: elsewhere it is 2-3 times slower."""
    use_threads()
    if torch.cuda.is_available():
        device = torch.device("cuda")
        ampere = torch.cuda.get_device_capability(device)[0] >= 8
        return Machine(device, ampere, f"{device.type} ({torch.cuda.get_device_name(device)})")
    if torch.backends.mps.is_available():
        return Machine(torch.device("mps"), False, "mps")
    return Machine(torch.device("cpu"), _cpu_multiplies_bf16(), f"cpu ({platform.machine()})")


def use_threads() -> None:
    """Compute on as many threads from now on as do good. OpenMP knows it of the calling thread only."""
    wanted = _threads()
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)


def _threads() -> int:
    """One a physical core that this process may use, or what the person set for OpenMP."""
    if os.environ.get("OMP_NUM_THREADS", "").isdigit():
        return max(1, int(os.environ["OMP_NUM_THREADS"]))
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_CORES or usable, usable, _MOST_THREADS))


def _cpu_multiplies_bf16() -> bool:
    # Private names of torch, there since 2.6; a version without them gets float32, which is always right.
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, name, bool)() for name in checks)


def versions() -> dict[str, str]:
    """Of this program, of Python, and of the libraries that make a model what it is."""
    packages = ("torch", "transformers", "tokenizers", "safetensors")
    found = {name: importlib.metadata.version(name) for name in packages}
    return {"lepton_studio": __version__, "python": platform.python_version(), **found}
