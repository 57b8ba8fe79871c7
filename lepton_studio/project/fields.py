"""Fields of the files that samples came from, to look samples up by: an index for each that is asked for, made then."""

from __future__ import annotations

import json
from hashlib import blake2b

from lepton_studio.project.connection import Connection
from lepton_studio.project.marks import MEDIA, REJECTED, TURNS

_LOOKED_AT = 300
"""Samples at either end of the project in which fields are looked for."""
_NOT_SHOWN = (MEDIA, REJECTED, TURNS, "context")
"""Fields that hold no words of a person's."""


def expression(name: str, row: str = "f.") -> str:
    """A field of a row of content as SQL, NULL where the sample has none.

    It is spelled as in its index. The path names the field as `to_json` wrote it; one with a quotation mark in its name
    has no path that every version of SQLite reads.
    """
    quoted = json.dumps(name)
    if not has_path(name):
        key = name.replace("'", "''")
        return f"(SELECT one.value FROM json_each({row}fields) one WHERE one.key = '{key}')"
    path = f"$.{quoted}".replace("'", "''")
    return f"json_extract({row}fields, '{path}')"


def sort_key(name: str, row: str = "w.") -> str:
    """What samples are sorted by in the order of a field: what is a number as one, which SQLite puts before words."""
    value = expression(name, row)
    is_number = f"{value} GLOB '*[0-9]*' AND ltrim({value}, '-') NOT GLOB '*[^0-9.]*'"
    return f"CASE WHEN {is_number} THEN CAST({value} AS REAL) ELSE nullif({value}, '') END"


def has_path(name: str) -> bool:
    """Whether the field can be indexed."""
    return '"' not in name


def index_of_field(name: str) -> tuple[str, str] | None:
    """(name, table and columns) of the index by which samples with a value are soon found; it is made when somebody
    first asks for the field, and SQLite keeps it in step from then on.
    """
    return (index_name("field", name), f"content ({expression(name, '')})") if has_path(name) else None


def index_name(purpose: str, field: str) -> str:
    """What an index of a field is called."""
    digest = blake2b(field.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"content_{purpose}_{digest}"


def field_names(db: Connection) -> list[str]:
    """The fields that samples have, those of the first ones in front."""
    rows = db.execute(
        """SELECT key FROM (
               SELECT id, fields FROM (SELECT id, fields FROM content ORDER BY id LIMIT ?1)
               UNION SELECT id, fields FROM (SELECT id, fields FROM content ORDER BY id DESC LIMIT ?1)
           ) c CROSS JOIN json_each(c.fields) GROUP BY key ORDER BY min(c.id), min(json_each.id)""",
        (_LOOKED_AT,),
    )
    return [name for (name,) in rows if name not in _NOT_SHOWN]


def field_values(db: Connection, name: str, *, limit: int) -> list[tuple[str, int]]:
    """(value, how many samples have it) of the commonest values; soon where there is an index."""
    rows = db.execute(
        f"""SELECT {expression(name)} AS value, count(*) FROM content f WHERE value IS NOT NULL AND value <> ''
            GROUP BY value ORDER BY 2 DESC, 1 LIMIT ?""",
        (limit,),
    )
    return [(str(value), count) for value, count in rows]
