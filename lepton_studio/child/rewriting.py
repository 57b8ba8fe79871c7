"""What other models write for the training texts before tuning, where a method wants that: each once in the life of a
run, kept in its folder (`lepton_studio.runs.rewritings`), and judged before it is learned from.
"""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from lepton_studio.child.work import Work, texts_of
from lepton_studio.contract.task import Input
from lepton_studio.heads.generation.rewriting import TextRewriter
from lepton_studio.language import tr, trn
from lepton_studio.methods.hooks import RewrittenCopies
from lepton_studio.methods.rewriting.keeping import cleaned, closeness, normalised, why_dropped
from lepton_studio.runs.events import Noted, Staged
from lepton_studio.runs.rewritings import Rewritten, add_rewritten, read_rewritten
from lepton_studio.training.body import Body
from lepton_studio.training.inference import embed
from lepton_studio.training.learner import Learner
from lepton_studio.training.signals import stop_now
from lepton_studio.training.snapshot import Rows, Samples
from lepton_studio.words import duration

_AT_ONCE = {"cuda": 64}
_USUAL_AT_ONCE = 8
"""Texts in a batch: after each it is written down, and may be stopped."""
_TRIED = 6
"""Texts that are rewritten for a preview."""
_COMPARED = 200
"""Training texts that tell how alike two usually are."""
_JUDGED = "judged"
"""Why a rewriting is left out, beside the reasons of `keeping`: the run is judged by this text."""


def give_rewritten(
    work: Work,
    learner: Learner[Any],
    *,
    body: Body,
    training: Samples[Any],
    held_out: Sequence[Samples[Any] | Rows[Any]],
    tells: bool = True,
) -> None:
    """Let the method that asks for it have its copies of the training texts: those in the run's folder, and those that
    are lacking there written now. None that is a text of `held_out` or of another training sample. What was kept and
    what was not is told where it `tells`. The learner has learnt nothing yet and is on the machine's device.

    Raises Interrupted; what was written stays. Raises ModelNotFound. The random numbers of training are as without it.
    """
    hooks = body.rewriting
    if hooks is None:
        return
    texts = _texts(training)
    lines = {(one.text, one.copy): one for one in read_rewritten(work.folder)}
    lacking = [one for one in _wanted(texts, hooks) if one not in lines]
    rewriters = _loaded(work, hooks) if lacking else []
    for some in _written(work, learner, hooks=hooks, rewriters=rewriters, wanted=lacking, among=texts):
        add_rewritten(work.folder, some)
        lines.update({(one.text, one.copy): one for one in some})
    if rewriters:
        rewriters.clear()
        work.machine.free()
    found = [lines[one] for one in _wanted(texts, hooks) if one in lines]
    judged = {normalised(text) for split in held_out for one in split.inputs for text in texts_of(one)}
    hooks.rewritten, reasons = _kept(found, judged=judged)
    if tells and found:
        work.send(Noted(_told(len(found), reasons=reasons), lasts=True))


def has_rewritten(work: Work, *, body: Body) -> bool:
    """Whether a run that has no checkpoint goes on with what was written for it."""
    return body.rewriting is not None and next(read_rewritten(work.folder), None) is not None


