"""What `Pooled` is for heads that know their labels, for one that knows none: it reads a text and the words of a label
as a pair, and one number says how well they go together. See `lepton_studio.methods.cross_encoder`.

The saved folder is a sentence-transformers model as that of `Pooled`, with one output: its "embedding" of a pair is the
logit of the label. What was read of each label stands beside it, whatever the project calls it later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.heads import probe
from lepton_studio.heads.model_folder import Usage
from lepton_studio.heads.pooled import Pooled, PooledModel
from lepton_studio.language import tr
from lepton_studio.methods.cross_encoder import METHOD, why_too_many
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.quick.regression import Kind
from lepton_studio.runs.job import DESCRIPTION, JobLabel, Recipe
from lepton_studio.runs.manifest import LABELS_FILE, Manifest
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import Graph
from lepton_studio.training.learner import Batch, Embed, Example
from lepton_studio.training.models import Base

NOT_ASKED = -1e4
"""The logit of a label that a text was not read with: never chosen, and without a gradient."""
_REACH = 10.0
"""How long the head's vector is at the beginning: the vectors that it reads are of length 1, so that a logit reaches
from minus this to this."""
_NEED_ALL = ("mixup", "replay")
"""Methods that work with what is said of each label."""
_OTHERS = (
    " Put the names of other labels into `labels`, and it chooses among those. The number of a pair, before the "
    "{function}, is its logit."
)


class CrossEncoderModel(nn.Module):
    """Pairs of texts and labels to logits: [size, labels], float32.

    `said`: [size, labels], what is said of labels that are not asked about; `places`: [pairs, 2], the text and the
    label of each pair, whose tokens are the rest.
    """

    def __init__(self, pair: PooledModel) -> None:
        super().__init__()
        self.pair = pair

    def forward(self, said: Tensor, places: Tensor, **tokens: Tensor) -> Tensor:
        return said.index_put((places[:, 0], places[:, 1]), self.pair(**tokens)[:, 0])


class CrossEncoder:
    """The model: see `Pooled`, whose methods these are. `texts`: what it reads of each label.

    `drawn`: while it is trained, a text is read with the labels that it has and so many others; None for all others.
    They are drawn from torch's generator, whose state is in every checkpoint.
    """

    def __init__(self, pair: Pooled, *, texts: Sequence[str], kind: Kind, drawn: int | None = None) -> None:
        self.model = CrossEncoderModel(pair.model)
        self.max_length = pair.max_length
        self.texts = tuple(texts)
        self.kind = kind
        self._pair = pair
        self._drawn = len(texts) if drawn is None else drawn
        self._longest = max(range(len(texts)), key=lambda place: len(texts[place]), default=0)

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], kind: Kind, recipe: Recipe) -> CrossEncoder:
        """A new head on the base model, or that of a learner on the same one before. Raises ModelNotFound, BadData."""
        is_first, drawn = base.head is None, METHOD.chosen(recipe).other_labels
        if is_first and (why := why_too_many(len(labels))):
            raise BadData(why)
        if len(labels) > drawn + 1:
            _check_goes_with(recipe, labels=len(labels), is_first=is_first)
        pair = Pooled.start(base, outputs=1, recipe=recipe)
        if base.head is None:
            head = pair.model.head
            with torch.no_grad():
                head.weight.mul_(_REACH / head.weight.norm())
                head.bias.zero_()  # it changes nothing of a choice
            base.head = head
        pair.model.head = base.head
        return cls(pair, texts=[label_text(one) for one in labels], kind=kind, drawn=drawn)

    @classmethod
    def load(cls, folder: Path, *, kind: Kind) -> CrossEncoder:
        """See `load_text_model`."""
        texts = json.loads((folder / LABELS_FILE).read_text("utf-8"))
        return cls(Pooled.load(folder), texts=[str(one) for one in texts], kind=kind)

    def asked_about(self, labels: Sequence[JobLabel]) -> CrossEncoder:
        """The same model, for other labels."""
        return CrossEncoder(self._pair, texts=[label_text(one) for one in labels], kind=self.kind)

    def encode(self, inputs: Sequence[Input], targets: Sequence[Any] | None = None) -> list[Example]:
        """See `Pooled.encode`: the tokens are those beside the longest label, and an example's `info` is the text."""
        texts = [self._joined(one) for one in inputs]
        pairs = [Input(text, {SECOND_TEXT: self.texts[self._longest]}) for text in texts]
        others = len(self.texts) - 1
        return [
            replace(one, info=text, patches=max(1, others * len(one.tokens)))
            for one, text in zip(self._pair.encode(pairs, targets), texts, strict=True)
        ]

    def collate(self, examples: Sequence[Example], *, targets: Tensor | None, weight: float) -> Batch:
        """The texts with the labels that they are asked about, padded to the longest pair; on the CPU."""
        size, labels = len(examples), len(self.texts)
        if targets is None or not self.model.training:
            there = torch.ones(size, labels, dtype=torch.bool)
        else:
            there = targets > 0 if targets.ndim == 2 else nn.functional.one_hot(targets, labels) > 0
            for row in there:
                others = torch.randperm(labels)
                row[others[~row[others]][: self._drawn]] = True
        places = there.nonzero()
        pairs = [Input(examples[row].info, {SECOND_TEXT: self.texts[label]}) for row, label in places.tolist()]
        batch = self._pair.collate(self._pair.encode(pairs), targets=targets, weight=weight)
        alone = self._pair.collate(self._pair.encode([Input(one.info) for one in examples]), targets=None, weight=0.0)
        said = torch.full((size, labels), NOT_ASKED)
        return replace(
            batch, inputs={"said": said, "places": places, **batch.inputs}, beside=dict(alone.inputs), size=size
        )

    def features(self, batch: Batch) -> Tensor:
        """The vectors of the texts alone: [size, width]."""
        return self._pair.model.embed(**batch.beside)

    def fit(
        self,
        train: Sequence[Example],
        *,
        targets: Tensor,
        embed: Embed,
        solve: Callable[[Tensor], probe.Linear],
        class_weights: Tensor | None = None,
    ) -> None:
        """Nothing: no layer on unchanged vectors of pairs tells labels apart."""

    def graphs(self, *, output: str, says: str, module: nn.Module | None = None) -> dict[str, Graph]:
        """The model of a pair, to be traced."""
        of_pairs = f"Each row is a text and what is read of a label ({LABELS_FILE}) as a pair, and its logit. {says}"
        return self._pair.graphs(output=output, says=of_pairs, module=module)

    def cool(self, temperature: float) -> None:
        """See `Pooled.cool`."""
        self._pair.cool(temperature)

    def save(
        self,
        folder: Path,
        *,
        manifest: Manifest,
        usage: Usage,
        rescale: tuple[float, float] = (1.0, 0.0),
        beside: Mapping[str, object] | None = None,
    ) -> None:
        """See `Pooled.save`; the README's lines are those that pair texts with labels."""
        function = "softmax" if self.kind == "choice" else "sigmoid"
        says = usage.says + _OTHERS.format(function=function)
        usage = replace(usage, code=_CODE[self.kind], says=says)
        told = {**(beside or {}), LABELS_FILE: list(self.texts)}
        self._pair.save(folder, manifest=manifest, usage=usage, rescale=rescale, beside=told, paired="")

    def _joined(self, given: Input) -> str:
        """The text, with the second one behind it: the label stands where that usually does."""
        second = given.fields.get(SECOND_TEXT)
        if second is None:
            return given.text
        between = self._pair.encoder.tokenizer.sep_token or "\n"
        return f"{given.text.strip()} {between} {second.strip()}"


