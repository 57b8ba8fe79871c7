"""A person who reads Chinese reads all of the app in Chinese. `python3 packaging/dev.py translations` mends most."""

from __future__ import annotations

import gettext
import importlib.util
import locale
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from lepton_studio.formats import DELIMITERS, ENCODINGS, all_formats
from lepton_studio.formats.offsets import SCHEMES
from lepton_studio.language import LANGUAGES, tr, trn, use_language
from lepton_studio.methods import all_methods
from lepton_studio.runs.job import RECIPE_SETTINGS
from lepton_studio.tasks import all_tasks
from lepton_studio.ui.frame.pages import PAGES
from lepton_studio.ui.shared.actions import MENU_TITLES

UPDATE = "run `python3 packaging/dev.py translations`, then translate what it names in {file} and run it again"
TRANSLATED = [code for code in LANGUAGES if code != "en"]


@pytest.fixture(scope="module")
def tool(checkout: Path) -> ModuleType:
    """The script that brings the catalogues up to date."""
    spec = importlib.util.spec_from_file_location("translations", checkout / "packaging" / "translations.py")
    assert spec is not None and spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sentences(tool: ModuleType, checkout: Path) -> list[str | tuple[str, str]]:
    """Every sentence that stands in the code."""
    return list(tool.all_sentences(checkout))


@pytest.fixture
def no_language_chosen(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An environment that names no language; English again afterwards."""
    for name in ("LEPTON_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield monkeypatch
    use_language("en")


def test_who_adds_a_sentence_is_told_of_it_first_and_how_many_lack_a_translation(
    tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder := tmp_path / "zh_CN" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "lepton_studio.po").write_text("", "utf-8")
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    found: dict[object, list[str]] = {"An older one.": ["a.py"]}
    monkeypatch.setattr(tool, "all_sentences", lambda: found)
    tool.main()
    found[("{count} thing", "{count} things")] = ["b.py"]
    capsys.readouterr()
    assert tool.main() == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert "things" in first and "older" in second
    assert last == "zh_CN: 2 sentences, 2 without a translation, 1 of these new"


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_is_translated(sentences: list[str | tuple[str, str]], checkout: Path, code: str) -> None:
    catalog, advice = stored(checkout, code), UPDATE.format(file=po_file(checkout, code))
    known = {message.id for message in catalog if message.id}
    assert set(sentences) == known, advice
    lacking = [message.id for message in catalog if message.id and (not all(forms(message.string)) or message.fuzzy)]
    assert not lacking, advice


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_says_the_same_names_and_numbers(checkout: Path, code: str) -> None:
    for message in stored(checkout, code):
        source = forms(message.id)[-1]
        for translated in forms(message.string):
            assert fields_of(translated) == fields_of(source), f"{source!r}, {translated!r} differ in their {{names}}"
            if filled := {name: 7 for name, _spec in fields_of(source)}:
                assert "7" in translated.format(**filled)


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_the_app_reads_is_what_the_translator_wrote(checkout: Path, code: str) -> None:
    written = {forms(one.id): forms(one.string)[0] for one in stored(checkout, code) if one.id}
    with po_file(checkout, code).with_suffix(".mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    advice = UPDATE.format(file=po_file(checkout, code))
    found = {one: read.ngettext(one[0], one[1], 1) if len(one) > 1 else read.gettext(one[0]) for one in written}
    assert found == written, advice


def test_titles_that_the_window_looks_up_later_are_in_the_catalogue(sentences: list[str | tuple[str, str]]) -> None:
    titles = {*MENU_TITLES.values(), *(page.title for page in PAGES)}
    methods = all_methods().values()
    for setting in (*RECIPE_SETTINGS, *(field for method in methods for field in method.fields)):
        titles |= {setting.title, setting.help}
    titles |= {part for method in methods for part in (method.title, method.summary)}
    titles |= {part for task in all_tasks().values() for part in (task.title, task.summary)}
    for task in all_tasks().values():
        titles |= {*task.kinds.values(), *(measure.title for measure in task.measures)}
    titles |= {*SCHEMES.values(), *(one.title for one in all_formats().values())}
    titles |= {title for _name, title in (*DELIMITERS, *ENCODINGS)}
    assert titles <= set(sentences), "tell packaging/translations.py where these are"


@pytest.mark.usefixtures("no_language_chosen")
def test_a_person_gets_the_language_they_chose() -> None:
    assert use_language("zh_CN") == "zh_CN"
    assert tr("Confusion matrix") == "混淆矩阵"
    assert tr("Run {number}", number=7) == "第 7 次训练"
    assert use_language("tlh") == "en"
    assert tr("Confusion matrix") == "Confusion matrix"


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh_SG", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("zh_Hans_HK", "zh_CN"),
        ("zh", "zh_CN"),
        ("Chinese (Simplified)_China", "zh_CN"),
        ("Chinese (Simplified)_People's Republic of China", "zh_CN"),
        ("zh_TW.UTF-8", "en"),
        ("zh-Hant-HK", "en"),
        ("Chinese (Traditional)_Taiwan", "en"),
        ("de_DE.UTF-8", "en"),
        ("English_United States", "en"),
        ("C.UTF-8", "en"),
    ],
)
def test_a_chinese_system_needs_no_setting(no_language_chosen: pytest.MonkeyPatch, name: str, used: str) -> None:
    assert use_language(system=name) == used
    assert use_language("en", system=name) == "en"
    no_language_chosen.setenv("LANG", name)
    assert use_language() == used
    no_language_chosen.delenv("LANG")
    no_language_chosen.setattr(locale, "getlocale", lambda: (name, "UTF-8"))
    assert use_language() == used


def test_the_buttons_of_qt_speak_the_language_too(checkout: Path) -> None:
    """In a process of its own: an application keeps its language for good."""
    code = (
        "from lepton_studio.app import make_application\n"
        "app = make_application(language='zh_CN')\n"
        "print(ascii(app.translate('QPlatformTheme', 'Cancel')))"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ascii("取消")


def test_one_thing_is_said_as_one() -> None:
    assert [trn("{count} sample", "{count} samples", count) for count in (0, 1, 2)] == [
        "0 samples",
        "1 sample",
        "2 samples",
    ]


def forms(sentence: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A sentence, or each of the two that count."""
    assert sentence is not None
    return (sentence,) if isinstance(sentence, str) else tuple(sentence)


def po_file(checkout: Path, code: str) -> Path:
    """Where the translator writes."""
    return checkout / "resources" / "translations" / code / "LC_MESSAGES" / "lepton_studio.po"


def stored(checkout: Path, code: str) -> Catalog:
    """The catalogue as the translator wrote it."""
    with po_file(checkout, code).open("rb") as file:
        return read_po(file)


def fields_of(sentence: str) -> set[tuple[str, str]]:
    """The `{names}` of a sentence with their format, such as ("rate", ".0f")."""
    return {(name, spec or "") for _text, name, spec, _kind in string.Formatter().parse(sentence) if name is not None}
