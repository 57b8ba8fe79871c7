"""The formats: every module below this package that defines FORMAT."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from lepton_studio.formats.base import Format


@cache
def all_formats() -> dict[str, Format]:
    """Every format by its id."""
    package = import_module("lepton_studio.formats")
    modules = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    found = {}
    for name in sorted(modules, key=lambda name: name.rpartition(".")[2]):  # a format's folder gives it no precedence
        one = getattr(import_module(name), "FORMAT", None)
        if isinstance(one, Format):
            found[one.id] = one
    return found
