"""The first walk of a person with their own table, from the start page to predictions and a report, in a window."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from lepton_studio.project.project import Project
from tests.x11.studio import ROOT, OpenStudio, Studio

PICTURES = ROOT / "build" / "x11" / "walk"
MONEY = (
    "I was charged twice for one order",
    "Please give me my money back",
    "The refund has not arrived yet",
    "You took too much from my account",
    "I want to be paid back for the broken lamp",
)
CARD = (
    "My card is gone since Monday",
    "Somebody stole my bank card",
    "I lost my card on the train",
    "The card was swallowed by a machine",
    "Block my card, please, it was stolen",
)
ENDS = ("", "!", " Please help.", " This is urgent.", " Thank you.", " Order 4711.")
LABELLED = 24
WRONG = 26
"""The sample that is labelled wrong at first; it is about a card."""


def test_a_person_walks_from_their_table_to_predictions_and_a_report(studio: OpenStudio, tmp_path: Path) -> None:
    letters, new, report = tmp_path / "letters.csv", tmp_path / "new.csv", tmp_path / "report.pdf"
    _write_letters(letters)
    new.write_text(
        "ticket,body,city\nN-1,My card was stolen,Graz\nN-2,,Linz\nN-3,=I want my money back,Wien\n", "utf-8"
    )
    app = studio()

    app.press("ctrl+n")
    app.see("Create project")
    assert app.ask("window.windowTitle()") == "Lepton Studio"
    app.type("Letters")
    app.press("Tab", "Tab", "ctrl+a")
    app.type(str(tmp_path))
    app.click("Create project", kind="QPushButton")
    app.click("Choose files…", kind="QPushButton")
    app.name_file(letters)
    app.see("Text", kind="QComboBox", value="body")
    app.see("Label", kind="QComboBox", value="topic")
    _picture(app, "1-import")
    app.click("Import", kind="QPushButton")
    app.see("60 samples")

    app.press("ctrl+2")
    app.see("ticket: T-024", part=True)
    app.press("1", "1")
    app.see("Sample 27 · no split")
    app.press("n")
    app.see("Note", focused=True)
    app.type("Ask Ana")
    app.press("Return")
    _picture(app, "2-label")
    app.click("card lost", kind="cell", inside="BarRows")
    app.click("Merge into…")
    app.type("lost")
    _picture(app, "3-merge")
    app.press("Return")
    app.click("Merge", kind="QPushButton")
    app.until(lambda: app.ask("len(window.page.labels)") == 2, "two labels are left")

    app.press("ctrl+1")
    for search, label, found, preview in (("card", "lost card", 30, True), ("", "refund", 17, False)):
        app.click("Search samples", kind="QLineEdit")
        app.press("ctrl+a", "BackSpace")
        if search:
            app.type(search)
        if not search:
            app.see("Samples: 60")
            app.click("To label", kind="Chip")
        app.see(f"Found: {found}")
        shown = CARD[0] if search else MONEY[0] + ENDS[3]
        app.click(shown, kind="cell", inside="SamplesView")
        app.press("ctrl+a")
        app.see(f"All matches selected: {found}")
        app.click(shown, kind="cell", inside="SamplesView", button=3)
        app.click("Label as", kind="entry")
        app.click(label, kind="entry")
        if preview:
            app.see("Replace the annotation of 1 sample")
            _picture(app, "4-bulk")
            app.press("Return")
            app.unseen(kind="BulkStepCard")
        app.until(partial(_has_labelled, app, label), "the labels are given")

    app.press("ctrl+3")
    app.click("Quick")
    app.press("ctrl+Return")
    _until_runs_are_finished(app, 1)
    app.see("Run 1: Finished.")
    _picture(app, "5-tuned")

    app.press("ctrl+4")
    app.see(kind="PredictionsTable")
    split = app.ask(f"window.session.project.sample({WRONG}).split")
    app.click(split.capitalize(), inside="Segments")
    app.see(split.capitalize(), inside="Segments", checked=True)
    app.click(kind="cell", inside="PredictionsTable")
    wrong = CARD[2] + ENDS[2]

    def comes_into_view() -> bool:
        app.press("Next")
        return bool(app.find(wrong, kind="cell", inside="PredictionsTable"))

    app.until(comes_into_view, "the wrong one is in view")
    app.click(wrong, kind="cell", inside="PredictionsTable")
    _picture(app, "6-inspect")
    app.press("2")
    app.see("1 label changed since this run")
    app.click("Tune again", kind="QPushButton")
    _until_runs_are_finished(app, 2)

    app.press("ctrl+3")
    app.click("2", kind="cell", inside="RunsTable")
    app.press("space", "Down", "space")
    app.see(kind="ComparePanel")
    _picture(app, "7-compared")

    app.press("ctrl+4")
    _look_inside(app)
    app.press("ctrl+5")
    app.click("Model card…", kind="QPushButton")
    app.until(lambda: "Intended use" in app.see("Model card", kind="MarkdownView").value, "the card is written")
    app.press("Escape")
    app.unseen("Model card", kind="MarkdownView")
    app.click("Choose a file and predict…", kind="QPushButton")
    app.name_file(new)
    app.choose("Save as", "Excel")
    _picture(app, "8-predict")
    app.click("Predict", kind="QPushButton")
    app.see("Show the file")
    _picture(app, "9-predicted")

    app.press("ctrl+4")
    app.click("Report…", kind="QPushButton")
    app.name_file(report)
    app.see("Saved report.pdf.")
    assert app.windows_shown() == ["MainWindow"]
    app.quit()

    assert report.read_bytes()[:4] == b"%PDF"
    (table,) = tmp_path.glob("*.xlsx")
    head, *rows = load_workbook(table).worksheets[0].iter_rows(values_only=True)
    assert head == ("ticket", "body", "city", "prediction", "confidence", "problem")
    assert [row[:4] for row in rows] == [
        ("N-1", "My card was stolen", "Graz", "lost card"),
        ("N-2", None, "Linz", None),
        ("N-3", "=I want my money back", "Wien", "refund"),
    ]
    with Project.open(tmp_path / "Letters.lepton") as project:
        named = {label.id: label.name for label in project.labels()}
        given: list[Any] = [project.sample(n).value for n in range(1, 61)]
        assert [named[one["labels"][0]] for one in given if one] == [
            "lost card" if n % 2 else "refund" for n in range(60)
        ]
        assert project.sample(27).note == "Ask Ana" and project.sample(1).fields == {"ticket": "T-000", "city": "Graz"}
        assert [run.status for run in project.runs()] == ["finished", "finished"]


def _write_letters(file: Path) -> None:
    """Texts about money and cards by turns; the labels end after a few, and two of them mean one thing."""
    texts = [(money + end, card + end) for end in ENDS for money, card in zip(MONEY, CARD, strict=True)]
    with file.open("w", newline="", encoding="utf-8") as target:
        table = csv.writer(target)
        table.writerow(["ticket", "body", "topic", "city"])
        for place, (money, card) in enumerate(texts):
            about_card = "card lost" if place % 2 else "lost card"
            for number, text, topic in ((2 * place, money, "refund"), (2 * place + 1, card, about_card)):
                known = topic if number < LABELLED else ""
                table.writerow([f"T-{number:03}", text, known, ("Graz", "Linz", "Wien")[number % 3]])


def _look_inside(app: Studio) -> None:
    """Through the views of Inspect, of the samples that the run learned from: there are enough of them to compare."""
    app.click("Train", inside="Segments")
    app.see("Train", inside="Segments", checked=True)
    app.click("Confusions", inside="Segments")
    app.see(kind="ConfusionMatrix")
    app.click("Mix-ups", inside="Segments")
    app.see("Labels mixed up most often")
    app.press("ctrl+shift+6")
    app.see("Trust", inside="Segments", checked=True)
    app.see(kind="RiskCurve")
    assert "At most 5% wrong: " in app.see("At most ", kind="QLabel", part=True).words
    app.click("Parts", inside="Segments")
    app.see("compared with the rest", part=True)
    app.see("city: Wien – ", kind="cell", inside="CountTable", part=True)
    app.click("Fairness", inside="Segments")
    app.see("Field", kind="QComboBox", value="city")
    app.see("the groups of “city”", part=True)
    app.press("ctrl+shift+9")
    app.click("Try changed texts", kind="QPushButton")
    app.see("Try changed texts", enabled=False)
    app.see("texts were read as they are and changed", part=True)
    app.see("Try changed texts", enabled=True)
    _picture(app, "7-robust")
    app.press("ctrl+shift+1")
    app.click(kind="cell", inside="PredictionsTable")
    app.press("ctrl+e")
    app.see("What is explained", kind="QComboBox")
    app.see(kind="cell", inside="SignedBars")
    _picture(app, "7-why")
    app.press("Escape")
    app.unseen("What is explained")


def _has_labelled(app: Studio, label: str) -> bool:
    """Whether the last change gave this label."""
    return label in (app.ask("window.session.project.undo_name()") or "")


def _until_runs_are_finished(app: Studio, count: int) -> None:
    app.until(
        lambda: app.ask("[run.status for run in window.session.project.runs()]") == ["finished"] * count,
        f"{count} runs are finished",
        seconds=180,
    )


def _picture(app: Studio, name: str) -> None:
    app.picture(PICTURES / f"{name}.png")
