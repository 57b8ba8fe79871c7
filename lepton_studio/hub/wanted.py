"""Which files of a model on the Hub are downloaded: config, tokenizer and weights. Never code, never pickles."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PARTS = (
    r"config\.json", r"generation_config\.json", r"tokenizer\.json", r"tokenizer_config\.json",
    r"special_tokens_map\.json", r"added_tokens\.json", r"vocab\.(json|txt)", r"merges\.txt", r"bpe\.codes",
    r"[\w\-]+\.(model|spm|tiktoken|spiece)", r"[\w\-]+\.jinja", r"chat_templates/[\w\-]+\.jinja",
)  # fmt: skip
_OF_SENTENCE_ENCODERS = (
    r"modules\.json", r"config_sentence_transformers\.json", r"sentence_bert_config\.json",
    r"\d+_\w+/(config\.json|model\.safetensors)",
)  # fmt: skip
_SETTINGS = re.compile("|".join((*_PARTS, *_OF_SENTENCE_ENCODERS)))
_PLACES = ("", "0_Transformer/")
_SHARD = re.compile(r"model-\d{5}-of-\d{5}\.safetensors")


def wanted_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Of the files of a repository those that are downloaded; without weights where it has none that can be read."""
    there = set(paths)
    place = next((one for one in _PLACES if f"{one}config.json" in there), "")
    weights = _weights(there, place)
    settings = {path for path in there if _SETTINGS.fullmatch(path.removeprefix(place))}
    return tuple(sorted(settings | set(weights)))


def has_weights(files: Iterable[str]) -> bool:
    """Whether weights of the model itself are among them."""
    return any(re.fullmatch(r"(0_Transformer/)?model(-\d{5}-of-\d{5})?\.safetensors", path) for path in files)


def _weights(there: set[str], place: str) -> list[str]:
    """The file with all weights, else its parts with the list of them."""
    if f"{place}model.safetensors" in there:
        return [f"{place}model.safetensors"]
    shards = [path for path in there if path.startswith(place) and _SHARD.fullmatch(path.removeprefix(place))]
    index = f"{place}model.safetensors.index.json"
    return [*shards, index] if shards and index in there else []
