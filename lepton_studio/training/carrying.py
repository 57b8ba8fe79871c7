"""The head of a model that a run goes on from, written into the new one as far as both say the same labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

Rows = Sequence[int | None]
"""For each new label the place of the same one among the old labels; None where it is new."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What was found. `is_whole`: nothing of the head is left to be made."""

    parts: Sequence[tuple[nn.Parameter, Tensor, Tensor]]
    """(a parameter of the new head, which of its rows, what they are to be)."""
    is_whole: bool

    @torch.no_grad()
    def put(self) -> None:
        """Write it into the new head; what is new there stays as it is."""
        for parameter, places, values in self.parts:
            if parameter.ndim:
                parameter[places.to(parameter.device)] = values.to(parameter.device, parameter.dtype)
            else:
                parameter.copy_(values)


NOTHING = Carried((), is_whole=False)


def carried_head(
    source: nn.Module, head: Mapping[str, nn.Parameter], *, rows: Rows, old: int, by_rows: bool
) -> Carried:
    """What the parameters of a new `head` have in common with those of the same names in `source`.

    Where all `old` labels are there again in their order, and no other, a parameter is taken as it is. Else, with
    `by_rows`, those rows are taken that say a label that both know: as many for each label one after the other, behind
    one that stands for none, where there is such (the tags of spans).
    """
    weights = dict(source.named_parameters())
    parts, whole = [], bool(head)
    is_same = list(rows) == list(range(old))
    for name, parameter in head.items():
        known = weights.get(name)
        taken: list[tuple[int, int]] | None = None
        if known is not None and is_same and known.shape == parameter.shape:
            taken = [(place, place) for place in range(len(parameter))] if parameter.ndim else []
        elif known is not None and by_rows and parameter.ndim and known.shape[1:] == parameter.shape[1:]:
            taken = _rows_of_labels(len(known), len(parameter), rows=rows, old=old)
        if known is None or taken is None:
            return NOTHING  # a head of another kind: its parts mean something together only
        to, of = ([pair[side] for pair in taken] for side in (0, 1))
        values = known.detach().cpu()[of].clone() if parameter.ndim else known.detach().cpu().clone()
        parts.append((parameter, torch.tensor(to, dtype=torch.int64), values))
        whole &= not parameter.ndim or len(to) == len(parameter)
    if not any(one is not None for one in rows) and rows:
        return NOTHING
    return Carried(tuple(parts), is_whole=whole)


def _rows_of_labels(has: int, wants: int, *, rows: Rows, old: int) -> list[tuple[int, int]] | None:
    """(row of the new parameter, row of the old one); None where its rows do not stand for labels."""
    for before in (0, 1):
        each = (has - before) // old if old else 0
        if each and has == before + each * old and wants == before + each * len(rows):
            labels = [
                (before + each * new + part, before + each * known + part)
                for new, known in enumerate(rows)
                if known is not None
                for part in range(each)
            ]
            return [(place, place) for place in range(before)] + labels
    return None
