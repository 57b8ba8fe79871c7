"""Label Studio's JSON: a list of tasks with their annotations, of any version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import (
    ALL_TABLES,
    Doubt,
    Foreign,
    Format,
    Guess,
    OutLabel,
    Problem,
    Record,
    UnreadableFile,
)
from lepton_studio.formats.guessing.file_start import FileStart, look_at
from lepton_studio.formats.guessing.roles import guess_roles
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tables.json_objects import JsonObject, each_record, peek, share
from lepton_studio.formats.tools.label_studio_config import configuration_beside
from lepton_studio.formats.tools.label_studio_groups import (
    GROUP,
    choices_of_groups,
    chosen_group,
    doubts_of_groups,
    of_group,
)
from lepton_studio.formats.tools.label_studio_results import (
    EVERY_KIND,
    annotations_of,
    chosen_annotation,
    kinds_in,
    marks_in,
    results_of,
)
from lepton_studio.formats.tools.label_studio_writing import write_label_studio
from lepton_studio.formats.values import flat, share_of
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks

_NOT_DATA = {
    "id", "annotations", "completions", "predictions", "drafts", "meta", "created_at", "updated_at", "inner_id",
    "project", "file_upload", "total_annotations", "cancelled_annotations", "total_predictions", "comment_count",
    "unresolved_comment_count", "last_comment_updated_at", "updated_by", "comment_authors", "agreement", "task_path",
    "allow_skip", "precomputed_agreement",
}  # fmt: skip
_ADDRESS = re.compile(r"(https?|s3|gs|azure-blob|file)://\S+$|/data/\S+$|data:\w+/\w+;")
_ABOUT = ("annotator", "lead_time")


def detect(head: FileStart) -> float:
    """Tasks have their text under "data", and annotations, completions or predictions beside it."""
    return 0.98 if share(head, _is_task) > 0.3 else 0.0


def _is_task(one: JsonObject) -> bool:
    results = any(isinstance(one.get(key), list) for key in ("annotations", "completions", "predictions"))
    return isinstance(one.get("data"), dict) and results


def describe(head: FileStart) -> Guess:
    """The text is the wordiest string of the data. Raises UnreadableFile where tasks have none (images, sound)."""
    rows = [_data(one) for one in peek(head).objects]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    words = [{name: cell for name, cell in row.items() if not _is_address(cell)} for row in rows]
    text = guess_roles(columns, words).text
    if text is None:
        raise UnreadableFile(tr("{file} has tasks without a text (images or audio).", file=head.path.name))
    pair = _second(text, columns)
    about = [name for name in _ABOUT if name not in columns]
    groups = choices_of_groups(peek(head).objects)
    return Guess(
        format="label_studio",
        paths=(head.path,),
        encoding=head.encoding,
        columns=(*columns, *about),
        text=text,
        roles={"second_text": pair} if pair else {},
        offsets="utf-16",
        labels=_declared(head),
        table=ALL_TABLES if groups else "",
        tables=groups,
    )


def _declared(head: FileStart) -> tuple[OutLabel, ...]:
    """The labels of the configuration beside the file; none where it lacks most that the file uses: it is of another
    project."""
    declared = configuration_beside(head.path).labels
    said = [marks_in(results_of(one), EVERY_KIND)[0] for task in peek(head).objects for one in annotations_of(task)]
    spans = {("span", one.label) for marks in said for one in marks.spans or ()}
    used = spans | {("label", name) for marks in said for name in marks.labels or ()}
    known = used & {(one.kind, one.name) for one in declared}
    return declared if 2 * len(known) >= len(used) else ()


def notices(path: Path, guess: Guess) -> Sequence[str]:
    """What of the tasks is not taken as an annotation."""
    objects = peek(look_at(path, encoding=guess.encoding)).objects
    predictions, drafts = (_count(objects, key) for key in ("predictions", "drafts"))
    said = []
    if guess.labels and (file := configuration_beside(path).file):
        said.append(tr("The labels and their colours are taken from {file}.", file=file))
    if predictions:
        said.append(tr("Predictions of models are imported as suggestions, not as annotations."))
    if drafts:
        said.append(tr("Drafts stay with the source row and are not imported as annotations."))
    return said


def _count(objects: Sequence[JsonObject], key: str) -> int:
    return sum(len(found) for one in objects if isinstance(found := one.get(key), list))


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per task: the newest annotation that was submitted; others are counted in a remark. A task that was
    only ever cancelled is skipped. What the configuration offers and an annotation lacks, it says there is none of."""
    objects = peek(look_at(path, encoding=guess.encoding)).objects
    kinds = kinds_in(objects)
    kinds |= configuration_beside(path).kinds if guess.labels else frozenset()
    return each_record(path, guess.encoding, partial(_record, kinds=kinds, group=chosen_group(guess, objects)))


