"""Filters that a person keeps by name in the project."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any, get_args

from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    AS_ADDED,
    ORDERS_OF_PREDICTIONS,
    Decided,
    FieldIs,
    Filter,
    Order,
    OrderKey,
    PredictorId,
    Suggested,
)

_PLAIN = ("search", "label", "state", "split", "flagged", "noted")


def can_be_saved(which: Filter) -> bool:
    """Whether it can be looked for again: not where samples are named one by one."""
    return which.ids is None and replace(which, order=AS_ADDED) != Filter()


def save_filter(project: Project, name: str, which: Filter) -> None:
    """Keep it under a name, in place of what the name meant."""
    said, order = which.suggested, which.order
    stored: dict[str, object] = {name: getattr(which, name) for name in _PLAIN}
    stored["suggested"] = None if said is None else {**asdict(said), "by": None}
    stored["order"] = None if order.by is not None else {**asdict(order), "by": None}
    stored["decided"] = None if which.decided is None else asdict(which.decided)
    stored["fields"] = [asdict(one) for one in which.fields]
    project.keep("filters", name, stored)


def saved_filters(project: Project) -> dict[str, Filter]:
    """All that can be asked for now, by name: not those for a label that is gone, or for suggestions without any.

    What is suggested is that of the predictor whose word counts first now.
    """
    labels = {label.id for label in project.labels()}
    by = next((one.id for one in project.predictors()), None)
    found: dict[str, Filter] = {}
    for name, stored in project.kept("filters").items():
        which = _read(stored, by=by)
        if which is not None and (which.label is None or which.label in labels):
            found[name] = which
    return found


def _read(stored: Any, *, by: PredictorId | None) -> Filter | None:
    try:
        which = Filter(**{name: stored[name] for name in _PLAIN})
        order, said, decided = stored["order"], stored["suggested"], stored["decided"]
        if order is not None and order["key"] in get_args(OrderKey) and order["key"] not in ORDERS_OF_PREDICTIONS:
            which = replace(which, order=Order(**order))
        if said is not None:
            if by is None:
                return None
            which = replace(which, suggested=Suggested(**{**said, "by": by}))
        if decided is not None:
            which = replace(which, decided=Decided(**decided))
        return replace(which, fields=tuple(FieldIs(**one) for one in stored["fields"]))
    except (KeyError, TypeError, ValueError):
        return None  # of another version
