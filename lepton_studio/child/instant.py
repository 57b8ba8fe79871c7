"""The instant model at work: the texts of a project are read a little at a time, it is fitted anew after each decision.

What is read and fitted is kept from one request to the next; what a request finds missing is read again, so that any
child can take the next one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from lepton_studio.child.embed import encoder_vectors, vectors_of
from lepton_studio.child.spans import InstantSpans
from lepton_studio.child.warm import Warm
from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Pooled
from lepton_studio.instant_files import (
    AUDIT_SHARE,
    BEST,
    SAID,
    Said,
    read_decisions,
    read_texts,
    take_by_chance,
    write_said,
)
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.quick import instant
from lepton_studio.quick.hashed import HashedWords
from lepton_studio.quick.hedging import loses_to_chance
from lepton_studio.quick.instant import Decided, Setting, Texts
from lepton_studio.quick.linear import Linear
from lepton_studio.quick.querying import BATCH, MOST_AT_FIRST, AskOrder, Known, draws, next_texts
from lepton_studio.quick.regression import Floats, Kind
from lepton_studio.quick.views import two_views
from lepton_studio.runs.events import Finished, LastEvent, Refitted, TextsRead
from lepton_studio.runs.requests import LearnCurve, LookBeside, ReadOn, Refit, Suspect
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Send
from lepton_studio.vectors import VectorWriter, kept_as, read_vectors

_TEXTS_AT_ONCE, _CHARACTERS_AT_ONCE = 32, 6_000


@dataclass
class Instant:
    """What is kept: the texts of one project, and the model that was fitted last; of a project of `spans` these."""

    pool: _Pool | None = None
    spans: InstantSpans = field(default_factory=InstantSpans)

    def pool_of(
        self, request: ReadOn | Refit | LookBeside | Suspect | LearnCurve, *, warm: Warm, machine: Machine
    ) -> _Pool:
        """The texts of the request, as far as they are read. Raises ModelNotFound, OSError."""
        reader, digest = warm.reader(request.encoder)
        of = (request.folder, request.texts, digest)
        if self.pool is None or self.pool.of != of:
            self.pool = None  # its memory first
            folder = encoder_vectors(Path(request.vectors), reader, digest)
            self.pool = _Pool(of, Path(request.folder), Path(request.folder, request.texts), folder, reader, machine)
        self.pool.reader = reader
        self.pool.take_new()
        return self.pool


def read_on(request: ReadOn, *, kept: Instant, warm: Warm, machine: Machine, send: Send) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()
    pool = kept.pool_of(request, warm=warm, machine=machine)
    pool.embed_first(request.first)
    until = time.monotonic() + request.seconds
    while pool.read_some() and time.monotonic() < until:
        pass
    send(pool.read)
    return Finished(step=0, seconds=time.monotonic() - began)


def refit(request: Refit, *, kept: Instant, warm: Warm, machine: Machine, send: Send) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()
    pool = kept.pool_of(request, warm=warm, machine=machine)
    folder = Path(request.folder)
    decided = pool.decided(request.kind, outputs=len(request.labels) or 1)
    texts, names = pool.texts(), None
    if request.kind == "choice" or (request.kind == "choices" and not len(decided)):
        names = pool.names(request.labels, texts)
    state = pool.fitted_for(request)
    held_out = ""
    if request.choose:
        state.setting, held = instant.choose(texts, decided, names=names)
        if (by_chance := pool.by_chance(decided)) is not None:
            state.hedges = loses_to_chance(texts, *by_chance)
        if held is not None:
            order = np.argsort(held.rows)
            rows = rows_said(pool.samples[held.rows[order]], held.said[order], kind=request.kind)
            held_out = write_said(folder, f"held-out-{request.id}", rows)
    said, found = "", None
    if state.fit(texts, decided) or names is not None:
        setting = state.setting or instant.first_setting(decided)
        logits = None if state.layer is None else instant.logits_of(texts, state.layer)
        unseen = decided.counts() == 0 if request.kind == "choice" else None
        found = instant.said(logits, names, setting=setting, kind=request.kind, unseen=unseen)
        all_said = rows_said(
            pool.samples,
            found,
            kind=request.kind,
            strange=instant.strangeness(texts, decided),
            known=pool.there | (state.layer is not None),
        )
        all_said["drawn"] = pool.in_audit
        said = write_said(folder, f"said-{request.id}", all_said)
    setting = state.setting or instant.first_setting(decided)
    chosen_on = 0 if state.setting is None else setting.labels
    send(pool.read)
    is_first = names is not None and len(decided) < MOST_AT_FIRST
    by_name = instant.said(None, names, setting=setting, kind=request.kind) if is_first else None
    is_for_two = request.order == "disagreement" and state.layer is not None
    views = two_views(texts, decided, setting=setting) if is_for_two else None
    known = Known(found, by_name, views, pool.seconds(request.pace))
    asked = next_texts(
        texts,
        known,
        decided,
        free=pool.free & ~pool.in_audit,
        order=cast(AskOrder, request.order),
        hedges=state.hedges,
        count=request.count or BATCH,
    )
    send(
        Refitted(
            said,
            held_out,
            chosen_on,
            setting.error,
            asked=tuple(pool.samples[np.array([one.place for one in asked], np.int64)].tolist()),
            why=tuple(one.why for one in asked),
            audit=pool.next_of_audit(),
        )
    )
    return Finished(step=0, seconds=time.monotonic() - began)


@dataclass
class _Fitted:
    """The last layer for these labels, and how it was set; None before the first."""

    of: tuple[Kind, tuple[str, ...]]
    setting: Setting | None = None
    layer: Linear | None = None
    hedges: bool = False
    """Whether what was asked for teaches less than what chance chose, as far as the draw can tell."""

    def fit(self, texts: Texts, decided: Decided) -> bool:
        """Fit it anew; whether there is one: a single class says nothing."""
        if not len(decided) or (decided.kind == "choice" and len(np.unique(decided.targets)) < min(2, decided.outputs)):
            self.layer = None
        else:
            setting = self.setting or instant.first_setting(decided)
            self.layer = instant.fit(texts, decided, setting=setting, start=self.layer)
        return self.layer is not None


@dataclass
class _Pool:
    """All texts, by sample ascending; which vectors are `there`, and the words of the first of them."""

    of: tuple[str, str, str]
    folder: Path
    file: Path
    vectors_folder: Path
    reader: Pooled
    machine: Machine
    rows: list[tuple[str, str | None]] = field(default_factory=list)
    samples: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    draws: Floats = field(default_factory=lambda: np.empty(0, np.float32))
    fitted: _Fitted | None = None
    mean: Floats | None = None
    """Of the vectors, when they were looked at last."""
    _read: int = 0
    _lacking: Iterator[int] = field(default_factory=lambda: iter(()))
    """The places of texts without a vector, the shortest first."""
    _texts: Texts | None = None
    _names: tuple[tuple[str, ...], Floats] | None = None
    _cosines: tuple[Texts, Floats] | None = None

    def __post_init__(self) -> None:
        width = self.reader.model.head.in_features
        self.vectors = np.zeros((0, width), np.float16)
        self.there = np.zeros(0, bool)
        self.free = np.zeros(0, bool)
        self.words = HashedWords()

    def take_new(self) -> None:
        """Read what was appended to the file, and the vectors that are on the disk already. Raises OSError."""
        with self.file.open("rb") as file:
            file.seek(self._read)
            new = read_texts(file)
            self._read = file.tell()
        if not new:
            return
        first = len(self.rows)
        if not first:
            self.words = HashedWords(pairs=any(second is not None for _, _, second in new))
        self.rows += [(text, second) for _, text, second in new]
        self.samples = np.concatenate([self.samples, np.array([sample for sample, _, _ in new], np.int64)])
        self.draws = np.concatenate([self.draws, draws([kept_as(*row) for row in self.rows[first:]])])
        found, there = read_vectors(self.vectors_folder, [kept_as(*row) for row in self.rows[first:]])
        self.vectors = np.concatenate([self.vectors, found])
        self.there = np.concatenate([self.there, there])
        self._lacking = iter(sorted(np.flatnonzero(~self.there).tolist(), key=lambda at: len(self.rows[at][0])))
        self._texts = None

    # ------------------------------------------------------------------------------------------------------ reading

    def embed_first(self, samples: tuple[int, ...]) -> None:
        """Read the texts of these samples, where they have no vector yet."""
        some = self._few(at for at in self.places(np.array(samples, np.int64)).tolist() if not self.there[at])
        if some:
            self._embed(some)

    def read_some(self) -> bool:
        """Read a few texts; False where all are read."""
        some = self._few(range(len(self.words), len(self.rows)))
        if some:
            self.words.add([self.rows[at] for at in some])
            self._texts = None
            return True
        some = self._few(at for at in self._lacking if not self.there[at])
        if some:
            self._embed(some)
        return bool(some)

    def _few(self, places: Iterable[int]) -> list[int]:
        """The first of these places, as many as are read at once."""
        some, characters = [], 0
        for at in places:
            some.append(at)
            characters += len(self.rows[at][0])
            if len(some) == _TEXTS_AT_ONCE or characters >= _CHARACTERS_AT_ONCE:
                break
        return some

    def _embed(self, places: list[int]) -> None:
        vectors = self._vectors([self.rows[at] for at in places])
        self.vectors[places], self.there[places] = vectors, True
        self._texts = None
        with contextlib.suppress(BlockingIOError), VectorWriter(self.vectors_folder) as writer:
            writer.add([kept_as(*self.rows[at]) for at in places], vectors)

    def _vectors(self, rows: list[tuple[str, str | None]]) -> NDArray[np.float16]:
        inputs = [Input(text, {} if second is None else {SECOND_TEXT: second}) for text, second in rows]
        return vectors_of(inputs, self.reader, machine=self.machine).half().numpy()

    # ------------------------------------------------------------------------------------------------ what is known

    @property
    def read(self) -> TextsRead:
        """How far it is read."""
        return TextsRead(len(self.samples), len(self.words), int(self.there.sum()))

    def texts(self) -> Texts:
        """As they are read by now."""
        if self._texts is None:
            self._texts = Texts.of(self.words.matrix(len(self.rows)), self.vectors, self.there.copy())
            self.mean = self._texts.mean
        return self._texts

    def names(self, labels: tuple[str, ...], texts: Texts) -> Floats:
        """How near each text is to each label's name: [n, labels]."""
        if self._names is None or self._names[0] != labels:
            vectors = self._vectors([(name, None) for name in labels]).astype(np.float32)
            self._names, self._cosines = (labels, vectors), None
        if self._cosines is None or self._cosines[0] is not texts:
            self._cosines = texts, instant.near_names(texts, self._names[1])
        return self._cosines[1]

    def decided(self, kind: Kind, *, outputs: int) -> Decided:
        """What is decided of texts that are here. Raises OSError, ValueError."""
        samples, targets, aside = read_decisions(self.folder)
        self.free = np.ones(len(self.samples), bool)
        self.free[self.places(samples)] = self.free[self.places(aside)] = False
        known = np.isin(samples, self.samples, assume_unique=True)
        return Decided(self.places(samples[known]), targets[known], kind, outputs)

    def by_chance(self, decided: Decided) -> tuple[Decided, Decided] | None:
        """The first decisions that were asked for, and those of the draw; None where they are not to be compared.
        Raises OSError, ValueError.
        """
        found = take_by_chance(self.folder)
        if found is None:
            return None
        drawn, targets, asked = found
        place_of = {int(row): at for at, row in enumerate(decided.rows)}
        first = [place_of[row] for row in self.places(asked).tolist() if row in place_of]
        is_here = np.isin(drawn, self.samples, assume_unique=True)
        of_draw = replace(decided, rows=self.places(drawn[is_here]), targets=targets[is_here])
        return decided.some(np.array(first, np.int64)), of_draw

    def seconds(self, pace: tuple[float, ...]) -> Floats | None:
        """What the person needs for each text; None where the pace is not known."""
        if not pace:
            return None
        a_text, a_character = pace
        return np.array([a_text + a_character * len(text) for text, _ in self.rows], dtype=np.float32)

    @property
    def in_audit(self) -> NDArray[np.bool_]:
        """Which texts no model may choose."""
        return np.asarray(self.draws < AUDIT_SHARE)

    def next_of_audit(self) -> tuple[int, ...]:
        """The samples of the audit that nobody has decided on, in the order that chance gave them."""
        places = np.flatnonzero(self.free & self.in_audit)
        return tuple(self.samples[places[np.argsort(self.draws[places])[:BATCH]]].tolist())

    def fitted_for(self, request: Refit | LookBeside) -> _Fitted:
        """The last layer, where it is for these labels, or a new one."""
        of = request.kind, request.labels
        if self.fitted is None or self.fitted.of != of:
            self.fitted = _Fitted(of)
        return self.fitted

    def places(self, samples: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of samples that are here."""
        at = np.minimum(np.searchsorted(self.samples, samples), len(self.samples) - 1)
        return np.asarray(at[self.samples[at] == samples] if len(self.samples) else at[:0], np.int64)


def rows_said(
    samples: NDArray[np.int64],
    said: Floats,
    *,
    kind: Kind,
    strange: Floats | None = None,
    known: NDArray[np.bool_] | bool = True,
) -> Said:
    """`said` [n, outputs] as the window reads it; `known`: of which texts anything can be said."""
    found = np.zeros(len(samples), SAID)
    found["sample"], found["labels"] = samples, -1
    found["strange"] = 0 if strange is None else strange
    if kind == "number":
        found["labels"][:, 0], found["scores"][:, 0] = 0, said[:, 0]
        return found
    count = min(BEST, said.shape[1])
    top = np.argpartition(-said, count - 1, axis=1)[:, :count]
    row = np.arange(len(said))[:, None]
    best = top[row, np.argsort(-said[row, top], axis=1, kind="stable")]
    found["labels"][:, :count], found["scores"][:, :count] = best, said[row, best]
    sure = np.clip(said, 1e-7, 1 - 1e-7)
    if kind == "choice":
        found["margin"] = found["scores"][:, 0] - (found["scores"][:, 1] if count > 1 else 0)
        found["entropy"] = -(sure * np.log(sure)).sum(1) / max(np.log(said.shape[1]), 1e-9)
    else:
        found["margin"] = 2 * np.abs(said - 0.5).min(1)
        found["entropy"] = -(sure * np.log2(sure) + (1 - sure) * np.log2(1 - sure)).mean(1)
    found["labels"][~np.broadcast_to(known, len(found))] = -1
    return found
