"""`suggest` before the first run: a model that is not tuned writes drafts, which are told apart from a run's."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.conftest import Studio
from tests.tasks.tiny_writers import decoder


def test_drafts_are_written_listed_and_said_whose_they_are(studio: Studio, tmp_path: Path) -> None:
    model = decoder("llama", tmp_path / "tiny-llama")
    project, texts = tmp_path / "Notes.lepton", tmp_path / "texts.jsonl"
    texts.write_text("".join(json.dumps({"text": one}) + "\n" for one in ("red box", "blue door", "one key")), "utf-8")
    studio("new", project, "--task", "text_to_text")
    studio("import", project, texts, "--yes")
    drafted = studio(
        "suggest", project, "--model", model, "--at-most", "2", "--instruction", "big small", "--json"
    ).json
    assert (drafted["run"], drafted["model"], drafted["read"]) == (None, "tiny-llama", 2)
    assert len(drafted["suggestions"]) == 2
    listed = studio("suggest", project, "--model", model, "--at-most", "0")
    assert "tiny-llama, untuned, has written 0 drafts." in listed.out and "red box" in listed.out
    assert "Give either a run or --model" in studio("suggest", project, "1", "--model", model).err
    labels = tmp_path / "Labels.lepton"
    studio("new", labels, "--task", "text_classification", "--label", "a", "--label", "b")
    assert "Drafts are for tasks that write text" in studio("suggest", labels, "--model", model).err
