"""Importing: the first rows at the left, the guess at the right, one button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QScrollArea, QWidget

from lepton_studio.errors import sentence_of
from lepton_studio.formats import Doubt, Guess
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import Labels
from lepton_studio.studio.hub_rows import HubRows
from lepton_studio.studio.import_result import Foreseen, ImportResult
from lepton_studio.ui.data.guess_changes import (
    downloaded,
    each_turn_of,
    header_chosen,
    refreshed,
    sniffed,
    sniffed_all,
    table_chosen,
)
from lepton_studio.ui.data.guess_form import GuessForm
from lepton_studio.ui.data.known_rows import KnownRows
from lepton_studio.ui.data.preview_rows import Look, look
from lepton_studio.ui.data.preview_table import PreviewTable
from lepton_studio.ui.shared.background import Work, WorkContext
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import value_title
from lepton_studio.widgets.layouts import button, column, quiet, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.steady import ChoiceBox, NumberBox
from lepton_studio.widgets.theme import CAPTION, TITLE

_SIDE = 300


class ImportView(QWidget):
    """`show_files(paths)` begins, or `show_dataset(rows)` with the first rows of one that the button then downloads;
    `left` when it is done or given up."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._looks: list[Look] = []
        self._labels: Labels = ()
        self._current = 0
        self._asked = 0
        self._foreseeing: Work | None = None
        self._hub: HubRows | None = None
        self._guessed: Guess | None = None
        self._title = words("", size=TITLE, bold=True)
        self._notices = words("", muted=True, wrap=True)
        self._failed = words("", wrap=True)
        self._failed.setProperty("tone", "bad")
        self._doubts = words("", wrap=True)
        self._doubts.setProperty("tone", "warn")
        self.confirm = QCheckBox(tr("This is correct: import it as is"), self)
        self.confirm.setAccessibleName(self.confirm.text())
        self.confirm.toggled.connect(self._confirmed_or_not)
        self._confirmed: set[Doubt] = set()
        self.groups = ChoiceBox(self)
        self.groups.setAccessibleName(tr("Files read the same way"))
        self.groups.activated.connect(self._show_group)
        is_wide = session.task.from_labels is None
        self.preview = PreviewTable(value_title=value_title(session.task), wide=is_wide, parent=self)
        # Parts get their place before they are filled: to move them with all that is in them takes longer than to make
        # them.
        self._frame, self._side = QFrame(self), QWidget(self)
        self._answers, self._asked_of = QScrollArea(self._side), QWidget()
        self._answers.setWidget(self._asked_of)
        self.form = GuessForm(session.task.wants, self._asked_of)
        self.form.changed.connect(self._guess_changed)
        self.form.format_changed.connect(self._format_changed)
        self.form.table_changed.connect(self._table_changed)
        self.form.header_changed.connect(self._header_changed)
        self.form.turns_changed.connect(self._turns_changed)
        self.known = KnownRows(self._asked_of)
        self.sharing = ChoiceBox()
        self.sharing.setAccessibleName(tr("Rows without a split"))
        self.sharing.addItem(tr("Split the labelled rows"), True)
        self.sharing.addItem(tr("Leave without a split"), False)
        self.sharing.activated.connect(lambda _i: self._show_shares())
        self.shares = [NumberBox() for _ in range(3)]
        self._share_words = [words(name, size=CAPTION, muted=True) for name in
                             (tr("training %"), tr("validation %"), tr("test %"))]  # fmt: skip
        for spin, value, caption in zip(self.shares, (80, 10, 10), self._share_words, strict=True):
            spin.setRange(0, 100)
            spin.setMinimumWidth(64)
            spin.setValue(value)
            spin.setAccessibleName(caption.text())
            spin.valueChanged.connect(lambda _value: self._check())
        self._wrong = words("", size=CAPTION, wrap=True)
        self._wrong.setProperty("tone", "bad")
        self.import_button = button(tr("Import"), role="primary")
        self.import_button.clicked.connect(lambda: self.download() if self._is_to_come else self.import_all())
        self.cancel = button(tr("Cancel"), role="quiet")
        self.cancel.clicked.connect(self.left)
        self._look_going_on: Work | None = None
        self.left.connect(self._stop_looking)
        self._build()

    def show_files(self, paths: Sequence[Path]) -> None:
        """Look into these files and show the guess."""
        names = ", ".join(path.name for path in paths[:3])
        self._hub = None
        self._begin(tr("Import {names}", names=names if len(paths) <= 3 else f"{names} …"), paths)

    def show_dataset(self, rows: HubRows) -> None:
        """Look at the first rows of a dataset of the Hub, and show the guess; all are downloaded when asked for."""
        self._hub = rows
        self._begin(tr("Import {names}", names=rows.offer.name()), rows.paths)

    def download(self) -> None:
        """Fetch all rows of the dataset whose first rows are shown, then show those, read as the person chose."""
        assert self._hub is not None
        rows, chosen, guessed = self._hub, self._looks[0].guess, self._guessed
        hub = self._session.hub()

        def work(progress: WorkContext) -> tuple[HubRows, list[Look]]:
            whole, guesses = downloaded(rows, guessed=guessed, chosen=chosen, connection=hub, progress=progress)
            return whole, [self._look(one) for one in guesses]

        def done(answer: tuple[HubRows, list[Look]]) -> None:
            if self._hub is rows:
                self._hub, self._looks = answer
                self._show_guesses(0)
                self._foresee(self._asked)
                self.import_button.setFocus()

        def failed(error: Exception) -> None:
            if self._hub is rows:
                self._show_guesses(0)
                self._say("", failed=sentence_of(error))

        self._say(tr("Downloading all rows…"))
        self.import_button.setEnabled(False)
        title = tr("Downloading {name}", name=rows.offer.name())
        self._look_going_on = self._session.run_in_background(title, work, done, failed=failed)

    @property
    def _is_to_come(self) -> bool:
        """Whether only the first rows of a dataset are here."""
        return self._hub is not None and not self._hub.is_whole

    def _begin(self, title: str, paths: Sequence[Path]) -> None:
        self._title.setText(title)
        self._looks = []
        self.known.forget()
        self._confirmed.clear()
        self._labels = self._session.project.labels()
        self._say(tr("Reading the file…"))
        self._show_parts(False)
        self._check()
        self.cancel.setFocus()
        self._ask(
            tr("Reading the file"),
            lambda: [self._look(one) for one in sniffed_all(paths, wants=self._session.task.wants)],
            0,
        )

    def import_all(self) -> None:
        """Bring everything in, as one step that can be undone."""
        guesses, shares = [one.guess for one in self._looks], [spin.value() / 100 for spin in self.shares]
        shared = bool(self.sharing.currentData())
        update, merge_twins = self.known.update_known, self.known.merge_twins
        history_name = "" if self._hub is None else self._hub.offer.name()
        self._stop_foreseeing()

        def work(progress: WorkContext) -> tuple[ImportResult, Changes]:
            from lepton_studio.studio.importing import Shares, import_files

            result = import_files(
                progress.project,
                guesses,
                shares=Shares(*shares) if shared else None,
                update=update,
                merge_twins=merge_twins,
                name=history_name,
                progress=progress.show,
                should_stop=progress.should_stop,
            )
            name = progress.project.undo_name() or ""
            position = progress.project.history_position()
            return result, Changes(name, position, samples=None, labels=True, structure=True)

        def done(answer: tuple[ImportResult, Changes]) -> None:
            result, changes = answer
            self._session.changed.emit(changes)
            if result.is_nothing:
                self._session.failed.emit(result.sentence())
            else:
                self._session.said.emit(result.sentence(), result.added > 0 or result.changed > 0)

        self._session.run_in_background(self._title.text(), work, done, writes=True)
        self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self._stop_foreseeing()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # ----------------------------------------------------------------------------------------------------- inside

    def _ask(self, title: str, look: Callable[[], list[Look]], place: int) -> None:
        # Only the newest question counts: files can be slow, and the person goes on choosing.
        self._asked += 1
        asked = self._asked

        def done(looks: list[Look]) -> None:
            if asked == self._asked:
                first = not self._looks
                self._looks = looks
                self._guessed = looks[0].guess if first else self._guessed
                self._show_guesses(place)
                self._foresee(asked)
                if first:
                    asks = self.confirm if self.confirm.isVisibleTo(self) else self.form.text
                    (self.import_button if self.import_button.isEnabled() else asks).setFocus()

        def failed(error: Exception) -> None:
            if asked == self._asked:
                if self._looks:
                    self._show_guesses(place)  # as it was before the choice that cannot be
                self._say("", failed=sentence_of(error))
                self._check()

        self._stop_looking()
        self._look_going_on = self._session.run_in_background(
            title, lambda _progress: look(), done, failed=failed, quiet=True
        )

    def _stop_looking(self) -> None:
        """Nobody waits for the answer to the last question any more."""
        if self._look_going_on is not None:
            self._look_going_on.stop.set()

    def _foresee(self, asked: int) -> None:
        """Find out which rows are there already, and which labels look alike: reads the files to their ends."""
        self._stop_foreseeing()
        guesses = [one.guess for one in self._looks]
        if self._is_to_come or not all(guess.text is not None or not guess.columns for guess in guesses):
            self.known.show_foreseen(None)
            return

        def work(progress: WorkContext) -> Foreseen | None:
            from lepton_studio.formats import UnreadableFile
            from lepton_studio.studio.importing import Cancelled, foresee

            try:
                return foresee(progress.project, guesses, should_stop=progress.should_stop)
            except (Cancelled, UnreadableFile):  # the import itself will say what is wrong with a file
                return None

        def done(foreseen: Foreseen | None) -> None:
            if asked == self._asked:
                self.known.show_foreseen(foreseen)

        self._foreseeing = self._session.run_in_background(tr("Reading the file"), work, done, quiet=True)

    def _stop_foreseeing(self) -> None:
        if self._foreseeing is not None:
            self._session.background.cancel(self._foreseeing)

    def _show_guesses(self, place: int) -> None:
        self._show_parts(True)
        self.import_button.setText(tr("Download all rows") if self._is_to_come else tr("Import"))
        self.groups.clear()
        for one in self._looks:
            paths = one.guess.paths
            names = ", ".join(path.name for path in paths[:4])
            more = tr("{names} and {n} more", names=names, n=len(paths) - 4)
            self.groups.addItem(names if len(paths) <= 4 else more)
        self.groups.setVisible(len(self._looks) > 1)
        if any({*one.guess.odd_splits} - {*one.guess.split_words} for one in self._looks):
            self.sharing.setCurrentIndex(self.sharing.findData(False))  # they may be held out: nothing learns them
        self._show_group(min(place, len(self._looks) - 1))

    def _show_group(self, place: int) -> None:
        self._current = place
        self.groups.setCurrentIndex(place)
        shown = self._looks[place]
        self.preview.show_rows(shown.rows)
        self.form.show_guess(shown.guess)
        told = "" if self._hub is None else self._hub.words
        self._say("  ".join(part for part in (told, *shown.guess.notices) if part))
        self._show_doubts(shown.guess.doubts)
        self._show_shares()

    def _show_doubts(self, doubts: Sequence[Doubt]) -> None:
        self._doubts.setText("\n".join(one.sentence for one in doubts))
        with quiet(self.confirm):
            self.confirm.setChecked(self._confirmed.issuperset(doubts))
        for widget in (self._doubts, self.confirm):
            widget.setVisible(bool(doubts))

    def _confirmed_or_not(self, confirmed: bool) -> None:
        doubts = self._looks[self._current].guess.doubts
        self._confirmed = self._confirmed | {*doubts} if confirmed else self._confirmed - {*doubts}
        self._check()

    def _say(self, notice: str, *, failed: str = "") -> None:
        for label, sentence in ((self._notices, notice), (self._failed, failed)):
            label.setText(sentence)
            label.setVisible(bool(sentence))

    def _show_parts(self, shown: bool) -> None:
        """Preview and answers, once there is something to show and to answer."""
        for part in (self._frame, self._answers, self.import_button):
            part.setVisible(shown)
        self._show_doubts(())
        self.groups.setVisible(shown and len(self._looks) > 1)

    def _guess_changed(self, guess: Guess) -> None:
        before = self._looks[self._current].guess
        self._again(lambda: refreshed(guess, before))

    def _format_changed(self, format_id: str) -> None:
        paths = self._looks[self._current].guess.paths
        self._again(lambda: sniffed(paths, format_id=format_id, wants=self._session.task.wants))

    def _table_changed(self, name: str) -> None:
        guess = self._looks[self._current].guess
        self._again(lambda: table_chosen(guess, name))

    def _header_changed(self, row: int) -> None:
        guess = self._looks[self._current].guess
        self._again(lambda: header_chosen(guess, row))

    def _turns_changed(self, roles: tuple[str, ...]) -> None:
        guess = self._looks[self._current].guess
        self._again(lambda: each_turn_of(guess, roles))

    def _again(self, look: Callable[[], Guess]) -> None:
        place, looks = self._current, list(self._looks)

        def renewed() -> list[Look]:
            looks[place] = self._look(look())
            return looks

        self._ask(tr("Reading the first rows"), renewed, place)

    def _look(self, guess: Guess) -> Look:
        return look(guess, task=self._session.task, labels=self._labels)

    def _show_shares(self) -> None:
        shared = bool(self.sharing.currentData())
        for widget in (*self.shares, *self._share_words):
            widget.setVisible(shared)
        self._check()

    def _check(self) -> None:
        shared, total = bool(self.sharing.currentData()), sum(spin.value() for spin in self.shares)
        wrong = tr("The shares add up to {total}%, not 100%.", total=total) if shared and total != 100 else ""
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        guesses = [one.guess for one in self._looks]
        readable = bool(guesses) and all(guess.text is not None or not guess.columns for guess in guesses)
        is_clear = all(self._confirmed.issuperset(guess.doubts) for guess in guesses)
        self.import_button.setEnabled(readable and is_clear and not wrong)
        set_tool_tip(self.import_button, "" if is_clear else tr("First answer the question above the preview."))

    def _build(self) -> None:
        frame = self._frame
        frame.setProperty("role", "card")
        frame.setLayout(column(self.preview, margins=(1, 1, 1, 1)))
        shares = row(*(column(w, s, gap=2) for w, s in zip(self._share_words, self.shares, strict=True)), gap=8)
        self._asked_of.setLayout(
            column(
                self.form,
                self.known,
                8,
                words(tr("Rows without a split")),
                self.sharing,
                shares,
                self._wrong,
                None,
                gap=8,
                margins=(0, 0, 12, 0),
            )
        )
        scroll, side = self._answers, self._side
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setFixedWidth(_SIDE)
        buttons = row(self.cancel, self.import_button)
        buttons.setStretch(1, 1)
        beside = column(scroll, buttons, None, gap=16)
        beside.setStretch(0, 1000)
        side.setLayout(beside)
        asked = column(self._doubts, self.confirm, gap=4)
        left = column(
            self._title,
            self._notices,
            self._failed,
            asked,
            self.known.rows,
            self.known.twins,
            self.groups,
            frame,
            None,
            gap=12,
        )
        left.setStretch(7, 1000)
        layout = row(left, side, gap=24, margins=(24, 16, 24, 24))
        layout.setStretch(0, 1)
        self.setLayout(layout)
