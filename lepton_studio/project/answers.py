"""What each person decided last on each sample: in this project, and in the copies that were merged into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lepton_studio.project.connection import Connection, storable, to_json
from lepton_studio.project.history import Step
from lepton_studio.project.in_words import from_json
from lepton_studio.project.records import LabelId, Origin, SampleId

# A merge writes what it took over into the log of decisions under the name of who merged; `answer` says whose it is.
# Where labels were merged or deleted the annotations were rewritten: nobody decided anew.
_OWN = """SELECT d.sample, e.who, e.at, d.after AS value, d.origin, d.seconds, d.id AS place
          FROM decision d JOIN entry e ON e.id = d.entry
          WHERE {held} AND NOT (d.origin = 'bulk' AND d.before IS NOT NULL AND e.labels > 0)
          AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.entry = d.entry)"""
_BROUGHT = """SELECT a.sample, a.who, a.at, a.value, a.origin, a.seconds, 0 AS place
              FROM answer a JOIN entry e ON e.id = a.entry WHERE {held}"""
_HOLDS = "e.undone IS NULL"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody decided on a sample, and when (ISO 8601, UTC). `value` is the task's JSON value.

    `origin` "import": a file said so, and `who` imported it; "settled": `who` chose it with all answers in view.
    """

    sample: SampleId
    who: str
    at: str
    value: object
    origin: Origin
    seconds: float | None = None


def last_answers(db: Connection, sample: SampleId | None = None) -> Iterator[Answer]:
    """The last one of each person and sample that holds, by sample and time; of one sample, or of all.

    Imports and settled ones are told apart from the person's own, and have a last one each. Who cleared an annotation
    has no answer any more. For a worker thread, but for one sample.
    """
    own, brought = (part.format(held=_HOLDS) for part in (_OWN, _BROUGHT))
    if sample is not None:
        own, brought = f"{own} AND d.sample = ?1", f"{brought} AND a.sample = ?1"
    # Of a group SQLite takes the other columns from the row that has the maximum: sqlite.org/lang_select.html#bareagg
    rows = db.execute(
        f"""SELECT sample, who, at, value, origin, seconds, max(at || printf('%020d', place)) AS last
            FROM ({own} UNION ALL {brought})
            GROUP BY sample, who, CASE WHEN origin IN ('import', 'settled') THEN origin END ORDER BY sample, last""",
        () if sample is None else (sample,),
    )
    for id, who, at, value, origin, seconds, _last in rows:
        if value is not None:
            yield Answer(id, who, at, from_json(value), origin, seconds)


def known_moments(db: Connection) -> Iterator[tuple[SampleId, str, str]]:
    """(sample, at, who) of everything that was ever decided here, undone or not: what a copy shares with this one."""
    own, brought = (part.format(held="true") for part in (_OWN, _BROUGHT))
    yield from db.execute(f"SELECT sample, at, who FROM ({own} UNION ALL {brought})")


def people(db: Connection) -> list[str]:
    """Everybody who decided something that holds, by name."""
    own, brought = (part.format(held=_HOLDS) for part in (_OWN, _BROUGHT))
    rows = db.execute(
        f"SELECT DISTINCT who FROM ({own} UNION ALL {brought}) WHERE origin <> 'import' AND who <> '' ORDER BY who"
    )
    return [who for (who,) in rows]


def add_answers(step: Step, answers: Iterable[Answer]) -> None:
    """Keep what people decided in a copy, as part of a step."""
    rows = [
        (step.entry, one.sample, storable(one.who), one.at, to_json(one.value), one.origin, one.seconds)
        for one in answers
    ]
    step.db.executemany(
        "INSERT INTO answer (entry, sample, who, at, value, origin, seconds) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
    )
    step.touch(*{row[1] for row in rows})


def removed_samples(db: Connection) -> set[tuple[SampleId, int]]:
    """(id, what identifies its text) of the samples that were taken out of the project."""
    rows = db.execute(
        """SELECT b.id, b.text_hash FROM sample_before b JOIN entry e ON e.id = b.entry
           WHERE b.existed AND e.undone IS NULL AND NOT EXISTS (SELECT 1 FROM sample s WHERE s.id = b.id)"""
    )
    return set(rows)


def former_names(db: Connection) -> dict[LabelId, set[str]]:
    """What each label was called before."""
    found: dict[LabelId, set[str]] = {}
    for label, name in db.execute("SELECT DISTINCT id, name FROM label_before WHERE existed AND name IS NOT NULL"):
        found.setdefault(label, set()).add(name)
    return found
