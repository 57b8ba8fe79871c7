"""The command line: the same work as the window, on the same core. Each verb is a function in `commands`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from lepton_studio import __version__
from lepton_studio.commands.console import Answer, Misused, Refused, visible
from lepton_studio.commands.suggesting import ORDERS
from lepton_studio.language import tr, use_language
from lepton_studio.private import clear_left_behind
from lepton_studio.settings import load_settings

VERBS = {
    "tasks": "projects:tasks",
    "new": "projects:new",
    "import": "projects:import_files",
    "status": "projects:status",
    "check": "checking:check",
    "copy": "checking:copy",
    "tune": "tuning:tune",
    "report": "tuning:report",
    "compare": "tuning:compare",
    "suggest": "suggesting:suggest",
    "predict": "export:predict",
    "export": "export:export",
    "self-test": "self_test:self_test",
}
"""Verb -> module and function in `lepton_studio.commands`, loaded when the verb is used."""

DONE, FAILED, MISUSED = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns 0 when done, 1 after a known failure (one sentence on stderr), 2 for wrong usage."""
    use_language(load_settings().language or None)
    try:
        options = parser().parse_args(arguments if _names_a_verb(arguments) else ["window", *arguments])
    except SystemExit as ended:  # argparse has printed the help (0) or what is wrong with the usage (2)
        return int(ended.code or DONE)
    try:
        if options.verb == "window":
            return _open_window(options.dir)
        module, name = VERBS[options.verb].split(":")
        verb: Callable[[argparse.Namespace], Answer] = getattr(import_module(f"lepton_studio.commands.{module}"), name)
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


