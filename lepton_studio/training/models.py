"""Base models: one that comes with the app, a local folder, or one from the Hub. Weights as safetensors only."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES
from transformers.utils import logging

from lepton_studio.contract.task import Task
from lepton_studio.hub.places import hub_name, local_folder
from lepton_studio.language import tr
from lepton_studio.methods.cloze import no_blanks
from lepton_studio.methods.hooks import Net, Unfit
from lepton_studio.methods.prefix.hooks import marked_config, put_back
from lepton_studio.models.brought import why_incomplete
from lepton_studio.models.built_in import built_in
from lepton_studio.models.model_config import UnusableModel, read_object
from lepton_studio.models.places import ModelUnavailable
from lepton_studio.models.unpacking import folder_of
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.model_folder import encoder_in, why_not_here
from lepton_studio.training.body import Body
from lepton_studio.training.characters import lower, separate_pairs
from lepton_studio.training.failures import ModelNotFound, is_no_space, is_out_of_memory
from lepton_studio.training.graph import Port, token_ports
from lepton_studio.training.pooling import Pooling, read_pooling
from lepton_studio.training.saving import save_net
from lepton_studio.training.soundness import check_kind, check_tokenizer, check_whole

_UNLIMITED = 1_000_000
_SEGMENTS = "token_type_ids"
_MORE_OF_TOKENIZERS = ("special_tokens_map.json", "added_tokens.json", "chat_template.jinja")
_PLAIN_CLASSES = ("PreTrainedTokenizerFast", "TokenizersBackend")
_OF_LOADING = frozenset(("backend", "is_local", "local_files_only"))
_PLAIN_SETTINGS = _OF_LOADING | {
    "bos_token", "cls_token", "eos_token", "sep_token", "pad_token", "unk_token", "mask_token", "model_max_length",
    "model_input_names", "clean_up_tokenization_spaces",
}  # fmt: skip

logging.set_verbosity_error()  # type: ignore[no-untyped-call]
logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class Encoder:
    """A transformer that gives a vector a token, in float32, with its tokenizer.

    `max_length` is what it reads by its own settings and `longest` what its positions allow, in tokens with the special
    ones. `pooler`: a part that the saved model has and we do not use, kept so that it can be saved whole. `pooling`:
    how it reads a whole text, with `prompt` before it.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    max_length: int
    longest: int
    pooler: nn.Module | None = None
    pooling: Pooling = field(default_factory=Pooling)
    prompt: str = ""

    @property
    def width(self) -> int:
        """Size of a token's vector."""
        return int(self.model.config.hidden_size)

    def ports(self, *, typed: bool) -> tuple[Port, ...]:
        """What it reads, when it is traced; `typed`: token types too."""
        config = self.model.config
        return token_ports(words=int(config.vocab_size), types=int(config.type_vocab_size) if typed else 0)

    def keep_layers(self, count: int) -> None:
        """Leave out the layers above these, in place; of models whose layers lie where BERT has them."""
        stack: Any = self.model.encoder
        stack.layer = stack.layer[:count]
        self.model.config.num_hidden_layers = count

    def save(self, folder: Path) -> None:
        """Write config, weights and tokenizer as `AutoModel.from_pretrained` reads them."""
        if self.pooler is not None:
            self._set_pooler(self.pooler)
        save_net(self.model, folder)
        if self.pooler is not None:
            self._set_pooler(None)
        self.tokenizer.save_pretrained(folder)

    def _set_pooler(self, pooler: nn.Module | None) -> None:
        setattr(self.model, "pooler", pooler)  # noqa: B010 - torch's stubs know no module that is taken out


