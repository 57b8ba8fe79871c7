"""The label list of a project: adding, changing, ordering, merging and deleting labels within a step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.connection import Connection, one_line, to_json
from lepton_studio.project.decisions import rewrite
from lepton_studio.project.errors import BadLabel, NoSuchLabel
from lepton_studio.project.history import Step
from lepton_studio.project.in_words import from_json, object_from_json, text_of
from lepton_studio.project.palette import DEFAULT_KEYS, RESERVED_KEYS, color_at, free_color, free_key
from lepton_studio.project.records import Label, LabelId

_COLUMNS = "id, name, color, key, description, position, options"
MANY_LABELS = 256
"""From so many labels on a new one gets no key, and a colour that others have too; its place is its id, which is larger
than every place before."""
NO_OPTIONS: Mapping[str, object] = MappingProxyType({})

Relabel = Callable[[object], object | None]
"""A task's way to change a label inside a JSON value; None when nothing is left of the annotation."""


def read_labels(db: Connection) -> tuple[Label, ...]:
    """All labels in the person's order."""
    return tuple(_from_row(row) for row in db.execute(f"SELECT {_COLUMNS} FROM label ORDER BY position, id"))


def read_label(db: Connection, label_id: LabelId) -> Label:
    """One label. Raises NoSuchLabel."""
    row = db.execute(f"SELECT {_COLUMNS} FROM label WHERE id = ?", (label_id,)).fetchone()
    if row is None:
        raise NoSuchLabel(tr("This label is no longer in the project."))
    return _from_row(row)


def insert_label(
    db: Connection,
    name: str,
    *,
    color: str = "",
    key: str = "",
    description: str = "",
    options: Mapping[str, object] = NO_OPTIONS,
) -> Label:
    """Add a label at the end; an empty colour or key is chosen. Raises BadLabel."""
    name = _checked_name(db, name)
    if db.value("SELECT 1 FROM label LIMIT 1 OFFSET ?", (MANY_LABELS - 1,)) is None:
        existing = db.execute("SELECT color, key, position FROM label").fetchall()
        used_keys = {key for _, key, _ in existing}
        chosen_color = free_color({color for color, _, _ in existing})
        position = 1 + max((position for _, _, position in existing), default=-1)
    else:  # nothing here costs more the more labels there are: code lists have ten thousands
        used_keys = set(DEFAULT_KEYS)
        position = db.value("SELECT seq + 1 FROM sqlite_sequence WHERE name = 'label'")
        chosen_color = color_at(position)
    color = _checked_color(color) if color else chosen_color
    if key:
        key = _checked_key(key)
        db.execute("UPDATE label SET key = '' WHERE key = ?", (key,))
    else:
        key = free_key(used_keys)
    values = (name, color, key, one_line(description), position)
    cursor = db.execute(
        "INSERT INTO label (name, color, key, description, position, options) VALUES (?, ?, ?, ?, ?, ?)",
        (*values, to_json(dict(options))),
    )
    assert cursor.lastrowid is not None
    return Label(cursor.lastrowid, name, color, key, values[3], position, dict(options))


def rename(step: Step, label_id: LabelId, name: str) -> None:
    """Give a label another name. Raises BadLabel."""
    if one_line(name) != read_label(step.db, label_id).name:
        _update(step, label_id, "name", _checked_name(step.db, name))


def recolor(step: Step, label_id: LabelId, color: str) -> None:
    """Give a label another colour, "#rrggbb". Raises BadLabel."""
    _update(step, label_id, "color", _checked_color(color))


def rekey(step: Step, label_id: LabelId, key: str) -> None:
    """Give a label another key; a label that had it loses it. Raises BadLabel."""
    key = _checked_key(key) if key else ""
    if key:
        cursor = step.db.execute("UPDATE label SET key = '' WHERE key = ? AND id <> ?", (key, label_id))
        step.touch_labels(cursor.rowcount)
    _update(step, label_id, "key", key)


def describe(step: Step, label_id: LabelId, description: str) -> None:
    """Say what a label is for."""
    _update(step, label_id, "description", one_line(description))


def set_options(step: Step, label_id: LabelId, options: Mapping[str, object]) -> None:
    """Set what the task reads of a label, in place of what was there."""
    _update(step, label_id, "options", to_json(dict(options)))


def move(step: Step, label_id: LabelId, position: int) -> None:
    """Put a label at a place in the order, counted from 0."""
    read_label(step.db, label_id)
    order = [label.id for label in read_labels(step.db) if label.id != label_id]
    order.insert(max(0, position), label_id)
    _number(step, order)


