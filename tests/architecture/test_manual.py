"""The manual is true of this window, and whole in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.commands.usage import VERBS
from lepton_studio.formats import all_formats
from lepton_studio.language import LANGUAGES, use_language
from lepton_studio.manual.contents import page_names, sections
from lepton_studio.manual.finding import pages_with
from lepton_studio.manual.pages import (
    CONTROL,
    STEP,
    NoSuchPage,
    is_made,
    manual_page,
    picture_path,
    source_file,
    title_of,
)
from lepton_studio.methods import all_methods
from lepton_studio.runs.job import RECIPE_SETTINGS
from lepton_studio.tasks import all_tasks

LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)]+)\)")
WRITTEN = [name for name in page_names() if not is_made(name)]


@pytest.fixture(params=list(LANGUAGES))
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn; English again afterwards."""
    use_language(request.param)
    yield request.param
    use_language("en")


def test_every_page_is_written_in_every_language_and_no_file_is_left_out(checkout: Path) -> None:
    for code in LANGUAGES:
        files = {file.stem for file in (checkout / "resources" / "manual" / code).glob("*.md")}
        assert files == set(WRITTEN), code


def test_the_languages_name_the_same_controls_and_lead_to_the_same_places(checkout: Path) -> None:
    for name in WRITTEN:
        found = []
        for code in LANGUAGES:
            text = (checkout / "resources" / "manual" / code / f"{name}.md").read_text("utf-8")
            found.append((set(CONTROL.findall(text)), sorted(LINK.findall(text))))
        assert found[0] == found[1], name


def test_every_control_is_called_as_the_window_calls_it(checkout: Path) -> None:
    # The template lists what stands in the code; a sentence so new that it is not there yet stands in the code itself.
    folded = re.sub(r'"\n"', "", (checkout / "resources/translations/lepton_studio.pot").read_text("utf-8"))
    code = "".join(file.read_text("utf-8") for file in (checkout / "lepton_studio/ui").rglob("*.py"))
    for name in WRITTEN:
        for named in CONTROL.findall((checkout / f"resources/manual/en/{name}.md").read_text("utf-8")):
            for one in named.split(STEP):
                assert f'msgid "{one}"\n' in folded or f'"{one}"' in code, f"{name}: {one}"


def test_every_link_and_every_picture_is_there(language: str) -> None:
    for name in page_names():
        for picture, address in LINK.findall(manual_page(name).text):
            if picture:
                assert picture_path(address).is_file(), f"{name}: {address}"
                continue
            page, _, heading = address.partition("#")
            target = manual_page(page.removesuffix(".md") or name)
            assert not heading or f"\n## {heading}\n" in target.text, f"{name}: {address}"


def test_controls_are_bold_in_chinese_too_and_no_space_stands_where_none_belongs() -> None:
    use_language("zh_CN")
    try:
        for name in WRITTEN:
            text = manual_page(name).text
            for control in CONTROL.finditer(text):
                before, after = text[control.start() - 1], text[control.end() : control.end() + 1]
                # CommonMark: two stars between a sign and a letter begin and end no bold.
                assert control[1][0].isalnum() or not before.isalnum(), f"{name}: {control[0]}"
                assert control[1][-1].isalnum() or not after.isalnum(), f"{name}: {control[0]}"
                assert not re.match(r" [，。；：、）]", text[control.end() :]), f"{name}: {control[0]}"
            assert len(re.findall(r"\*\*", text)) == 2 * len(CONTROL.findall(text)), name
    finally:
        use_language("en")


def test_each_page_of_the_window_and_each_card_has_its_page_and_each_task_its_tutorial(checkout: Path) -> None:
    code = "".join(file.read_text("utf-8") for file in (checkout / "lepton_studio/ui").rglob("*.py"))
    named = set(re.findall(r'^    manual = "(.+)"$', code, re.M)) | set(re.findall(r'Page", "(window-\w+)"\)', code))
    assert {"window-data", "window-map", "howto-two-people"} <= named <= set(page_names())
    assert {f"tutorial-{task}" for task in all_tasks()} == {
        name for name in page_names() if name.startswith("tutorial-")
    }


def test_the_reference_has_every_verb_setting_method_and_format(language: str) -> None:
    command_line, settings = manual_page("reference-command-line").text, manual_page("reference-settings").text
    for verb in VERBS:
        assert f"\n## {verb}\n" in command_line and f"usage: lepton-studio {verb}" in command_line
    assert "--find-rate" in command_line and "\x1b" not in command_line
    of_methods = [field for method in all_methods().values() for field in method.fields]
    for setting in (*RECIPE_SETTINGS, *of_methods):
        assert f"| `{setting.name}` |" in settings
    assert all(f"(`{method}`)" in settings for method in all_methods())
    formats = manual_page("reference-formats").text
    assert all(f"| `{one}` |" in formats for one in all_formats())
    for name in page_names():
        assert manual_page(name).title == title_of(name) != "" and manual_page(name).text.startswith(
            f"# {title_of(name)}\n"
        )


def test_the_pages_are_found_by_their_words() -> None:
    pages = [manual_page(name) for name in page_names()]
    assert pages_with("Excel", pages)[0].name == "howto-excel"
    assert "window-map" in [one.name for one in pages_with("MAP cloud", pages)]
    assert pages_with("screenshots", pages) == []  # the addresses of pictures are no words
    use_language("zh_CN")
    try:
        assert pages_with("两个人", [manual_page(name) for name in WRITTEN])[0].name == "howto-two-people"
    finally:
        use_language("en")


def test_a_page_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(NoSuchPage, match="howto-excel"):
        manual_page("howto-cook")
    assert source_file("index").is_file()
    assert len({name for section in sections() for name in section.pages}) == len(page_names())
