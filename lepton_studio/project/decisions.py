"""Decisions on samples: the current annotation, and the log of every decision that led to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from lepton_studio.language import tr
from lepton_studio.project.connection import storable, text_hash, to_json
from lepton_studio.project.errors import NoSuchLabel, NoSuchSample
from lepton_studio.project.history import Step
from lepton_studio.project.raw_rows import RawRows
from lepton_studio.project.records import LabelId, NewSample, Offered, Origin, SampleId, Split
from lepton_studio.project.repeats import note_repeats
from lepton_studio.project.tallies import count_in, count_out, ranges_of
from lepton_studio.project.texts import add_texts, set_texts_aside
from lepton_studio.project.word_index import index_if_few

_SAMPLES_A_BATCH = 5000

_AMONG = "(SELECT value FROM json_each(?))"
_LOG = "INSERT INTO decision (entry, sample, before, after, origin, seconds) VALUES (?, ?, ?, ?, ?, ?)"


def decide(
    step: Step,
    sample: SampleId,
    *,
    value: object | None,
    labels: tuple[LabelId, ...],
    origin: Origin,
    seconds: float | None = None,
    draft: object | None = None,
    offered: Offered | None = None,
) -> None:
    """Annotate a sample, or clear its annotation with None; it is no longer skipped. Raises NoSuchSample.

    `draft`: an annotation that is begun, where `value` is None. `offered`: what stood beside it.
    """
    row = step.db.execute("SELECT value FROM sample WHERE id = ?", (sample,)).fetchone()
    if row is None:
        raise NoSuchSample(tr("This sample is no longer in the project."))
    after = None if value is None else to_json(value)
    step.db.execute(
        "UPDATE sample SET value = ?, labels = ?, origin = ?, skipped = 0, draft = ? WHERE id = ?",
        (
            after,
            _labels_json(after, labels),
            None if after is None else origin,
            None if draft is None else to_json(draft),
            sample,
        ),
    )
    if draft is None or row[0] is not None:
        step.db.execute(_LOG, (step.entry, sample, row[0], after, origin, seconds))
        if offered is not None:
            values = (int(offered.hidden), int(offered.agreed))
            step.db.execute("UPDATE decision SET hidden = ?, agreed = ? WHERE id = last_insert_rowid()", values)
    step.touch(sample)


def decide_many(
    step: Step,
    rows: Iterable[tuple[SampleId, object | None, tuple[LabelId, ...]]],
    *,
    origin: Origin,
    split: Split | None = None,
) -> None:
    """As `decide`, for many samples, those that get the same value in one go. Raises NoSuchSample.

    `split`: where those belong from now on that belong nowhere yet.
    """
    incoming = iter(rows)
    while batch := list(islice(incoming, _SAMPLES_A_BATCH)):
        groups: dict[tuple[str | None, str | None], list[SampleId]] = {}
        seen: set[SampleId] = set()
        for sample, value, labels in batch:
            if sample in seen:  # what is decided last of a sample holds
                _decide_groups(step, groups, origin=origin, split=split)
                groups, seen = {}, set()
            seen.add(sample)
            after = None if value is None else to_json(value)
            groups.setdefault((after, _labels_json(after, labels)), []).append(sample)
        _decide_groups(step, groups, origin=origin, split=split)


def _decide_groups(
    step: Step,
    groups: Mapping[tuple[str | None, str | None], Sequence[SampleId]],
    *,
    origin: Origin,
    split: Split | None,
) -> None:
    for (after, labels), samples in groups.items():
        ids = to_json(samples)
        logged = step.db.execute(
            f"""INSERT INTO decision (entry, sample, before, after, origin)
                SELECT ?, id, value, ?, ? FROM sample WHERE id IN {_AMONG}""",
            (step.entry, after, origin, ids),
        )
        if logged.rowcount < len(samples):
            raise NoSuchSample(tr("This sample is no longer in the project."))
        step.db.execute(
            f"""UPDATE sample SET value = ?1, labels = ?2, origin = iif(?1 IS NULL, NULL, ?3), skipped = 0,
                    draft = NULL, split = ifnull(split, ?4) WHERE id IN {_AMONG.replace("?", "?5")}""",
            (after, labels, origin, split, ids),
        )
        step.touch(*samples)


def rewrite(step: Step, sample: SampleId, *, before: str, after: object | None, labels: tuple[LabelId, ...]) -> None:
    """Change the labels inside an annotation, given as the JSON stored; None removes it. Where it came from stays."""
    value = None if after is None else to_json(after)
    step.db.execute(
        "UPDATE sample SET value = ?1, labels = ?2, origin = iif(?1 IS NULL, NULL, origin) WHERE id = ?3",
        (value, _labels_json(value, labels), sample),
    )
    step.db.execute(_LOG, (step.entry, sample, before, value, "bulk", None))
    step.touch(sample)


def add_samples(step: Step, samples: Iterable[NewSample]) -> int:
    """Store samples and their imported annotations; returns how many. Raises NoSuchLabel.

    Whatever the iterable raises passes through, and none of its samples is in the project then.
    """
    db = step.db
    first = (db.value("SELECT seq FROM sqlite_sequence WHERE name = 'sample'") or 0) + 1
    known = {label for (label,) in db.execute("SELECT id FROM label")}
    next_id = first
    db.execute("SAVEPOINT samples")
    try:
        incoming, raws = iter(samples), RawRows(db)
        while batch := list(islice(incoming, _SAMPLES_A_BATCH)):
            _add_batch(step, batch, first=next_id, known=known, raws=raws)
            next_id += len(batch)
        note_repeats(db, (first, next_id - 1))
        index_if_few(db, (first, next_id - 1))
        count_in(db, [(first, next_id - 1)])
    except BaseException:
        db.execute("ROLLBACK TO samples")
        raise
    finally:
        db.execute("RELEASE samples")
    count = next_id - first
    if count:
        db.execute("INSERT INTO added VALUES (?, ?, ?)", (step.entry, first, next_id - 1))
        step.touch_many(count)
        step.structure = True
    return count


def remove_samples(step: Step, samples: Iterable[SampleId]) -> None:
    """Take samples out, with their texts; the log of decisions stays. Ids that are not there are passed over."""
    db = step.db
    there = sorted(id for id in set(samples) if db.value("SELECT 1 FROM sample WHERE id = ?", (id,)) is not None)
    leaving = ranges_of(there)
    if leaving:
        set_texts_aside(db, leaving)
        count_out(db, leaving)
        db.executemany("DELETE FROM sample WHERE id BETWEEN ? AND ?", leaving)
        step.touch_many(len(there))
        step.structure = True


def _add_batch(step: Step, batch: list[NewSample], *, first: SampleId, known: set[LabelId], raws: RawRows) -> None:
    rows, texts, log = [], [], []
    for id, new in enumerate(batch, first):
        if not known.issuperset(new.labels):
            raise NoSuchLabel(tr("A sample refers to a label that is not in the project."))
        text = storable(new.text)
        hash = text_hash(text, new.fields) if new.hash is None else new.hash
        value = None if new.value is None else to_json(new.value)
        origin = None if value is None else "import"
        note = storable(new.note).replace("\0", "").strip() if new.note else ""
        labels = _labels_json(value, new.labels)
        draft = None if new.draft is None else to_json(new.draft)
        rows.append((id, hash, len(text), new.split, value, labels, origin, int(new.skipped), note, draft))
        origin_id, raw = raws.packed(new.raw, source=new.source, text=text, fields=new.fields)
        fields = to_json(dict(new.fields)) if new.fields else "{}"
        texts.append((id, text, fields, new.row, raw, origin_id))
        if value is not None:
            log.append((step.entry, id, None, value, "import", None))
    step.db.executemany(
        """INSERT INTO sample (id, text_hash, length, split, value, labels, origin, skipped, note, draft)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        rows,
    )
    add_texts(step.db, texts)
    step.db.executemany(_LOG, log)


def _labels_json(value: str | None, labels: tuple[LabelId, ...]) -> str | None:
    return None if value is None else to_json(sorted(set(labels)))
