"""`python -m lepton_start [ARGUMENT …]`: starts the app; makes its environment before, where there is none.

    --prepare        set up (or update) without a window, and do not start the app
                     [--device cpu|cuda|rocm] [--proxy URL] [--index URL] [--torch URL|FOLDER]
    --step-back      from the next start on use the version before
    --remove-parts   remove what was installed and fetched for this person; projects, settings and logs stay

Every other argument is the app's.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lepton_start import switching
from lepton_start.installing import Installation, Progress, start
from lepton_start.machine import Device, found_device
from lepton_start.places import (
    cache_folder,
    config_folder,
    environments,
    log_file,
    models_folder,
    own_python,
    payload,
    platform_name,
    python_of,
    user_folder,
)
from lepton_start.plan import Choices, load_choices, offered
from lepton_start.words import amount, say

DONE, FAILED = 0, 1


def main(arguments: Sequence[str]) -> int:
    """Do what was asked; the exit code."""
    first = arguments[0] if arguments else ""
    if first == "--prepare":
        return prepare(arguments[1:])
    if first == "--step-back":
        return step_back()
    if first == "--remove-parts":
        return remove_parts()
    home, brought = environments(), payload()
    found = switching.current(home)
    if found is not None and not wants_update(brought.version, switching.pointed(home), arguments):
        return _start(found, arguments)
    if not has_display():
        if found is not None:
            return _start(found, arguments)
        print(say("Lepton Studio {version} is not set up for you yet, and no window can be shown to ask you. Set "
                "it up with: lepton-studio --prepare", version=brought.version), file=sys.stderr)  # fmt: skip
        return FAILED
    from lepton_start.window import ask

    taken = ask(brought, home, old=found)
    return FAILED if taken is None else _start(taken, arguments)


def _start(environment: Path, arguments: Sequence[str]) -> int:
    windowed = sys.executable.lower().endswith("pythonw.exe")
    return start(python_of(environment, windowed=windowed), list(arguments))


def wants_update(version: str, pointed: tuple[str, str], arguments: Sequence[str]) -> bool:
    """Whether to ask: the installer brought a newer version, the person did not step back from it, and they opened the
    window (nothing, or a project's folder, was named): commands go on with the version in use.
    """
    name, before = (one.rpartition("-")[0] for one in pointed)
    opens = not arguments or (len(arguments) == 1 and Path(arguments[0]).exists())
    return opens and version != before and is_newer(version, name)


def is_newer(version: str, than: str) -> bool:
    """Whether the installer brought a newer version; an older one that was put over it changes nothing."""

    def numbers(text: str) -> list[int]:
        return [int(part) if part.isdigit() else 0 for part in text.split(".")]

    return numbers(version) > numbers(than)


def has_display() -> bool:
    """Whether a window can open."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        return False  # Tk draws by X; on Wayland that is Xwayland, which sets DISPLAY too
    try:
        import tkinter  # noqa: F401
    except ImportError:
        return False
    return True


def prepare(arguments: Sequence[str]) -> int:
    """Set up in the terminal, with a line for each step."""
    home, brought = environments(), payload()
    usual, can = load_choices(home, Choices(found_device())), offered(brought)
    device = usual.device if usual.device in can else can[0]
    takes = argparse.ArgumentParser(prog="lepton-studio --prepare")
    takes.add_argument("--device", choices=[str(one) for one in can], default=str(device))
    for name in ("proxy", "index", "torch"):
        takes.add_argument(f"--{name}", default=getattr(usual, name))
    taken = takes.parse_args(arguments)
    choices = Choices(Device(taken.device), taken.proxy, taken.index, taken.torch)
    work = Installation(brought, home, choices, python=own_python(), platform=platform_name(), log=log_file())
    told = ""

    def tell(progress: Progress) -> None:
        nonlocal told
        line = say(progress.doing)
        if progress.fetched:
            line += " " + say("{done} of about {total}", done=amount(progress.fetched), total=amount(progress.total))
        if line != told:
            print(line, file=sys.stderr, flush=True)
            told = line

    try:
        outcome = work.run(tell)
    except switching.Busy:
        print(say("Lepton Studio is being installed already, in another window."), file=sys.stderr)
        return FAILED
    if outcome.environment is None:
        print(say(outcome.sentence, detail=outcome.detail), file=sys.stderr)
        print(say("The log is {file}", file=log_file()), file=sys.stderr)
        return FAILED
    print(outcome.environment)
    return DONE


def step_back() -> int:
    """Point to the environment before."""
    found = switching.step_back(environments())
    if found is None:
        print(say("There is no version before this one."), file=sys.stderr)
        return FAILED
    print(say("The version before is used from the next start on: {version}. The same command again goes forward.",
              version=switching.version_of(found)))  # fmt: skip
    return DONE


def remove_parts() -> int:
    """What the uninstaller calls for the person who runs it."""
    parts = [one for one in (environments(), models_folder(), cache_folder()) if one.is_dir()]
    if parts:
        print(say("Removing what was installed and fetched: this takes a minute or more…"), flush=True)
    size = sum(map(taken_by, parts))
    try:
        for one in parts:
            switching.remove_all(one)
    except OSError as error:
        print(say("Could not remove all: {reason}. Close Lepton Studio and try again.", reason=error), file=sys.stderr)
        return FAILED
    if parts:
        print(say("Removed what was installed and fetched: {size}. Projects were left alone.", size=amount(size)))
    else:
        print(say("There is nothing to remove."))
    if left := [str(one) for one in dict.fromkeys((user_folder(), config_folder())) if one.is_dir()]:
        print(say("Logs, settings and sample projects are still in: {folders}", folders=", ".join(left)))
    return DONE


def taken_by(folder: Path) -> int:
    """Bytes on the disk; a file that lies there under two names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for at, _folders, files in os.walk(folder):
        for name in files:
            about = os.lstat(os.path.join(at, name))
            seen[about.st_dev, about.st_ino] = about.st_size
    return sum(seen.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
