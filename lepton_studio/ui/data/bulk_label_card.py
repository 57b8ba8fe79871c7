"""One label for many samples, before it is given: how many get it, how many have it, what would be overwritten."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.ui.data.bulk_labels import LabelPlan, Write
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE


class BulkLabelCard(Overlay):
    """`ask(...)`; Enter gives the label, Escape leaves everything as it is."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._plan = LabelPlan()
        self._write: Write | None = None
        self._title = words("", size=TITLE, bold=True, wrap=True)
        self.sentence = words("", wrap=True)
        self.also_by_hand = QCheckBox()
        self.also_by_hand.toggled.connect(lambda _on: self._show_number())
        self.do = button("", role="primary")
        self.do.clicked.connect(self._do)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(self.also_by_hand)
        self.card_layout.addLayout(row(None, self.cancel, self.do))

    def ask(self, plan: LabelPlan, *, label: str, adds: bool, write: Write) -> None:
        """Show what the plan would do; `write(rows)` is called with what the person wants. `adds`: beside others."""
        self._plan, self._write = plan, write
        self._title.setText(tr("Label as “{label}”", label=label))
        self.sentence.setText("\n".join(_said(plan, adds=adds)))
        self.also_by_hand.setChecked(False)
        self.also_by_hand.setVisible(bool(plan.by_hand))
        self.also_by_hand.setText(
            trn(
                "Also replace {count} label set by hand",
                "Also replace {count} labels set by hand",
                len(plan.by_hand),
            )
        )
        self._show_number()
        self.open_over()
        (self.do if self.do.isEnabled() else self.cancel).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            self.close_over() if focus is self.cancel else self._do()
        else:
            super().keyPressEvent(event)

    def _show_number(self) -> None:
        count = len(self._plan.rows(also_by_hand=self.also_by_hand.isChecked()))
        self.do.setText(trn("Label {count} sample", "Label {count} samples", count))
        self.do.setEnabled(count > 0)

    def _do(self) -> None:
        rows = self._plan.rows(also_by_hand=self.also_by_hand.isChecked())
        if rows and self._write is not None:
            self.close_over()
            self._write(rows)


def _said(plan: LabelPlan, *, adds: bool) -> list[str]:
    said = []
    if plan.new:
        said.append(trn("{count} sample has no label yet.", "{count} samples have no label yet.", len(plan.new)))
    if plan.changed and adds:
        said.append(
            trn(
                "{count} sample has other labels; this one will be added.",
                "{count} samples have other labels; this one will be added.",
                len(plan.changed),
            )
        )
    elif plan.changed:
        said.append(
            trn(
                "{count} sample has another label from an import or a bulk edit; it will be replaced.",
                "{count} samples have another label from an import or a bulk edit; it will be replaced.",
                len(plan.changed),
            )
        )
    if plan.same:
        said.append(
            trn("{count} sample already has this label.", "{count} samples already have this label.", plan.same)
        )
    if plan.by_hand:
        said.append(
            trn(
                "{count} sample has another label set by hand; it is kept unless you tick the box below.",
                "{count} samples have another label set by hand; they are kept unless you tick the box below.",
                len(plan.by_hand),
            )
        )
    return said or [tr("No samples will change.")]
