"""What the labels of a project say of relations: which are relations, which have a direction, which spans they link.

The options of a relation label, all by name as a file has them:

    {"kind": "relation", "directed": false, "pairs": [["person", "company"], ...]}

`directed` is true where it is not set; without `pairs` any two spans may be linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

RELATION = "relation"


class AnyLabel(Protocol):
    """A label of the window (`Label`) or of the child (`JobLabel`)."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def options(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """`spans` and `relations`: label ids in the project's order. `pairs`: relation -> (head, tail) span labels."""

    spans: tuple[int, ...]
    relations: tuple[int, ...]
    undirected: frozenset[int]
    pairs: Mapping[int, frozenset[tuple[int, int]]]

    @classmethod
    def of(cls, labels: Iterable[AnyLabel]) -> Rules:
        """The rules that these labels carry; a pair with a name that no span label has is left out."""
        every = tuple(labels)
        relations = tuple(label for label in every if is_relation(label))
        ids = {label.name: label.id for label in every if not is_relation(label)}
        return cls(
            spans=tuple(ids.values()),
            relations=tuple(label.id for label in relations),
            undirected=frozenset(label.id for label in relations if label.options.get("directed") is False),
            pairs={label.id: found for label in relations if (found := _pairs(label.options.get("pairs"), ids))},
        )

    def is_directed(self, relation: int) -> bool:
        """Whether head and tail of this relation are not the same."""
        return relation not in self.undirected

    def allows(self, relation: int, head: int, tail: int) -> bool:
        """Whether the relation may go from a span with the label `head` to one with the label `tail`."""
        allowed = self.pairs.get(relation)
        if allowed is None or (head, tail) in allowed:
            return True
        return relation in self.undirected and (tail, head) in allowed

    def allowed(self, head: int, tail: int) -> tuple[int, ...]:
        """The relations that may go from one to the other, in the project's order."""
        return tuple(relation for relation in self.relations if self.allows(relation, head, tail))


def is_relation(label: AnyLabel) -> bool:
    """Whether the label is for relations; one without a kind is for spans."""
    return label.options.get("kind") == RELATION


def _pairs(stored: object, ids: Mapping[str, int]) -> frozenset[tuple[int, int]]:
    if not isinstance(stored, Sequence) or isinstance(stored, str):
        return frozenset()
    pairs = (pair for pair in stored if isinstance(pair, Sequence) and len(pair) == 2)
    return frozenset((ids[head], ids[tail]) for head, tail in pairs if head in ids and tail in ids)
