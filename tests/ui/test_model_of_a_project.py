"""The Tune page chooses the built-in model by the project's texts, says why, and leaves the last word to the person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.models.built_in import BUILT_IN_MODELS, ENGLISH, MULTILINGUAL
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.events import Estimated
from lepton_studio.runs.job import Recipe
from lepton_studio.ui.frame.about_card import used_parts
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.page import TunePage
from tests.chart_window import application, shown, wait_until

TEXTS = ("送餐太慢了，饭都凉了", "味道不错，下次再来")
WHY = "Mostly Chinese: multilingual-e5-small, 118 M parameters."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "p.lepton", task="text_classification", labels=["bad", "good"])
    ids = [label.id for label in made.labels()]
    with made.change("Add") as change:
        for place in range(60):
            label = ids[place % 2]
            change.add_samples([NewSample(f"{TEXTS[place % 2]} {place}", None, {"labels": [label]}, (label,))])
    return made


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that were asked to be measured; no child is started for it."""
    asked: list[str] = []
    monkeypatch.setattr(Session, "measure", lambda _self, *, model, recipe: asked.append(model))
    return asked


@pytest.fixture
def page(project: Project, multilingual: str, measured: list[str]) -> Iterator[TunePage]:
    application()
    session = Session(project)
    page = TunePage(session)
    with shown(page, width=1180, height=800):
        page.refresh()
        page.activate()
        wait_until(lambda: session.background.is_idle and "…" not in page.left.reason.text())
        yield page
        page.deactivate()
        session.close()
    session.deleteLater()


def warnings(page: TunePage) -> list[str]:
    return [one.sentence for one in page.left.check.shown_findings() if "English" in one.sentence]


def test_chinese_texts_get_the_multilingual_model_for_estimate_and_start(page: TunePage, measured: list[str]) -> None:
    choices = page.left.choices
    wait_until(lambda: choices.base_model() == MULTILINGUAL.id)
    assert choices.built_in.isVisible() and choices.why.isVisible()
    assert choices.why.text() == WHY
    assert choices.model_words.text().endswith("245 MB, no network needed.")
    wait_until(lambda: measured)
    assert set(measured) == {MULTILINGUAL.id}
    assert page.left.may_start() and not warnings(page)


def test_a_start_asked_for_before_the_model_is_known_is_one_with_that_model(
    project: Project, multilingual: str, measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    application()
    started: list[str] = []
    monkeypatch.setattr(Session, "start_run", lambda _self, *, model, recipe: started.append(model))
    session = Session(project)
    page = TunePage(session)
    with shown(page, width=1180, height=800):
        page.activate()
        assert page.left.choices.base_model() == ENGLISH.id
        page.left.start_run()
        wait_until(lambda: started)
        wait_until(lambda: session.background.is_idle)
        page.deactivate()
        session.close()
    session.deleteLater()
    assert started == [MULTILINGUAL.id]


def test_what_the_person_chooses_stays_and_is_warned_of(page: TunePage) -> None:
    choices = page.left.choices
    wait_until(lambda: choices.base_model() == MULTILINGUAL.id)
    row = choices.built_in.findData(ENGLISH.id)
    choices.built_in.setCurrentIndex(row)
    choices.built_in.activated.emit(row)
    wait_until(lambda: warnings(page))
    page.refresh()
    wait_until(lambda: page.session.background.is_idle)
    assert choices.base_model() == ENGLISH.id and choices.why.text() == WHY
    assert warnings(page)[0].endswith("multilingual-e5-small would do better.")


def test_a_project_goes_on_with_the_model_of_its_last_run(page: TunePage, project: Project) -> None:
    run = project.create_run(model=ENGLISH.id, recipe=Recipe().to_json(), counts={"train": 9})
    page.left.show_choices_of(run)
    page.refresh()
    wait_until(lambda: page.session.background.is_idle)
    assert page.left.choices.base_model() == ENGLISH.id


def test_about_names_the_built_in_models_with_their_licences() -> None:
    for model in BUILT_IN_MODELS:
        assert any(one.startswith(model.name) and one.endswith(model.licence) for one in used_parts())


def test_where_tuning_would_take_long_the_quick_model_is_chosen_until_the_person_says_how(page: TunePage) -> None:
    choices, long = page.left.choices, Estimated(720.0, 400.0, 2.0, 400, 0, 512)
    page.left._measure()
    page.session.estimated.emit(long)
    recipe = choices.recipe()
    assert recipe is not None and recipe.methods == ("quick",)
    assert choices.preset_words.text().startswith("Tuning takes about 12 min here. The quick model takes seconds")
    choices.choose_model(ENGLISH.id)
    assert choices.recipe() == Recipe() and not choices.tune_instead.isVisible(), "which may be tuned sooner"
    page.left._measure()
    page.session.estimated.emit(long)
    assert choices.settings.methods.chosen == "quick"
    choices.tune_instead.click()
    assert choices.recipe() == Recipe() and not choices.tune_instead.isVisible()
    wait_until(lambda: page.session.background.is_idle)
    page.left._measure()
    page.session.estimated.emit(long)
    assert choices.recipe() == Recipe(), "what the person chose stays"
    assert [one.remedy for one in page.left.check.shown_findings() if one.remedy] == ["use_quick"]


def test_who_said_how_to_tune_is_only_told_of_the_quick_model(page: TunePage) -> None:
    choices = page.left.choices
    choices.presets.chosen.emit("best")
    chosen = choices.recipe()
    page.left._measure()
    page.session.estimated.emit(Estimated(720.0, 400.0, 2.0, 400, 0, 512))
    assert choices.recipe() == chosen and not choices.tune_instead.isVisible()
