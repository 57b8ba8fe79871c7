"""What every installer carries, in one folder: `uv`, the app's wheel, the lock, and the code of the first start."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from building.folders import BUILT, INSTALLERS, LOCKED, ROOT
from building.uv_wheels import licences_of_uv, uv_for


def make_payload(folder: Path, platform: str, *, offline: bool = False) -> Path:
    """Fill `folder`, which is made anew, for a platform; `offline`: with every wheel of the lock and the models."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    program = folder / ("uv.exe" if platform.startswith("windows") else "uv")
    program.write_bytes(uv_for(platform))
    program.chmod(0o755)
    shutil.copy(app_wheel(), folder)
    for name in ("requirements.txt", "sizes.json", "licences.txt"):
        shutil.copy(LOCKED / name, folder)
    code = folder / "lepton_start"
    code.mkdir()
    for file in sorted((INSTALLERS / "lepton_start").glob("*.py")):
        shutil.copy(file, code)
    licences = folder / "licences"
    licences.mkdir()
    shutil.copy(ROOT / "LICENSE", licences / "Lepton-Studio-LICENSE.txt")
    shutil.copy(ROOT / "resources" / "fonts" / "Inter-LICENSE.txt", licences)
    for name, text in licences_of_uv().items():
        (licences / f"uv-{name}.txt").write_bytes(text)
    if offline:
        from building.offline import gather_models, gather_wheels

        gather_wheels(folder / "wheels")
        gather_models(folder / "models")
    return folder


def app_wheel() -> Path:
    """Lepton Studio itself as a wheel, built from this checkout by hatchling, which this Python must have."""
    out = BUILT / "wheel"
    shutil.rmtree(out, ignore_errors=True)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return next(out.glob("lepton_studio-*.whl"))


def app_version() -> str:
    """The version that `lepton_studio/__init__.py` names."""
    line = next(
        one for one in (ROOT / "lepton_studio" / "__init__.py").read_text("utf-8").splitlines() if "__version__" in one
    )
    return line.split('"')[1]