@dataclass(slots=True)
class Base:
    """The base model that a job names, for one learner: loaded as it wants it, and fitted out as the recipe says.

    All that load raise ModelNotFound. `body`: what `prepare` or `fit_out` made, for the loop. `task`: what the recipe's
    methods must fit, where that is known. `tokenizer`: what reads the texts; None before it was loaded, and where there
    are no texts. `ready`: the encoder that `prepare` gave, and gives again: a copy of this for another task is for a
    learner that shares it. `head`: what stands on it and knows no label, where there is such: learners that share the
    encoder share it too. `check`: what a model that is fitted in one go calls now and then; it may raise.
    """

    name: str
    load: Callable[[str], Encoder] = field(default_factory=lambda: load_encoder)
    task: Task[Any] | None = None
    body: Body | None = None
    tokenizer: PreTrainedTokenizerBase | None = None
    ready: Encoder | None = None
    head: nn.Linear | None = None
    check: Callable[[], None] = lambda: None

    @property
    def public_name(self) -> str:
        """What others find it by: a folder or an id on the Hub."""
        known, of_hub = built_in(self.name), hub_name(self.name)
        return known.hub_id if known is not None else self.name if of_hub is None else of_hub.id

    def encoder(self) -> Encoder:
        """It as a text encoder with its tokenizer, on the CPU, as its makers left it."""
        return self.load(self.name)

    def prepare(
        self, recipe: Recipe, *, usual_length: int = 0, of_tokens: bool = False, fills_blanks: bool = False
    ) -> Encoder:
        """It as a text encoder that is ready to be tuned: what it reads, what of it learns, its dropout.

        `usual_length`: tokens to read where the recipe does not say; 0 for what its makers set. `of_tokens`: what
        counts is to tell tokens apart, so that layers which do this less well are left out. `fills_blanks`: with what
        fills in hidden words. Raises Unfit where the recipe's methods do not fit.
        """
        if self.ready is not None:
            return self.ready
        encoder = load_folder(encoder_in(self.folder()), fills_blanks=True) if fills_blanks else self.encoder()
        known = built_in(self.name)
        if of_tokens and known is not None and known.token_layers:
            encoder.keep_layers(known.token_layers)
        self.tokenizer = encoder.tokenizer
        net = Net(encoder.model, "encoder", name=self.public_name, tokenizer=encoder.tokenizer)
        self.fit_out(net, recipe=recipe)
        encoder.max_length = min(recipe.max_length or usual_length or encoder.max_length, encoder.longest)
        self.ready = encoder
        return encoder

    def fit_out(self, net: Net, *, recipe: Recipe) -> None:
        """Let the recipe's methods freeze and extend a loaded model, in place, and set its dropout. Raises BadData."""
        self.body = Body.of(net, recipe=recipe, task=self.task)

    def made(self) -> Body:
        """What a learner that was started made of it."""
        assert self.body is not None, "a learner starts from what Base.prepare or Base.fit_out gives"
        return self.body

    def folder(self) -> Path:
        """Where its files are."""
        return find_folder(self.name)


def load_encoder(name: str) -> Encoder:
    """The encoder that a job names: a built-in one, a local folder or one of the Hub. Raises ModelNotFound."""
    return load_folder(encoder_in(find_folder(name)))


def find_folder(name: str) -> Path:
    """Where the model's files are. Asks no network: of the Hub is what was downloaded. Raises ModelNotFound."""
    if (known := built_in(name)) is not None:
        try:
            return folder_of(known)
        except ModelUnavailable as error:
            raise ModelNotFound(str(error)) from error
    folder = local_folder(name)
    if folder is None:
        raise ModelNotFound(why_not_here(name))
    return folder


@contextmanager
def loading(folder: Path) -> Iterator[None]:
    """Around what loads a model from a folder: anything wrong with its files becomes ModelNotFound, a sentence."""
    if lacking := why_incomplete(folder):
        raise ModelNotFound(lacking)
    check_kind(folder)
    try:
        yield
    except ModelNotFound:
        raise
    except Exception as error:  # whatever libraries make of torn or foreign files; the traceback goes into the report
        is_of_system = isinstance(error, OSError) and error.errno is not None
        if is_of_system or is_out_of_memory(error) or is_no_space(error):
            raise
        raise ModelNotFound(
            tr(
                "Cannot load the model in {folder}: its files are damaged, or of a kind that is not "
                "supported. Copy its folder again, or choose another model.",
                folder=folder,
            )
        ) from error


