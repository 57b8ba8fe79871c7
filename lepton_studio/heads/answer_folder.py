"""Models that find answers, as folders that `AutoModelForQuestionAnswering` of transformers loads; where it has no such
model, or one with more layers, the encoder with the head beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn
from transformers import MODEL_FOR_QUESTION_ANSWERING_MAPPING, AutoModelForQuestionAnswering, PreTrainedModel

from lepton_studio.heads.model_folder import HEAD, ModelFolder, Usage
from lepton_studio.heads.vectors import token_vectors
from lepton_studio.runs.manifest import Manifest
from lepton_studio.training.models import Base, Encoder, load_folder
from lepton_studio.training.saving import save_net

_TASK = "question_answering"
_HEAD = "qa_outputs"
"""What every question answering model of transformers calls its last layer."""


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """What belongs to the weights. Lengths are in tokens.

    `threshold`: an answer has to be so much above "no answer"; None where the model always answers. `knows_null`: it
    was trained on windows without an answer, so that the score of "no answer" tells windows apart.
    """

    max_length: int
    longest_answer: int = 30
    threshold: float | None = None
    knows_null: bool = False


class AnswerModel(nn.Module):
    """Encoder and head: tokens to [size, length, 2] in float32, how well an answer starts and ends at each of them."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder: nn.Module = encoder.model
        self.head = nn.Linear(encoder.width, 2)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor | None = None, token_type_ids: Tensor | None = None
    ) -> Tensor:
        said: Tensor = self.head(token_vectors(self.encoder, input_ids, attention_mask, token_type_ids))
        return said.float()


def new_model(encoder: Encoder, base: Base) -> AnswerModel:
    """The base model with a new head, or with its own where it answers questions already. Raises ModelNotFound."""
    config = encoder.model.config
    model = AnswerModel(encoder)
    if any(name.endswith("ForQuestionAnswering") for name in getattr(config, "architectures", None) or ()):
        _load_head(model.head, base.folder())
    return model


def load_answers(folder: Path) -> tuple[Encoder, AnswerModel, AnswerSettings]:
    """What `save_answers` wrote. Raises ModelNotFound."""
    with ModelFolder(folder).read(task=_TASK) as manifest:
        encoder = load_folder(folder)
        settings = AnswerSettings(max_length=manifest.max_length, **manifest.settings)
        model = AnswerModel(encoder)
        _load_head(model.head, folder)
        return encoder, model, settings


def save_answers(folder: Path, encoder: Encoder, model: AnswerModel, *, settings: AnswerSettings) -> None:
    """The model with its tokenizer, and what `ModelFolder.write` adds."""
    whole = _standard(encoder, model)
    weights = None
    if whole is None:
        encoder.save(folder)
        weights = {f"{_HEAD}.{name}": weight for name, weight in model.head.state_dict().items()}
    else:
        save_net(whole, folder)
        encoder.tokenizer.save_pretrained(folder)
    known = asdict(settings)
    ModelFolder(folder).write(
        Manifest(_TASK, needs=("torch", "transformers"), max_length=known.pop("max_length"), settings=known),
        usage=_usage(settings, is_standard=whole is not None),
        weights=weights,
    )


def _standard(encoder: Encoder, model: AnswerModel) -> PreTrainedModel | None:
    """The `...ForQuestionAnswering` of transformers with the same weights; None where there is none of this kind, or
    it is not made of the encoder and one layer.
    """
    config = encoder.model.config
    if type(config) not in MODEL_FOR_QUESTION_ANSWERING_MAPPING:
        return None
    config.num_labels = 2
    whole: PreTrainedModel = AutoModelForQuestionAnswering.from_config(config)  # type: ignore[no-untyped-call]
    beside = [name for name, _ in whole.named_parameters() if not name.startswith(f"{whole.base_model_prefix}.")]
    if sorted(beside) != [f"{_HEAD}.bias", f"{_HEAD}.weight"]:
        return None
    setattr(whole, whole.base_model_prefix, encoder.model)
    whole.get_submodule(_HEAD).load_state_dict(model.head.state_dict())
    return whole


def _load_head(head: nn.Linear, folder: Path) -> None:
    """Read the layer from the weights in a folder; left as it is where they hold none of this shape."""
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as weights:
            for name in weights.keys():  # noqa: SIM118 - no mapping
                part = name.rpartition(".")[2]
                if name.rpartition(".")[0].endswith(_HEAD) and weights.get_slice(name).get_shape() == list(
                    getattr(head, part).shape
                ):
                    with torch.no_grad():
                        getattr(head, part).copy_(weights.get_tensor(name))


def _usage(settings: AnswerSettings, *, is_standard: bool) -> Usage:
    never = settings.threshold is None
    none = "" if never else f" The text has no answer where `above` is less than {settings.threshold:.4f}."
    return Usage(
        "A model that finds answers,",
        code=(_CODE if is_standard else _with_head_beside(_CODE))
        .replace("MAX_LENGTH", str(settings.max_length))
        .replace("LONGEST", str(settings.longest_answer)),
        says=f"`answer` is the best answer within the first {settings.max_length} tokens of question and text.{none}\n"
        "Lepton Studio reads longer texts in windows that overlap; its answers begin and end with whole words.",
    )


def _with_head_beside(code: str) -> str:
    """The same lines for an encoder whose head lies beside it."""
    for standard, own in (
        ("from transformers import AutoModelForQuestionAnswering,", f"{_IMPORT}from transformers import AutoModel,"),
        ('AutoModelForQuestionAnswering.from_pretrained(".").eval()', _LOAD_BOTH),
        ("    said = model(**given.convert_to_tensors", "    vectors = model(**given.convert_to_tensors"),
        ("prepend_batch_axis=True))", f"prepend_batch_axis=True)).last_hidden_state\n{_SAY}"),
        ("said.start_logits, said.end_logits", "said[..., 0], said[..., 1]"),
        ("said.start_logits[0, 0] - said.end_logits[0, 0]", "said[0, 0, 0] - said[0, 0, 1]"),
    ):
        assert standard in code
        code = code.replace(standard, own)
    return code


_IMPORT = "from safetensors.torch import load_file\n"
_LOAD_BOTH = f'AutoModel.from_pretrained(".").eval()\nhead = load_file("{HEAD}")'
_SAY = f"""    said = vectors @ head["{_HEAD}.weight"].T + head["{_HEAD}.bias"]"""

_CODE = """
import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(".")
model = AutoModelForQuestionAnswering.from_pretrained(".").eval()
question, text = "a question?", "a text"
given = tokenizer(question, text, truncation="only_second", max_length=MAX_LENGTH, return_offsets_mapping=True)
offsets, of_text = given.pop("offset_mapping"), torch.tensor([one == 1 for one in given.sequence_ids(0)])
with torch.inference_mode():
    said = model(**given.convert_to_tensors("pt", prepend_batch_axis=True))
start, end = (one[0].masked_fill(~of_text, -1e9) for one in (said.start_logits, said.end_logits))
scores = start[:, None] + end[None, :]
allowed = torch.ones_like(scores).triu().tril(LONGEST - 1).bool()
first, last = divmod(int(scores.masked_fill(~allowed, -2e9).argmax()), len(end))
answer = text[offsets[first][0] : offsets[last][1]]
above = float(scores[first, last] - said.start_logits[0, 0] - said.end_logits[0, 0])
"""
