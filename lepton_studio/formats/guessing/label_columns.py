"""Which columns of a table say the labels, and how: one column of names, a column for each label, numbered ones."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lepton_studio.formats.guessing.roles import names_label
from lepton_studio.formats.tables.label_cells import LabelForm, form_of, is_on, separator_of
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
    if _are_labels(flags, rows, label=label, is_several=SEVERAL in wants):
        return LabelColumns(label_columns=tuple(flags), label_names=_short(flags))
    one_of_several = label in flags and len(flags) > 1 and not names_label(label or "") and SEVERAL not in wants
    if label is None or (one_of_several and not label.lower().startswith("is_")):
        return LabelColumns()
    more = numbered_columns(columns, label) if SEVERAL in wants else ()
    if more:
        return LabelColumns(label, more_labels=tuple(name for name in more if name not in taken))
    return label_cells(rows, label)


def _are_labels(flags: Sequence[str], rows: Rows, *, label: str | None, is_several: bool) -> bool:
    """Whether columns of yes and no are a label each: three are, beside no column that is called a label; two where
    a text may have several labels or each has one of them, and nothing else looks like the label."""
    is_free = label is None or label in flags
    if len(flags) >= _SURELY:
        return is_free or not names_label(label or "")
    if len(flags) < 2 or not is_free or any(map(names_label, flags)):
        return False
    return is_several or all(sum(bool(is_on(row.get(name))) for name in flags) == 1 for row in rows)


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
    seen = {as_text(cell).strip().lower() for row in rows if (cell := row.get(name)) is not None} - {""}
    return bool(seen - {"-"}) and all(is_on(word) is not None for word in seen)


def _short(columns: Sequence[str]) -> dict[str, str]:
    """Without what all of them begin with up to a point: "cats.late" is "late"."""
    heads = {name.partition(".")[0] for name in columns if "." in name}
    if len(heads) != 1 or not all("." in name for name in columns):
        return {}
    return {name: name.partition(".")[2] for name in columns}


def numbered_columns(columns: Sequence[str], label: str) -> tuple[str, ...]:
    """The further columns of "label_1", "label_2" ... or "label", "label_2" ..."""
    match = _NUMBERED.fullmatch(label)
    base = (match[1] if match else label).strip().lower()
    if not base:
        return ()
    found = [name for name in columns if (one := _NUMBERED.fullmatch(name)) and one[1].strip().lower() == base]
    return tuple(name for name in found if name != label)
