"""Files of other programs that hold texts and are not read: what they are, and what to save instead."""

from __future__ import annotations

from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.language import tr

_STATISTICS = {
    ".sav": "SPSS", ".zsav": "SPSS", ".por": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS", ".xpt": "SAS",
    ".rds": "R", ".rdata": "R",
}  # fmt: skip
_PAGES = {".pdf", ".docx", ".doc", ".odt", ".rtf", ".epub", ".pages", ".pptx", ".ppt", ".odp"}
_SUBTITLES = {".srt", ".vtt", ".ass", ".ssa", ".sub"}
_MAILS = {".eml", ".mbox", ".msg", ".mht"}
_DATABASES = {".sqlite", ".sqlite3", ".db", ".mdb", ".accdb"}


def why_refused(head: FileStart) -> str:
    """The sentence for a file that would come in as lines of something else; "" for one that may be read."""
    file = head.path.name
    if head.is_folder:
        return ""
    if program := _STATISTICS.get(head.suffix):
        return tr("{file} is a file from {program}, which cannot be read. Save it there as CSV or Excel.", file=file,
                  program=program)  # fmt: skip
    if head.suffix in _PAGES or head.kind in {"PDF", "RTF"}:
        return tr("{file} is a document with pages. Save it as plain text first.", file=file)
    if head.suffix in _SUBTITLES:
        return tr("{file} holds subtitles with their times. Save it as plain text, one subtitle per line.", file=file)
    if head.suffix in _MAILS:
        return tr("{file} is an e-mail with its headers. Save its text as plain text, or make a table with one "
                  "e-mail per row.",
                  file=file)  # fmt: skip
    if head.suffix in _DATABASES or head.kind == "SQLite":
        return tr("{file} is a database. Export the table with the texts as CSV.", file=file)
    return ""
