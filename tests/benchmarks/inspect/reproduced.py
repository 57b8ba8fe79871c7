"""Runs of the sample project, each run again from its folder: the same weights and scores, to the bit."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.benchmarks.models.chinese import studio

RECIPES = {
    "words": ("methods=words",),
    "quick": ("methods=quick",),
    "full": ("methods=full", "epochs=1"),
    "lora, word_noise, average": ("methods=lora,word_noise,average", "epochs=1"),
    "contrastive": ("methods=contrastive", "epochs=1"),
}


def reproduced() -> Figure:
    """How many of the runs came out equal; those that did not stand in the note."""
    unlike = []
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "Messages.lepton"
        studio("new", project, "--task", "text_classification", "--sample")
        for number, (name, settings) in enumerate(RECIPES.items(), 1):
            studio("tune", project, *(word for one in settings for word in ("--set", one)))
            said, _ = studio("reproduce", project, "--run", str(number), may_fail=True)
            if not said["equal"]:
                unlike.append(name)
    note = f"{', '.join(RECIPES)}; unlike: {', '.join(unlike) or 'none'}"
    return Figure("runs that came out equal", float(len(RECIPES) - len(unlike)), f"of {len(RECIPES)}",
                  f">= {len(RECIPES)}", note=note)  # fmt: skip


FIGURES = [reproduced]
