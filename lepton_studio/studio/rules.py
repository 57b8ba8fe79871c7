"""Rules: words or a regular expression that stand for a label. Kept by name in the project, judged by what people said,
applied as one step on many samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

import regex

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.progress import Progress, silent
from lepton_studio.project.errors import NoSuchLabel
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, Sample, SampleId
from lepton_studio.regular_expressions import BadExpression, TooSlow, compiled, too_slow
from lepton_studio.scripts import is_unspaced
from lepton_studio.studio.bulk import BulkStep, give_label
from lepton_studio.studio.certainty import Interval, wilson
from lepton_studio.studio.scores_in_words import per_cent

Manner = Literal["any", "all", "pattern"]
"""One of the words, all of them, or a regular expression."""

_LONGEST = 0.2
"""Seconds that a regular expression may take on one text."""
_EVERY = 200
_EXAMPLES = 3

Test = Callable[[str], bool]
"""Whether a text fits. Raises TooSlow."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`words`: in the manner "any" or "all" words or phrases with commas between them, else a regular expression.

    `whole`: a word is not found inside a longer one, in scripts with spaces. `case`: capital letters count.
    """

    name: str
    label: LabelId
    words: str
    manner: Manner = "any"
    whole: bool = True
    case: bool = False

    @property
    def phrases(self) -> tuple[str, ...]:
        """The words one by one."""
        parts = self.words.replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
        return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))

    def test(self) -> Test:
        """What a text has to pass. Raises TooSlow, BadExpression."""
        if self.manner == "pattern":
            wanted = [compiled(self.words, ignores_case=not self.case)] if self.words else []
        else:
            each = [_spelled(one, whole=self.whole) for one in self.phrases]
            joined = ["|".join(each)] if self.manner == "any" and each else each
            wanted = [compiled(one, ignores_case=not self.case) for one in joined]

        def passes(text: str) -> bool:
            try:
                return bool(wanted) and all(one.search(text, timeout=_LONGEST) is not None for one in wanted)
            except TimeoutError as error:
                raise too_slow() from error

        return passes


@dataclass(frozen=True, slots=True)
class Measured:
    """What a rule finds: so many of `all` samples, of which so many have no annotation yet.

    Of `n` found samples whose label is known from elsewhere (not from a rule or another edit of many samples), `right`
    have its label. `examples`: the first few texts found that are not labelled yet, or are labelled otherwise.
    `problem`: why it cannot be used, in a sentence; "" where it can.
    """

    matched: int = 0
    all: int = 0
    unlabelled: int = 0
    n: int = 0
    right: int = 0
    examples: tuple[str, ...] = ()
    problem: str = ""

    @property
    def interval(self) -> Interval:
        """Of the precision, 95 %."""
        return wilson(self.right, self.n)


def rules_of(project: Project) -> list[Rule]:
    """All rules whose label is still there, by name."""
    labels = {label.id for label in project.labels()}
    found = (_read(name, stored) for name, stored in project.kept("rules").items())
    return [one for one in found if one is not None and one.label in labels]


def keep_rule(project: Project, rule: Rule, *, was: str = "") -> None:
    """Keep a rule, in place of one of its name; `was`: what it was called before. Raises TooSlow, BadExpression."""
    rule.test()
    if was and was != rule.name:
        project.rename_kept("rules", was, rule.name)
    stored = asdict(rule)
    del stored["name"]
    project.keep("rules", rule.name, stored)


def can_have_rules(task: Task[Any]) -> bool:
    """Whether the task's whole value is labels."""
    return task.from_labels is not None


def measure(
    project: Project, rules: Sequence[Rule], *, task: Task[Any], progress: Progress = silent
) -> Mapping[str, Measured]:
    """What each rule finds, by name; reads every sample once. For a worker. Raises what `progress` does."""
    tests: dict[str, tuple[Rule, Test]] = {}
    found: dict[str, Measured] = {}
    for rule in rules:
        found[rule.name] = Measured(all=project.count())
        try:
            tests[rule.name] = rule, rule.test()
        except (TooSlow, BadExpression) as error:
            found[rule.name] = Measured(problem=str(error))
    labels = project.labels()
    for sample in _watched(project, progress) if tests else ():
        own = None if sample.value is None else task.labels_in(task.parse(sample.value, labels))
        for name, (rule, passes) in list(tests.items()):
            try:
                if passes(sample.text):
                    found[name] = _with(found[name], sample, own, rule=rule)
            except TooSlow as error:
                found[name] = Measured(problem=str(error))
                del tests[name]
    return found


