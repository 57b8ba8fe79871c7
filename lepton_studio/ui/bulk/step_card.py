"""A step on many samples, before it is done: how many get a value, have it, have another one, are test samples."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.studio.bulk import BulkPlan, BulkStep, Change, Kind
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.theme import CAPTION, TITLE
from lepton_studio.words import shortened

_LONGEST = 120
"""Characters of a value's words that stand in a row."""
_EXAMPLES = 4


class BulkStepCard(Overlay):
    """`ask(...)`; Enter does it, Escape leaves everything as it is."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._plan = BulkPlan()
        self._write: Callable[[list[Change]], object] | None = None
        self._title = words("", size=TITLE, bold=True, wrap=True)
        self.sentence = words("", wrap=True)
        self.overwrite = QCheckBox()
        self.overwrite.toggled.connect(lambda _on: self._show_chosen())
        self.also_test = QCheckBox()
        self.also_test.toggled.connect(lambda _on: self._show_chosen())
        self._examples = column(gap=10)
        self.do = button("", role="primary")
        self.do.clicked.connect(self._do)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addWidget(self.overwrite)
        self.card_layout.addWidget(self.also_test)
        self.card_layout.addLayout(self._examples)
        self.card_layout.addLayout(row(None, self.cancel, self.do))

    def ask(self, step: BulkStep, plan: BulkPlan, *, write: Callable[[list[Change]], object]) -> None:
        """Show what the step would do; `write` is called with the changes that the person wants."""
        self._plan, self._write = plan, write
        self._title.setText(step.title)
        self.sentence.setText("\n".join(_said(step, plan)))
        conflicts, tests = _conflicts(plan), _tests(plan)
        self.overwrite.setChecked(False)
        self.overwrite.setVisible(conflicts > 0)
        self.overwrite.setText(
            trn("Replace the annotation of {count} sample", "Replace the annotations of {count} samples", conflicts)
        )
        self.also_test.setChecked(False)
        self.also_test.setVisible(tests > 0)
        self.also_test.setText(
            trn("Include {count} sample of the test split", "Include {count} samples of the test split", tests)
        )
        self._show_chosen()
        self.open_over()
        (self.do if self.do.isEnabled() else self.cancel).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            self.close_over() if focus is self.cancel else self._do()
        else:
            super().keyPressEvent(event)

    def _chosen(self) -> list[Change]:
        return self._plan.chosen(overwrite=self.overwrite.isChecked(), also_test=self.also_test.isChecked())

    def _show_chosen(self) -> None:
        count = len(self._chosen())
        self.do.setText(trn("Label {count} sample", "Label {count} samples", count))
        self.do.setEnabled(count > 0)
        clear(self._examples)
        kinds: tuple[Kind, ...] = ("conflict", "added", "new") if self.overwrite.isChecked() else ("added", "new")
        for example in [one for kind in kinds for one in self._plan.examples.get(kind, ())][:_EXAMPLES]:
            changed = (example.before, example.after) if example.before else (example.after,)
            what = "  →  ".join(shortened(said, _LONGEST) for said in changed)
            text = words(example.excerpt, size=CAPTION, muted=True)
            self._examples.addLayout(column(text, words(what, wrap=True), gap=2))

    def _do(self) -> None:
        changes = self._chosen()
        if changes and self._write is not None:
            self.close_over()
            self._write(changes)


def _conflicts(plan: BulkPlan) -> int:
    return plan.count("conflict", in_test=False) + plan.count("conflict", in_test=True)


def _tests(plan: BulkPlan) -> int:
    return sum(one.in_test for one in plan.changes)


def _said(step: BulkStep, plan: BulkPlan) -> list[str]:
    """A sentence for each thing that there is."""
    new, added = plan.count("new", in_test=False), plan.count("added", in_test=False)
    conflicts = plan.count("conflict", in_test=False)
    said = []
    if new:
        said.append(
            trn("{count} unlabelled sample will be labelled.", "{count} unlabelled samples will be labelled.", new)
        )
    if added:
        said.append(
            trn(
                "{count} sample has other labels; this one will be added.",
                "{count} samples have other labels; this one will be added.",
                added,
            )
        )
    if plan.same:
        said.append(
            trn(
                "{count} sample is labelled this way already.",
                "{count} samples are labelled this way already.",
                plan.same,
            )
        )
    if conflicts:
        said.append(
            trn(
                "{count} sample is labelled differently and will be kept as it is.",
                "{count} samples are labelled differently and will be kept as they are.",
                conflicts,
            )
        )
    if plan.unknown:
        said.append(trn("{count} sample has no suggestion.", "{count} samples have no suggestion.", plan.unknown))
    said += _of_splits(step, plan)
    return said if plan.changes or plan.same or plan.unknown else [tr("No samples will change.")]


def _of_splits(step: BulkStep, plan: BulkPlan) -> list[str]:
    said = []
    if tests := _tests(plan):
        said.append(
            trn(
                "{count} sample of the test split is left out.",
                "{count} samples of the test split are left out.",
                tests,
            )
            + " "
            + {
                "rule": tr("Labels that a rule chose would make the test scores unreliable."),
                "model": tr("Labels that a model chose would make the test scores unreliable."),
            }.get(step.chosen_by, tr("Test scores are only reliable if each of these labels was checked."))
        )
    if step.split is not None and any(not one.in_test for one in plan.changes):
        said.append(tr("Samples without a split go to the training split, so they are never used to measure a model."))
    return said
