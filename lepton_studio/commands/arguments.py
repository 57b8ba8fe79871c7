"""What the arguments of several verbs are read as."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser

from lepton_studio.language import tr


def setting(argument: str) -> tuple[str, str]:
    """`epochs=2` as a pair. Raises argparse's own error, which ends in wrong usage."""
    name, equals, value = argument.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(tr("{argument} is not KEY=VALUE", argument=argument))
    return name.strip(), value


def count(argument: str) -> int:
    """A number from 0 on. Raises argparse's own error, which ends in wrong usage."""
    if not argument.isdecimal():
        raise argparse.ArgumentTypeError(tr("{argument} is not a number of samples", argument=argument))
    return int(argument)


def risk(argument: str) -> float:
    """A share between 0 and 1. Raises argparse's own error, which ends in wrong usage."""
    try:
        share = float(argument)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(tr("{argument} is not a number between 0 and 1", argument=argument))
    return share


def share(argument: str) -> float:
    """A share from 0 to 0.5. Raises argparse's own error, which ends in wrong usage."""
    try:
        share = float(argument)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 0.5:
        raise argparse.ArgumentTypeError(tr("{argument} is not a number between 0 and 0.5", argument=argument))
    return share


def header(argument: str) -> int:
    """`3` or `none` as the number of a row, 0 for none. Raises argparse's own error, which ends in wrong usage."""
    if argument.lower() == "none":
        return 0
    if not argument.isdecimal():
        raise argparse.ArgumentTypeError(tr("{argument} is neither a row number nor none", argument=argument))
    return int(argument)


def labels_arguments(verb: ArgumentParser) -> None:
    """Those of `labels`."""
    change = verb.add_mutually_exclusive_group()
    change.add_argument("--rename", nargs=2, metavar=("LABEL", "NAME"), help=tr("give a label another name"))
    change.add_argument("--merge", nargs=2, metavar=("LABEL", "INTO"), help=tr("replace a label by another one"))
    change.add_argument(
        "--nest", nargs=2, metavar=("LABEL", "PARENT"), help=tr("put a label below another one; '' for the top level")
    )
    change.add_argument("--retire", metavar="LABEL", help=tr("stop offering a label; samples keep it"))
    change.add_argument("--offer", metavar="LABEL", help=tr("offer a retired label again"))
    verb.add_argument("--dry-run", action="store_true", help=tr("say what the change touches, without doing it"))


def self_agreement_arguments(verb: ArgumentParser) -> None:
    """Those of `self-agreement`."""
    about = tr("how many of the questions in the window are asked again, such as 0.02")
    verb.add_argument("--ask", type=share, metavar="SHARE", help=about)


def fairness_arguments(verb: ArgumentParser) -> None:
    """Those of `fairness`."""
    _run_and_split(verb)
    verb.add_argument(
        "--field", metavar="NAME", help=tr("the field with the groups, such as gender (default: say which there are)")
    )
    verb.add_argument(
        "--swap",
        choices=("pronouns", "names", "both"),
        help=tr("instead: let the model read texts with pronouns or first names of the other gender"),
    )
    _at_most_tried(verb)


def robustness_arguments(verb: ArgumentParser) -> None:
    """Those of `robustness`."""
    _run_and_split(verb)
    _at_most_tried(verb)


def words_arguments(verb: ArgumentParser) -> None:
    """Those of `words`."""
    which_run(verb)
    verb.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME",
        help=tr("a label to tell the words of (default: all); may be repeated"),
    )
    verb.add_argument(
        "--by",
        choices=("answers", "labels"),
        default="answers",
        help=tr("whose labels: what the run answers (the default), or what people gave"),
    )
    verb.add_argument(
        "--limit", type=count, default=10, metavar="N", help=tr("how many words of each label to list (default: 10)")
    )


def which_run(verb: ArgumentParser) -> None:
    """Which run it is about."""
    verb.add_argument("--run", type=int, metavar="RUN", help=tr("the run's number (default: the newest)"))


def _at_most_tried(verb: ArgumentParser) -> None:
    about = tr("so many texts of the split are changed and read (default: 300)")
    verb.add_argument("--at-most", type=count, default=300, metavar="N", help=about)


def _run_and_split(verb: ArgumentParser) -> None:
    which_run(verb)
    verb.add_argument(
        "--split", choices=("train", "validation", "test"), help=tr("the split (default: test, where there is one)")
    )


def tune_arguments(verb: ArgumentParser) -> None:
    """Those of `tune`."""
    verb.add_argument(
        "--model",
        metavar="M",
        help=tr("built-in, built-in-multilingual, built-in-writer, a folder or a Hub id (default: by the texts)"),
    )
    verb.add_argument(
        "--from",
        dest="start",
        default="",
        metavar="RUN",
        help=tr("start from a run of this project (its number) or of another one (its folder), head and all"),
    )
    verb.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        metavar="KEY=VALUE",
        help=tr("a recipe setting, such as epochs=2; may be repeated"),
    )
    verb.add_argument(
        "--resume", type=int, metavar="RUN", help=tr("continue a paused run with its own model and recipe")
    )
    verb.add_argument(
        "--track",
        action="append",
        default=[],
        metavar="WHERE",
        help=tr(
            "write the run to mlflow (in the project's folder), mlflow=FOLDER or mlflow=ADDRESS, wandb (offline) or "
            "wandb=online; none: to neither (default: as in the preferences); may be repeated"
        ),
    )
    trial = verb.add_mutually_exclusive_group()
    trial.add_argument(
        "--preview",
        action="store_true",
        help=tr("tune nothing: show what the methods chosen with --set make of ten training texts"),
    )
    trial.add_argument(
        "--find-rate",
        action="store_true",
        help=tr("tune nothing: raise the learning rate step by step and say which one to use"),
    )
