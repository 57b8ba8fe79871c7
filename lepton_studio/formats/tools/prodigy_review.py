"""Which answer of a Prodigy review counts (https://prodi.gy/docs/review): a task with the versions of its annotators.

A review that was made stands on the task itself; one that is yet to be made has only `versions`, each with the
`sessions` that gave it, and one of them the `default` that the reviewer is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lepton_studio.formats.tables.json_objects import JsonObject
from lepton_studio.language import tr

_VIEW = frozenset({"view_id", "_view_id"})
"""From its view follows that a task without spans has none."""
_SAID = frozenset({"spans", "accept", "label", "relations", "user_input"})


def is_review(task: JsonObject) -> bool:
    """Whether the task holds versions of its annotation."""
    versions = task.get("versions")
    return isinstance(versions, list) and bool(versions) and all(isinstance(one, Mapping) for one in versions)


def decided(task: JsonObject) -> tuple[JsonObject, str]:
    """The task with the annotation that counts, and a sentence where no reviewer has chosen it.

    Without a review it is the version that most sessions gave; where two have as many there is none.
    """
    if not is_review(task) or (task.get("answer") is not None and (_SAID & task.keys() or task["answer"] == "ignore")):
        return task, ""
    versions: list[Mapping[str, Any]] = task["versions"]
    bare = {key: value for key, value in task.items() if key not in _SAID | {"answer"}}
    if task.get("answer") == "accept":
        shown = [one for one in versions if one.get("default")] or versions
        if len(shown) == 1:
            return bare | dict(shown[0]) | {"answer": "accept"}, ""
    counts = [len(one.get("sessions") or ()) for one in versions]
    most = max(counts)
    if counts.count(most) > 1:
        sentence = tr(
            "No reviewer has chosen one of its {count} versions: imported without an annotation.", count=len(versions)
        )
        return {key: value for key, value in bare.items() if key not in _VIEW}, sentence
    chosen = dict(versions[counts.index(most)])
    if len(versions) == 1:
        return bare | chosen, ""
    sentence = tr("Not reviewed: the version of {most} of {count} annotators was used.", most=most, count=sum(counts))
    return bare | chosen, sentence
