"""Rows of a dataset of the Hub that are on this computer: the first ones to look at, or all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lepton_studio.hub_datasets.wanted import Offer
from lepton_studio.language import tr
from lepton_studio.words import memory


@dataclass(frozen=True, slots=True)
class HubRows:
    """`paths` are Parquet files: all rows of each of `splits`, or the first ones of the first of them."""

    offer: Offer
    paths: tuple[Path, ...]
    splits: tuple[str, ...]
    is_whole: bool = False

    @property
    def words(self) -> str:
        """What a person should know of them: what they are, the licence, what is left out."""
        told = [] if self.is_whole else [tr("These are the first rows; nothing else has been downloaded yet.")]
        return " ".join(one for one in (*told, offer_words(self.offer), left_out_words(self.offer)) if one)


def offer_words(offer: Offer) -> str:
    """What is known before anything is fetched, in one line: licence, languages, size."""
    licence = tr("Licence: {licence}", licence=offer.licence) if offer.licence else tr("No licence is given")
    size = tr("less than 1 MB") if offer.size < 1e6 else memory(offer.size / 1e6)
    languages = tr("languages: {languages}", languages=", ".join(offer.languages[:8])) if offer.languages else ""
    return " · ".join(part for part in (licence, size, languages) if part)


def left_out_words(offer: Offer) -> str:
    """Which columns cannot come along, "" for none."""
    if not offer.left_out:
        return ""
    columns = ", ".join(f"{name} ({kind})" for name, kind in offer.left_out.items())
    return tr("Left out, as no task here reads them: {columns}.", columns=columns)
