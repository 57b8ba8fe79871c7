"""Simpler models beside a run: fitted in little time on the same samples, or left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.child import baseline
from lepton_studio.contract.task import Report
from lepton_studio.runs.events import Finished, Staged, Stopped
from lepton_studio.runs.requests import StopMode
from lepton_studio.training.signals import ShouldStop
from tests.training.tiny import RECIPE, Told, tune_here, write_run, write_tiny_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny"))


def reports(folder: Path) -> dict[str, Report]:
    return {split: Report.from_json(one) for split, one in json.loads((folder / "report.json").read_text()).items()}


@pytest.mark.parametrize("probe", [True, False])
def test_beside_a_tuned_run_stands_what_words_and_the_quick_model_reach(
    probe: bool, tiny: Path, tmp_path: Path
) -> None:
    """What the probe made of the texts is used again, and where there was none they are read for it."""
    for name, recipe in (
        ("tuned", replace(RECIPE, probe=probe)),
        ("quick", replace(RECIPE, methods=("quick",))),
        ("words", replace(RECIPE, methods=("words",))),
    ):
        assert isinstance(tune_here(write_run(tmp_path / name, model=tiny, recipe=recipe)).last, Finished)
    tuned, quick, words = (reports(tmp_path / name) for name in ("tuned", "quick", "words"))
    for split in ("validation", "test"):
        beside = tuned[split]
        assert beside.quick is not None and beside.baseline is not None
        assert beside.quick.headline == quick[split].headline
        assert beside.baseline.headline == words[split].headline == quick[split].baseline.headline  # type: ignore[union-attr]
        assert beside.quick.right == round(quick[split].headline["accuracy"] * quick[split].n)
        assert quick[split].quick is None and words[split].baseline is None
    assert tuned["train"].baseline is None


def test_where_they_would_take_too_long_the_run_ends_without_them(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baseline, "_AT_LEAST", 0.0)
    monkeypatch.setattr(baseline, "_SHARE", 0.0)
    assert isinstance(tune_here(write_run(tmp_path / "run", model=tiny)).last, Finished)
    assert all(one.baseline is None and one.quick is None for one in reports(tmp_path / "run").values())


def test_a_run_can_be_thrown_away_while_they_are_fitted(tiny: Path, tmp_path: Path) -> None:
    def should_stop(told: Told) -> ShouldStop:
        def ask() -> StopMode | None:
            return "discard" if _is_written(told) else None

        return ask

    run = write_run(tmp_path / "run", model=tiny)
    last = tune_here(run, should_stop=should_stop).last
    assert isinstance(last, Stopped) and not last.kept
    assert not run.report_file.exists() and not run.model.exists()


def _is_written(told: Told) -> bool:
    """The model is saved, and every split was read by it: what follows are the baselines."""
    return [one.stage for one in told.of(Staged)].count("saving") == 2