def label_text(label: JobLabel) -> str:
    """What is read of a label: its name, and its description where it has one."""
    name = " ".join(label.name.replace("_", " ").split())
    described = str(label.options.get(DESCRIPTION) or "").strip()
    return f"{name}: {described}" if described else name


def knows_no_label(learner: Any) -> bool:
    """Whether a learner's head is for any labels."""
    return isinstance(getattr(learner, "text_model", None), CrossEncoder)


def asked_about(learner: Any, labels: Sequence[JobLabel]) -> Any:
    """A learner for other labels, where its head knows none and they are not too many; None else."""
    text_model = getattr(learner, "text_model", None)
    if not isinstance(text_model, CrossEncoder) or why_too_many(len(labels)):
        return None
    return type(learner)(text_model.asked_about(labels), labels=labels)


def _check_goes_with(recipe: Recipe, *, labels: int, is_first: bool) -> None:
    """Raise BadData where what is said of every label is needed, and not asked for."""
    from lepton_studio.methods import method_named

    needing = [tr(method_named(one).title) for one in recipe.methods if is_first and one in _NEED_ALL]
    if recipe.label_smoothing:
        needing.append(tr("Label smoothing"))
    if needing:
        raise BadData(
            tr(
                "{what} needs each text to be read with every label. Set “Other labels per text” to at least {count}, "
                "or leave it out.",
                what=needing[0],
                count=labels - 1,
            )
        )


_PAIRS = """
import json
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(".")
labels = json.load(open("label_texts.json", encoding="utf-8"))
pairs = [[text, label] for text in ["a text"] for label in labels]
logits = model.encode(pairs, convert_to_tensor=True).view(-1, len(labels))
"""
_CODE: Mapping[Kind, str] = {
    "choice": f"{_PAIRS}probabilities = logits.softmax(dim=-1)\n",
    "choices": f"""{_PAIRS}probabilities = logits.sigmoid()
thresholds = json.load(open("lepton.json", encoding="utf-8"))["thresholds"]
found = probabilities >= probabilities.new_tensor(thresholds)
""",
}
