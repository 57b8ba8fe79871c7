"""The process that imports `datasets`: one request, a JSON file, its answers in MessagePack."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from lepton_studio.native.child import serve
from lepton_studio.native.limits import Limits


def _about(told: Mapping[str, Any]) -> Iterator[object]:
    from lepton_studio.hub_datasets.reading import about

    return about(told)


def _preview(told: Mapping[str, Any]) -> Iterator[object]:
    from lepton_studio.hub_datasets.reading import preview

    return preview(told)


def _fetch(told: Mapping[str, Any]) -> Iterator[object]:
    from lepton_studio.hub_datasets.reading import fetch

    return fetch(told)


def _save(told: Mapping[str, Any]) -> Iterator[object]:
    from lepton_studio.hub_datasets.publishing import save

    return save(told)


def _as_parquet(told: Mapping[str, Any]) -> Iterator[object]:
    from lepton_studio.hub_datasets.publishing import as_parquet

    return as_parquet(told)


def _push(told: Mapping[str, Any]) -> Iterator[object]:
    from lepton_studio.hub_datasets.publishing import push

    return push(told)


VERBS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[object]]] = {
    "about": _about,
    "preview": _preview,
    "fetch": _fetch,
    "save": _save,
    "as_parquet": _as_parquet,
    "push": _push,
}


def _answers(told: Mapping[str, Any]) -> Iterator[object]:
    from huggingface_hub import constants

    from lepton_studio.hub.connection import Connection
    from lepton_studio.hub.web import find_token
    from lepton_studio.hub_datasets.refusals import told_as_failure

    token, _source = find_token(msgspec.convert(told["connection"], Connection))
    constants.HF_HUB_DISABLE_IMPLICIT_TOKEN = not token  # else one that is meant for another address is sent
    os.environ["HF_TOKEN"] = token

    with told_as_failure():
        yield from VERBS[told["verb"]](told)


if __name__ == "__main__":
    request = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    serve(lambda: _answers(request), limits=Limits(**request["limits"]), at_once=True)