def doubts(path: Path, guess: Guess) -> Sequence[Doubt]:
    """Which group of labels is meant."""
    return doubts_of_groups(guess, peek(look_at(path, encoding=guess.encoding)).objects)


def _record(number: int, task: JsonObject, *, kinds: frozenset[str], group: str) -> Record:
    cells = _data(task)
    annotations = annotations_of(task)
    place = chosen_annotation(annotations)
    meta = about if isinstance(about := task.get("meta"), dict) else {}
    remarks = []
    marks, left = Marks(), Counter[str]()
    if place is not None:
        chosen = annotations[place]
        marks, left = marks_in(of_group(results_of(chosen), group), kinds)
        cells.update({key: value for key, value in _about(chosen).items() if key not in cells})
        submitted = sum(chosen_annotation([one]) is not None for one in annotations)
        if submitted > 1:
            remarks.append(tr("The newest of {count} annotations was used.", count=submitted))
    if left:
        said = ", ".join(f"{count} {kind}" for kind, count in left.items())
        remarks.append(tr("Marks of kinds that do not apply to texts were left out: {kinds}.", kinds=said))
    identity = meta.get("source_id", task.get("id", ""))
    if meta.get("note"):
        cells.setdefault("note", str(meta["note"]))
    return Record(
        number,
        cells,
        raw={**task, GROUP: group} if group else task,
        marks=marks,
        split=split_named(str(meta.get("split", ""))),
        skipped=bool(annotations) and place is None,
        remark=" ".join(remarks),
        id="" if identity is None else str(identity),
    )


def marks_of(raw: Any, text: str) -> Marks | None:
    """What the annotation of a task said that was read, if it is one of this text."""
    if not isinstance(raw, dict) or not _is_task(raw) or text not in _data(raw).values():
        return None
    annotations = annotations_of(raw)
    place = chosen_annotation(annotations)
    if place is None:
        return Marks()
    return marks_in(of_group(results_of(annotations[place]), str(raw.get(GROUP, ""))), EVERY_KIND)[0]


def foreign_of(raw: Any, text: str, wants: Sequence[str]) -> Foreign | None:
    """The newest prediction of a task, if it is one of this text."""
    if not isinstance(raw, dict) or not _is_task(raw) or text not in _data(raw).values():
        return None
    found = raw.get("predictions")
    said = [one for one in found if isinstance(one, dict) and results_of(one)] if isinstance(found, list) else []
    if not said:
        return None
    marks, _left = marks_in(of_group(results_of(said[-1]), str(raw.get(GROUP, ""))), frozenset())
    return Foreign(str(said[-1].get("model_version") or "Label Studio"), marks, share_of(said[-1].get("score")))


def _data(task: JsonObject) -> dict[str, object]:
    """The data of a task; the task itself where it has none."""
    data = task.get("data")
    if isinstance(data, dict):
        return flat(data)
    return flat({key: value for key, value in task.items() if key not in _NOT_DATA})


def _about(annotation: Mapping[str, Any]) -> dict[str, object]:
    who = annotation.get("completed_by")
    name = who.get("email") or who.get("id") if isinstance(who, dict) else who
    found = {"annotator": None if name is None else str(name), "lead_time": annotation.get("lead_time")}
    return {key: value for key, value in found.items() if value is not None}


def _second(text: str, columns: Sequence[str]) -> str | None:
    """The other text of a pair: text2 beside text1."""
    match = re.fullmatch(r"(.*?)(1|_a|A|_1|_left)", text)
    others = {"1": "2", "_a": "_b", "A": "B", "_1": "_2", "_left": "_right"}
    other = match[1] + others[match[2]] if match else ("second_text" if text == "text" else "")
    return other if other in columns else None


def _is_address(cell: object) -> bool:
    return not isinstance(cell, str) or bool(_ADDRESS.match(cell))


FORMAT = Format(
    id="label_studio",
    title="Label Studio (JSON)",
    detect=detect,
    describe=describe,
    records=records,
    notices=notices,
    doubts=doubts,
    marks_of=marks_of,
    foreign_of=foreign_of,
    write=write_label_studio,
    holds=frozenset(
        {
            "labels", "several_labels", "spans", "nested_spans", "relations", "targets", "several_targets", "rating",
            "second_text", "turns", "fields", "split", "note", "spacing", "skipped", "attributes", "id",
        }
    ),
)  # fmt: skip
