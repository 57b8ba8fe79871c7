"""`words`: the words of each label over all samples, and which of them are suspicious."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, table
from lepton_studio.commands.projects import asked_runs, open_for_reading
from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.project.records import Labels
    from lepton_studio.studio.label_words.finding import WordsOfLabel


def label_words(options: Namespace) -> Answer:
    """Count the words of all samples, and list those of each label that is asked for."""
    from lepton_studio.studio.label_words.finding import NoLabelWords, count_words, shown_words, why_no_words
    from lepton_studio.studio.label_words.in_words import label_words_facts
    from lepton_studio.tasks import task_named

    with open_for_reading(options.dir) as project:
        if why := why_no_words(task_named(project.task_id)):
            raise NoLabelWords(why)
        run = None
        if options.by == "answers":
            runs = asked_runs(project, options.run)
            run = next((one for one in runs if project.suggestion_count(one.id)), runs[0])
        counted = count_words(project, run, by=options.by)
    if not counted.choices:
        raise NoLabelWords(shown_words(counted, None).why)
    asked = _asked(options.label, counted.labels) if options.label else counted.choices
    found = [counted.of(label, most=options.limit) for label in asked]
    facts = {"run": None if run is None else run.number, "labels": [label_words_facts(one) for one in found]}
    return Answer(facts, "\n\n".join(_told(one) for one in found))


def _asked(names: list[str], known: Labels) -> Labels:
    by_name = {label.name: label for label in known}
    if strange := [name for name in names if name not in by_name]:
        raise Misused(
            tr("There is no label {label}. There are: {known}.", label=strange[0], known=tr(", ").join(by_name))
        )
    return tuple(by_name[name] for name in dict.fromkeys(names))


def _told(found: WordsOfLabel) -> str:
    from lepton_studio.studio.label_words.in_words import basis_words, mark_words, told_words, word_title

    lines = [basis_words(found), told_words(found)]
    if found.words:
        rows = [(tr("word"), tr("with the label"), tr("samples"), "z", "")]
        rows += [
            (word_title(one), f"{one.hits:,}", f"{one.n:,}", f"{one.z:.1f}", mark_words(one)) for one in found.words
        ]
        lines.append(table(rows))
    return "\n".join(lines)