def parser() -> argparse.ArgumentParser:
    """The usage of every verb."""
    top = argparse.ArgumentParser(
        prog="lepton-studio",
        description=tr(
            "Label texts, fine-tune a transformer on your own computer, inspect the results, correct labels, "
            "tune again."
        ),
        epilog=tr("`lepton-studio [DIR]` opens the window with the project in DIR."),
    )
    top.add_argument("--version", action="version", version=f"Lepton Studio {__version__}")
    top.add_argument("--json", action="store_true", help=tr("print the result as one JSON object"))
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")

    window = verbs.add_parser("window", help=tr("open the window"))
    window.add_argument("dir", nargs="?", type=Path, metavar="DIR")

    def verb(name: str, summary: str, *, project: bool = True) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=summary, description=summary)
        made.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=tr("print the result as one JSON object")
        )
        if project:
            made.add_argument("dir", type=Path, metavar="DIR", help=tr("the project's folder"))
        return made

    verb("tasks", tr("list the tasks that a project can be created for"), project=False)

    new = verb("new", tr("create a project"))
    new.add_argument(
        "--task", required=True, help=tr("the task, such as text_classification (`lepton-studio tasks` lists all)")
    )
    new.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME",
        help=tr("a label, or relation:NAME for a relation; may be repeated"),
    )
    new.add_argument("--sample", action="store_true", help=tr("include sample texts to try the task with"))

    bring = verb("import", tr("import files into a project"))
    bring.add_argument("file", nargs="+", type=Path, metavar="FILE")
    bring.add_argument("--text", metavar="COL", help=tr("the column with the text (default: guessed)"))
    bring.add_argument("--label", metavar="COL", help=tr("the column with the label, or none (default: guessed)"))
    bring.add_argument("--group", metavar="NAME", help=tr("the label group of a Label Studio project to use"))
    bring.add_argument("--separator", metavar="S", help=tr("the separator between several labels in a cell, or none"))
    bring.add_argument(
        "--role",
        action="append",
        default=[],
        type=_setting,
        metavar="ROLE=COL",
        help=tr("the column to use as the target, second_text, question, answer, rating, spans, turns or media"),
    )
    bring.add_argument("--list", metavar="NAME", help=tr("the list of a JSON file to read (default: guessed)"))
    bring.add_argument("--sheet", metavar="NAME", help=tr("the sheet of a workbook to read (default: guessed)"))
    bring.add_argument(
        "--header", type=_header, metavar="N|none", help=tr("the row with the column names (default: guessed)")
    )
    bring.add_argument("--split", choices=("train", "validation", "test"), help=tr("put all rows into this split"))
    bring.add_argument(
        "--split-word",
        action="append",
        default=[],
        type=_setting,
        metavar="WORD=SPLIT",
        help=tr("what a word in the split column means: train, validation, test or none; may be repeated"),
    )
    bring.add_argument("--format", metavar="F", help=tr("the file format (default: guessed)"))
    bring.add_argument(
        "--update",
        action="store_true",
        help=tr("update samples that are in the project already (by id or text) instead of adding them again"),
    )
    bring.add_argument(
        "--merge-twins",
        action="store_true",
        help=tr("merge labels that differ only in case, spaces, Unicode form or invisible characters"),
    )
    bring.add_argument(
        "--dry-run", action="store_true", help=tr("show what would be imported and changed, without doing it")
    )
    bring.add_argument("--yes", action="store_true", help=tr("import as guessed, even if in doubt"))

    verb("status", tr("show what is in a project"))
    verb("check", tr("check a whole project for damage"))
    copy = verb("copy", tr("save a copy of a project, even while it is open"))
    copy.add_argument("target", type=Path, metavar="COPY", help=tr("the new project's folder"))

    tune = verb("tune", tr("fine-tune a model on the labels"))
    tune.add_argument(
        "--model",
        metavar="M",
        help=tr("built-in, built-in-multilingual, a folder or a Hub id (default: by the texts)"),
    )
    tune.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        metavar="KEY=VALUE",
        help=tr("a recipe setting, such as epochs=2; may be repeated"),
    )

    tune.add_argument(
        "--resume", type=int, metavar="RUN", help=tr("continue a paused run with its own model and recipe")
    )

    report = verb("report", tr("show how good a run is"))
    report.add_argument("run", nargs="?", type=int, metavar="RUN", help=tr("the run's number (default: the newest)"))
    report.add_argument(
        "--split", choices=("train", "validation", "test"), help=tr("the split (default: test, where there is one)")
    )
    report.add_argument("--save", type=Path, metavar="FILE", help=tr("save it as a .html or .pdf file to share"))

    compare = verb("compare", tr("tell whether one run is better than another"))
    compare.add_argument("first", type=int, metavar="RUN", help=tr("the number of a run"))
    compare.add_argument("second", type=int, metavar="RUN", help=tr("the number of the run to compare it with"))
    compare.add_argument(
        "--split", choices=("validation", "test"), help=tr("the split (default: test, where there is one)")
    )

    suggest = verb("suggest", tr("run a tuned model on unlabelled samples and list its suggestions"))
    suggest.add_argument("run", nargs="?", type=int, metavar="RUN", help=tr("the run's number (default: the newest)"))
    suggest.add_argument(
        "--at-most",
        type=_count,
        metavar="N",
        help=tr("predict at most this many samples; 0 only lists the suggestions there are"),
    )
    suggest.add_argument("--show", type=_count, default=10, metavar="N", help=tr("how many to list (default: 10)"))
    suggest.add_argument("--order", choices=ORDERS, default=ORDERS[0], help=tr("which suggestions to list first"))
    suggest.add_argument("--disagrees", action="store_true", help=tr("list labelled samples where the model disagrees"))

    predict = verb("predict", tr("label a file with a tuned model"))
    predict.add_argument("run", nargs="?", type=int, metavar="RUN", help=tr("the run's number (default: the newest)"))
    predict.add_argument("--input", required=True, type=Path, metavar="FILE")
    predict.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help=tr("a .csv, .tsv, .xlsx, .jsonl or .parquet file (default: next to the input)"),
    )
    predict.add_argument("--scores", action="store_true", help=tr("add a column with the score of each label"))
    predict.add_argument("--sheet", metavar="NAME", help=tr("the sheet of a workbook to read (default: guessed)"))
    predict.add_argument("--text", metavar="COL", help=tr("the column with the text (default: guessed)"))
    predict.add_argument("--format", metavar="F", help=tr("the file format (default: guessed)"))
    for one in (bring, predict):
        one.add_argument(
            "--turns-of",
            action="append",
            default=[],
            metavar="ROLE",
            help=tr("for conversations: make each turn of this role a sample; may be repeated, '*' for all turns"),
        )

    export = verb("export", tr("export the labelled data or a tuned model for other programs"))
    export.add_argument("what", choices=("annotations", "model"))
    export.add_argument("path", type=Path, metavar="PATH")
    export.add_argument("--format", metavar="F", help=tr("csv, jsonl, conll … (default: by the name of PATH)"))
    export.add_argument("--all", action="store_true", help=tr("include samples without an annotation"))
    export.add_argument(
        "--run", type=int, metavar="RUN", help=tr("the run's number (default: the newest with a model)")
    )
    export.add_argument("--replace", action="store_true", help=tr("overwrite existing files"))

    verb("self-test", tr("check within a minute that the window opens and a model trains"), project=False)
    return top


def _names_a_verb(arguments: Sequence[str]) -> bool:
    return bool(arguments) and (arguments[0] in VERBS or arguments[0].startswith("-"))


def _setting(argument: str) -> tuple[str, str]:
    """`epochs=2` as a pair. Raises argparse's own error, which ends in wrong usage."""
    name, equals, value = argument.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(tr("{argument} is not KEY=VALUE", argument=argument))
    return name.strip(), value


def _count(argument: str) -> int:
    """A number from 0 on. Raises argparse's own error, which ends in wrong usage."""
    if not argument.isdecimal():
        raise argparse.ArgumentTypeError(tr("{argument} is not a number of samples", argument=argument))
    return int(argument)


def _header(argument: str) -> int:
    """`3` or `none` as the number of a row, 0 for none. Raises argparse's own error, which ends in wrong usage."""
    if argument.lower() == "none":
        return 0
    if not argument.isdecimal():
        raise argparse.ArgumentTypeError(tr("{argument} is neither a row number nor none", argument=argument))
    return int(argument)


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
