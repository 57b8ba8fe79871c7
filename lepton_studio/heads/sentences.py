"""Texts in a sentence with one hidden word: cut where they are too long, and found again in it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Place
from lepton_studio.language import tr
from lepton_studio.methods.cloze import BLANK, SECOND, TEXT, parts_of
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.training.failures import BadData
from lepton_studio.training.learner import Example

_TEXTS_AT_ONCE = 1000
_SLACK = 4
"""Pieces that may be more where text and sentence meet than in both of them alone."""
_SHORTEST = 8
"""Pieces of a text that must have room."""


@dataclass(frozen=True, slots=True)
class _Framed:
    """A text in its sentence. `is_cut`: not to its end. `places`: where text and second text begin and end there."""

    said: str
    is_cut: bool
    places: tuple[tuple[int, int], ...]


class Sentences:
    """Texts as they stand in the sentence of `template`, within `max_length` tokens where that can be, and within
    `longest` always. `hidden`: the word of the blank. `room`: for so many pieces of text and second text.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, template: str, *, max_length: int, longest: int) -> None:
        self.hidden = str(tokenizer.mask_token)
        self.parts = parts_of(template)
        self._tokenizer = tokenizer
        self._template = template
        self._longest = longest
        frame = self._sentence("", "", is_cut=False).said
        self.room = max(1, max_length - _SLACK - len(self._ids([frame])[0]))

    @property
    def has_room(self) -> bool:
        """Whether a text can be told by what is left of it."""
        return self.room >= _SHORTEST

    def encode(self, inputs: Sequence[Input], targets: Sequence[Any] | None = None) -> list[Example]:
        """Tokens of each text in its sentence; the text is cut, and never the blank. Raises BadData for a second text
        that has no place there.
        """
        examples = []
        for start in range(0, len(inputs), _TEXTS_AT_ONCE):
            read = self._read(inputs[start : start + _TEXTS_AT_ONCE])
            for position, (framed, tokens) in enumerate(read, start):
                target = None if targets is None else targets[position]
                examples.append(Example(array("i", tokens), position, framed.is_cut, target))
        return examples

    def places(self, given: Input) -> list[Place | None]:
        """Where each token of the sentence stands in the texts; None for those that stand in neither."""
        ((framed, _),) = self._read([given])
        told = self._tokenizer(framed.said, return_offsets_mapping=True, verbose=False)
        parts = [given.text, given.fields.get(SECOND_TEXT, "")]
        shifts = [len(one) - len(one.lstrip()) for one in parts]
        found: list[Place | None] = []
        for start, end in told["offset_mapping"]:
            text = framed.said[start:end]
            first, last = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
            part = next((at for at, (begin, stop) in enumerate(framed.places) if begin <= first < last <= stop), None)
            if part is None:
                found.append(None)
                continue
            shift = shifts[part] - framed.places[part][0]
            found.append((part, first + shift, last + shift))
        return found

    def _read(self, inputs: Sequence[Input]) -> list[tuple[_Framed, list[int]]]:
        """Each in its sentence, and the tokens of that."""
        framed = self._framed(inputs, room=self.room)
        found = list(zip(framed, self._ids([one.said for one in framed]), strict=True))
        for place, (_, tokens) in enumerate(found):
            room, length = self.room, len(tokens)
            while length > self._longest and room > 1:  # text and sentence met in many more pieces
                room = max(1, room - length + self._longest)
                (shorter,) = self._framed([inputs[place]], room=room)
                (fewer,) = self._ids([shorter.said])
                found[place], length = (shorter, fewer), len(fewer)
        return found

    def _framed(self, inputs: Sequence[Input], *, room: int) -> list[_Framed]:
        """Each in its sentence, cut to so many pieces. The second text gets half of them at most, the text the rest."""
        if SECOND not in self.parts and any(one.fields.get(SECOND_TEXT, "").strip() for one in inputs):
            raise BadData(
                tr(
                    "The samples have a second text, and the sentence “{template}” has no place for it. Write {second} "
                    "where it belongs.",
                    template=self._template,
                    second=SECOND,
                )
            )
        texts = [self._plain(one.text) for one in inputs]
        seconds = [self._plain(one.fields.get(SECOND_TEXT, "")) for one in inputs]
        found = []
        for text, ends, second, ends_of_second in zip(
            texts, self._ends(texts), seconds, self._ends(seconds), strict=True
        ):
            for_second = min(len(ends_of_second), room // 2)
            is_cut = for_second < len(ends_of_second) or room - for_second < len(ends)
            second = _cut(second, ends_of_second, room=for_second)
            found.append(self._sentence(_cut(text, ends, room=room - for_second), second, is_cut=is_cut))
        return found

    def _sentence(self, text: str, second: str, *, is_cut: bool) -> _Framed:
        said, places = "", {TEXT: (0, 0), SECOND: (0, 0)}
        filled = {TEXT: text, SECOND: second, BLANK: self.hidden}
        for part in self.parts:
            places[part] = (len(said), len(said) + len(filled.get(part, part)))
            said += filled.get(part, part)
        return _Framed(said, is_cut, (places[TEXT], places[SECOND]))

    def _plain(self, text: str) -> str:
        """Without blanks of its own, each letter where it was."""
        return text.strip().replace(self.hidden, " " * len(self.hidden))

    def _ends(self, texts: Sequence[str]) -> list[list[int]]:
        """Where each piece of each text ends."""
        told = self._tokenizer(list(texts), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return [[end for _, end in places] for places in told["offset_mapping"]]

    def _ids(self, sentences: Sequence[str]) -> list[list[int]]:
        found: list[list[int]] = self._tokenizer(list(sentences), verbose=False)["input_ids"]
        return found


def _cut(text: str, ends: Sequence[int], *, room: int) -> str:
    return text if len(ends) <= room else text[: ends[room - 1]] if room else ""
