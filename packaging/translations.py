"""Brings the catalogues of resources/translations/ up to date with the sentences in the code: `dev.py translations`.

Sentences are found in the syntax tree: what `tr` is called with, and the titles and helps that `tr` gets later from
a table. New ones come into each .po without a translation, and those that are gone leave it; nothing is guessed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "lepton_studio"
FOLDER = ROOT / "resources" / "translations"
HEADER = "# The sentences of Lepton Studio. After a change run: python3 packaging/dev.py translations"
DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""In place of the day of writing, so that the same sentences give the same file."""

CALLS: Mapping[str, tuple[int | str, ...]] = {
    "tr": (0,),
    "said_in": (1,),
    "setting": (1, 2, "choices"),
    "PageEntry": (1,),
    "Verb": (1,),
    "Task": ("title", "summary", "kinds", "right"),
    "Method": ("title", "summary"),
    "Measure": (1,),
    "BuiltInModel": ("languages", "purpose"),
    "ModelOfTheHub": (1,),
    "Format": ("title",),
    "_Scheme": (0,),
    "export_format": (1, "elsewhere"),
}
"""Which arguments of a call are sentences: by place, or by name. Of a dict its values are."""

TABLES: Mapping[str, str] = {
    "MENU_TITLES": "values",
    "HIERARCHICAL": "values",
    "_FORMATS": "seconds",
    "DELIMITERS": "seconds",
    "ENCODINGS": "seconds",
    "_REASONS": "values",
}
"""Constants with titles for `tr`: a dict with them as values, or pairs with them as the second."""


Sentence = str | tuple[str, str]
"""What stands in the code: a sentence, or the pair (of one thing, of many) that `trn` is called with."""


def sentences_in(code: str) -> Iterator[Sentence]:
    """Every source sentence of a module, in no order, possibly more than once."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "trn":
            yield _counted(node)
        for found in _candidates(node):
            for one in _unfolded(found):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
                    yield one.value


def all_sentences(root: Path = ROOT) -> dict[Sentence, list[str]]:
    """Sentence -> the files it stands in, both sorted."""
    found: dict[Sentence, set[str]] = {}
    for file in (root / DOMAIN).rglob("*.py"):
        for sentence in sentences_in(file.read_text("utf-8")):
            found.setdefault(sentence, set()).add(file.relative_to(root).as_posix())
    return {sentence: sorted(files) for sentence, files in sorted(found.items(), key=lambda one: _words(one[0]))}


def main() -> int:
    """Write the template, and update and compile every catalogue. 1 where a translation is missing, else 0.

    What is not translated is listed, sentences that were not in the template before first, and counted at the end.
    """
    known = _template()
    _write(_catalog(all_sentences()), FOLDER / f"{DOMAIN}.pot")
    missing = 0
    for file in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        language = file.parent.parent.name
        with file.open("rb") as stored:
            old = read_po(stored, domain=DOMAIN)
        new = _catalog(all_sentences(), old=old, language=language)
        _write(new, file)
        with file.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, new)
        lacking = [one.id for one in new if one.id and (not all(_words(one.string)) or one.fuzzy)]
        lacking.sort(key=lambda one: _words(one)[0] in known)
        fresh = sum(_words(one)[0] not in known for one in lacking)
        for one in lacking:
            print(f"  {one}")
        print(f"{language}: {len(new)} sentences, {len(lacking)} without a translation, {fresh} of these new")
        missing += len(lacking)
    return 1 if missing else 0


def _template() -> set[str]:
    """The first words of every entry of the template as it is stored; none where there is none yet."""
    file = FOLDER / f"{DOMAIN}.pot"
    if not file.is_file():
        return set()
    with file.open("rb") as stored:
        return {_words(one.id)[0] for one in read_po(stored, domain=DOMAIN)}


def _words(sentence: str | Sequence[str] | None) -> tuple[str, ...]:
    return (sentence,) if isinstance(sentence, str) else tuple(sentence or ("",))


def _counted(call: ast.Call) -> tuple[str, str]:
    """The two sentences of a `trn`. Raises ValueError where they are not written out."""
    match call.args[:2]:
        case [ast.Constant(value=str(one)), ast.Constant(value=str(many))]:
            return one, many
    raise ValueError(f"line {call.lineno}: trn takes its two sentences as they stand")


def _candidates(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        wanted = CALLS.get(str(name), ())
        yield from (argument for place, argument in enumerate(node.args) if place in wanted)
        yield from (keyword.value for keyword in node.keywords if keyword.arg in wanted)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        kind = next((TABLES[one.id] for one in targets if isinstance(one, ast.Name) and one.id in TABLES), "")
        if kind == "values" and isinstance(node.value, ast.Dict):
            yield node.value
        elif kind == "seconds" and isinstance(node.value, ast.Tuple):
            yield from (pair.elts[1] for pair in node.value.elts if isinstance(pair, ast.Tuple))


def _unfolded(found: ast.expr) -> Sequence[ast.expr]:
    """What may come of an expression: both ways of a choice, the values of a dict."""
    if isinstance(found, ast.IfExp):
        return (*_unfolded(found.body), *_unfolded(found.orelse))
    return found.values if isinstance(found, ast.Dict) else (found,)


def _catalog(sentences: Mapping[Sentence, list[str]], *, old: Catalog | None = None, language: str = "") -> Catalog:
    catalog = Catalog(
        locale=language or None,
        domain=DOMAIN,
        header_comment=HEADER,
        project="Lepton Studio",
        version="-",
        msgid_bugs_address="-",
        last_translator="Lepton Studio",
        language_team="Lepton Studio",
        creation_date=DATE,
        revision_date=DATE,
        fuzzy=False,
    )
    for sentence, files in sentences.items():
        kept = old.get(_words(sentence)[0]) if old is not None else None
        if kept is not None and kept.id != sentence:  # what was one sentence is a pair now
            kept = None
        flags = set(kept.flags if kept is not None else ()) - {"python-format", "python-brace-format"}
        blank = "" if isinstance(sentence, str) else ("",) * catalog.num_plurals
        catalog.add(sentence, kept.string if kept is not None else blank, [(file, 1) for file in files], flags)
    return catalog


def _write(catalog: Catalog, file: Path) -> None:
    with file.open("wb") as written:
        write_po(written, catalog, width=120, sort_output=True, include_lineno=False)


if __name__ == "__main__":
    sys.exit(main())
