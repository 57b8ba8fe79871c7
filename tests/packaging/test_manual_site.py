"""What the site of the manual is built from: the pages of the window, with nothing missing beside them."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from lepton_studio.language import LANGUAGES, use_language
from lepton_studio.manual.contents import page_names


@pytest.fixture
def builder(checkout: Path) -> Iterator[ModuleType]:
    """The script of `dev.py manual`; English again afterwards."""
    spec = importlib.util.spec_from_file_location("build_manual", checkout / "packaging" / "manual" / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    use_language("en")


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_site_of_each_language_has_all_pages_with_their_pictures_and_links(
    builder: ModuleType, tmp_path: Path, language: str
) -> None:
    settings = json.loads(builder.write_sources(language, folder=tmp_path / language).read_text("utf-8"))
    docs = Path(settings["docs_dir"])
    assert {file.stem for file in docs.glob("*.md")} == set(page_names())
    assert [file for part in settings["nav"] for pages in part.values() for one in pages for file in one.values()] == [
        f"{name}.md" for name in page_names()
    ]
    assert Path(settings["INHERIT"]).is_file()
    for file in docs.glob("*.md"):
        for address in re.findall(r"\]\(([^)#]+)", file.read_text("utf-8")):
            assert (docs / address).is_file(), f"{file.name}: {address}"
