"""The version that was in use before an update: kept by the installer's launcher for one step back."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.settings import user_folder

LAUNCHER = "LEPTON_LAUNCHER"
"""The variable in which the installer's launcher names itself to the app that it starts."""


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """`version`: the app's, as in "0.1.0". `launcher`: takes `--step-back`, and starts what is in use then."""

    version: str
    launcher: Path


def earlier_version(
    *, variables: Mapping[str, str] = os.environ, running: Path = Path(sys.prefix)
) -> EarlierVersion | None:
    """The one that can be gone back to; None where none is kept, or no launcher of an installer started this app.

    `running`: the environment of this process; the file `environments/current` has its name, and that of the other.
    """
    launcher, home = variables.get(LAUNCHER, ""), user_folder() / "environments"
    try:
        in_use, before, *_more = [*(home / "current").read_text("utf-8").splitlines(), "", ""]
        is_ours = (home / in_use).samefile(running)
    except OSError:
        return None
    inside = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
    if not (launcher and before and is_ours and (home / before).joinpath(*inside).exists()):
        return None
    return EarlierVersion(before.rpartition("-")[0], Path(launcher))
