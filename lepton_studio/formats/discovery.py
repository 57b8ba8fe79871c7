"""The formats: every module of this package that defines FORMAT."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from lepton_studio.formats.base import Format


@cache
def all_formats() -> dict[str, Format]:
    """Every format by its id."""
    package = import_module("lepton_studio.formats")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        one = getattr(import_module(f"{package.__name__}.{module.name}"), "FORMAT", None)
        if isinstance(one, Format):
            found[one.id] = one
    return found
