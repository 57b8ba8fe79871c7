"""What merging a copy of the project would do, before it is done."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.history import user_name
from lepton_studio.project.project import Project
from lepton_studio.studio.merging import MergePlan, merge, plan_merge
from lepton_studio.studio.merging_in_words import merge_sentences
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.history_steps import Offer
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.line_field import LineField
from lepton_studio.widgets.theme import TITLE


class MergeCard(Overlay):
    """`ask(session, folder)` begins; nothing is merged unless the person says so."""

    manual = "howto-two-people"

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=560)
        self._session: Session | None = None
        self._folder = Path()
        self._work: Work | None = None
        self.plan: MergePlan | None = None
        self._title = words("", size=TITLE, bold=True, wrap=True)
        self.sentences = words("", wrap=True)
        self._whose = words("", wrap=True, muted=True)
        self.who = LineField()
        self.who.setAccessibleName(tr("Who labelled the copy"))
        self.who.taken.connect(lambda _name: self._plan())
        self.who.editingFinished.connect(self._look_again)
        self.who.left.connect(self.close_over)
        self._named = ""
        self.do = button(tr("Merge"), role="primary")
        self.do.clicked.connect(self._merge)
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.close_over)
        for part in (self._title, self.sentences, self._whose, self.who):
            self.card_layout.addWidget(part)
        self.card_layout.addLayout(row(None, self.cancel, self.do))

    def ask(self, session: Session, folder: Path) -> None:
        """Compare the copy in `folder` with the project beside the window, and say what merging it would do."""
        self._session, self._folder, self._named = session, folder, ""
        self._title.setText(tr("Merge “{name}”", name=folder.stem))
        self._whose.hide()
        self.who.hide()
        self.who.setText("")
        self._plan()
        self.open_over()
        self.cancel.setFocus()

    def _look_again(self) -> None:
        if self.isVisible() and self.who.text().strip() != self._named:
            self._plan()

    def _plan(self) -> None:
        session, self.plan = self._session, None
        if session is None:
            return
        self._named = named = self.who.text().strip()
        self.do.hide()
        self.sentences.setText(tr("Comparing the copy with this project…"))

        def compare(progress: WorkContext) -> MergePlan:
            with Project.open(self._folder, read_only=True) as copy:
                return plan_merge(progress.project, [copy], named=named, told=progress)

        work = session.run_in_background(
            tr("Comparing a copy"),
            compare,
            lambda plan: self._take(work, plan),
            failed=lambda _error: self._fail(work),
            quiet=True,
        )
        self._work = work

    def _take(self, work: Work, plan: MergePlan) -> None:
        if work is not self._work:
            return
        self.plan = plan
        self.sentences.setText("\n".join(merge_sentences(plan)))
        self.do.setVisible(not plan.is_empty)
        if len(plan.people) == 1 and not self.who.isVisibleTo(self):
            (name,) = plan.people
            same = tr(
                "Both copies were labelled as “{name}”. If the other one is somebody else's, enter their name:",
                name=name,
            )
            self._whose.setText(same if name == user_name() else tr("The new annotations are kept under this name:"))
            self._named = name
            self.who.setText(name)
            self._whose.show()
            self.who.show()

    def _fail(self, work: Work) -> None:
        if work is self._work:
            self.close_over()

    def _merge(self) -> None:
        session, plan, folder, named = self._session, self.plan, self._folder, self._named
        self.close_over()
        if session is None or plan is None:
            return
        done: list[MergePlan] = []

        def write(project: Project) -> Changes | None:
            with ExitStack() as opened:
                copy = opened.enter_context(Project.open(folder, read_only=True))
                done.append(merge(project, [copy], plan, named=named))
            return done[-1].changes

        def told(changes: Changes | None) -> None:
            if changes is None:
                return
            session.changed.emit(changes)
            merged = done[-1]
            sentence = " ".join(merge_sentences(merged))
            if merged.differing:
                session.offered.emit(Offer(sentence, tr("Settle…"), lambda: _settle(session), 20))
            else:
                session.said.emit(sentence, True)

        session.perform_in_background(tr("Merging a copy"), write, done=told)


def _settle(session: Session) -> None:
    session.open_page("label")
    session.settling_requested.emit()
