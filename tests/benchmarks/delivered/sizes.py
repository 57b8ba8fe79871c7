"""How large the installers are, and how much the first start fetches after them."""

from __future__ import annotations

from building import linux, macos, windows
from building.folders import LOCKED
from lepton_start.machine import Device
from lepton_start.places import Payload
from lepton_start.plan import Choices, parts

from tests.benchmarks.figure import Figure

_FETCHED = (
    ("linux-x86_64", Device.CPU), ("linux-x86_64", Device.CUDA), ("windows-x86_64", Device.CPU),
    ("macos-arm64", Device.APPLE),
)  # fmt: skip


def installers() -> list[Figure]:
    """All three systems', built here from this checkout; Windows' needs makensis."""
    built = [file for module in (linux, windows, macos) for file in module.build()]
    return [Figure(file.name, file.stat().st_size / 1e6, "MB", "<= 25", note="a million bytes each") for file in built]


def fetched() -> list[Figure]:
    """The sizes that the package index gives of the files of the lock; PyTorch's own builds as its pages say."""
    figures = []
    for platform, device in _FETCHED:
        found = parts(Payload(LOCKED), Choices(device), platform)
        total = sum(part.size for part in found)
        assert found, platform
        unknown = [part.name for part in found if not part.size]
        note = f"{len(found)} parts" + (f"; of unknown size: {', '.join(unknown)}" if unknown else "")
        figures.append(Figure(f"fetched on {platform} for {device}", total / 1e6, "MB", note=note))
    return figures


FIGURES = [installers, fetched]
