"""Which device this machine can compute with, found without torch and without starting anything slow."""

from __future__ import annotations

import re
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

NEEDED_DRIVER = 580
"""The NVIDIA driver that PyTorch's CUDA 13 needs; https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/"""


class Device(StrEnum):
    """What PyTorch is built for."""

    CPU = "cpu"
    CUDA = "cuda"
    ROCM = "rocm"
    APPLE = "apple"


def devices(platform: str = sys.platform) -> tuple[Device, ...]:
    """Those that a person can choose from on this system."""
    if platform == "darwin":
        return (Device.APPLE,)
    return (Device.CPU, Device.CUDA) if platform == "win32" else (Device.CPU, Device.CUDA, Device.ROCM)


def found_device(root: Path = Path("/"), platform: str = sys.platform) -> Device:
    """The one to propose: the best that the machine and its driver carry."""
    if platform == "darwin":
        return Device.APPLE
    if nvidia_driver(root, platform) >= NEEDED_DRIVER:
        return Device.CUDA
    return Device.ROCM if platform.startswith("linux") and has_amd_gpu(root) else Device.CPU


def nvidia_driver(root: Path = Path("/"), platform: str = sys.platform) -> int:
    """The first number of the NVIDIA driver's version; 0: there is none."""
    try:
        if platform == "win32":
            asked = subprocess.run(
                ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"],
                capture_output=True, text=True, timeout=5, check=False,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
            said = asked.stdout
        else:
            said = (root / "proc/driver/nvidia/version").read_text(errors="replace").partition("\n")[0]
            said = said.partition("Kernel Module")[2]
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(r"(\d{3,})\.\d+", said)
    return int(found[1]) if found else 0


def has_amd_gpu(root: Path = Path("/")) -> bool:
    """Whether the kernel's driver for computing on AMD's processors knows one; node 0 is the CPU."""
    for node in sorted((root / "sys/class/kfd/kfd/topology/nodes").glob("*/properties")):
        try:
            found = re.search(r"^gfx_target_version (\d+)$", node.read_text(), re.MULTILINE)
        except OSError:
            continue
        if found and int(found[1]):
            return True
    return False
