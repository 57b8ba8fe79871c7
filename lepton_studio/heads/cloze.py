"""What `Pooled` is for a vector and a layer, for a model that fills in a blank: each text stands in a sentence with one
hidden word, and a label's score is the mean logit of the pieces of its word there.

The saved folder holds the model as transformers reads it (AutoModelForMaskedLM) in a folder of its own, see `pooled`,
and `blank.json`: the sentence, the words, how long a text may be, and what the scores are divided by.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
from lepton_studio.heads.sentences import Sentences
from lepton_studio.language import tr
from lepton_studio.methods.cloze import BLANK, METHOD, SECOND, TEXT, ClozeSettings, template_of, words_of
from lepton_studio.methods.hooks import Unfit
from lepton_studio.runs.job import BadSetting, Recipe
from lepton_studio.runs.manifest import Manifest
from lepton_studio.runs.model_folder import ENCODER_FOLDER, encoder_in
from lepton_studio.training.graph import BATCH, Graph
from lepton_studio.training.learner import Batch, Embed, Example
from lepton_studio.training.models import Base, Encoder, load_folder
from lepton_studio.training.tokens import padded

BLANK_FILE = "blank.json"


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
        self._sentences = Sentences(tokenizer, template, max_length=max_length, longest=encoder.longest)

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
        if not cloze._sentences.has_room:
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
        """See `Sentences.encode`."""
        return self._sentences.encode(inputs, targets)

    def places(self, given: Input) -> list[Place | None]:
        """See `Pooled.places`; None for tokens of the sentence too."""
        return self._sentences.places(given)

    @property
    def padding(self) -> int:
        """The token that rows are filled up with."""
        return int(self._encoder.tokenizer.pad_token_id or 0)

    def collate(self, examples: Sequence[Example], *, targets: Tensor | None, weight: float) -> Batch:
        """Pad to the longest; on the CPU."""
        inputs = padded([one.tokens for one in examples], fill=self.padding)
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
        hidden = self._sentences.hidden
        says = f"{says} Each text stands in its sentence, with {hidden} as the blank: see the model's README."
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

    def _code(self, temperature: float) -> str:
        """Lines of Python that say what this says."""
        parts, hidden, room = self._sentences.parts, self._sentences.hidden, self._sentences.room
        names = {TEXT: "{text}", SECOND: "{second}", BLANK: hidden}
        sentence = "".join(names.get(part) or part.replace("{", "{{").replace("}", "}}") for part in parts)
        return fill(
            _CODE.format(
                folder=ENCODER_FOLDER,
                words=json.dumps(self._words, ensure_ascii=False),
                hidden=hidden,
                spaces=" " * len(hidden),
                sentence=f"f{sentence!r}",
                temperature=temperature,
            ),
            TEXTS=(_PAIR if SECOND in parts else _TEXT).format(room=room, half=room // 2),
        )


def _id(piece: str, tokenizer: PreTrainedTokenizerBase) -> int:
    found = tokenizer.convert_tokens_to_ids(piece)
    assert isinstance(found, int)
    return found


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
