"""What differs between groups, in sentences and for programs."""

from __future__ import annotations

from typing import Any

from lepton_studio.language import tr, trn
from lepton_studio.project.records import LabelId
from lepton_studio.studio.fairness import Difference, Fairness, Rate
from lepton_studio.studio.scores_in_words import per_cent
from lepton_studio.studio.slices import LEAST

_SHOWN = 6


def fairness_words(found: Fairness) -> str:
    """A paragraph a line: what differs, or what cannot be told; who is left out."""
    differ = [one for one in found.differences if one.differs]
    told = [one for one in found.differences if not one.is_few]
    said = [difference_words(one, found) for one in differ[:_SHOWN]]
    if len(differ) > _SHOWN:
        said.append(tr("{count} more differ, too.", count=f"{len(differ) - _SHOWN:,}"))
    if told and not differ:
        said.append(_alike(found, compared=len(told)))
    if small := [name for name, n in found.groups.items() if n < LEAST or found.n - n < LEAST]:
        said.append(
            tr(
                "Too few to tell (fewer than {least} samples on one side): {groups}.",
                least=LEAST,
                groups=tr(", ").join(f"{name} ({found.groups[name]:,})" for name in small),
            )
        )
    if few := sum(one.is_few and one.label is not None and one.group not in small for one in found.differences):
        said.append(
            trn(
                "{count:,} more comparison of a label has fewer than {least} samples on one side: too few to tell.",
                "{count:,} more comparisons of labels have fewer than {least} samples on one side: too few to tell.",
                few,
                least=LEAST,
            )
        )
    if found.without:
        said.append(
            trn(
                "{count:,} sample has no “{field}” and is left out.",
                "{count:,} samples have no “{field}” and are left out.",
                found.without,
                field=found.field,
            )
        )
    return "\n".join(said)


def _alike(found: Fairness, *, compared: int) -> str:
    said = trn(
        "No difference beyond chance in {count:,} comparison of the groups of “{field}”.",
        "No difference beyond chance in {count:,} comparisons of the groups of “{field}”.",
        compared,
        field=found.field,
    )
    ends = [max(-one.low, one.high) for one in found.differences if one.outcome == "wrong" and not one.is_few]
    if not ends:
        return said
    hidden = tr("With so many samples, errors may still differ by up to {points}.", points=points(max(ends)))
    return tr("{said} {more}", said=said, more=hidden)


def difference_words(one: Difference, found: Fairness) -> str:
    """ "For texts with gender: f the run misses “refund” more often: 24% against 11%, difference 13 points, ..." """
    group, figures, label = group_name(one.group, found.field), _figures(one), label_name(one.label, found)
    more = one.value > 0
    match one.outcome, more:
        case "wrong", True:
            said = tr("For texts with {group} the run is wrong more often: {figures}.", group=group, figures=figures)
        case "wrong", False:
            said = tr("For texts with {group} the run is wrong less often: {figures}.", group=group, figures=figures)
        case "selected", True:
            said = tr(
                "For texts with {group} the run answers “{label}” more often: {figures}.",
                group=group,
                label=label,
                figures=figures,
            )
        case "selected", False:
            said = tr(
                "For texts with {group} the run answers “{label}” less often: {figures}.",
                group=group,
                label=label,
                figures=figures,
            )
        case "missed", True:
            said = tr(
                "For texts with {group} the run misses “{label}” more often: {figures}.",
                group=group,
                label=label,
                figures=figures,
            )
        case "missed", False:
            said = tr(
                "For texts with {group} the run misses “{label}” less often: {figures}.",
                group=group,
                label=label,
                figures=figures,
            )
        case _, True:
            said = tr(
                "For texts with {group} the run wrongly answers “{label}” more often: {figures}.",
                group=group,
                label=label,
                figures=figures,
            )
        case _:
            said = tr(
                "For texts with {group} the run wrongly answers “{label}” less often: {figures}.",
                group=group,
                label=label,
                figures=figures,
            )
    if one.labelled is None:
        return said
    here, there = (per_cent(rate.share, digits=0) for rate in one.labelled)
    labelled = tr("By their labels it is {here} against {elsewhere}.", here=here, elsewhere=there)
    return tr("{said} {more}", said=said, more=labelled)


def _figures(one: Difference) -> str:
    low, high = sorted((abs(one.low), abs(one.high))) if one.low * one.high > 0 else (one.low, one.high)
    ends = {"low": f"{low * 100:.0f}", "high": f"{high * 100:.0f}"}
    sides = {"here": per_cent(one.here.share, digits=0), "elsewhere": per_cent(one.elsewhere.share, digits=0)}
    return trn(
        "{here} against {elsewhere}, difference {count} point, {low} to {high} (n = {n} and {others})",
        "{here} against {elsewhere}, difference {count} points, {low} to {high} (n = {n} and {others})",
        round(abs(one.value) * 100),
        n=f"{one.here.n:,}",
        others=f"{one.elsewhere.n:,}",
        **sides,
        **ends,
    )


def points(share: float) -> str:
    """0.13 as "13 points"."""
    return trn("{count} point", "{count} points", round(share * 100))


def group_name(group: str, field: str) -> str:
    """As people call it: "gender: f"."""
    return tr("{field}: {value}", field=field, value=group)


def label_name(label: LabelId | None, found: Fairness) -> str:
    """Its name, "" for none."""
    return "" if label is None else found.names.get(label, f"{label}")


def outcome_title(one: Difference, found: Fairness) -> str:
    """What is counted, as the heading of a row."""
    label = label_name(one.label, found)
    match one.outcome:
        case "wrong":
            return tr("wrong")
        case "selected":
            return tr("answered “{label}”", label=label)
        case "missed":
            return tr("missed “{label}”", label=label)
        case _:
            return tr("wrongly “{label}”", label=label)


def verdict_words(one: Difference) -> str:
    """Whether it differs, in a word or two."""
    if one.is_few:
        return tr("too few to tell")
    if not one.differs:
        return tr("may be chance")
    return tr("more often") if one.value > 0 else tr("less often")


def interval_words(one: Difference) -> str:
    """The difference with its interval in points: "+13 (4 to 21)"; "" where it is of too few."""
    return "" if one.is_few else f"{one.value * 100:+.0f} ({one.low * 100:.0f} … {one.high * 100:.0f})"


def fairness_facts(found: Fairness) -> dict[str, Any]:
    """The same for programs."""

    def rate(one: Rate) -> dict[str, Any]:
        return {"n": one.n, "hits": one.hits, "rate": one.share, "interval": [one.interval.low, one.interval.high]}

    looked = dict.fromkeys((one.outcome, one.label) for one in found.differences)
    return {
        "field": found.field,
        "split": found.split,
        "n": found.n,
        "without": found.without,
        "groups": dict(found.groups),
        "gaps": [
            {"outcome": outcome, "label": label_name(label, found) or None, "gap": found.gap(outcome, label)}
            for outcome, label in looked
        ],
        "differences": [
            {
                "group": one.group,
                "outcome": one.outcome,
                "label": label_name(one.label, found) or None,
                "here": rate(one.here),
                "elsewhere": rate(one.elsewhere),
                "difference": one.value,
                "interval": [one.low, one.high],
                "p": one.p,
                "too_few": one.is_few,
                "differs": one.differs,
                "labelled": one.labelled and [rate(each) for each in one.labelled],
                "samples": list(samples),
            }
            for one, samples in zip(found.differences, found.samples, strict=True)
        ],
    }
