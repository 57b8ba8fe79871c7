"""The rules of a project: what each finds, how often it is right; each can be changed, deleted and applied."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.studio.rules import (
    Measured,
    Rule,
    keep_rule,
    measure,
    measured_sentence,
    rule_step,
    rule_words,
    rules_of,
)
from lepton_studio.ui.bulk.actions import BulkActions
from lepton_studio.ui.bulk.rule_card import RuleCard
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work
from lepton_studio.ui.shared.history_steps import Offer
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, clear, column, line, row, words
from lepton_studio.widgets.plain_text import PlainLabel
from lepton_studio.widgets.theme import CAPTION, TITLE

_TALLEST = 420
"""Pixels of the list; longer ones are scrolled."""


class RulesCard(Overlay):
    """`show_rules(session)` opens it. Nothing is labelled unless the person applies a rule."""

    manual = "howto-label-faster"

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=720)
        self._session: Session | None = None
        self._work: Work | None = None
        self.measured: dict[str, PlainLabel] = {}
        self._rows = column(gap=12)
        holder = QWidget()
        holder.setLayout(column(self._rows, None))
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(holder)
        self._intro = words("", wrap=True, muted=True)
        self.new = button(tr("New rule…"), role="primary")
        self.new.clicked.connect(lambda: self._edit(None))
        close = button(tr("Close"), role="quiet")
        close.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Rules"), size=TITLE, bold=True))
        self.card_layout.addWidget(self._intro)
        self.card_layout.addWidget(self._scroll)
        self.card_layout.addLayout(row(self.new, None, close))
        self.closed.connect(self._stop)

    def show_rules(self, session: Session) -> None:
        """Show the rules of the project, and find out beside the window what each finds."""
        self._session = session
        rules = rules_of(session.project)
        self._intro.setText(
            tr("A rule labels texts that contain certain words. Nothing is labelled until you apply it.")
        )
        self._show(rules)
        self.open_over()
        self.new.setFocus()
        self._stop()
        if rules:
            work = session.run_in_background(
                tr("Checking the rules"),
                lambda progress: measure(progress.project, rules, task=session.task, progress=progress),
                lambda found: self._take(work, found),
                failed=lambda _error: None,
                quiet=True,
            )
            self._work = work

    def _show(self, rules: list[Rule]) -> None:
        clear(self._rows)
        self.measured = {}
        names = {} if self._session is None else {one.id: one.name for one in self._session.project.labels()}
        for rule in rules:
            sentence = words(tr("Searching the samples…"), size=CAPTION, muted=True, wrap=True)
            self.measured[rule.name] = sentence
            apply = button(tr("Apply…"), name=tr("Apply rule “{name}”", name=rule.name))
            apply.clicked.connect(partial(self.apply, rule))
            edit = button(tr("Edit…"), role="quiet", name=tr("Edit rule “{name}”", name=rule.name))
            edit.clicked.connect(partial(self._edit, rule))
            delete = button(tr("Delete"), role="quiet", name=tr("Delete rule “{name}”", name=rule.name))
            delete.clicked.connect(partial(self.delete, rule))
            what = words(f"{rule_words(rule)}  →  {names[rule.label]}", wrap=True)
            head = row(words(rule.name, bold=True, wrap=True), delete, edit, apply)
            head.setStretch(0, 1)
            self._rows.addLayout(column(head, what, sentence, line(), gap=4))
        self._scroll.setVisible(bool(rules))
        self._scroll.setFixedHeight(min(_TALLEST, 120 * len(rules) + 8))

    def _take(self, work: Work, found: Mapping[str, Measured]) -> None:
        if work is self._work:
            self._work = None
            for name, one in found.items():
                if name in self.measured:
                    self.measured[name].setText(measured_sentence(one))

    def apply(self, rule: Rule) -> None:
        """Show what the rule would label, and label it if the person says so."""
        session, host = self._session, self.parentWidget()
        self.close_over()
        if session is not None and host is not None:
            BulkActions(session, host).run_made(
                tr("Applying rule “{name}”", name=rule.name),
                lambda progress: rule_step(progress.project, rule, task=session.task, progress=progress),
            )

    def delete(self, rule: Rule) -> None:
        """Keep the rule no longer; what it labelled stays."""
        session = self._session
        if session is None:
            return
        again = Offer(
            tr("Rule “{name}” deleted.", name=rule.name),
            tr("Undo"),
            lambda: session.perform(lambda project: keep_rule(project, rule), done=lambda _changes: None),
        )

        def done(_changes: Changes | None) -> None:
            self.show_rules(session)
            session.offered.emit(again)

        session.perform(lambda project: project.drop_kept("rules", rule.name), done=done)

    def _edit(self, rule: Rule | None) -> None:
        session, host = self._session, self.parentWidget()
        if session is not None and host is not None:
            self.close_over()
            RuleCard.over(host).ask(session, rule, kept=lambda: self.show_rules(session))

    def _stop(self) -> None:
        if self._work is not None and self._session is not None:
            self._session.background.cancel(self._work)
            self._work = None