def load_folder(folder: Path, *, is_tuned: bool = False, fills_blanks: bool = False) -> Encoder:
    """The encoder in a folder, on the CPU. No code of the folder is run and no pickle opened. Raises ModelNotFound.

    `is_tuned`: it is a part of a model that we saved, see `read_pooling`. `fills_blanks`: its `model` is the masked
    language model around it; raises Unfit where a part of that would begin at random.
    """
    lacks = False
    with loading(folder):
        without = marked_config(folder)
        config = without or AutoConfig.from_pretrained(folder, trust_remote_code=False)
        tokenizer = _plain_tokenizer(folder) or AutoTokenizer.from_pretrained(
            folder, config=without, trust_remote_code=False
        )
        if config.is_encoder_decoder or not hasattr(config, "hidden_size"):
            raise ModelNotFound(tr("The model in {folder} is not a text encoder.", folder=folder))
        lacks = fills_blanks and (without is not None or config.model_type not in MODEL_FOR_MASKED_LM_MAPPING_NAMES)
        made_as: Any = AutoModelForMaskedLM if fills_blanks and not lacks else AutoModel
        loaded: tuple[PreTrainedModel, dict[str, Any]] = made_as.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
        model, told = loaded
        if fills_blanks and not lacks:
            of_body = f"{model.base_model_prefix}."
            lacks = any(not name.startswith(of_body) for name in told["missing_keys"])
        if not lacks:
            check_whole(told, folder=folder)
        if without is not None:
            put_back(model, folder)
        check_tokenizer(tokenizer, model, folder=folder)
        pooling, prompt = (Pooling(), "") if fills_blanks else _read_pooling(folder, is_tuned=is_tuned)
    if lacks:
        raise Unfit(no_blanks(str(folder)))
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    pooler = getattr(model, "pooler", None)
    if pooler is not None:
        setattr(model, "pooler", None)  # noqa: B010 - torch's stubs know no module that is taken out
    _tell_segments(tokenizer, model)
    separate_pairs(tokenizer)
    tokenizer.padding_side = "right"  # as we fill rows up, and so whoever reads the saved folder does
    settings = _sentence_settings(folder)
    if settings.get("do_lower_case") is True:
        lower(tokenizer)
    longest = _longest(config, tokenizer)
    own = settings.get("max_seq_length")
    limit = own if isinstance(own, int) else int(tokenizer.model_max_length)
    return Encoder(model, tokenizer, min(limit, longest), longest, pooler, pooling, prompt)


def _read_pooling(folder: Path, *, is_tuned: bool) -> tuple[Pooling, str]:
    try:
        return read_pooling(folder, is_tuned=is_tuned)
    except UnusableModel as error:
        raise ModelNotFound(str(error)) from error


def _tell_segments(tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> None:
    """Only a model that has several is to be told where a second text begins."""
    names = [name for name in tokenizer.model_input_names if name != _SEGMENTS]
    takes = _SEGMENTS in inspect.signature(model.forward).parameters
    if not takes or int(getattr(model.config, "type_vocab_size", 0) or 0) < 2:
        tokenizer.model_input_names = names


def _plain_tokenizer(folder: Path) -> PreTrainedTokenizerBase | None:
    """The tokenizer of a folder that needs nothing but its tokenizer.json and plain settings, as those of the built-in
    models: transformers would read that file four times, 2 of 3 seconds with 250,000 pieces. None for other folders.
    """
    file = folder / "tokenizer.json"
    if not file.is_file() or any((folder / one).exists() for one in _MORE_OF_TOKENIZERS):
        return None
    settings = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    if settings.pop("tokenizer_class", "") not in _PLAIN_CLASSES or settings.keys() - _PLAIN_SETTINGS:
        return None
    settings = {name: one for name, one in settings.items() if name not in _OF_LOADING}
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(file), name_or_path=str(folder), **settings
    )


def _longest(config: object, tokenizer: PreTrainedTokenizerBase) -> int:
    positions = int(getattr(config, "max_position_embeddings", 0) or _UNLIMITED)
    if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert", "longformer", "mpnet"):
        positions -= int(getattr(config, "pad_token_id", 1) or 0) + 1  # their positions start behind the padding's
    return min(positions, int(tokenizer.model_max_length), _UNLIMITED)


def _sentence_settings(folder: Path) -> dict[str, Any]:
    """What the makers of a sentence encoder set for its transformer."""
    try:
        return read_object(folder / "sentence_bert_config.json")
    except UnusableModel:
        return {}
