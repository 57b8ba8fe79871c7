"""What a model that writes is held against: copying the beginning, and what was written for the most similar text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.contract.task import Input
from lepton_studio.contract.written import Written
from lepton_studio.heads.generation.plain import lead, plain_answers
from lepton_studio.project.marks import TURNS
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job, presets
from lepton_studio.tasks import task_named
from tests.tasks.tiny_writers import WORDS, decoder
from tests.training.tiny import detail, tune_here, write_lines


@pytest.mark.parametrize(
    ("text", "usual", "said"),
    [
        ("One here. Two there! Three?\nFour", 5, "One here."),
        ("One here. Two there! Three?\nFour", 18, "One here. Two there!"),
        ("One here. Two there! Three?\nFour", 900, "One here. Two there! Three?\nFour"),
        ("It costs 3.50 in all. Really.", 10, "It costs 3.50 in all."),
        ("第一句。第二句。", 4, "第一句。"),
        ("", 5, ""),
    ],
)
def test_as_many_sentences_are_copied_as_targets_are_long(text: str, usual: float, said: str) -> None:
    assert lead(text, usual=usual) == said


def test_of_a_conversation_the_last_turn_is_copied_and_the_reply_to_the_most_similar_one() -> None:
    turns = [{"role": "a", "content": "Hello."}, {"role": "b", "content": "My card is lost. Help me."}]
    asked = Input("a: Hello.\nb: My card is lost. Help me.", {TURNS: json.dumps(turns)})
    train = [(Input("my card was lost"), Written("We block it.")), (Input("the kettle"), Written("We mend it."))]
    found = plain_answers([asked], train=train)
    assert found == {"lead": [Written("My card is lost.")], "nearest": [Written("We block it.")]}


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # of peft, not ours
def test_a_run_of_a_decoder_learns_by_the_recipe_for_writers_and_reports_copying_beside_it(tmp_path: Path) -> None:
    model = decoder("llama", tmp_path / "base")
    run = RunFolder(tmp_path / "run")
    task = task_named("text_to_text")
    recipe = replace(presets(task.settings_for("decoder"))["balanced"], learning_rate=1e-2, max_new_tokens=6)
    assert (recipe.epochs, recipe.beams, presets(task.settings_for("encoder_decoder"))["balanced"].beams) == (3, 1, 4)
    run.write_job(Job("tune", "text_to_text", (), str(model), recipe))
    pairs = [(f"{a} {b}", f"{b} {a}") for a in WORDS[:6] for b in WORDS[6:]]
    for split, some in (("train", pairs[:28]), ("validation", pairs[28:32]), ("test", pairs[32:])):
        rows = [
            {"id": place, "text": text, "value": {"text": target}} for place, (text, target) in enumerate(some, start=1)
        ]
        write_lines(run, split, rows)
    told = tune_here(run)
    assert told.last.__class__.__name__ == "Finished", detail(told.last)
    stored = json.loads(run.report_file.read_text("utf-8"))
    for split in ("validation", "test"):
        beside = stored[split]["baseline"]
        assert beside["by"] in ("lead", "nearest") and 0 < beside["quality"] < 1
        assert beside["better"] + beside["worse"] <= 4 and set(beside["headline"]) == {"chrf", "bleu", "rouge_l"}
    assert "baseline" not in stored["train"]
