"""What a run was tuned from, back to the model that somebody else made: names, licences, where they come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.hub.places import hub_name, local_folder
from lepton_studio.language import tr
from lepton_studio.models.built_in import built_in
from lepton_studio.runs.origin import origin_of

_MOST = 50
"""Runs that went on from each other."""
_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---", re.DOTALL)
_LICENCE = re.compile(r"^license(?:_name)?:\s*[\"']?([\w.\-+ ]+?)[\"']?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Base:
    """`name`: as people call it. `through`: the runs between, the latest first, in words. `languages`: an English
    source string for `tr`. `licence`, `address`, `paper`, `notice`, `languages`: "" where they are not known.
    """

    name: str
    through: tuple[str, ...] = ()
    licence: str = ""
    address: str = ""
    paper: str = ""
    notice: str = ""
    languages: str = ""


def base_of(model: str, *, task: str) -> Base:
    """The base of a run whose model is named so, as in `Job.model`. Reads small files of folders only."""
    through: list[str] = []
    while len(through) < _MOST and (origin := origin_of(model, task=task)) is not None:
        if origin.run is None:
            return Base(Path(model).name, tuple(through))
        through.append(tr("run {number} of “{project}”", number=origin.number, project=origin.project))
        try:
            model = origin.run.job().model
        except (OSError, ValueError):
            break
    known, named = built_in(model), hub_name(model)
    if known is not None:
        return Base(
            known.name,
            tuple(through),
            known.licence,
            f"https://huggingface.co/{known.hub_id}",
            known.paper,
            known.notice,
            known.languages,
        )
    folder = local_folder(model)
    licence = "" if folder is None else _licence_in(folder)
    if named is None or Path(model).is_dir():
        return Base(Path(model).name, tuple(through), licence)
    revision = f"/tree/{named.revision}" if named.revision else ""
    return Base(named.id, tuple(through), licence, f"https://huggingface.co/{named.id}{revision}")


def _licence_in(folder: Path) -> str:
    """As the card in a model's folder says it, in the form of the Hub; "" where it says none."""
    try:
        card = (folder / "README.md").read_text("utf-8", errors="replace")
    except OSError:
        return ""
    front = _FRONT_MATTER.match(card)
    said = [] if front is None else [one for one in _LICENCE.findall(front[1]) if one != "other"]
    return said[-1] if said else ""
