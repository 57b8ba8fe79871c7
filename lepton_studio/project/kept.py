"""What a person keeps in a project beside the samples, by name, and what makes samples sooner found: no step of the
history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from lepton_studio.project import fields
from lepton_studio.project.connection import Connection, one_line, to_json
from lepton_studio.project.in_words import object_from_json
from lepton_studio.project.orders import index_of
from lepton_studio.project.records import Order

Shelf = Literal["filters", "rules"]
"""What kind of thing is kept."""


class Kept:
    """Part of a project."""

    _db: Connection

    def kept(self, shelf: Shelf) -> dict[str, object]:
        """Things of one kind as JSON values, by name, those kept first in front. Raises ProjectDamaged."""
        stored = self._db.value("SELECT value FROM meta WHERE key = ?", (shelf,))
        return {} if stored is None else object_from_json(stored)

    def keep(self, shelf: Shelf, name: str, thing: object) -> None:
        """Keep a thing under a name, in place of what it named."""
        self._put(shelf, {**self.kept(shelf), one_line(name): thing})

    def rename_kept(self, shelf: Shelf, name: str, to: str) -> None:
        """Call it otherwise; it stays in its place, and takes that of what had the name."""
        new = one_line(to)
        others = {key: thing for key, thing in self.kept(shelf).items() if key != new or key == name}
        self._put(shelf, {new if key == name else key: thing for key, thing in others.items()})

    def drop_kept(self, shelf: Shelf, name: str) -> None:
        """Keep it no longer."""
        self._put(shelf, {key: thing for key, thing in self.kept(shelf).items() if key != name})

    def field_names(self) -> list[str]:
        """The fields of the files that samples came from."""
        return fields.field_names(self._db)

    def field_values(self, name: str, *, limit: int = 200) -> list[tuple[str, int]]:
        """(value, how many samples have it) of the commonest values of a field."""
        return fields.field_values(self._db, name, limit=limit)

    def lacks_index(self, asked: str | Order) -> bool:
        """Whether samples of this field, or in this order, are found by reading them all until `make_index` is done."""
        index = _index_for(asked)
        named = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?"
        return index is not None and self._db.value(named, (index[0],)) is None

    def make_index(self, asked: str | Order) -> None:
        """Make them soon found; for a worker, some seconds for a million samples."""
        index = _index_for(asked)
        if index is not None:
            with self._db.transaction():
                self._db.execute(f"CREATE INDEX IF NOT EXISTS {index[0]} ON {index[1]}")

    def annotators(self) -> list[str]:
        """Who made changes in this project that hold, or in a copy that was merged into it, by name; some milliseconds
        for 100,000 changes.
        """
        rows = self._db.execute(
            """SELECT who FROM entry WHERE undone IS NULL AND samples > 0
               UNION SELECT a.who FROM answer a JOIN entry e ON e.id = a.entry WHERE e.undone IS NULL ORDER BY who"""
        )
        return [who for (who,) in rows if who]

    def _put(self, shelf: Shelf, things: Mapping[str, object]) -> None:
        with self._db.transaction():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (shelf, to_json(dict(things))))


def _index_for(asked: str | Order) -> tuple[str, str] | None:
    return fields.index_of_field(asked) if isinstance(asked, str) else index_of(asked)
