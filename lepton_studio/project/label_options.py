"""What `Label.options` say of a label beyond what its task reads: for people, and never given to a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lepton_studio.project.records import Label, LabelId, Labels

EXAMPLES, COUNTER_EXAMPLES = "examples", "counter_examples"
_RETIRED, _SPLIT_INTO = "retired", "split_into"
_OF_PEOPLE = frozenset({EXAMPLES, COUNTER_EXAMPLES, _RETIRED, _SPLIT_INTO})


def for_models(options: Mapping[str, object]) -> dict[str, object]:
    """The options that a task reads: texts of samples stay in the project, and out of the models that leave it."""
    return {name: value for name, value in options.items() if name not in _OF_PEOPLE}


def is_retired(label: Label) -> bool:
    """Whether the label stays on what has it and is not offered any more."""
    return label.options.get(_RETIRED) is True


def with_retired(options: Mapping[str, object], is_retired: bool) -> dict[str, object]:
    """The options of a label that is offered no more, or again."""
    kept = {name: value for name, value in options.items() if name != _RETIRED}
    return {**kept, _RETIRED: True} if is_retired else kept


def offered(labels: Labels, *, besides: Iterable[LabelId] = ()) -> Labels:
    """The labels that can be given: those that are not retired, and `besides` what a sample has."""
    had = frozenset(besides)
    return tuple(label for label in labels if label.id in had or not is_retired(label))


def split_into(label: Label) -> tuple[LabelId, ...]:
    """The labels among which the samples of this one are being sorted; () where it is not being split."""
    found = label.options.get(_SPLIT_INTO)
    return tuple(one for one in found if type(one) is int) if isinstance(found, list) else ()


def with_split(options: Mapping[str, object], into: Iterable[LabelId]) -> dict[str, object]:
    """The options of a label whose samples are being sorted among these; of none: that is over."""
    kept, ids = {name: value for name, value in options.items() if name != _SPLIT_INTO}, list(into)
    return {**kept, _SPLIT_INTO: ids} if ids else kept
