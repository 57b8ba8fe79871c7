"""`models search` and `models get`: what there is on the Hub, and to have it here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, Misused, ProgressLine, say, table
from lepton_studio.language import tr
from lepton_studio.words import memory

if TYPE_CHECKING:
    from lepton_studio.hub.places import HubName
    from lepton_studio.hub.requests import Fetched, FoundModel, Ready


def search_hub(words: Sequence[str], *, task: str, language: str) -> Answer:
    """A line for each model on the Hub that fits, those that are downloaded most first."""
    from lepton_studio.hub import asking
    from lepton_studio.hub.connection import connection_of
    from lepton_studio.hub.in_words import languages_in_words, size_in_words
    from lepton_studio.hub.requests import SearchModels
    from lepton_studio.hub.usable import usable_in_words
    from lepton_studio.settings import load_settings

    asked = SearchModels(" ".join(words), task=task, language=language)
    found = asking.search(asked, connection=connection_of(load_settings()))
    facts = {"models": [_facts(one) for one in found]}
    if not found:
        return Answer(facts, tr("No model on the Hub matches."))
    rows = [(tr("model"), tr("size"), tr("licence"), tr("languages"), tr("changed"), tr("usable here"))]
    rows += [
        (one.id, size_in_words(one), one.licence, languages_in_words(one), one.changed, usable_in_words(one))
        for one in found
    ]
    return Answer(facts, table(rows))


def get_from_hub(named: Sequence[str], *, revision: str) -> Answer:
    """Download a model; one that was begun goes on."""
    from lepton_studio.hub.places import HubName, hub_name

    if len(named) != 1:
        raise Misused(tr("Name one model: lepton-studio models get OWNER/NAME"))
    name = hub_name(named[0])
    if name is None:
        raise Misused(tr("“{name}” cannot be the name of a model on the Hub.", name=named[0]))
    name = HubName(name.id, revision or name.revision)
    ready = _fetch(name)
    facts = {"id": name.id, "revision": ready.commit, "folder": ready.folder}
    return Answer(facts, tr("{name} is on this computer: {folder}", name=name.id, folder=ready.folder))


def delete_of_hub(named: Sequence[str]) -> Answer:
    """Remove models of the Hub from this computer."""
    from lepton_studio.hub.places import delete_model, kept_models

    here = {name.id for name, _folder in kept_models()}
    if missing := [one for one in named if one not in here]:
        raise Misused(tr("The model {name} is not on this computer.", name=missing[0]))
    freed = sum(delete_model(one) for one in named)
    said = tr("Deleted {models}: {size} are free again.", models=", ".join(named), size=memory(freed / 1e6))
    return Answer({"deleted": list(named), "bytes": freed}, said)


def bring(model: str) -> None:
    """Download the model that a person names for tuning, where it is one of the Hub and not here. Raises HubFailure."""
    from lepton_studio.hub.places import hub_name, local_folder
    from lepton_studio.models.built_in import built_in

    name = hub_name(model)
    if built_in(model) is None and name is not None and local_folder(model) is None and not Path(model).exists():
        say(tr("Downloading {name} from the Hub…", name=name.id))
        _fetch(name)


def _fetch(name: HubName) -> Ready:
    from lepton_studio.hub import asking
    from lepton_studio.hub.connection import connection_of
    from lepton_studio.hub.in_words import amount_in_words
    from lepton_studio.progress import Pace
    from lepton_studio.settings import load_settings

    line, pace = ProgressLine(name.id), Pace()

    def tell(one: Fetched) -> None:
        line.show(amount_in_words(name.id, one, pace=pace))

    try:
        return asking.fetch(name, connection=connection_of(load_settings()), progress=tell)
    finally:
        line.done()


def _facts(one: FoundModel) -> dict[str, object]:
    return {
        "id": one.id,
        "revision": one.commit,
        "size": one.size,
        "licence": one.licence,
        "languages": list(one.languages),
        "changed": one.changed,
        "task": one.task,
        "downloads": one.downloads,
        "usable": not one.why_not,
        "why_not": one.why_not,
    }
