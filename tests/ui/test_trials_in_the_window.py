"""A run that compares, in the window: a row for each contestant while it goes on and after it, and its report."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.runs.events import Staged, Tried
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.trials import Trials, write_trials
from lepton_studio.studio.report_file import report_html
from lepton_studio.tasks.text_classification import TASK
from lepton_studio.ui.tune.curves import curve_panels
from lepton_studio.ui.tune.live import LivePanel
from lepton_studio.ui.tune.watch import RunWatch
from lepton_studio.widgets.curve_plot import CurvePlot
from tests.chart_window import application, shown
from tests.ui.tuned_project import add_run, tuned_project

RACE = (
    Tried("quick", "measured", ("quick",), done=5, folds=5, n=60, score=0.6, low=0.5, high=0.7, seconds=3),
    Tried(
        "words", "dropped", ("words",), done=5, folds=5, n=60, score=0.3, low=0.2, high=0.4, seconds=1, why="Behind."
    ),
    Tried("lora", "waiting", ("lora",), folds=5),
    Tried("full", "running", ("full",), done=1, folds=5, n=12, score=0.7, low=0.4, high=1, seconds=70, share=0.5),
)


def test_each_contestant_has_a_row_while_a_run_compares_and_the_curves_come_with_the_first_step() -> None:
    application()
    curves = CurvePlot(curve_panels(TASK))
    panel = LivePanel(TASK, curves=curves)
    with shown(panel):
        panel.begin(1)
        watch = RunWatch(1, 0.0, TASK)
        watch.take(Staged("racing"), now=0.0)
        for event in RACE:
            watch.take(event, now=1.0)
        panel.show_watch(watch, now=2.0)
        rows = panel.trials.rows.rows()
        assert [row.title for row in rows] == ["Full fine-tuning", "Quick model", "LoRA", "Word statistics"]
        assert [row.note for row in rows] == ["fold 2 of 5", "5 of 5 folds · 3 s", "waiting", "out after 5 of 5 folds"]
        assert rows[0].share == 0.5 and rows[3].is_out and rows[2].value is None
        assert panel.trials.isVisible() and curves.isHidden()
        assert "Word statistics: Behind." in panel.log.toPlainText()
        panel.begin(2)
        assert panel.trials.isHidden() and not curves.isHidden()


def test_the_report_has_a_table_of_the_contestants(tmp_path: Path) -> None:
    project: Project = tuned_project(tmp_path / "p.lepton", runs=0, each=10)
    run = add_run(project)
    taken = Tried("full", "taken", ("full",), done=5, folds=5, n=60, score=0.7, low=0.6, high=0.8, seconds=200)
    write_trials(RunFolder(project.run_folder(run.id)), Trials("race", (*RACE[:2], taken), "Full is used."))
    page = report_html(project, run)
    assert "Full is used." in page and "60% – 80%" in page and "60 training and validation samples" in page
    assert page.index("Full fine-tuning") < page.index("Quick model") < page.index("Word statistics")
    project.close()
