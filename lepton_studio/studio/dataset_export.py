"""The samples as a dataset that the Hub, and `datasets` anywhere, read by its folder: Parquet files and a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.atomic import new_folder
from lepton_studio.hub.connection import Connection
from lepton_studio.hub_datasets import asking
from lepton_studio.hub_datasets.wanted import dataset_id
from lepton_studio.language import tr
from lepton_studio.private import give_back, temporary_folder
from lepton_studio.progress import Progress, ShouldStop, never, silent
from lepton_studio.project.records import Filter
from lepton_studio.studio.exporting import ExportError, ExportResult, check_target, export_annotations
from lepton_studio.studio.guidelines import guidelines_text
from lepton_studio.studio.languages import language_of
from lepton_studio.tasks import task_named

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

_TASKS = {
    "text_classification": ("text-classification",),
    "multi_label": ("text-classification",),
    "ratings": ("text-classification",),
    "spans": ("token-classification",),
    "relations": ("token-classification",),
    "question_answering": ("question-answering",),
    "text_to_text": ("summarization", "translation"),
    "dialogue": ("text-generation",),
}
"""What the Hub calls our tasks."""
_CODES = {
    "English": "en",
    "Chinese": "zh",
    "Japanese": "ja",
    "Korean": "ko",
    "Thai": "th",
    "Greek": "el",
    "Hebrew": "he",
}
_LOOKED_AT = 200
"""Texts that tell the languages."""
_RARE = 0.05


@dataclass(frozen=True, slots=True)
class Destination:
    """How a dataset goes out: under which licence ("" for none), and to which name on the Hub ("" for none)."""

    licence: str = ""
    name: str = ""
    is_public: bool = False


def licences() -> Mapping[str, str]:
    """The Hub's short names of licences -> what a person knows them by."""
    return {
        "": tr("Not stated"),
        "cc0-1.0": "CC0 1.0",
        "cc-by-4.0": "CC BY 4.0",
        "cc-by-sa-4.0": "CC BY-SA 4.0",
        "cc-by-nc-4.0": "CC BY-NC 4.0",
        "mit": "MIT",
        "apache-2.0": "Apache 2.0",
        "odc-by": "ODC-BY",
        "other": tr("Another one"),
    }


def export_dataset(
    project: Project,
    path: Path,
    *,
    licence: str = "",
    only_labelled: bool = True,
    replace: bool = False,
    progress: Progress = silent,
    should_stop: ShouldStop = never,
) -> ExportResult:
    """Write the folder `path`: `data/SPLIT-00000-of-00001.parquet` and README.md, its card. `licence`: a short name of
    the Hub, "" for none. Raises as `export_annotations` does, and HubRefused."""
    check_target(path, replace=replace)
    room = temporary_folder("dataset")
    try:
        written = export_annotations(
            project, room / "saved", format="datasets", only_labelled=only_labelled, progress=progress,
            should_stop=should_stop,
        )  # fmt: skip
        card: dict[str, object] = {
            "pretty_name": project.name,
            "language": languages_in(project),
            "task_categories": list(_TASKS.get(project.task_id, ())),
        }
        if licence:
            card["license"] = licence
        with new_folder(path) as target:
            target.mkdir()
            asking.as_parquet(room / "saved", target, card=card, body=_body(project, written))
    finally:
        give_back(room)
    return ExportResult(path, written.samples, written.splits, written.labels, written.losses)


def push_dataset(
    folder: Path,
    name: str,
    *,
    is_private: bool = True,
    connection: Connection | None = None,
    should_stop: ShouldStop = never,
) -> str:
    """Put the folder that `export_dataset` wrote on the Hub as `owner/name`; its address. Raises HubRefused,
    Cancelled, and ExportError for no name."""
    meant = dataset_id(name)
    if meant is None or "/" not in meant[0] or meant[1]:
        raise ExportError(tr("{name} is not a name on the Hub, such as owner/name.", name=name))
    message = "Upload with Lepton Studio"
    return asking.push(
        folder, meant[0], is_private=is_private, message=message, connection=connection, should_stop=should_stop
    )


def languages_in(project: Project) -> list[str]:
    """The codes of the languages that the first texts are in, as far as that can be told; the most frequent first."""
    found = Counter[str]()
    for sample, _row in zip(project.all_rows(Filter()), range(_LOOKED_AT), strict=False):
        if code := _CODES.get(language_of(sample.text)):
            found[code] += 1
    return [code for code, count in found.most_common() if count > _RARE * found.total()]


def _body(project: Project, written: ExportResult) -> str:
    """The card's text, in English as cards are."""
    splits = [
        f"| {split or 'train (no split was set)'} | {count:,} |" for split, count in written.splits.items() if count
    ]
    labels = [f"| {_cell(name)} | {count:,} |" for name, count in written.labels.items()]
    parts = [
        f"# {project.name}",
        f"Made with Lepton Studio for the task: {task_named(project.task_id).title.lower()}.",
        "\n".join(("| split | samples |", "|---|---|", *splits)),
    ]
    if labels:
        parts.append("\n".join(("| label | samples |", "|---|---|", *labels)))
    if said := guidelines_text(project.guidelines(), project.labels(), level=3):
        parts += ["## Guidelines", said]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
