"""What holds for the app: sizes, keys, names, the tour, about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from lepton_studio.project.history import user_name
from lepton_studio.runs import trackers
from lepton_studio.ui.frame.about_card import AboutCard, used_parts
from lepton_studio.ui.frame.keys_card import KeysCard
from lepton_studio.ui.frame.network_card import NetworkCard
from lepton_studio.ui.frame.preferences_card import PreferencesCard
from lepton_studio.ui.frame.tour_card import TourCard
from lepton_studio.ui.frame.tracking_card import TrackingCard
from lepton_studio.widgets.sample_view import SampleView
from lepton_studio.widgets.zoom import MOST, zoom_of_texts
from tests.ui.driving import label_page, make_project, open_window, press, wait_until


@pytest.fixture(autouse=True)
def as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEPTON_ANNOTATOR", "HF_HUB_CACHE"):
        monkeypatch.setenv(name, "")


def test_texts_grow_and_shrink_and_stay_so(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        label_page(window)
        view = window.findChildren(SampleView)[0]
        view.set_text("word " * 400)
        before = view.content_height()
        for _ in range(5):
            window.cards.zoom(1)
        assert zoom_of_texts().percent == window.settings.zoom == 150 and view.content_height() > 1.5 * before
        for _ in range(50):
            window.cards.zoom(1)
        assert window.settings.zoom == MOST
        window.cards.zoom(0)
        assert view.content_height() == before and window.settings.zoom == 100


def test_runs_are_written_to_a_tracker_only_where_it_is_installed_and_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trackers, "find_spec", lambda name: None if name == "wandb" else object())
    with open_window(make_project(tmp_path)) as window:
        window.cards.show_preferences()
        PreferencesCard.over(window.toast.host).trackers_asked.emit()
        rows = TrackingCard.over(window.toast.host)
        assert rows.mlflow.isEnabled() and not rows.wandb.isEnabled()
        assert "pip install wandb" in rows.wandb.accessibleDescription()
        assert window.settings.mlflow == "" and not rows.place.isVisible()
        rows.mlflow.setCurrentIndex(2)
        rows.mlflow.activated.emit(2)
        assert rows.place.isVisible() and window.settings.mlflow == "", "no place, nothing written"
        rows.place.setText("http://127.0.0.1:5000")
        rows.place.editingFinished.emit()
        assert window.settings.mlflow == "http://127.0.0.1:5000" == os.environ["LEPTON_MLFLOW"]
        rows.mlflow.setCurrentIndex(0)
        rows.mlflow.activated.emit(0)
        assert window.settings.mlflow == "" and trackers.tracking_wanted() == {} and not rows.place.isVisible()


def test_a_key_is_changed_and_its_old_owner_asked_first(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        window.cards.change_keys()
        card = KeysCard.over(window.toast.host)
        field = card.fields["history"]
        field.setKeySequence(QKeySequence("Ctrl+Z"))
        field.editingFinished.emit()
        assert "Undo" in card.says.text() and field.keySequence().toString() == "Ctrl+H"
        field.setKeySequence(QKeySequence("F8"))
        field.editingFinished.emit()
        assert window.settings.keys == ("history=F8",)
        assert {one.id: one.shortcut for one in window.all_actions()}["history"] == "F8"
        plain = next(one for one in page.actions_of_page() if one.plain_key and one.id != "label.note")
        card.fields[plain.id].setKeySequence(QKeySequence("Y"))
        card.fields[plain.id].editingFinished.emit()
        assert f"{plain.id}=Y" in window.settings.keys and window.session is not None
        assert window.session.settings.keys == window.settings.keys
        card.close_over()
        window.cards.choose({"keys": ()})
        assert {one.id: one.shortcut for one in window.all_actions()}["history"] == "Ctrl+H"


def test_preferences_are_taken_at_once(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.cards.show_preferences()
        card = PreferencesCard.over(window.toast.host)
        card.annotator.setText(" Ana ")
        card.annotator.editingFinished.emit()
        assert window.settings.annotator == "Ana" == user_name()
        card.language.setCurrentIndex(card.language.findData("zh_CN"))
        card.language.activated.emit(card.language.currentIndex())
        assert window.settings.language == "zh_CN"
        card.close_over()


def test_where_models_come_from_and_go_to_is_taken_at_once_and_an_address_is_checked(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.cards.show_preferences()
        PreferencesCard.over(window.toast.host).network_asked.emit()
        card = window.toast.host.findChild(NetworkCard)
        assert card is not None and card.isVisible()
        card.folder.setText(str(tmp_path / "nowhere"))
        card.folder.editingFinished.emit()
        assert window.settings.models == ""
        card.folder.setText(str(tmp_path))
        card.folder.editingFinished.emit()
        assert window.settings.models == str(tmp_path) == os.environ["HF_HUB_CACHE"]
        card.folder.setText("")
        card.folder.editingFinished.emit()
        assert window.settings.models == "" and "HF_HUB_CACHE" not in os.environ
        for typed, kept in (
            ("hf-mirror.com/", "https://hf-mirror.com"),
            ("https://", "https://hf-mirror.com"),
            ("", ""),
        ):
            card.mirror.setText(typed)
            card.mirror.editingFinished.emit()
            assert window.settings.hub_mirror == kept
        card.offline.click()
        assert window.settings.offline
        card.close_over()


def test_the_tour_comes_once_and_points_at_the_real_window(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.cards.tour_once()
        card = window.toast.host.findChildren(TourCard)[0]
        assert card.isVisible() and window.settings.toured
        titles = []
        while card.isVisible():
            titles.append(card.title.text())
            assert window.page is not None
            target = window.page.pointed_at()
            if target is not window.page:  # the ring is round it, and the card leaves it free
                at = QRect(target.mapTo(window.toast.host, QPoint(0, 0)), target.size())
                assert card.ring.isVisible() and card.ring.geometry().contains(at & window.toast.host.rect())
                assert not card.geometry().intersects(at)
            QTest.mouseClick(card.next, Qt.MouseButton.LeftButton)
        assert len(titles) == len(set(titles)) == 5
        window.cards.tour_once()
        assert not card.isVisible()


def test_the_tour_is_left_at_any_moment_and_lets_one_work_meanwhile(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.cards.start_tour()
        card = window.toast.host.findChildren(TourCard)[0]
        assert window.page_id == "data"
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert not card.isVisible() and window.page_id == "label", "back where it came from"
        window.cards.start_tour()
        window.open_page("label")
        assert card.isVisible()
        press(window, "1")
        assert window.session is not None and sum(window.session.project.label_counts().values()) == 1
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert not card.isVisible() and not card.ring.isVisible()
        window.cards.start_tour()
        window.show_start_page()
        assert not card.isVisible()


def test_about_names_every_package_with_its_licence(tmp_path: Path) -> None:
    parts = used_parts()
    assert any(one.startswith("torch ") for one in parts) and all(
        " · " in one for one in parts if not one.startswith(" ")
    )
    with open_window(make_project(tmp_path)) as window:
        window.cards.show_about()
        parts_shown = AboutCard.over(window.toast.host).parts
        wait_until(lambda: "PySide6" in parts_shown.text())
        assert "tokenizers " in parts_shown.text()  # what packages bring with them is there too


def test_recent_projects_are_in_the_menu(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        recent = [one for one in window.all_actions() if one.id.startswith("recent_")]
        assert recent and all(one.within for one in recent) and recent[0].title == Path(window.settings.recent[0]).stem
