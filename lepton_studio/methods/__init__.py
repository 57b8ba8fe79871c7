"""The methods of tuning: one folder each, found by walking this package. What a method is: `methods.method`.

A folder's `__init__` declares the method and knows no torch: form and command line read it. Its `hooks` work in the
child only.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.runs.job import BadSetting


@cache
def all_methods() -> dict[str, Method]:
    """Every method by its id, in the order of their folder names."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            method: Method = import_module(f"{__name__}.{module.name}").METHOD
            found[method.id] = method
    return found


def method_named(method_id: str) -> Method:
    """The method with this id. Raises BadSetting when this version of Lepton Studio has none."""
    if method_id not in all_methods():
        raise BadSetting(
            tr(
                "This version of Lepton Studio does not support the tuning method “{method}”. It supports: {known}.",
                method=method_id,
                known=", ".join(all_methods()),
            )
        )
    return all_methods()[method_id]
