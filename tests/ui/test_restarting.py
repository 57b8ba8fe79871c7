"""The window comes back where it was: with the version before an update, or at another size."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lepton_studio import __version__
from lepton_studio.settings import user_folder
from lepton_studio.studio.earlier_version import LAUNCHER, earlier_version
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.restarting import StepBackCard
from tests.ui.driving import make_project, open_window, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")

_APP = '#!/bin/sh\necho "$0" "$LEPTON_PAGE" "${QT_SCALE_FACTOR:-none}" "$@" > "%s.new"; mv "%s.new" "%s"\n'
"""In place of the app's Python: it tells what it was started with."""


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Where the app that was started says so."""
    return tmp_path / "told"


@pytest.fixture
def installed(told: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installer's own launcher with two environments, as after an update; the new one is that of this process."""
    monkeypatch.setenv("LEPTON_HOME", str(told.parent / "home"))
    home = user_folder() / "environments"
    for name in (f"{__version__}-2", "0.0.9-1"):
        python = home / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(_APP % (told, told, told), encoding="utf-8")
        python.chmod(0o755)
    (home / "current").write_text(f"{__version__}-2\n0.0.9-1\n", encoding="utf-8")
    sources, payload = checkout / "packaging" / "installers", told.parent / "payload"
    payload.mkdir()
    shutil.copytree(sources / "lepton_start", payload / "lepton_start")
    (payload / f"lepton_studio-{__version__}-py3-none-any.whl").touch()
    script = (sources / "linux" / "lepton-studio.sh").read_text("utf-8")
    launcher = told.parent / "lepton-studio"
    launcher.write_text(
        script.replace("@PAYLOAD@", str(payload))
        .replace("@VERSION@", __version__)
        .replace("/usr/bin/python3 python3", sys.executable),
        encoding="utf-8",
    )
    launcher.chmod(0o755)
    monkeypatch.setenv(LAUNCHER, str(launcher))
    monkeypatch.setattr("lepton_studio.ui.frame.window_actions.earlier_version",
                        lambda: earlier_version(running=home / f"{__version__}-2"))  # fmt: skip
    return home


def _run(window: MainWindow, name: str) -> None:
    next(one for one in window.all_actions() if one.id == name).run()


def test_the_version_before_an_update_is_a_command_away(installed: Path, told: Path, tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with open_window(folder, page="data") as window:
        _run(window, "step_back")
        card = window.toast.host.findChild(StepBackCard)
        assert card is not None and card.isVisible()
        assert "0.0.9" in card.title.text() and "opens read-only" in card.about.text()
        card.cancel.click()
        assert (installed / "current").read_text("utf-8") == f"{__version__}-2\n0.0.9-1\n"
        _run(window, "step_back")
        card.go.click()
        wait_until(told.exists)
        assert not window.isVisible() and window.session is None
    assert (installed / "current").read_text("utf-8") == f"0.0.9-1\n{__version__}-2\n"
    python, page, *rest = told.read_text("utf-8").split()
    assert (python, page, rest[-1]) == (str(installed / "0.0.9-1/bin/python"), "data", str(folder))


def test_where_the_step_cannot_be_made_the_project_is_open_again(installed: Path, told: Path, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        _run(window, "step_back")
        (installed / "0.0.9-1/bin/python").unlink()
        card = window.toast.host.findChild(StepBackCard)
        assert card is not None
        card.go.click()
        wait_until(lambda: window.toast.isVisible())
        assert window.toast.text == "There is no version before this one."
        assert window.session is not None and not told.exists()


def test_without_an_earlier_version_or_an_installer_nothing_is_offered(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = installed / f"{__version__}-2"
    assert earlier_version(running=running) is not None
    assert earlier_version(running=installed / "0.0.9-1") is None, "this process is not what the pointer names"
    assert earlier_version(running=running, variables={}) is None, "started from a checkout, or by pip"
    (installed / "current").write_text(f"{__version__}-2\n\n", encoding="utf-8")
    assert earlier_version(running=running) is None
    with open_window() as window:
        assert "step_back" not in {one.id for one in window.all_actions()}


def test_at_another_size_the_window_comes_back_on_its_project_and_page(
    told: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text(_APP % (told, told, told), encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    folder = make_project(tmp_path)
    with open_window(folder, page="tune") as window:
        window.cards.choose({"scale": 200})
        assert "Interface size" in window.toast.text and window.settings.scale == 200
        window.toast._button.click()
        wait_until(told.exists)
        assert not window.isVisible()
    assert told.read_text("utf-8").split() == [str(python), "tune", "none", "-m", "lepton_studio", str(folder)]


def test_the_size_of_the_settings_is_for_this_window_and_not_for_what_it_starts() -> None:
    said = """
import os
from lepton_studio.app import make_application, of_size
with of_size(200):
    app = make_application()
print(app.devicePixelRatio(), os.environ.get("QT_SCALE_FACTOR"))
"""
    for own, expected in ((None, "2.0 None"), ("1.5", "1.5 1.5")):
        variables = {name: value for name, value in os.environ.items() if name != "QT_SCALE_FACTOR"}
        if own is not None:  # who says it for all programs of Qt means it
            variables["QT_SCALE_FACTOR"] = own
        ended = subprocess.run([sys.executable, "-c", said], env=variables, capture_output=True, text=True, check=False)
        assert ended.stdout.strip() == expected, ended.stderr
