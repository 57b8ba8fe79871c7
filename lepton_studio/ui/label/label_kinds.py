"""The kinds of labels of a task ("span", "relation"), as they stand in `Label.options`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lepton_studio.language import tr


def kind_of(options: object, *, kinds: Sequence[str]) -> str:
    """The kind that a label's options name; the first one where they name none that the task has."""
    kind = options.get("kind") if isinstance(options, Mapping) else None
    return kind if isinstance(kind, str) and kind in kinds else kinds[0]


def kind_options(kind: str, *, kinds: Sequence[str]) -> dict[str, object]:
    """The options of a new label of this kind."""
    return {} if kind == kinds[0] else {"kind": kind}


def kind_title(kind: str, *, alone: bool) -> str:
    """The heading of a list of such labels; `alone` where the task has no other kind."""
    if alone or kind == "label":
        return tr("Labels")
    return {"span": tr("Span labels"), "relation": tr("Relations")}.get(kind, kind)
