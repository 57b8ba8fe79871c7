"""What goes wrong with a dataset of the Hub, as a sentence with a next step."""

from __future__ import annotations

from lepton_studio.hub_datasets.wanted import Wanted
from lepton_studio.language import tr
from lepton_studio.native.failures import NativeFailure


def sentence_for(failure: NativeFailure, wanted: Wanted) -> str:
    """The sentence for a person."""
    names = {"id": wanted.id, "detail": failure.detail}
    match failure.reason:
        case "not_found":
            return tr("There is no dataset {id} on the Hugging Face Hub.", **names)
        case "signed_out":
            return tr(
                "There is no dataset {id} on the Hugging Face Hub, or it needs an access token. Check the spelling, or "
                "enter a token under Network and downloads in the preferences.",
                **names,
            )
        case "gated":
            return tr(
                "The dataset {id} is only open to those who accepted its terms. Accept them on its page on the Hugging "
                "Face Hub, and enter your access token under Network and downloads in the preferences.",
                **names,
            )
        case "no_token":
            return tr(
                "To put a dataset on the Hugging Face Hub, first enter an access token under Network and downloads in "
                "the preferences."
            )
        case "no_revision":
            return tr("The dataset {id} has no revision {revision}.", id=wanted.id, revision=wanted.revision)
        case "no_config":
            return tr(
                "The dataset {id} has no configuration {config}. Its configurations: {detail}.",
                config=wanted.config,
                **names,
            )
        case "no_split":
            return tr("The dataset {id} has no such split. Its splits: {detail}.", **names)
        case "busy":
            return tr(
                "The Hugging Face Hub is receiving too many requests from here. Wait a few minutes, then try again."
            )
        case "unreachable" | "silent":
            return tr("The Hugging Face Hub cannot be reached. Check your internet connection, then try again.")
        case "broken_off":
            return tr("The connection to the Hugging Face Hub was lost. Try again: what was downloaded is kept.")
        case "disk_full":
            return tr(
                "The disk is full. Free some space, or choose another datasets folder under Network and downloads in "
                "the preferences."
            )
        case _:
            return _of_its_files(failure, names)


def _of_its_files(failure: NativeFailure, names: dict[str, str]) -> str:
    match failure.reason:
        case "needs_code":
            return tr(
                "The dataset {id} can only be read by running its own program, which Lepton Studio does not do. Look "
                "for a copy of it in Parquet, CSV or JSON files.",
                **names,
            )
        case "other_files":
            return tr("The dataset {id} has no Parquet, CSV or JSON files of its own that could be read.", **names)
        case "no_text":
            return tr("The dataset {id} has no texts: images, audio and other media cannot be imported.", **names)
        case "mixed" | "damaged":
            return tr("The files of the dataset {id} are damaged, or differ in their columns.", **names)
        case "too_large":
            return tr("The dataset {id} needs more memory than is available. Import one of its splits.", **names)
        case _:
            return tr("The dataset {id} cannot be read.", **names)
