"""`fairness` and `robustness`: what a run does to groups of people, and to texts that are changed a little."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, ProgressLine, Refused, table
from lepton_studio.commands.projects import open_for_reading
from lepton_studio.commands.reporting import run_with_report
from lepton_studio.language import tr, trn
from lepton_studio.words import split_name

if TYPE_CHECKING:
    from lepton_studio.studio.changed_texts.changes import TextChange
    from lepton_studio.studio.changed_texts.trying import Effect
    from lepton_studio.studio.fairness import Fairness

_EXAMPLES = 3
_ROWS = 40
"""Of a table: the rest is in --json."""


def fairness(options: Namespace) -> Answer:
    """The groups of a field; without one, which fields there are."""
    from lepton_studio.studio.changed_texts.changes import SWAPS
    from lepton_studio.studio.fairness import fairness as of_field
    from lepton_studio.studio.fairness import fields_with_groups, no_fields
    from lepton_studio.studio.fairness_words import fairness_facts, fairness_words

    if options.swap is not None:
        return _try(options, [one for one in SWAPS if options.swap in (one.id, "both")])
    with open_for_reading(options.dir) as project:
        run, split = run_with_report(project, number=options.run, split=options.split)
        if options.field is None:
            fields = fields_with_groups(project, run, split)
            if not fields:
                raise Refused(no_fields())
            said = tr("Name a field with --field. These tell groups apart: {fields}.", fields=tr(", ").join(fields))
            return Answer({"run": run.number, "split": split, "fields": list(fields)}, said)
        found = of_field(project, run, split, field=options.field)
    title = trn(
        "Run {run} on {split} ({count:,} sample) by “{field}”",
        "Run {run} on {split} ({count:,} samples) by “{field}”",
        found.n,
        run=run.number,
        split=split_name(split),
        field=found.field,
    )
    facts = {"run": run.number, **fairness_facts(found)}
    return Answer(facts, "\n\n".join([title, fairness_words(found), _as_table(found)]))


def robustness(options: Namespace) -> Answer:
    """The run's answers on texts with typos, in capitals, with other words and with one more sentence."""
    from lepton_studio.studio.changed_texts.changes import ROBUSTNESS

    return _try(options, ROBUSTNESS)


def _try(options: Namespace, changes: Sequence[TextChange]) -> Answer:
    from lepton_studio.studio.changed_texts.trying import try_changes
    from lepton_studio.studio.changed_texts.words import tried_facts, tried_words

    with open_for_reading(options.dir) as project:
        run, split = run_with_report(project, number=options.run, split=options.split)
        line = ProgressLine(tr("reading changed texts"))
        try:
            found = try_changes(project, run, split, changes, at_most=options.at_most, progress=line)
        finally:
            line.done()
    title = tr("Run {run} on {split}", run=run.number, split=split_name(split))
    parts = [title, tried_words(found), *filter(None, map(_examples, found.effects))]
    return Answer({"run": run.number, **tried_facts(found)}, "\n\n".join(parts))


def _examples(one: Effect) -> str:
    from lepton_studio.studio.changed_texts.words import change_title, example_words

    if not one.examples:
        return ""
    return "\n".join(
        [f"{change_title(one.change)}:", *(f"  {example_words(each)}" for each in one.examples[:_EXAMPLES])]
    )


def _as_table(found: Fairness) -> str:
    from lepton_studio.studio.fairness_words import interval_words, outcome_title, verdict_words
    from lepton_studio.studio.scores_in_words import per_cent

    rows = [(found.field, "", tr("share"), tr("n"), tr("others"), tr("n"), tr("points (95% CI)"), "")]
    for one in found.differences[:_ROWS]:
        here, there = (per_cent(rate.share, digits=0) if rate.n else "" for rate in (one.here, one.elsewhere))
        ns = f"{one.here.n:,}", f"{one.elsewhere.n:,}"
        what = outcome_title(one, found)
        rows.append((one.group, what, here, ns[0], there, ns[1], interval_words(one), verdict_words(one)))
    more = len(found.differences) - _ROWS
    rest = trn("{count:,} more row with --json.", "{count:,} more rows with --json.", more) if more > 0 else ""
    return "\n".join(filter(None, [table(rows), rest]))
