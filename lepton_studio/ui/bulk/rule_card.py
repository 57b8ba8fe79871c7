"""One rule: what it looks for and which label it stands for. What it finds is shown while one types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.studio.rules import Measured, Rule, keep_rule, measure, measured_sentence
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.form import Form
from lepton_studio.widgets.layouts import button, clear, column, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import CAPTION, TITLE
from lepton_studio.words import on_one_line, shortened

_REST = 300
"""Milliseconds without a key until what it finds is looked for."""
_LONGEST_NAME = 40
_EXCERPT = 90


class RuleCard(Overlay):
    """`ask(...)`; `kept()` is called once the rule is in the project. Escape changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=600)
        self._session: Session | None = None
        self._kept: Callable[[], object] = bool
        self._was = ""
        self._work: Work | None = None
        self._title = words("", size=TITLE, bold=True)
        self.manner = ChoiceBox()
        for manner, title in (("any", tr("Any of these words")), ("all", tr("All of these words"))):
            self.manner.addItem(title, manner)
        self.manner.addItem(tr("Regular expression"), "pattern")
        self.looks_for = QLineEdit()
        self.label = ChoiceBox()
        self.name = QLineEdit()
        self.whole = QCheckBox(tr("Whole words only"))
        self.case = QCheckBox(tr("Match case"))
        form = Form(gap=10)
        form.add("manner", tr("Find texts with"), field=self.manner)
        form.add("words", "", field=self.looks_for, sentence=tr("Separate words or phrases with commas."))
        self.looks_for.setAccessibleName(tr("Words or regular expression"))
        form.add("label", tr("Label"), field=self.label)
        form.add("name", tr("Name"), field=self.name)
        self.found = words("", wrap=True)
        self._examples = column(gap=4)
        self.do = button(tr("Save rule"), role="primary")
        self.do.clicked.connect(self._save)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self._leave)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(form)
        self.card_layout.addLayout(row(self.whole, 16, self.case, None, gap=0))
        self.card_layout.addWidget(self.found)
        self.card_layout.addLayout(self._examples)
        self.card_layout.addLayout(row(None, self.cancel, self.do))
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._look)
        self.looks_for.textChanged.connect(lambda _text: self._change())
        for box in (self.manner, self.label):
            box.currentIndexChanged.connect(lambda _place: self._change())
        for check in (self.whole, self.case):
            check.toggled.connect(lambda _on: self._change())
        self.closed.connect(self._stop)

    def ask(self, session: Session, rule: Rule | None, *, kept: Callable[[], object]) -> None:
        """Change a rule, or make one."""
        self._session, self._kept, self._was = session, kept, "" if rule is None else rule.name
        self._title.setText(tr("New rule") if rule is None else tr("Edit rule"))
        self.label.clear()
        for one in session.project.labels():
            self.label.addItem(one.name, one.id)
        shown = rule or Rule("", 0, "")
        self.manner.setCurrentIndex(self.manner.findData(shown.manner))
        self.label.setCurrentIndex(max(0, self.label.findData(shown.label)))
        self.looks_for.setText(shown.words)
        self.name.setText(shown.name)
        self.whole.setChecked(shown.whole)
        self.case.setChecked(shown.case)
        self._change()
        self.open_over()
        self.looks_for.setFocus()

    def rule(self) -> Rule:
        """As it stands in the form."""
        looks_for = self.looks_for.text().strip()
        return Rule(
            self.name.text().strip() or shortened(looks_for, _LONGEST_NAME),
            self.label.currentData() or 0,
            looks_for,
            self.manner.currentData(),
            self.whole.isChecked(),
            self.case.isChecked(),
        )

    def _change(self) -> None:
        rule = self.rule()
        self.whole.setEnabled(rule.manner != "pattern")
        self.name.setPlaceholderText(shortened(rule.words, _LONGEST_NAME))
        self.do.setEnabled(bool(rule.words and rule.label))
        self._stop()
        self._rest.start()

    def _look(self) -> None:
        session, rule = self._session, self.rule()
        clear(self._examples)
        if session is None or not rule.words or not self.isVisible():
            self.found.setText("")
            return
        self.found.setText(tr("Searching the samples…"))
        work = session.run_in_background(
            tr("Checking the rule"),
            lambda progress: measure(progress.project, [rule], task=session.task, progress=progress)[rule.name],
            lambda measured: self._take(work, measured),
            failed=lambda _error: None,
            quiet=True,
        )
        self._work = work

    def _take(self, work: Work, measured: Measured) -> None:
        if work is not self._work:
            return
        self._work = None
        self.found.setText(measured_sentence(measured))
        self.do.setEnabled(self.do.isEnabled() and not measured.problem)
        for text in measured.examples:
            self._examples.addWidget(words(on_one_line(text, _EXCERPT), size=CAPTION, muted=True))

    def _save(self) -> None:
        session, rule = self._session, self.rule()
        if session is None:
            return
        taken = session.project.kept("rules")
        if rule.name != self._was and rule.name in taken:
            rule = replace(rule, name=_free(rule.name, taken=frozenset(taken)))
        was = self._was
        if session.perform(lambda project: keep_rule(project, rule, was=was), done=lambda _changes: None) is not None:
            self._leave()

    def _leave(self) -> None:
        self.close_over()
        self._kept()

    def _stop(self) -> None:
        self._rest.stop()
        if self._work is not None and self._session is not None:
            self._session.background.cancel(self._work)
            self._work = None


def _free(name: str, *, taken: frozenset[str]) -> str:
    return next(one for n in range(2, len(taken) + 3) if (one := f"{name} {n}") not in taken)
