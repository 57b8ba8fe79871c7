"""What a run is worth, as facts and in words: for `report`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.contract.task import Report, Task
    from lepton_studio.studio.judging import Standing


def before_facts(found: Report) -> dict[str, object]:
    """The model that the run went on from beside its own, on these samples and on the test samples of then."""
    return {
        "started_from": found.start and asdict(found.start),
        "old_test_samples": found.old and asdict(found.old),
    }


def standing_facts(one: Standing) -> dict[str, object]:
    """How a run stands on the labels of today, for `--json`."""
    return {
        "n": one.n,
        **one.today,
        "right": one.right,
        "interval": [one.interval.low, one.interval.high],
        "labels_changed": one.changed,
        "left_out": one.left_out,
    }


def worth(stands: Standing | None, task: Task[Any]) -> list[str]:
    """What a run is worth in a sentence, and what to know of it."""
    from lepton_studio.studio.baselines import baseline_words
    from lepton_studio.studio.before_words import before_words
    from lepton_studio.studio.judging import caution, lead_sentence, moved_words

    if stands is None:
        return []
    lead = lead_sentence(stands, task) + tr(".")
    said = (
        lead,
        caution(stands),
        baseline_words(stands),
        before_words(stands, task),
        moved_words(stands, task),
    )
    return ["\n".join(one for one in said if one)]
