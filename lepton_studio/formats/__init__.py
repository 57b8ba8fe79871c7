"""Files in: one module per format, a guess how to read them, and their rows. No Qt, no torch."""

from lepton_studio.formats.base import Format, Guess, Problem, Row, UnreadableFile
from lepton_studio.formats.delimited import DELIMITERS
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.encoding import ENCODINGS
from lepton_studio.formats.reading import read
from lepton_studio.formats.sniffing import choose_columns, refresh, sniff, sniff_all

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "Format",
    "Guess",
    "Problem",
    "Row",
    "UnreadableFile",
    "all_formats",
    "choose_columns",
    "read",
    "refresh",
    "sniff",
    "sniff_all",
]
