"""What may be said of a relation label: whether it has a direction, and which labels of spans it links.

It writes the options that the relations task reads, all by name: `{"kind": "relation", "directed": false, "pairs":
[["person", "company"], ...]}`. Nothing is allowed to be anything: without pairs, any two spans may be linked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Label, LabelId
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import button, clear, column, quiet, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import CAPTION

_SHOWN = 4
_PAIR = 38
"""Pixels a pair takes; more than `_SHOWN` of them scroll."""


class RelationOptions(QWidget):
    """`changed(options)`: the person changed something; all options of the label, as they are now."""

    changed = Signal(object)
    resized = Signal()

    def __init__(self, options: Mapping[str, object], *, spans: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options = dict(options)
        self._spans = tuple(spans)
        self.directed = QCheckBox(tr("Has a direction"))
        self.directed.setChecked(options.get("directed") is not False)
        self.directed.toggled.connect(lambda on: self._change(directed=on))
        self._sentence = words("", size=CAPTION, muted=True, wrap=True)
        self._rows = column(gap=6)
        holder = QWidget()
        holder.setLayout(self._rows)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(holder)
        self.add = button(tr("Add an allowed pair"), role="link")
        self.add.setEnabled(bool(spans))
        self.add.clicked.connect(self._add)
        self.setLayout(column(self.directed, self._sentence, self._scroll, row(self.add, None), gap=6))
        self._show_pairs()

    def pairs(self) -> list[tuple[str, str]]:
        """The allowed pairs, (head, tail) by name."""
        return pairs_of(self._options)

    def _show_pairs(self) -> None:
        clear(self._rows)
        pairs = self.pairs()
        for place, (head, tail) in enumerate(pairs):
            first, second = self._box(head, tr("From")), self._box(tail, tr("To"))
            first.activated.connect(lambda _i, box=first, at=place: self._set(at, head=box.currentText()))
            second.activated.connect(lambda _i, box=second, at=place: self._set(at, tail=box.currentText()))
            drop = IconButton("close", tr("Remove this pair"))
            drop.clicked.connect(lambda _on=False, at=place: self._drop(at))
            line = row(first, words("→" if self.directed.isChecked() else "–"), second, drop, gap=6)
            line.setStretch(0, 1)
            line.setStretch(2, 1)
            self._rows.addLayout(line)
        self._scroll.setVisible(bool(pairs))
        self._scroll.setFixedHeight(_PAIR * min(_SHOWN, len(pairs)))
        self._sentence.setText(tr("Can link:") if pairs else tr("Can link any two spans."))
        self.resized.emit()

    def _box(self, current: str, name: str) -> QComboBox:
        box = ChoiceBox()
        box.setAccessibleName(name)
        box.setMinimumWidth(90)
        with quiet(box):
            box.addItems([*self._spans] if current in self._spans else [*self._spans, current])
            box.setCurrentText(current)
        return box

    def _add(self) -> None:
        known = self.pairs()
        every = ((head, tail) for head in self._spans for tail in self._spans)
        free = next((pair for pair in every if pair not in known), None)
        if free is not None:
            self._change(pairs=[*known, free])

    def _set(self, place: int, *, head: str = "", tail: str = "") -> None:
        pairs = self.pairs()
        pairs[place] = (head or pairs[place][0], tail or pairs[place][1])
        self._change(pairs=list(dict.fromkeys(pairs)))

    def _drop(self, place: int) -> None:
        pairs = self.pairs()
        del pairs[place]
        self._change(pairs=pairs)

    def _change(self, *, directed: bool | None = None, pairs: list[tuple[str, str]] | None = None) -> None:
        if directed is not None:
            self._options["directed"] = directed
        if pairs is not None:
            self._options["pairs"] = [list(pair) for pair in pairs]
        self._show_pairs()
        self.changed.emit(dict(self._options))


def pairs_of(options: Mapping[str, object]) -> list[tuple[str, str]]:
    """The pairs that a label's options allow; what is no pair of names is passed over."""
    stored = options.get("pairs")
    pairs = stored if isinstance(stored, list) else []
    return [(str(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, list | tuple) and len(pair) == 2]


def rename_label(project: Project, label_id: LabelId, name: str) -> Changes:
    """Rename a label, also in the pairs that relations allow; one undo step. Raises BadLabel."""
    old = project.label(label_id).name
    relations = [label for label in project.labels() if any(old in pair for pair in pairs_of(label.options))]
    if not relations:
        return project.rename_label(label_id, name)
    with project.change(tr("Rename label to “{name}”", name=name.strip())) as change:
        change.rename_label(label_id, name)
        new = project.label(label_id).name
        for label in relations:
            change.set_label_options(label.id, _renamed(label, old=old, new=new))
    return change.result


def _renamed(label: Label, *, old: str, new: str) -> dict[str, object]:
    pairs = [[new if name == old else name for name in pair] for pair in pairs_of(label.options)]
    return {**label.options, "pairs": pairs}
