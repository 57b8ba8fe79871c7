"""The Export page: what a file will not hold is said before it is written, and counted afterwards."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QPushButton

from lepton_studio.models.model_config import PREFIXED
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.runs.folder import RunFolder
from lepton_studio.ui.export.page import ExportPage
from lepton_studio.ui.shared.session import Session
from tests.chart_window import application, shown, wait_until


def test_losses_are_told_before_and_after_and_lead_to_a_sample(tmp_path: Path) -> None:
    application()
    project = Project.create(tmp_path / "p.lepton", task="spans", labels=["person"])
    value = {"spans": [[0, 4, 1], [0, 9, 1]]}
    with project.change("Import") as change:
        change.add_samples([NewSample("Anna Berg left.", value=value, labels=(1,)), NewSample("Nobody came.")])
    session = Session(project)
    page = ExportPage(session)
    with shown(page, width=1100, height=700):
        page.activate()
        wait_until(lambda: page.format.count() and session.background.is_idle)
        page.format.setCurrentIndex(page.format.findData("jsonl"))
        assert page.losses.says.text() == "This format keeps everything."
        page.format.setCurrentIndex(page.format.findData("conll"))
        assert page.losses.says.text() == "This format leaves out: nested and overlapping spans."
        page.export_data(tmp_path / "out.conll", format_id="conll")
        wait_until(lambda: (tmp_path / "out.conll").exists() and session.background.is_idle)
        assert page.losses.says.text() == "Saved out.conll. Samples: 1. Left out:"
        doors = [one for one in page.losses.findChildren(QPushButton) if one.isVisible()]
        assert [one.accessibleName() for one in doors] == [
            "Show a sample: samples that are not labelled yet",
            "Show a sample: nested and overlapping spans",
        ]
        asked = QSignalSpy(session.samples_requested)
        doors[1].click()
        assert asked.at(0)[0] == Filter(ids=(1,))
        page.deactivate()
    session.close()
    session.deleteLater()


def test_how_a_file_is_read_is_shown_before_it_is_predicted(tmp_path: Path) -> None:
    application()
    project = Project.create(tmp_path / "p.lepton", task="text_classification", labels=["late", "wet"])
    file = tmp_path / "desk.csv"
    rows = [f"{n},Parcel {n} came late again and nobody said why.,please call customer {n} soon" for n in range(20)]
    file.write_text("\n".join(["nr,complaint,remark", *rows]), "utf-8")
    session = Session(project)
    page = ExportPage(session)
    remembered = QSignalSpy(session.settings_chosen)
    with shown(page, width=1100, height=900):
        page.activate()
        panel = page.predictions
        panel.open_file(file, run=1)
        wait_until(panel.start.isVisible)
        assert [panel.text.itemData(place) for place in range(panel.text.count())] == ["nr", "complaint", "remark"]
        assert panel.text.currentData() == "complaint" and panel.output == tmp_path / "desk-predicted.csv"
        panel.text.setCurrentIndex(2)
        panel.text.activated.emit(2)
        wait_until(lambda: "call customer 0" in panel.sees.text())
        panel.kind.setCurrentIndex(1)
        panel.kind.activated.emit(1)
        assert panel.output == tmp_path / "desk-predicted.xlsx"
        assert "desk-predicted.xlsx" in panel.place.text()
        wait_until(lambda: page.format.currentData() == "excel")
        session.remember(export_format="jsonl")
        assert remembered.at(0)[0] == {"export_format": "jsonl"} and session.settings.export_format == "jsonl"
        page.deactivate()
    session.close()
    session.deleteLater()


def test_a_model_that_only_loads_here_is_called_that_before_it_is_saved(tmp_path: Path) -> None:
    application()
    project = Project.create(tmp_path / "p.lepton", task="text_classification", labels=["late", "wet"])
    for kind in ("bert", f"{PREFIXED}bert"):
        run = project.create_run(model="built-in", recipe={}, counts={})
        project.update_run(run.id, status="finished")
        model = RunFolder(project.run_folder(run.id)).model
        model.mkdir(parents=True)
        (model / "config.json").write_text(json.dumps({"model_type": kind}), "utf-8")
    session = Session(project)
    page = ExportPage(session)
    with shown(page, width=1100, height=700):
        page.activate()
        wait_until(lambda: page.run.count() == 2 and session.background.is_idle)
        page.run.setCurrentIndex(page.run.findData(2))
        assert "only Lepton Studio loads" in page._no_run.text()
        page.run.setCurrentIndex(page.run.findData(1))
        assert "popular open-source libraries" in page._no_run.text()
        page.deactivate()
    session.close()
    session.deleteLater()
