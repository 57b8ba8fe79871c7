"""What the Hub says of its models, and which of them can be used here. Child only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lepton_studio.hub.requests import DescribeModel, FoundModel, SearchModels
from lepton_studio.hub.usable import why_not
from lepton_studio.hub.wanted import wanted_files
from lepton_studio.hub.web import Web

_SAID = (
    "cardData", "config", "downloads", "gated", "gguf", "lastModified", "library_name", "pipeline_tag", "safetensors",
    "sha", "siblings", "tags",
)  # fmt: skip
"""What is asked of each model, in the Hub's words."""
_BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


def search(web: Web, asked: SearchModels) -> Iterator[FoundModel]:
    """Those that fit, as the list says them."""
    query: dict[str, Any] = {"sort": "downloads", "limit": asked.most, "expand": list(_SAID)}
    if asked.words.strip():
        query["search"] = asked.words.strip()
    if asked.task:
        query["pipeline_tag"] = asked.task
    if asked.language:
        query["filter"] = [asked.language]
    for number, about in enumerate(web.pages("/api/models", **query)):
        if number >= asked.most:
            return
        if isinstance(about, dict) and isinstance(about.get("id"), str):
            yield _found(about)


def describe(web: Web, asked: DescribeModel) -> FoundModel:
    """One, with the exact size of what would be downloaded of it."""
    about, files = look(web, asked.id, asked.revision)
    return _found(about, files)


def look(web: Web, model: str, revision: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the Hub says of a model, and the entries of its commit's tree that would be downloaded, by path."""
    at = f"/revision/{_quoted(revision)}" if revision else ""
    about = web.get(f"/api/models/{model}{at}")
    commit = str(about["sha"])
    tree = {
        str(entry["path"]): entry
        for entry in web.pages(f"/api/models/{model}/tree/{commit}", recursive=True)
        if entry.get("type") == "file"
    }
    return about, {path: tree[path] for path in wanted_files(tree)}


def _found(about: Mapping[str, Any], tree: Mapping[str, Any] | None = None) -> FoundModel:
    """`tree`: what would be downloaded, where that is known; else the list of all files says what."""
    paths = [str(one.get("rfilename", "")) for one in _list(about.get("siblings"))]
    files = tuple(tree) if tree is not None else wanted_files(paths)
    tags = [str(tag) for tag in _list(about.get("tags"))]
    card, config = _mapping(about.get("cardData")), _mapping(about.get("config"))
    counts = {str(kind): int(n) for kind, n in _mapping(_mapping(about.get("safetensors")).get("parameters")).items()}
    weights = sum(counts.values()) or int(_mapping(about.get("gguf")).get("total") or 0)
    model_type = str(config.get("model_type") or _mapping(about.get("gguf")).get("architecture") or "")
    size = sum(int(entry["size"]) for entry in tree.values()) if tree is not None else 0
    return FoundModel(
        id=str(about["id"]),
        commit=str(about.get("sha") or ""),
        size=size or sum(_BYTES.get(kind, 1) * n for kind, n in counts.items()),
        is_exact=tree is not None,
        licence=_licence(card, tags),
        languages=_languages(card),
        changed=str(about.get("lastModified") or "")[:10],
        task=str(about.get("pipeline_tag") or ""),
        downloads=int(about.get("downloads") or 0),
        weights=weights,
        model_type=model_type,
        gated=bool(about.get("gated")),
        why_not=why_not(model_type, files=paths, weights=weights, needs_code="custom_code" in tags),
        files=files,
    )


def _licence(card: Mapping[str, Any], tags: Sequence[str]) -> str:
    said = card.get("license")
    name = str(said[0] if isinstance(said, list) and said else said or "")
    if name == "other":
        name = str(card.get("license_name") or name)
    return name or next((tag.removeprefix("license:") for tag in tags if tag.startswith("license:")), "")


def _languages(card: Mapping[str, Any]) -> tuple[str, ...]:
    said = card.get("language")
    return tuple(str(one) for one in (said if isinstance(said, list) else [said] if said else []))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _quoted(revision: str) -> str:
    from urllib.parse import quote

    return quote(revision, safe="")
