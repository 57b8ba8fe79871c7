"""Files in and out: one module per format, a guess how to read them, their rows, and what a file cannot hold. No Qt,
no torch."""

from lepton_studio.formats.base import (
    ALL_TABLES,
    ALL_TURNS,
    Doubt,
    Format,
    Guess,
    Loss,
    OutLabel,
    Part,
    Problem,
    Row,
    UnreadableFile,
)
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.encoding import ENCODINGS
from lepton_studio.formats.foreign import foreign_of, has_foreign, labels_suggested
from lepton_studio.formats.guessing.sniffing import (
    choose_columns,
    choose_header,
    choose_table,
    each_turn,
    refresh,
    sniff,
    sniff_all,
)
from lepton_studio.formats.reading import read
from lepton_studio.formats.tables.delimited import DELIMITERS
from lepton_studio.formats.writing import write, writers_for

__all__ = [
    "ALL_TABLES",
    "ALL_TURNS",
    "DELIMITERS",
    "ENCODINGS",
    "Doubt",
    "Format",
    "Guess",
    "Loss",
    "OutLabel",
    "Part",
    "Problem",
    "Row",
    "UnreadableFile",
    "all_formats",
    "choose_columns",
    "choose_header",
    "choose_table",
    "each_turn",
    "foreign_of",
    "has_foreign",
    "labels_suggested",
    "read",
    "refresh",
    "sniff",
    "sniff_all",
    "write",
    "writers_for",
]
