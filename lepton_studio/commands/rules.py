"""`rules`: words or regular expressions that stand for a label; what each finds and how often it is right."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused
from lepton_studio.commands.projects import open_for_reading, open_for_writing
from lepton_studio.language import tr, trn

if TYPE_CHECKING:
    from lepton_studio.project.project import Project
    from lepton_studio.studio.rules import Measured, Rule


def rules_arguments(verb: ArgumentParser) -> None:
    """What the verb takes behind the project's folder."""
    what = verb.add_mutually_exclusive_group()
    what.add_argument("--add", metavar="NAME", help=tr("make or replace a rule of this name"))
    what.add_argument("--apply", metavar="NAME", help=tr("label what this rule finds"))
    what.add_argument("--delete", metavar="NAME", help=tr("delete this rule; what it labelled stays"))
    verb.add_argument("--label", metavar="NAME", help=tr("with --add: the label that the rule stands for"))
    looks_for = verb.add_mutually_exclusive_group()
    looks_for.add_argument("--any", metavar="WORDS", help=tr("with --add: words of which one must occur, with commas"))
    looks_for.add_argument("--all", metavar="WORDS", help=tr("with --add: words that must all occur, with commas"))
    looks_for.add_argument("--pattern", metavar="REGEX", help=tr("with --add: a regular expression"))
    verb.add_argument("--inside-words", action="store_true", help=tr("with --add: find words inside longer ones too"))
    verb.add_argument("--match-case", action="store_true", help=tr("with --add: upper and lower case matter"))
    verb.add_argument("--overwrite", action="store_true", help=tr("with --apply: replace other annotations too"))
    verb.add_argument(
        "--include-test", action="store_true", help=tr("with --apply: label samples of the test split too")
    )
    verb.add_argument(
        "--dry-run", action="store_true", help=tr("with --apply: say what would change, without doing it")
    )


def rules(options: Namespace) -> Answer:
    """Make, apply or delete a rule, or list all with what they find."""
    from lepton_studio.studio.rules import can_have_rules
    from lepton_studio.tasks import task_named

    writes = options.add or options.delete or (options.apply and not options.dry_run)
    with open_for_writing(options.dir) if writes else open_for_reading(options.dir) as project:
        if not can_have_rules(task_named(project.task_id)):
            raise Refused(tr("Rules only work where whole texts get labels."))
        if options.apply:
            return _apply(project, options)
        if options.delete:
            project.drop_kept("rules", _rule(project, options.delete).name)
        if options.add:
            return _listed(project, [_add(project, options)])
        return _listed(project)


def _apply(project: Project, options: Namespace) -> Answer:
    from lepton_studio.studio.bulk import apply, plan
    from lepton_studio.studio.rules import rule_step
    from lepton_studio.tasks import task_named

    task, progress = task_named(project.task_id), ProgressLine(tr("searching"))
    try:
        step = rule_step(project, _rule(project, options.apply), task=task, progress=progress)
        found = plan(project, step, task=task)
    finally:
        progress.done()
    changes = found.chosen(overwrite=options.overwrite, also_test=options.include_test)
    if changes and not options.dry_run:
        apply(project, step, changes)
    facts = {
        "rule": options.apply,
        "labelled": 0 if options.dry_run else len(changes),
        "would_label": len(changes),
        "same": found.same,
        "conflicts": sum(one.kind == "conflict" for one in found.changes),
        "in_test": sum(one.in_test for one in found.changes),
    }
    count = len(changes)
    said = (
        trn("{count} sample would be labelled.", "{count} samples would be labelled.", count)
        if options.dry_run
        else trn("{count} sample is labelled now.", "{count} samples are labelled now.", count)
    )
    kept = tr(
        "Labelled this way already: {same}. Labelled differently: {conflicts}. In the test split: {tests}.",
        same=f"{facts['same']:,}", conflicts=f"{facts['conflicts']:,}", tests=f"{facts['in_test']:,}",
    )  # fmt: skip
    return Answer(facts, f"{said} {kept}")


def _add(project: Project, options: Namespace) -> Rule:
    from lepton_studio.studio.rules import Rule, keep_rule

    looks_for = options.any or options.all or options.pattern
    if not looks_for or not options.label:
        raise Misused(tr("A new rule needs --label, and one of --any, --all and --pattern."))
    label = project.label_named(options.label)
    if label is None:
        raise Refused(tr("There is no label “{label}” in this project.", label=options.label))
    manner = "any" if options.any else "all" if options.all else "pattern"
    rule = Rule(options.add, label.id, looks_for, manner, not options.inside_words, options.match_case)  # type: ignore[arg-type]
    keep_rule(project, rule)
    return rule


def _rule(project: Project, name: str) -> Rule:
    from lepton_studio.studio.rules import rules_of

    found = next((one for one in rules_of(project) if one.name == name), None)
    if found is None:
        raise Refused(tr("There is no rule “{name}” in this project.", name=name))
    return found


def _listed(project: Project, wanted: list[Rule] | None = None) -> Answer:
    from lepton_studio.studio.rules import measure, measured_sentence, rule_words, rules_of
    from lepton_studio.tasks import task_named

    shown = rules_of(project) if wanted is None else wanted
    progress = ProgressLine(tr("searching"))
    try:
        found = measure(project, shown, task=task_named(project.task_id), progress=progress) if shown else {}
    finally:
        progress.done()
    names = {one.id: one.name for one in project.labels()}
    facts = {"rules": [_facts(one, found[one.name], label=names[one.label]) for one in shown]}
    said = [
        f"{one.name}\n  {rule_words(one)}  →  {names[one.label]}\n  {measured_sentence(found[one.name])}"
        for one in shown
    ]
    return Answer(facts, "\n\n".join(said) or tr("This project has no rules."))


def _facts(rule: Rule, found: Measured, *, label: str) -> dict[str, object]:
    return {
        "name": rule.name,
        "label": label,
        "manner": rule.manner,
        "words": rule.words,
        "matched": found.matched,
        "unlabelled": found.unlabelled,
        "n": found.n,
        "right": found.right,
        "precision": found.right / found.n if found.n else None,
        "interval": [found.interval.low, found.interval.high] if found.n else None,
        "problem": found.problem,
    }