def rule_step(project: Project, rule: Rule, *, task: Task[Any], progress: Progress = silent) -> BulkStep:
    """The step that labels what the rule finds. For a worker. Raises TooSlow, BadExpression, NoSuchLabel, and
    what `progress` does.
    """
    passes = rule.test()
    found: list[SampleId] = [sample.id for sample in _watched(project, progress) if passes(sample.text)]
    label = next((one for one in project.labels() if one.id == rule.label), None)
    if label is None:
        raise NoSuchLabel(tr("This label is no longer in the project."))
    step = give_label(task, label, Filter(ids=tuple(found)), chosen_by="rule")
    return replace(step, title=tr("Rule “{name}”: label as “{label}”", name=rule.name, label=label.name))


def measured_sentence(one: Measured) -> str:
    """What a rule finds and how often it is right, for a person; or why it finds nothing."""
    if one.problem:
        return one.problem
    share = per_cent(one.matched / one.all) if one.all else per_cent(0.0)
    found = tr(
        "Matches {n} of {all} samples ({share}); {open} of them are not labelled yet.",
        n=f"{one.matched:,}",
        all=f"{one.all:,}",
        share=share,
        open=f"{one.unlabelled:,}",
    )
    low, high = (per_cent(end, digits=0) for end in (one.interval.low, one.interval.high))
    known = tr(
        "Precision {precision} on {n} samples not labelled in bulk (95% interval {low} to {high}).",
        precision=per_cent(one.right / one.n if one.n else 0.0),
        n=f"{one.n:,}",
        low=low,
        high=high,
    )
    unknown = tr("All its labels were set in bulk or are missing, so its precision is unknown.")
    return f"{found} {known if one.n else unknown}"


def rule_words(rule: Rule) -> str:
    """What a rule looks for, on one line."""
    if rule.manner == "pattern":
        return tr("regular expression {pattern}", pattern=rule.words)
    phrases = tr(", ").join(f"“{one}”" for one in rule.phrases)
    return tr("any of {words}", words=phrases) if rule.manner == "any" else tr("all of {words}", words=phrases)


def _watched(project: Project, progress: Progress) -> Iterator[Sample]:
    total = project.count()
    for done, sample in enumerate(project.all_rows()):
        if done % _EVERY == 0:
            progress(done, total)
        yield sample


def _with(before: Measured, sample: Sample, own: tuple[LabelId, ...] | None, *, rule: Rule) -> Measured:
    is_known = own is not None and sample.origin != "bulk"
    is_right = own is not None and rule.label in own
    is_example = not is_right and len(before.examples) < _EXAMPLES
    return Measured(
        before.matched + 1,
        before.all,
        before.unlabelled + (own is None),
        before.n + is_known,
        before.right + (is_known and is_right),
        (*before.examples, sample.text) if is_example else before.examples,
    )


def _spelled(phrase: str, *, whole: bool) -> str:
    """A phrase as a regular expression; white space in it is any."""
    spelled = r"\s+".join(regex.escape(word, special_only=True) for word in phrase.split())
    before = r"(?<![\p{L}\p{N}_])" if whole and _is_of_word(phrase[0]) else ""
    after = r"(?![\p{L}\p{N}_])" if whole and _is_of_word(phrase[-1]) else ""
    return f"{before}(?:{spelled}){after}"


def _is_of_word(character: str) -> bool:
    return (character.isalnum() or character == "_") and not is_unspaced(character)


def _read(name: str, stored: Any) -> Rule | None:
    try:
        rule = Rule(name, **stored)
    except TypeError:
        return None  # of another version
    return rule if rule.manner in get_args(Manner) else None
