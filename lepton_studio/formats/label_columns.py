"""Which columns of a table say the labels, and how: one column of names, a column for each label, numbered ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lepton_studio.formats.label_cells import OFF, ON, LabelForm, form_of, separator_of
from lepton_studio.formats.roles import names_label
from lepton_studio.formats.values import as_text

Rows = Sequence[Mapping[str, object]]
SEVERAL = "several_labels"
"""What a task wants that takes more than one label a text."""
_NUMBERED = re.compile(r"(.*?)[\s_.-]?(\d{1,2})")
_SURELY = 3
"""So many columns of yes and no are labels, whatever the task."""


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Named as in `Guess`."""

    label: str | None = None
    label_separator: str = ""
    label_form: LabelForm = ""
    label_columns: tuple[str, ...] = ()
    more_labels: tuple[str, ...] = ()
    label_names: Mapping[str, str] = field(default_factory=dict)


def label_columns(
    columns: Sequence[str],
    rows: Rows,
    *,
    label: str | None,
    taken: Collection[str | None],
    wants: Collection[str],
) -> LabelColumns:
    """How the columns that are not `taken` say the labels; `label` is the one that looks like it."""
    flags = [name for name in columns if name not in taken and _switches(rows, name)]
    enough = 2 if SEVERAL in wants else _SURELY
    known = label is not None and label not in flags and names_label(label)
    if len(flags) >= enough and not known and not (len(flags) < _SURELY and any(map(names_label, flags))):
        return LabelColumns(label_columns=tuple(flags), label_names=_short(flags))
    if label is None:
        return LabelColumns()
    more = _numbered(columns, label) if SEVERAL in wants else ()
    if more:
        return LabelColumns(label, more_labels=tuple(name for name in more if name not in taken))
    return label_cells(rows, label)


def label_cells(rows: Rows, label: str) -> LabelColumns:
    """How the cells of this column say labels."""
    cells = [cell for row in rows if (cell := row.get(label)) not in (None, "", [], "[]")]
    form = form_of(cells)
    if form:
        return LabelColumns(label, label_form=form)
    words = {cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()}
    return LabelColumns(label, separator_of(words))


def _switches(rows: Rows, name: str) -> bool:
    """Whether a column only says yes and no, with a yes or a no in it that is written out."""
    seen = {as_text(cell).strip().lower() for row in rows if (cell := row.get(name)) is not None}
    return bool(seen - {""}) and seen <= (ON | OFF) and bool(seen & (ON | {"0", "0.0", "false", "no"}))


def _short(columns: Sequence[str]) -> dict[str, str]:
    """Without what all of them begin with up to a point: "cats.late" is "late"."""
    heads = {name.partition(".")[0] for name in columns if "." in name}
    if len(heads) != 1 or not all("." in name for name in columns):
        return {}
    return {name: name.partition(".")[2] for name in columns}


def _numbered(columns: Sequence[str], label: str) -> tuple[str, ...]:
    """The further columns of "label_1", "label_2" ... or "label", "label_2" ..."""
    match = _NUMBERED.fullmatch(label)
    base = (match[1] if match else label).strip().lower()
    if not base:
        return ()
    found = [name for name in columns if (one := _NUMBERED.fullmatch(name)) and one[1].strip().lower() == base]
    return tuple(name for name in found if name != label)
