"""The Export page: the labels as files, the model as a folder, predictions on a new file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.project.records import Filter, RunId, RunRecord
from lepton_studio.studio.scores_in_words import titled_score
from lepton_studio.ui.export.losses import LossReport
from lepton_studio.ui.export.predict_panel import PredictPanel
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.page import POINTED_AT, Page
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import amount
from lepton_studio.widgets.layouts import button, column, line, quiet, row, words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, TITLE, line_width

if TYPE_CHECKING:
    from lepton_studio.studio.dataset_export import Destination
    from lepton_studio.studio.exporting import ExportChoice, ExportResult
    from lepton_studio.ui.export.dataset_card import DatasetCard


class ExportPage(Page):
    """Three things to take away, each a sentence, a choice and a button."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._runs: list[RunRecord] = []
        self._only_here: frozenset[RunId] = frozenset()
        self._choices: dict[str, ExportChoice] = {}
        self.dataset_card: DatasetCard | None = None
        self.format = ChoiceBox()
        self.format.setAccessibleName(tr("File format"))
        self.format.currentIndexChanged.connect(lambda _row: self._show_expected())
        self.losses = LossReport()
        self.losses.sample_wanted.connect(lambda sample: session.show_samples(Filter(ids=(sample,))))
        self.also_unlabelled = QCheckBox(tr("Include unlabelled samples"))
        self.export_button = button(tr("Save labels…"))
        self.export_button.clicked.connect(self._choose_data_path)
        self.dataset_button = button(tr("Save as a dataset…"))
        self.dataset_button.clicked.connect(self._ask_for_dataset)
        self._labelled = words("", muted=True, wrap=True)
        self.run = ChoiceBox()
        self.run.setAccessibleName(tr("Run"))
        self.run.currentIndexChanged.connect(lambda _row: self._say_of_model())
        self.model_button = button(tr("Save model…"))
        self.model_button.clicked.connect(self._choose_model_path)
        self.card_button = button(tr("Model card…"), tip=tr("What the model was made of, how good it is and where not"))
        self.card_button.clicked.connect(self.open_card)
        self.predict_button = button(tr("Choose a file and predict…"), role="primary")
        self.predict_button.setObjectName(POINTED_AT)
        self.predict_button.clicked.connect(self._choose_input)
        self.predictions = PredictPanel(session)
        self.predictions.done.connect(self._read_runs)
        self._no_run = words("", muted=True, wrap=True)
        self._to_tune = button(tr("Go to Tune"), role="link")
        self._to_tune.clicked.connect(lambda: session.open_page("tune"))
        self._to_tune.hide()
        self._is_labelled = False
        # Until it is known what there is to take along.
        self._allow(False, self.run, self.card_button, self.model_button, self.predict_button)
        self._allow(False, self.export_button, self.dataset_button)
        self._build()

    def refresh(self) -> None:
        project = self.session.project
        labelled = project.count(Filter(state="labelled"))
        self._labelled.setText(
            tr("Labelled samples, with their split, note and other columns: {n}", n=amount(labelled))
            if labelled
            else tr("Nothing is labelled yet.")
        )
        self._is_labelled = labelled > 0
        self._allow(self._is_labelled, self.dataset_button)
        self._allow(self._is_labelled and bool(self._choices), self.export_button)
        self._read_choices()
        self._read_runs()

    def actions_of_page(self) -> Sequence[Action]:
        def has_model() -> bool:
            return bool(self._runs)

        return [
            Action("export", tr("Save labels…"), self._choose_data_path, "Ctrl+S", "project"),
            Action("export_dataset", tr("Save as a dataset…"), self._ask_for_dataset, "", "project"),
            Action("export_model", tr("Save model…"), self._choose_model_path, "", "project", has_model),
            Action("model_card", tr("Model card…"), self.open_card, "", "project", has_model),
            Action("predict", tr("Predict on a file…"), self._choose_input, "Ctrl+P", "project", has_model),
        ]

    # -------------------------------------------------------------------------------------------------- the three

    def export_data(self, path: Path, *, format_id: str) -> None:
        """Write the samples, in a thread; a file that was there is replaced (the dialog asked)."""
        only_labelled = not self.also_unlabelled.isChecked()

        def work(progress: WorkContext) -> ExportResult:
            from lepton_studio.studio.exporting import export_annotations

            return export_annotations(
                progress.project,
                path,
                format=format_id,
                only_labelled=only_labelled,
                replace=True,
                progress=progress.show,
                should_stop=progress.should_stop,
            )

        def done(result: ExportResult) -> None:
            said = tr("Saved {file}. Samples: {n}.", n=amount(result.samples), file=path.name)
            self.losses.show_result(said, result.losses)
            self.session.said.emit(said, False)

        self.session.run_in_background(tr("Saving {file}", file=path.name), work, done)

    def export_dataset(self, path: Path, *, destination: Destination) -> None:
        """Write the samples as a dataset with its card, in a thread, and put it on the Hub where that is wanted."""
        only_labelled = not self.also_unlabelled.isChecked()
        connection = self.session.hub()

        def work(progress: WorkContext) -> tuple[ExportResult, str]:
            from lepton_studio.studio.dataset_export import export_dataset, push_dataset

            result = export_dataset(
                progress.project,
                path,
                licence=destination.licence,
                only_labelled=only_labelled,
                replace=True,
                progress=progress.show,
                should_stop=progress.should_stop,
            )
            if not destination.name:
                return result, ""
            private = not destination.is_public
            try:
                push_dataset(
                    path, destination.name, is_private=private, connection=connection, should_stop=progress.should_stop
                )
            except StudioError as error:
                return result, str(error)  # what was saved stays
            return result, tr("Uploaded as {name}.", name=destination.name)

        def done(answer: tuple[ExportResult, str]) -> None:
            result, uploaded = answer
            said = tr("Saved {file}. Samples: {n}.", n=amount(result.samples), file=path.name)
            said = f"{said} {uploaded}".strip()
            self.losses.show_result(said, result.losses)
            self.session.said.emit(said, False)

        self.session.run_in_background(tr("Saving {file}", file=path.name), work, done)

    def export_model(self, path: Path, *, run: RunId) -> None:
        """Copy the model of a run to a new folder, in a thread."""

        def work(progress: WorkContext) -> str:
            from lepton_studio.studio.exporting import export_model, only_loads_here
            from lepton_studio.studio.model_card import card_files

            project = progress.project
            saved = export_model(project.run_folder(run), path, beside=card_files(project, project.run(run)))
            if only_loads_here(progress.project.run_folder(run)):
                return tr(
                    "Saved the model in {folder}. Only Lepton Studio can load it, because a prefix was learned for it; "
                    "its model card says how good it is.",
                    folder=saved.name,
                )
            return tr(
                "Saved the model in {folder}. Its README shows the three lines of code that load it; its model card "
                "says how good it is.",
                folder=saved.name,
            )

        self.session.run_in_background(
            tr("Saving the model"), work, lambda said: self.session.said.emit(said, False), can_cancel=False
        )

    def open_card(self) -> None:
        """Show the model card of the run that is chosen."""
        from lepton_studio.ui.export.card_view import CardView

        run = self.run.currentData()
        if run is not None:
            CardView.over(self).open_on(self.session, run)

    def predict(self, source: Path, output: Path, *, run: RunId) -> None:
        """Let the model of a run read a file, in a child; the table shows the first predictions."""
        self.predictions.predict(source, output, run=run)

    # ----------------------------------------------------------------------------------------------------- inside

    def _read_choices(self) -> None:
        def choices(progress: WorkContext) -> tuple[ExportChoice, ...]:
            from lepton_studio.studio.exporting import export_choices

            return export_choices(progress.project)

        self.session.run_in_background(tr("Checking the formats"), choices, self._show_choices, quiet=True)

    def _show_choices(self, choices: tuple[ExportChoice, ...]) -> None:
        chosen = self.format.currentData() or self.session.settings.export_format
        self._choices = {one.format.id: one for one in choices}
        with quiet(self.format):
            self.format.clear()
            for one in choices:
                self.format.addItem(tr(one.format.title), one.format.id)
            self.format.setCurrentIndex(max(0, self.format.findData(chosen)))
        self._allow(self._is_labelled and bool(choices), self.export_button)
        self._show_expected()

    def _show_expected(self) -> None:
        choice = self._choices.get(self.format.currentData())
        if choice is not None:
            self.losses.expect(choice.lacks)

    def _read_runs(self) -> None:
        def models(progress: WorkContext) -> tuple[list[RunRecord], frozenset[RunId]]:
            from lepton_studio.studio.exporting import only_loads_here
            from lepton_studio.studio.predicting import runs_with_model

            project = progress.project
            runs = runs_with_model(project)
            return runs, frozenset(run.id for run in runs if only_loads_here(project.run_folder(run.id)))

        self.session.run_in_background(tr("Looking for models"), models, self._show_runs, quiet=True)

    def _show_runs(self, found: tuple[list[RunRecord], frozenset[RunId]]) -> None:
        chosen = self.run.currentData()
        runs, self._only_here = found
        self._runs = runs
        with quiet(self.run):
            self.run.clear()
            for run in runs:
                self.run.addItem(_run_words(run, self.session.task), run.id)
            self.run.setCurrentIndex(max(0, self.run.findData(chosen)))
        has_model = bool(runs)
        self._allow(has_model, self.run, self.card_button, self.model_button, self.predict_button)
        self.run.setVisible(has_model)
        self._to_tune.setVisible(not has_model)
        self._say_of_model()

    def _say_of_model(self) -> None:
        """What the folder of the chosen run's model will be."""
        run = self.run.currentData()
        if run is None:
            said = tr("No tuned model yet. Tune one, and you can save it here.")
        elif run in self._only_here:
            said = tr("A folder that only Lepton Studio loads: the model has a learned prefix.")
        else:
            said = tr(
                "A folder that popular open-source libraries load with three lines of code, without Lepton Studio."
            )
        self._no_run.setText(said)

    @staticmethod
    def _allow(allowed: bool, *parts: QWidget) -> None:
        for part in parts:
            part.setEnabled(allowed)

    def _choose_data_path(self) -> None:
        choice = self._choices.get(self.format.currentData())
        if choice is None:
            return
        suggested = f"{self.session.project.name}{choice.format.suffix}"
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save labels"), suggested)
        if chosen:
            self.session.remember(export_format=choice.format.id)
            self.export_data(Path(chosen), format_id=choice.format.id)

    def _ask_for_dataset(self) -> None:
        from lepton_studio.ui.export.dataset_card import DatasetCard

        if self.dataset_card is None:
            self.dataset_card = DatasetCard(self)
            self.dataset_card.chosen.connect(self._choose_dataset_path)
        self.dataset_card.ask()

    def _choose_dataset_path(self, destination: Destination) -> None:
        suggested = f"{self.session.project.name}-dataset"
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("A new folder for the dataset"), suggested)
        if chosen:
            self.export_dataset(Path(chosen), destination=destination)

    def _choose_model_path(self) -> None:
        run = self.run.currentData()
        if run is None:
            return
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("A new folder for the model"), f"model-run-{run}")
        if chosen:
            self.export_model(Path(chosen), run=run)

    def _choose_input(self) -> None:
        run = self.run.currentData()
        if run is not None:
            self.predictions.choose_file(run)

    def _build(self) -> None:
        for box in (self.format, self.run):
            box.setMinimumWidth(200)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        labels = _section(
            tr("Your labels, as files"), self._labelled, controls=[self.format, self.export_button, self.dataset_button]
        )
        told = row(self.losses, 24)
        told.setStretch(0, 1)
        told.addWidget(self.also_unlabelled, 0, Qt.AlignmentFlag.AlignTop)
        model = _section(
            tr("The model, as a folder"),
            self._no_run,
            controls=[self.run, self.card_button, self.model_button, self._to_tune],
        )
        predict = _section(
            tr('Predictions for a new file'),
            words(
                tr('The model selected above reads your table and adds a prediction to every row.'),
                muted=True,
                wrap=True,
            ),
            controls=[self.predict_button],
        )  # fmt: skip
        content = column(
            column(labels, told, gap=4), line(), model, line(), predict, self.predictions, None,
            gap=16, margins=(24, 24, 24, 24),
        )  # fmt: skip
        content.setStretch(5, 10)
        self.setLayout(content)


def _section(title: str, sentence: QWidget, *, controls: Sequence[QWidget]) -> QWidget:
    holder = QWidget()
    sentence.setMaximumWidth(line_width(75, size=BODY))
    layout = row(column(words(title, size=TITLE, bold=True), sentence, gap=4), 24, None, *controls, gap=8)
    layout.setStretch(0, 100)  # up to its widest; what is left is the gap's, not the buttons'
    holder.setLayout(layout)
    return holder


def _run_words(run: RunRecord, task: Task[Any]) -> str:
    said = tr("run {number}", number=run.number)
    score = titled_score(run.scores.get("test") or run.scores.get("validation") or {}, task)
    return f"{said} · {score}" if score else said
