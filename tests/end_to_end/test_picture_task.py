"""Samples that are pictures: one folder more in `tasks/`, and every page and command works with them."""

from __future__ import annotations

import json
import random
import shutil
import sys
from pathlib import Path

import pytest

from tests.end_to_end.scratch_checkout import copy_of, run_there

TASK = Path(__file__).parent / "picture_task" / "pictures"
LABEL_ONE = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.ui.label.page import LabelPage
from lepton_studio.ui.shared.session import Session


def wait_until(holds):
    for _ in range(500):
        if holds():
            return
        QTest.qWait(10)
    raise AssertionError(holds)


app = QApplication([])
session = Session(Project.open(Path(sys.argv[1])))
page = LabelPage(session)
page.resize(1000, 700)
page.show()
page.activate()
page.show_samples(Filter(state="unlabelled"))
viewer = page.card.viewer
wait_until(lambda: viewer.has_picture)
QTest.qWait(50)
seen = page.card.grab().toImage()
middle = viewer.mapTo(page.card, viewer.rect().center())
print(seen.pixelColor(middle).red(), page.card.view.isVisible())
left = session.project.count(Filter(state="unlabelled"))
QTest.keyClick(page.editor, Qt.Key.Key_1)
wait_until(lambda: session.project.count(Filter(state="unlabelled")) == left - 1)
page.close()
session.close()
"""


def write_picture(file: Path, *, grey: int, seed: int) -> None:
    """An 8 x 8 picture about as light as `grey`."""
    chance = random.Random(seed)
    pixels = bytes(max(0, min(255, grey + chance.randint(-20, 20))) for _ in range(64))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"P5\n8 8\n255\n" + pixels)


@pytest.fixture
def product(checkout: Path, tmp_path: Path) -> Path:
    """The product with the picture task put into its folder of tasks."""
    root = copy_of(checkout, tmp_path / "checkout")
    shutil.copytree(TASK, root / "lepton_studio" / "tasks" / "pictures")
    return root


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Forty pictures, dark and light, in a table that names them; four of them nobody has labelled."""
    lines = ["file_name,label"]
    for number in range(40):
        name, grey = ("dark", 40) if number % 2 else ("light", 220)
        write_picture(tmp_path / "data" / "in" / f"{number}.pgm", grey=grey, seed=number)
        lines.append(f"in/{number}.pgm,{name if number < 36 else ''}")
    shutil.copy(tmp_path / "data" / "in" / "0.pgm", tmp_path / "data" / "in" / "same.pgm")
    lines += ["in/none.pgm,dark", "../secret.pgm,dark", "in/same.pgm,light"]
    write_picture(tmp_path / "secret.pgm", grey=1, seed=1)
    file = tmp_path / "data" / "table.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def test_pictures_come_in_are_seen_and_labelled_tuned_on_and_predicted(
    product: Path, table: Path, tmp_path: Path
) -> None:
    def studio(*words: object) -> dict[str, object]:
        return dict(json.loads(run_there(product, "python", "-m", "lepton_studio", "--json", *map(str, words))))

    project = tmp_path / "post.lepton"
    studio("new", project, "--task", "pictures")
    came = studio("import", project, table)
    assert (came["added"], came["labelled"], came["duplicates"]) == (41, 37, 1), came
    (tmp_path / "data" / "in").rename(tmp_path / "data" / "gone")  # the project has its own
    assert len(list((project / "media").iterdir())) == 40

    red, text_is_shown = run_there(product, sys.executable, "-c", LABEL_ONE, str(project)).split()
    assert int(red) > 190 and text_is_shown == "False"

    tuned = studio("tune", project, "--set", "epochs=20", "--set", "learning_rate=0.05")
    assert tuned["scores"]["test"]["accuracy"] == 1.0  # type: ignore[index]
    suggested = studio("suggest", project)
    assert len(suggested["suggestions"]) == 3  # type: ignore[arg-type]

    (tmp_path / "data" / "gone").rename(tmp_path / "data" / "in")
    studio("predict", project, "--input", table, "--output", tmp_path / "out.csv")
    said = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
    assert "dark" in said[2] and "light" in said[1] and "no file in/none.pgm" in said[41] and "folder" in said[42]

    studio("copy", project, tmp_path / "copy.lepton")
    assert studio("check", tmp_path / "copy.lepton")["findings"] == []
    studio("export", project, "annotations", tmp_path / "out.jsonl", "--format", "jsonl")
    out = (tmp_path / "out.jsonl").read_text("utf-8")
    assert '"media": "in/0.pgm"' in out
    first, *rest = out.splitlines()
    (tmp_path / "out.jsonl").write_text("\n".join([first.replace('"light"', '"dark"'), *rest]) + "\n", "utf-8")
    changed = studio("import", project, tmp_path / "out.jsonl", "--update")
    assert (changed["added"], changed["changed"], changed["same"]) == (0, 1, 37), changed
    one = next((tmp_path / "copy.lepton" / "media").iterdir())
    one.write_bytes(b"other")
    assert run_check(product, tmp_path / "copy.lepton")


def run_check(product: Path, project: Path) -> bool:
    """Whether `check` names what is wrong."""
    with pytest.raises(AssertionError, match="missing or damaged"):
        run_there(product, "python", "-m", "lepton_studio", "check", str(project))
    return True
