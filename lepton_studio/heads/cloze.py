"""What `Pooled` is for a vector and a layer, for a model that fills in a blank: each text stands in a sentence with one
hidden word, and a label's score is the mean logit of the pieces of its word there.

The saved folder holds the model as transformers reads it (AutoModelForMaskedLM) in a folder of its own, see `pooled`,
and `blank.json`: the sentence, the words, how long a text may be, and what the scores are divided by.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase
from transformers.modeling_outputs import BaseModelOutput

from lepton_studio.contract.task import Input
from lepton_studio.heads.model_folder import ModelFolder, Usage, fill
from lepton_studio.heads.pooled import Place
from lepton_studio.heads.probe import Linear
from lepton_studio.language import tr
from lepton_studio.methods.cloze import BLANK, METHOD, SECOND, TEXT, ClozeSettings, parts_of, template_of, words_of
from lepton_studio.methods.hooks import Unfit
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.runs.job import BadSetting, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.runs.model_folder import ENCODER_FOLDER, encoder_in
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import BATCH, Graph
from lepton_studio.training.learner import Batch, Embed, Example
from lepton_studio.training.models import Base, Encoder, load_folder
from lepton_studio.training.tokens import attention_mask, pad

BLANK_FILE = "blank.json"
_TEXTS_AT_ONCE = 1000
_SLACK = 4
"""Pieces that may be more where text and sentence meet than in both of them alone."""
_SHORTEST = 8
"""Pieces of a text that must have room."""


class ClozeModel(nn.Module):
    """A masked language model; tokens with one blank in each row to scores of labels [size, labels], float32.

    `words`: the pieces of each label's word. `temperature`: what the scores are divided by.
    """

    pieces: Tensor
    shares: Tensor
    temperature: Tensor

    def __init__(self, masked: nn.Module, *, blank: int, words: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.encoder = masked
        self.blank = blank
        pieces = sorted({piece for word in words for piece in word})
        shares = torch.tensor([[word.count(piece) / len(word) for word in map(list, words)] for piece in pieces])
        self.register_buffer("pieces", torch.tensor(pieces), persistent=False)
        self.register_buffer("shares", shares, persistent=False)
        self.register_buffer("temperature", torch.ones(()), persistent=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        logits: Tensor = self._at_blank(self.encoder, input_ids, attention_mask).logits[:, 0]
        return logits[:, self.pieces].float() @ self.shares / self.temperature

    def embed(self, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
        """The vectors of the blanks, of unit length: [size, width], float32."""
        encoder: Any = self.encoder
        found = self._at_blank(encoder.base_model, input_ids, attention_mask).last_hidden_state[:, 0]
        return nn.functional.normalize(found.float(), dim=-1)

    def _at_blank(self, part: nn.Module, input_ids: Tensor, attention_mask: Tensor | None) -> Any:
        """What a part of the model says where the blank is alone: all logits of all tokens are a thousand times as many
        numbers.
        """
        encoder: Any = self.encoder
        is_blank = (input_ids == self.blank)[:, None]

        def pick(_module: nn.Module, _given: Any, said: Any) -> BaseModelOutput:
            vectors = said[0]
            return BaseModelOutput(last_hidden_state=is_blank.to(vectors.dtype) @ vectors)

        hook = encoder.base_model.register_forward_hook(pick)
        try:
            return part(input_ids=input_ids, attention_mask=attention_mask)
        finally:
            hook.remove()


@dataclass(frozen=True, slots=True)
class _Framed:
    """A text in its sentence. `is_cut`: not to its end. `places`: where text and second text begin and end there."""

    said: str
    is_cut: bool
    places: tuple[tuple[int, int], ...]


class Cloze:
    """The model with its tokenizer: see `Pooled`, whose methods these are. `words`: the pieces of each label's word."""

    def __init__(
        self,
        encoder: Encoder,
        *,
        template: str,
        words: Sequence[Sequence[str]],
        max_length: int,
        temperature: float = 1.0,
    ) -> None:
        tokenizer = encoder.tokenizer
        self.pieces: list[list[int]] = [[_id(piece, tokenizer) for piece in word] for word in words]
        self.model = ClozeModel(encoder.model, blank=int(tokenizer.mask_token_id), words=self.pieces)
        self.model.temperature.fill_(temperature)
        self.max_length = max_length
        self._encoder = encoder
        self._template = template
        self._words = [list(word) for word in words]
        self._parts = parts_of(template)
        self._hidden = str(tokenizer.mask_token)
        frame = self._sentence("", "", is_cut=False).said
        self._room = max(1, max_length - _SLACK - len(self._ids([frame])[0]))

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[str], recipe: Recipe) -> Cloze:
        """On a base model that fills in blanks, for labels of these names. Raises ModelNotFound, Unfit."""
        encoder = base.prepare(recipe, fills_blanks=True)
        tokenizer = encoder.tokenizer
        settings: ClozeSettings = METHOD.chosen(recipe)
        try:
            words = words_of(settings.cloze_words, labels)
        except BadSetting as wrong:
            raise Unfit(str(wrong)) from wrong
        template = template_of(settings.cloze_template, words=words)
        if not tokenizer.is_fast or tokenizer.mask_token is None:
            raise Unfit(
                tr(
                    "The tokenizer of {model} cannot mark a blank in a text. Choose another model.",
                    model=base.public_name,
                )
            )
        hidden = str(tokenizer.mask_token)
        if hidden in template:
            raise Unfit(
                tr(
                    "Write the blank in “{template}” as {blank}, not as {hidden}.",
                    template=template,
                    blank=BLANK,
                    hidden=hidden,
                )
            )
        before = template[: template.index(BLANK)]
        pieces = [_pieces_of(word, tokenizer, is_behind_space=before[-1:].isspace()) for word in words]
        _check_pieces(pieces, names=labels, words=words, unknown=tokenizer.unk_token)
        cloze = cls(encoder, template=template, words=pieces, max_length=encoder.max_length)
        if cloze._room < _SHORTEST:
            raise Unfit(
                tr(
                    "The sentence “{template}” leaves no room for a text within {length} tokens. Shorten it, or raise "
                    "the maximum length.",
                    template=template,
                    length=encoder.max_length,
                )
            )
        return cloze

    @classmethod
    def load(cls, folder: Path) -> Cloze:
        """The model saved in a folder; called within `ModelFolder.read`. Raises ModelNotFound."""
        stored = json.loads((folder / BLANK_FILE).read_text("utf-8"))
        cloze = cls(
            load_folder(encoder_in(folder), fills_blanks=True),
            template=str(stored["template"]),
            words=stored["words"],
            max_length=int(stored["max_length"]),
            temperature=float(stored["temperature"]),
        )
        tokenizer = cloze._encoder.tokenizer
        if [tokenizer.convert_ids_to_tokens(some) for some in cloze.pieces] != cloze._words:
            raise ValueError(f"the tokenizer in {folder} does not know the words of the labels")
        return cloze

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
        """See `Pooled.places`; None for tokens of the sentence too."""
        ((framed, _),) = self._read([given])
        told = self._encoder.tokenizer(framed.said, return_offsets_mapping=True, verbose=False)
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

    @property
    def padding(self) -> int:
        """The token that rows are filled up with."""
        return int(self._encoder.tokenizer.pad_token_id or 0)

    def collate(self, examples: Sequence[Example], *, targets: Tensor | None, weight: float) -> Batch:
        """Pad to the longest; on the CPU."""
        longest = max(len(example.tokens) for example in examples)
        inputs = {"input_ids": pad([one.tokens for one in examples], length=longest, fill=self.padding)}
        inputs |= attention_mask([one.tokens for one in examples])
        return Batch(inputs, targets, weight, len(examples))

    def features(self, batch: Batch) -> Tensor:
        """The vectors of the blanks, [size, width]."""
        return self.model.embed(**batch.inputs)

    def fit(
        self,
        train: Sequence[Example],
        *,
        targets: Tensor,
        embed: Embed,
        solve: Callable[[Tensor], Linear],
        class_weights: Tensor | None = None,
    ) -> None:
        """There is no new layer to begin with: what fills in the blank was there before."""

    def graphs(self, *, output: str, says: str, module: nn.Module | None = None) -> dict[str, Graph]:
        """The model, to be traced: of sentences with one blank."""
        says = f"{says} Each text stands in its sentence, with {self._hidden} as the blank: see the model's README."
        longest, labels = self.max_length, len(self._words)
        return {
            "model": Graph(
                module or self.model, self._encoder.ports(typed=False), output, (BATCH, labels), longest, says
            )
        }

    def cool(self, temperature: float) -> None:
        """Divide the scores by this number; see `lepton_studio.heads.temperature`."""
        self.model.temperature.mul_(temperature)

    def save(
        self,
        folder: Path,
        *,
        manifest: Manifest,
        usage: Usage,
        rescale: tuple[float, float] = (1.0, 0.0),
        beside: Mapping[str, object] | None = None,
    ) -> None:
        """A masked language model of transformers, and what `ModelFolder.write` adds; `rescale` is of other tasks."""
        folder.mkdir(exist_ok=True)
        self._encoder.save(folder / ENCODER_FOLDER)
        temperature = float(self.model.temperature)
        said = {
            "template": self._template,
            "words": self._words,
            "max_length": self.max_length,
            "temperature": temperature,
        }
        ModelFolder(folder).write(
            replace(manifest, needs=("torch", "transformers"), max_length=self.max_length),
            usage=replace(usage, code=self._code(temperature), says=f"{usage.says} {self._in_words()}"),
            beside={BLANK_FILE: said, **(beside or {})},
        )

    def _in_words(self) -> str:
        return (
            f"The text stands in the sentence `{self._template}`; the score of a label is the mean logit of the pieces "
            f"of its word (`words`, in the order of the labels) at the blank. The same stands in `{BLANK_FILE}`."
        )

    def _read(self, inputs: Sequence[Input]) -> list[tuple[_Framed, list[int]]]:
        """Each in its sentence, and the tokens of that."""
        framed = self._framed(inputs, room=self._room)
        found = list(zip(framed, self._ids([one.said for one in framed]), strict=True))
        for place, (_, tokens) in enumerate(found):
            room, length = self._room, len(tokens)
            while length > self._encoder.longest and room > 1:  # text and sentence met in many more pieces
                room = max(1, room - length + self._encoder.longest)
                (shorter,) = self._framed([inputs[place]], room=room)
                (fewer,) = self._ids([shorter.said])
                found[place], length = (shorter, fewer), len(fewer)
        return found

    def _framed(self, inputs: Sequence[Input], *, room: int) -> list[_Framed]:
        """Each in its sentence, cut to so many pieces. The second text gets half of them at most, the text the rest."""
        if SECOND not in self._parts and any(one.fields.get(SECOND_TEXT, "").strip() for one in inputs):
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
        filled = {TEXT: text, SECOND: second, BLANK: self._hidden}
        for part in self._parts:
            places[part] = (len(said), len(said) + len(filled.get(part, part)))
            said += filled.get(part, part)
        return _Framed(said, is_cut, (places[TEXT], places[SECOND]))

    def _plain(self, text: str) -> str:
        """Without blanks of its own, each letter where it was."""
        return text.strip().replace(self._hidden, " " * len(self._hidden))

    def _ends(self, texts: Sequence[str]) -> list[list[int]]:
        """Where each piece of each text ends."""
        told = self._encoder.tokenizer(
            list(texts), add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        return [[end for _, end in places] for places in told["offset_mapping"]]

    def _ids(self, sentences: Sequence[str]) -> list[list[int]]:
        found: list[list[int]] = self._encoder.tokenizer(list(sentences), verbose=False)["input_ids"]
        return found

    def _code(self, temperature: float) -> str:
        """Lines of Python that say what this says."""
        names = {TEXT: "{text}", SECOND: "{second}", BLANK: self._hidden}
        sentence = "".join(names.get(part) or part.replace("{", "{{").replace("}", "}}") for part in self._parts)
        return fill(
            _CODE.format(
                folder=ENCODER_FOLDER,
                words=json.dumps(self._words, ensure_ascii=False),
                hidden=self._hidden,
                spaces=" " * len(self._hidden),
                sentence=f"f{sentence!r}",
                temperature=temperature,
            ),
            TEXTS=(_PAIR if SECOND in self._parts else _TEXT).format(room=self._room, half=self._room // 2),
        )


def _id(piece: str, tokenizer: PreTrainedTokenizerBase) -> int:
    found = tokenizer.convert_tokens_to_ids(piece)
    assert isinstance(found, int)
    return found


def _cut(text: str, ends: Sequence[int], *, room: int) -> str:
    return text if len(ends) <= room else text[: ends[room - 1]] if room else ""


def _pieces_of(word: str, tokenizer: PreTrainedTokenizerBase, *, is_behind_space: bool) -> list[str]:
    """The pieces of a word where the blank stands, without such as hold no letter."""
    ids: list[int] = tokenizer(f" {word}" if is_behind_space else word, add_special_tokens=False)["input_ids"]
    told = [one for one in ids if str(tokenizer.decode([one])).strip()]
    return [str(one) for one in tokenizer.convert_ids_to_tokens(told or ids)]


def _check_pieces(
    pieces: Sequence[Sequence[str]], *, names: Sequence[str], words: Sequence[str], unknown: str | None
) -> None:
    """Raises Unfit where a word means nothing to the model, or the same as another one."""
    seen: dict[tuple[str, ...], str] = {}
    for some, name, word in zip(pieces, names, words, strict=True):
        if not some or unknown in some:
            raise Unfit(
                tr(
                    "The base model does not know the word “{word}”, which stands for the label “{label}”. Give the "
                    "label another word.",
                    word=word,
                    label=name,
                )
            )
        other = seen.setdefault(tuple(sorted(some)), name)
        if other != name:
            raise Unfit(
                tr(
                    "The words for the labels “{label}” and “{other}” are the same to the base model. Give one of them "
                    "another word.",
                    label=other,
                    other=name,
                )
            )


_TEXT = """
text, _ = cut("a text", {room})
"""
_PAIR = """
second, length = cut("its second text", {half})
text, _ = cut("a text", {room} - length)
"""
_CODE = """
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained("{folder}")
model = AutoModelForMaskedLM.from_pretrained("{folder}").eval()
words = {words}
def cut(text, room):
    text = text.strip().replace("{hidden}", "{spaces}")
    told = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    return (text, len(told)) if len(told) <= room else (text[:told[room - 1][1]], room)
# TEXTS
tokens = tokenizer({sentence}, return_tensors="pt", return_token_type_ids=False)
with torch.inference_mode():
    logits = model(**tokens).logits[tokens["input_ids"] == tokenizer.mask_token_id]
scores = torch.stack([logits[:, tokenizer.convert_tokens_to_ids(word)].mean(-1) for word in words], -1)
probabilities = (scores / {temperature}).softmax(-1)
"""
