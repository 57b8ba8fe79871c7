"""The command line: the same work as the window, on the same core. Each verb is a function in `commands`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from lepton_studio.commands.console import Answer, Misused, Refused, visible
from lepton_studio.commands.usage import VERBS, parser
from lepton_studio.language import tr, use_language
from lepton_studio.private import clear_left_behind
from lepton_studio.settings import load_settings, take_environment

DONE, FAILED, MISUSED = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns 0 when done, 1 after a known failure (one sentence on stderr), 2 for wrong usage."""
    settings = load_settings()
    use_language(settings.language or None)
    if set(arguments) == {"--version", "--json"}:
        arguments = ("version", "--json")
    try:
        options = parser().parse_args(arguments if _names_a_verb(arguments) else ["window", *arguments])
    except SystemExit as ended:  # argparse has printed the help (0) or what is wrong with the usage (2)
        return int(ended.code or DONE)
    try:
        if options.verb == "window":
            return _open_window(options.dir)
        module, name = VERBS[options.verb].function.split(":")
        verb: Callable[[argparse.Namespace], Answer] = getattr(import_module(f"lepton_studio.commands.{module}"), name)
        take_environment(settings)
        clear_left_behind()
        answer = verb(options)
        _print(answer, as_json=options.json)
    except KeyboardInterrupt:
        return _fail(tr("Stopped."))
    except BrokenPipeError:  # whoever read our output has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Misused as wrong:
        return _fail(str(wrong), code=MISUSED)
    except Exception as error:
        return _fail(_sentence(error))
    return _fail(answer.failure) if answer.failure else DONE


def _names_a_verb(arguments: Sequence[str]) -> bool:
    return bool(arguments) and (arguments[0] in VERBS or arguments[0].startswith("-"))


def _open_window(folder: Path | None) -> int:
    from lepton_studio.commands.projects import project_folder

    found = folder and project_folder(folder)
    if not has_display():
        raise Refused(
            tr("There is no display, so the window cannot be opened. The other commands work without one: see --help.")
        )
    from lepton_studio.app import run_window

    return run_window(found)


def has_display() -> bool:
    """Whether Qt can open a window; without one it would end the process by itself."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _print(answer: Answer, *, as_json: bool) -> None:
    if isinstance(sys.stdout, type(sys.__stdout__)) and sys.stdout is not None:
        sys.stdout.reconfigure(encoding="utf-8")
    text = json.dumps(answer.facts, ensure_ascii=False, allow_nan=False) if as_json else answer.text
    if text:
        print(visible(text), flush=True)


def _sentence(error: Exception) -> str:
    """What to tell the person. A fault of ours goes to the log, where a report can be made from it."""
    from lepton_studio.errors import has_sentence, sentence_of
    from lepton_studio.log import record_error

    if has_sentence(error):
        return sentence_of(error)
    log, kind = record_error(error), type(error).__name__
    if log is None:
        return tr(
            "Lepton Studio ran into an internal error ({kind}). The details could not be written to the log.", kind=kind
        )
    return tr("Lepton Studio ran into an internal error ({kind}). The details are in {log}.", kind=kind, log=log)


def _fail(sentence: str, *, code: int = FAILED) -> int:
    print(visible(sentence), file=sys.stderr, flush=True)
    return code
