"""No module needs itself: each can be read, tested and replaced with only what stands below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

import grimp


def circle_in(imports: Mapping[str, Iterable[str]]) -> list[str]:
    """The modules of one circle, the first again at the end; [] where there is none. `imports`: module -> imported."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle() -> None:
    # Imports inside functions count. Those that are only for types do not: a part may know the type of its owner.
    graph = grimp.build_graph("lepton_studio", exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert len(imports) > 300
    assert circle_in(imports) == []


def test_a_circle_would_be_named() -> None:
    assert circle_in({"page": {"actions", "words"}, "actions": {"page"}}) in (
        ["page", "actions", "page"],
        ["actions", "page", "actions"],
    )