def try_rewriting(work: Work, learner: Learner[Any], *, hooks: RewrittenCopies, training: Samples[Any]) -> _Tried:
    """Some training texts, and what becomes of them, by what `give_rewritten` would do; nothing is kept."""
    texts = _texts(training)
    some = texts[:: max(1, len(texts) // _TRIED)][:_TRIED]
    wanted, rewriters = [(text, 0) for text in some], _loaded(work, hooks)
    began = time.monotonic()
    batches = _written(work, learner, hooks=hooks, rewriters=rewriters, wanted=wanted, among=texts)
    lines = [one for batch in batches for one in batch]
    kept, reasons = _kept(lines, judged=set())
    seconds = (time.monotonic() - began) / max(1, len(lines)) * len(texts) * hooks.settings.copies
    note = f"{_told(len(lines), reasons=reasons)} {_takes(len(texts) * hooks.settings.copies, seconds=seconds)}"
    after = [next(iter(kept.get(text, ())), text) for text in some]
    return tuple(some), tuple(after), note


_Tried = tuple[tuple[str, ...], tuple[str, ...], str]
"""Before, after, and a note."""


def stand_in(hooks: RewrittenCopies, training: Samples[Any]) -> None:
    """The texts themselves in place of what will be written, for an estimate of the time that it takes to learn it."""
    hooks.rewritten = {text: (text,) * hooks.settings.copies for text in _texts(training)}


def seconds_of_rewriting(work: Work, *, hooks: RewrittenCopies, training: Samples[Any]) -> float:
    """About how long `give_rewritten` takes, from some words of one batch."""
    texts = _texts(training)
    if not texts:
        return 0.0
    some = texts[:: max(1, len(texts) // _at_once(work))][: _at_once(work)]
    a_batch = sum(one.seconds_for(some) for one in _loaded(work, hooks))
    return a_batch * len(texts) * float(hooks.settings.copies) / len(some)


def _loaded(work: Work, hooks: RewrittenCopies) -> list[TextRewriter]:
    return [TextRewriter(one, machine=work.machine) for one in hooks.settings.rewriters]


def _written(
    work: Work,
    learner: Learner[Any],
    *,
    hooks: RewrittenCopies,
    rewriters: Sequence[TextRewriter],
    wanted: Sequence[tuple[str, int]],
    among: Sequence[str],
) -> Iterator[list[Rewritten]]:
    """What is wanted (text, copy), in batches that are the same when a run goes on."""
    if not wanted:
        return
    settings, machine = hooks.settings, work.machine
    work.send(Staged("rewriting", 0, len(wanted)))

    def vectors(texts: Sequence[str]) -> Tensor:
        examples = learner.encode([Input(text) for text in texts], None)
        found = embed(examples, learner=learner, machine=machine, progress=lambda *_: stop_now(work.should_stop))
        return F.normalize(found, dim=-1)

    usual = _usual(vectors(among[:: max(1, len(among) // _COMPARED)][:_COMPARED]))
    began, done = time.monotonic(), 0
    for start in range(0, len(wanted), _at_once(work)):
        stop_now(work.should_stop)
        if work.should_stop() == "keep":
            return
        batch = wanted[start : start + _at_once(work)]
        ways: list[list[str | None]] = [[text for text, _ in batch]]
        for turn, rewriter in enumerate(rewriters):
            seed = zlib.crc32(f"{work.job.recipe.seed} {turn} {batch[0][1]} {batch[0][0]}".encode())
            ways.append(_through(rewriter, ways[-1], seed=seed))
        lines = [_line(text, copy, way=[one[place] for one in ways[1:]]) for place, (text, copy) in enumerate(batch)]
        sound = [one for one in lines if not one.dropped]
        if sound and settings.closeness:
            read = vectors([text for one in sound for text in (one.text, one.rewritten)])
            near = (read[0::2] * read[1::2]).sum(-1)
            far = {
                (one.text, one.copy)
                for one, cosine in zip(sound, near.tolist(), strict=True)
                if closeness(cosine, usual=usual) < settings.closeness
            }
            lines = [_dropped(one, "meaning") if (one.text, one.copy) in far else one for one in lines]
        done += len(batch)
        left = (time.monotonic() - began) / done * (len(wanted) - done)
        work.send(Staged("rewriting", done, len(wanted), left))
        yield lines


def _through(rewriter: TextRewriter, texts: Sequence[str | None], *, seed: int) -> list[str | None]:
    """What the next model makes of them; None stays None."""
    there = [place for place, one in enumerate(texts) if one]
    said = rewriter.write([texts[place] or "" for place in there], seed=seed)
    found: list[str | None] = [None] * len(texts)
    for place, one in zip(there, said, strict=True):
        found[place] = None if one is None else cleaned(one, text=texts[place] or "")
    return found


def _line(text: str, copy: int, *, way: Sequence[str | None]) -> Rewritten:
    new, through = way[-1], tuple(one or "" for one in way[:-1])
    if new is None:
        return Rewritten(text, copy, "", through, "cut" if all(one is None for one in way[:1]) else "empty")
    return Rewritten(text, copy, new, through, why_dropped(new, text=text) or "")


def _dropped(line: Rewritten, why: str) -> Rewritten:
    return Rewritten(line.text, line.copy, line.rewritten, line.through, why)


def _kept(lines: Sequence[Rewritten], *, judged: set[str]) -> tuple[dict[str, list[str]], Counter[str]]:
    """What is learned from, by the text; and how many are left out, by the reason. No text twice, in other words or
    not: two samples would have it, maybe with two labels.
    """
    kept: dict[str, list[str]] = {}
    reasons: Counter[str] = Counter()
    taken = {normalised(one.text) for one in lines}
    for one in lines:
        plain = normalised(one.rewritten)
        why = one.dropped or (_JUDGED if plain in judged else "equal" if plain in taken else "")
        if why:
            reasons[why] += 1
        else:
            taken.add(plain)
            kept.setdefault(one.text, []).append(one.rewritten)
    return kept, reasons


def _texts(training: Samples[Any]) -> list[str]:
    """Each text once, the shortest first: what is written together is about equally long."""
    return sorted(dict.fromkeys(one.text for one in training.inputs if one.text.strip()), key=len)


def _wanted(texts: Sequence[str], hooks: RewrittenCopies) -> list[tuple[str, int]]:
    return [(text, copy) for copy in range(hooks.settings.copies) for text in texts]


def _at_once(work: Work) -> int:
    return _AT_ONCE.get(work.machine.device.type, _USUAL_AT_ONCE)


def _usual(vectors: Tensor) -> float:
    """The mean cosine of two different ones of these vectors of length 1: [n, width]."""
    n = len(vectors)
    return float((vectors.sum(0).square().sum() - n) / (n * (n - 1))) if n > 1 else 0.0


def _told(count: int, *, reasons: Counter[str]) -> str:
    """How many rewritings are learned from, and why the others are not."""
    said = trn(
        "{kept} of {count} rewritten text is learned beside its original.",
        "{kept} of {count} rewritten texts are learned beside their originals.",
        count,
        kept=count - sum(reasons.values()),
    )
    words = {
        "cut": tr("too long for the model: {n}", n=reasons["cut"]),
        "empty": tr("empty: {n}", n=reasons["empty"]),
        "equal": tr("equal to a training text: {n}", n=reasons["equal"]),
        "length": tr("much longer or shorter: {n}", n=reasons["length"]),
        "script": tr("in another script: {n}", n=reasons["script"]),
        "meaning": tr("too far from the original: {n}", n=reasons["meaning"]),
        _JUDGED: tr("equal to a validation or test text: {n}", n=reasons[_JUDGED]),
    }
    left = [said_why for why, said_why in words.items() if reasons[why]]
    return tr("{said} Left out: {reasons}.", said=said, reasons=tr(", ").join(left)) if left else said


def _takes(count: int, *, seconds: float) -> str:
    return trn(
        "Before tuning, {count} text is rewritten: about {time} on this computer.",
        "Before tuning, {count} texts are rewritten: about {time} on this computer.",
        count,
        time=duration(seconds),
    )
