"""What a child is expected to take: more for larger models, longer texts and larger batches; never an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.models.built_in import ENGLISH, MULTILINGUAL, WRITER
from lepton_studio.runs.children.memory import GB, forecast
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.needs import need_of_measure

MEASURED = {ENGLISH.id: 2.0, MULTILINGUAL.id: 4.2}
"""GB at the peak of tuning on delivery reviews, batches of 16: `python -m tests.benchmarks models`."""


@pytest.mark.parametrize("model", MEASURED)
def test_tuning_a_built_in_model_is_expected_to_take_about_what_was_measured(model: str) -> None:
    expected = forecast("tune", model, batch_size=16) / GB
    assert 0.9 * MEASURED[model] <= expected <= 1.5 * MEASURED[model]
    assert forecast("tune", model, batch_size=16, max_length=64) < forecast("tune", model, batch_size=16)
    assert forecast("predict", model) < forecast("tune", model) < forecast("tune", model, batch_size=1)


def test_the_writer_is_not_expected_to_fill_all_that_it_could_read() -> None:
    """It reads 2,048 tokens; batches of texts of that length would take 27 GB, and nothing could be done beside it."""
    of_texts = forecast("tune", WRITER.id, batch_size=8)
    assert 3 * GB < of_texts < 10 * GB
    assert forecast("tune", WRITER.id, batch_size=8, max_length=64) < of_texts


@pytest.mark.parametrize(
    ("config", "grows"),
    [
        ({"num_hidden_layers": 4, "hidden_size": 64}, True),
        ({"n_layer": 4, "n_embd": 64}, True),
        ({"num_layers": 4, "d_model": 64}, True),
        ({"layers": 4}, False),
        ({"num_hidden_layers": "four", "hidden_size": None}, False),
        ([4, 64], False),
        ("{", False),
        (None, False),
    ],
)
def test_the_config_of_a_folder_says_how_large_its_batches_become(tmp_path: Path, config: object, grows: bool) -> None:
    if config is not None:
        said = config if isinstance(config, str) else json.dumps(config)
        (tmp_path / "config.json").write_text(said, "utf-8")
    alone = forecast("tune", str(tmp_path))
    assert (forecast("tune", str(tmp_path), batch_size=16) > alone) is grows
    assert forecast("tune", "nobody/anything", batch_size=16) == alone


@pytest.mark.parametrize("method", ["quick", "words"])
def test_what_is_fitted_in_one_go_is_expected_to_take_no_more_than_reading_does(method: str) -> None:
    need = need_of_measure(MULTILINGUAL.id, Recipe(methods=(method,)))
    assert need.memory == forecast("predict", MULTILINGUAL.id)
    assert need_of_measure(MULTILINGUAL.id, Recipe()).memory > 2 * need.memory
