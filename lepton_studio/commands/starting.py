"""`tune --from`: the model that a run goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Misused, Refused
from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.project.project import Project


def model_to_start_from(project: Project, named: str, *, model: str | None) -> str:
    """The folder of the model of a run, `named` by its number, its folder or that of the model; `model` where none is.

    Raises Refused where there is none that was tuned for the project's task, Misused where both are named.
    """
    from lepton_studio.runs.manifest import MANIFEST, BadManifest, not_ours, read_manifest
    from lepton_studio.runs.origin import model_in
    from lepton_studio.studio.tuning import run_folder

    if not named:
        return model or ""
    if model:
        raise Misused(tr("--from names the model to start from; leave out --model."))
    if named.isdecimal() and not Path(named).is_dir():
        folder = run_folder(project, project.run_by_number(int(named))).model
        if not folder.is_dir():
            raise Refused(tr("Run {number} has no model to start from.", number=named))
    else:
        folder = model_in(Path(named).expanduser().absolute())
    if not folder.is_dir():
        raise Refused(tr("The model folder {name} does not exist.", name=named))
    if not (folder / MANIFEST).is_file():
        raise Refused(not_ours(folder))
    try:
        read_manifest(folder, task=project.task_id)
    except BadManifest as error:
        raise Refused(str(error)) from error
    return str(folder)
