"""The label index and the tallies for samples that come and go, by ranges of ids; triggers do it for other changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lepton_studio.project.connection import Connection

Range = tuple[int, int]
"""First and last id."""

_SPLITS = """
    INSERT INTO split_tally
    SELECT ifnull(split, ''), :sign * count(*), :sign * count(value), :sign * sum(value IS NULL AND NOT skipped),
           :sign * sum(skipped), :sign * sum(flagged), :sign * sum(note <> '')
    FROM sample WHERE id BETWEEN :first AND :last GROUP BY ifnull(split, '')
    ON CONFLICT DO UPDATE SET
        samples = samples + excluded.samples, labelled = labelled + excluded.labelled,
        unlabelled = unlabelled + excluded.unlabelled, skipped = skipped + excluded.skipped,
        flagged = flagged + excluded.flagged, noted = noted + excluded.noted
"""

_LABELS = """
    INSERT INTO label_tally
    SELECT one.value, ifnull(split, ''), :sign * count(*)
    FROM sample CROSS JOIN json_each(sample.labels) AS one WHERE sample.id BETWEEN :first AND :last GROUP BY 1, 2
    ON CONFLICT DO UPDATE SET samples = samples + excluded.samples
"""


def ranges_of(ids: Iterable[int]) -> list[Range]:
    """Ascending ids as ranges."""
    found: list[Range] = []
    for id in ids:
        if found and id == found[-1][1] + 1:
            found[-1] = (found[-1][0], id)
        else:
            found.append((id, id))
    return found


def count_in(db: Connection, ranges: Sequence[Range]) -> None:
    """The samples of these ids have come."""
    for first, last in ranges:
        bounds = {"first": first, "last": last}
        _tally(db, {**bounds, "sign": 1})
        db.execute(
            """INSERT INTO annotation_label
               SELECT one.value, sample.id FROM sample CROSS JOIN json_each(sample.labels) AS one
               WHERE sample.id BETWEEN :first AND :last ORDER BY 1, 2""",
            bounds,
        )


def count_out(db: Connection, ranges: Sequence[Range]) -> None:
    """The samples of these ids are about to go."""
    for first, last in ranges:
        bounds = {"first": first, "last": last}
        _tally(db, {**bounds, "sign": -1})
        db.execute(
            """DELETE FROM annotation_label WHERE (label, sample) IN (
                   SELECT one.value, sample.id FROM sample CROSS JOIN json_each(sample.labels) AS one
                   WHERE sample.id BETWEEN :first AND :last)""",
            bounds,
        )


def _tally(db: Connection, values: Mapping[str, int]) -> None:
    db.execute(_SPLITS, values)
    db.execute(_LABELS, values)