def merge(step: Step, source_id: LabelId, *, into_id: LabelId, relabel: Relabel) -> None:
    """Replace one label by another in every annotation and delete it. Raises BadLabel."""
    if source_id == into_id:
        raise BadLabel(tr("A label cannot be merged into itself."))
    read_label(step.db, into_id)
    _replace(step, source_id, by=into_id, relabel=relabel)


def delete(step: Step, label_id: LabelId, *, relabel: Relabel) -> None:
    """Take a label out of every annotation and delete it."""
    _replace(step, label_id, by=None, relabel=relabel)


def former_labels(db: Connection) -> tuple[Label, ...]:
    """The labels that were merged or deleted, as they were last."""
    rows = db.execute(
        """SELECT b.id, b.name, b.color, b.key, b.description, b.position, b.options, max(b.entry)
           FROM label_before b JOIN entry e ON e.id = b.entry
           WHERE b.existed AND e.undone IS NULL AND b.id NOT IN (SELECT id FROM label) GROUP BY b.id ORDER BY b.id"""
    )
    return tuple(_from_row(row[:7]) for row in rows)


def rewritten_without(db: Connection, label_id: LabelId, *, limit: int = 50) -> list[tuple[object, object | None]]:
    """(before, after) of annotations that the merge or the delete of a label rewrote; none where it is still there."""
    rows = db.execute(
        """SELECT before, after FROM decision WHERE before IS NOT NULL AND entry = (
               SELECT max(b.entry) FROM label_before b JOIN entry e ON e.id = b.entry
               WHERE b.id = ?1 AND b.existed AND e.undone IS NULL AND NOT EXISTS (SELECT 1 FROM label WHERE id = ?1)
           ) ORDER BY id LIMIT ?2""",
        (label_id, limit),
    ).fetchall()
    return [(from_json(before), None if after is None else from_json(after)) for before, after in rows]


def check_labels(db: Connection, labels: Iterable[LabelId]) -> None:
    """Raise NoSuchLabel when one of them is not in the project."""
    for label in labels:
        if db.value("SELECT 1 FROM label WHERE id = ?", (label,)) is None:
            raise NoSuchLabel(tr("This label is no longer in the project."))


def _from_row(row: tuple[Any, ...]) -> Label:
    id, name, color, key, description, position, options = row
    text_of(name, color, key, description)
    return Label(id, name, color, key, description, position, object_from_json(options))


def _replace(step: Step, label_id: LabelId, *, by: LabelId | None, relabel: Relabel) -> None:
    read_label(step.db, label_id)
    rows = step.db.execute(
        """SELECT s.id, s.value, s.labels FROM annotation_label a JOIN sample s ON s.id = a.sample
           WHERE a.label = ? ORDER BY s.id""",
        (label_id,),
    ).fetchall()
    for sample, value, labels in rows:
        left = {one for one in from_json(labels) if one != label_id}
        if by is not None:
            left.add(by)
        rewrite(step, sample, before=value, after=relabel(from_json(value)), labels=tuple(left))
    step.db.execute("DELETE FROM label WHERE id = ?", (label_id,))
    step.touch_labels()
    _number(step, [label.id for label in read_labels(step.db)])


def _number(step: Step, order: list[LabelId]) -> None:
    for position, label_id in enumerate(order):
        cursor = step.db.execute(
            "UPDATE label SET position = ?1 WHERE id = ?2 AND position <> ?1", (position, label_id)
        )
        step.touch_labels(cursor.rowcount)


def _update(step: Step, label_id: LabelId, column: str, value: str) -> None:
    read_label(step.db, label_id)
    cursor = step.db.execute(f"UPDATE label SET {column} = ?1 WHERE id = ?2 AND {column} <> ?1", (value, label_id))
    step.touch_labels(cursor.rowcount)


def _checked_name(db: Connection, name: str) -> str:
    name = one_line(name)
    if not name:
        raise BadLabel(tr("A label needs a name."))
    if db.value("SELECT 1 FROM label WHERE name = ?", (name,)) is not None:
        raise BadLabel(tr("There is already a label “{name}”.", name=name))
    return name


def _checked_color(color: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise BadLabel(tr("“{color}” is not a colour. Write it as #rrggbb.", color=color))
    return color.lower()


def _checked_key(key: str) -> str:
    lowered = key.lower()
    if len(lowered) != 1 or not lowered.isprintable():
        raise BadLabel(tr("A key must be a single character."))
    if lowered in RESERVED_KEYS:
        raise BadLabel(tr("The key “{key}” is used for something else on the Label page.", key=key))
    return lowered
