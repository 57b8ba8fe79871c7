"""A sample as a Prodigy task: with tokens, hashes are left to Prodigy."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.formats.base import Row
from lepton_studio.formats.tokens import cut
from lepton_studio.project.marks import SpanMark


def task_of(row: Row, names: Sequence[str]) -> dict[str, object]:
    """The task as `prodigy db-in` takes it. `names` are the project's labels, the options of a choice.

    A label that was rejected is a binary task with the answer "reject"; `token_end` belongs to its span.
    """
    marks = row.marks
    task: dict[str, object] = {"text": row.text}
    meta = {"id": row.id, "split": row.split, "note": row.note}
    task["meta"] = {key: value for key, value in meta.items() if value}
    answer = "ignore" if row.skipped else "accept"
    if marks.spans is not None:
        task |= _spans(row, marks.spans)
    if marks.rejected and not marks.labels:
        answer = "reject"
        task["label"] = marks.rejected[0] if len(marks.rejected) == 1 else list(marks.rejected)
    elif marks.labels is not None:
        known = list(dict.fromkeys([*names, *marks.labels]))
        task["options"] = [{"id": name, "text": name} for name in known]
        task["accept"] = list(marks.labels)
        task["config"] = {"choice_style": "single" if len(marks.labels) == 1 else "multiple"}
    if marks.targets:
        task["user_input"] = marks.targets[0] if len(marks.targets) == 1 else list(marks.targets)
    fields = {name: value for name, value in row.fields.items() if name not in task}
    return {**task, **fields, "answer": answer}


def _spans(row: Row, spans: Sequence[SpanMark]) -> dict[str, object]:
    text = row.text
    places = cut(text, (edge for span in spans for edge in (span.start, span.end)))
    tokens = [
        {"text": text[start:end], "start": start, "end": end, "id": place, "ws": text[end : end + 1].isspace()}
        for place, (start, end) in enumerate(places)
    ]
    said = []
    for span in spans:
        inside = [place for place, (start, end) in enumerate(places) if span.start <= start and end <= span.end]
        one: dict[str, object] = {"start": span.start, "end": span.end, "label": span.label}
        if inside:
            one |= {"token_start": inside[0], "token_end": inside[-1]}
        one |= {"id": span.id} if span.id else {}
        one |= {} if span.score is None else {"score": span.score}
        one |= {"attributes": dict(span.attributes)} if span.attributes else {}
        said.append(one)
    found: dict[str, object] = {"tokens": tokens, "spans": said}
    if row.marks.relations is not None:
        found["relations"] = [
            {
                "head": said[link.head].get("token_end"),
                "child": said[link.tail].get("token_end"),
                "head_span": said[link.head],
                "child_span": said[link.tail],
                "label": link.label,
            }
            for link in row.marks.relations
        ]
    return found
