"""What is to be done, as commands of `uv` in their order: pure functions of what was chosen and what the lock says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from lepton_start.machine import Device, devices
from lepton_start.places import Payload, python_of, read_json
from lepton_start.switching import CACHE

TORCH_PAGES = "https://download.pytorch.org/whl"
"""PyTorch's own builds for each device: the package index carries one for each system only."""
_ONLY_WITH_CUDA = re.compile(r"(nvidia|cuda)-|triton$")
_CHOICES = "choices.json"


@dataclass(frozen=True, slots=True)
class Mirror:
    """A set of addresses to fetch from; "" is the usual one."""

    name: str
    index: str = ""
    torch: str = ""


MIRRORS = (
    Mirror("usual"),
    Mirror("tuna", "https://pypi.tuna.tsinghua.edu.cn/simple", "https://mirrors.aliyun.com/pytorch-wheels"),
    Mirror("aliyun", "https://mirrors.aliyun.com/pypi/simple", "https://mirrors.aliyun.com/pytorch-wheels"),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person can choose. `index`: the package index, `torch`: the folder or address whose subfolders (cpu, …)
    hold PyTorch's builds, `proxy`: as http://host:port. "" is what the system's variables say, or the usual one.
    """

    device: Device = Device.CPU
    proxy: str = ""
    index: str = ""
    torch: str = ""


def load_choices(home: Path, usual: Choices) -> Choices:
    """Those of the last time, in what can be read of them."""
    stored = read_json(home / _CHOICES)
    texts = {one.name: str(stored.get(one.name, getattr(usual, one.name))) for one in fields(Choices)}
    try:
        device = Device(texts.pop("device"))
    except ValueError:
        device = usual.device
    return Choices(device, **{name: text for name, text in texts.items() if name != "device"})


def save_choices(home: Path, choices: Choices) -> None:
    """For the next update. Raises OSError."""
    (home / _CHOICES).write_text(json.dumps(asdict(choices), indent=1), encoding="utf-8")


def offered(payload: Payload) -> tuple[Device, ...]:
    """What can be installed here: the offline installer brings PyTorch for the processor only."""
    return (Device.CPU,) if payload.offline else devices()


@dataclass(frozen=True, slots=True)
class Step:
    """`doing`: what the person is told meanwhile, as a key of `words.py`."""

    doing: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A package to fetch. `size`: bytes, 0 where it is not known before."""

    name: str
    size: int


def parts(payload: Payload, choices: Choices, platform: str) -> tuple[Part, ...]:
    """What will be fetched, the largest first; nothing where the installer brought it all."""
    if payload.offline:
        return ()
    known = read_json(payload.sizes).get(platform)
    sizes = {name: int(size) for name, size in known.items()} if isinstance(known, dict) else {}
    apart = torch_apart(choices.device, platform)
    if apart:
        builds = sizes.get(f"torch+{choices.device}", 0)
        sizes = {name: size for name, size in sizes.items() if not needs_cuda(name)} | {"torch": builds}
    found = (Part(name, size) for name, size in sizes.items() if "+" not in name)
    return tuple(sorted(found, key=lambda part: (-part.size, part.name)))


def torch_apart(device: Device, platform: str) -> bool:
    """Whether the build of PyTorch for this device is not the one in the package index, which has one for each system:
    for CUDA on Linux, for the processor on Windows, for Apple's chips on macOS.
    """
    in_index = {"linux": Device.CUDA, "windows": Device.CPU, "macos": Device.APPLE}
    return in_index[platform.partition("-")[0]] != device


def needs_cuda(package: str) -> bool:
    """Whether the lock has it only for the build of PyTorch for CUDA."""
    return _ONLY_WITH_CUDA.match(package) is not None


def without_torch(requirements: str) -> str:
    """The lock without PyTorch and what only its build for CUDA needs. A requirement's further lines are indented."""
    kept = []
    for one in re.split(r"\n(?=\S)", requirements.strip("\n")):
        name = re.split(r"[=\s;\[]", one, maxsplit=1)[0].lower()
        if name != "torch" and not needs_cuda(name):
            kept.append(one)
    return "\n".join(kept) + "\n"


def torch_version(requirements: str) -> str:
    """The one version of PyTorch in the lock."""
    found = re.search(r"^torch==([\w.]+)", requirements, re.MULTILINE)
    if found is None:
        raise ValueError("the lock has no torch")
    return found[1]


def steps(payload: Payload, environment: Path, choices: Choices, *, python: str, platform: str) -> tuple[Step, ...]:
    """All commands, the first makes `environment`. `python`: the Python to make it of.

    What the lock names is taken by its digests only. PyTorch's builds that stand on PyTorch's own pages are taken with
    the digests that those pages give.
    """
    uv, inside = str(payload.uv), str(python_of(environment))
    source = ("--no-index", "--find-links", str(payload.wheels)) if payload.offline else ()
    apart = torch_apart(choices.device, platform)
    lock = environment / "without-torch.txt" if apart else payload.requirements
    made = [
        Step("Making the folder for this version…", (uv, "venv", "--no-project", "--python", python, str(environment))),
        Step(
            "Fetching and installing the parts…",
            (uv, "pip", "sync", "--python", inside, "--require-hashes", "--only-binary", ":all:", *source, str(lock)),
        ),
    ]
    if apart:
        version = torch_version(payload.requirements.read_text("utf-8"))
        install = (uv, "pip", "install", "--python", inside, "--only-binary", ":all:")
        made.append(Step("Fetching and installing PyTorch…", (*install, *_torch(payload, choices, version))))
    mine = (uv, "pip", "install", "--python", inside, "--no-deps", "--no-index", str(payload.app))
    made.append(Step("Installing Lepton Studio…", mine))
    if payload.models.is_dir():
        taken = (inside, "-I", "-c", _TAKE_MODELS, str(payload.models))
        made.append(Step("Putting the models in their place…", taken))
    made.append(Step("Trying it…", (inside, "-I", "-c", _TRY)))
    return tuple(made)


_TAKE_MODELS = (
    "import shutil, sys; from lepton_studio.models.places import data_folder;"
    "shutil.copytree(sys.argv[1], data_folder(), dirs_exist_ok=True)"
)
_TRY = "import PySide6.QtWidgets, torch, lepton_studio; print(torch.__version__, lepton_studio.__version__)"


def _torch(payload: Payload, choices: Choices, version: str) -> tuple[str, ...]:
    if payload.offline:
        return ("--no-deps", "--no-index", "--find-links", str(payload.wheels), f"torch=={version}+cpu")
    build = {Device.CPU: "cpu", Device.CUDA: "cu130"}.get(choices.device)
    if build is None:  # which build of ROCm fits is for uv to find out, by the processor's name
        return ("--torch-backend", "auto", f"torch=={version}")
    pages = choices.torch.rstrip("/")
    if not pages:
        return ("--no-deps", "--index-url", f"{TORCH_PAGES}/{build}", f"torch=={version}+{build}")
    folder = f"{pages}/{build}/" if "://" in pages or (Path(pages) / build).is_dir() else pages
    return ("--no-deps", "--no-index", "--find-links", folder, f"torch=={version}+{build}")


def variables(home: Path, choices: Choices, of: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of the commands: the person's own, without what would lead into another Python of theirs."""
    own = {name: value for name, value in of.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    own |= {
        "UV_CACHE_DIR": str(home / CACHE),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_SYSTEM_CERTS": "1",  # a firm's proxy has a certificate of its own
        "UV_HTTP_RETRIES": own.get("UV_HTTP_RETRIES", "8"),
        "UV_HTTP_TIMEOUT": own.get("UV_HTTP_TIMEOUT", "60"),
        "PYTHONUTF8": "1",
    }
    if choices.index:
        own["UV_DEFAULT_INDEX"] = choices.index
    if choices.proxy:
        own |= dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), choices.proxy)
    return own
