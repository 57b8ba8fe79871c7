"""The manual as a site, in every language: `python3 packaging/dev.py manual`. Any warning of mkdocs ends it.

The pages are those of the window: the same loader puts in the names of controls and makes the reference. The pictures
are those of `dev.py screenshots`. All of it stands in `build/manual`, and can be opened there without a server.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lepton_studio.language import LANGUAGES, use_language
from lepton_studio.manual.contents import sections
from lepton_studio.manual.pages import manual_page, picture_path, title_of

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = "../../../docs/screenshots/"
OF_THEME = {"zh_CN": "zh"}
"""What mkdocs-material calls a language, where it is not our name of it."""

SEPARATOR = r"[\s\u200b\-]+|(?=[\u4e00-\u9fff])"
"""Words of the site's search end at white space and at hyphens, and each character of Chinese is one."""


def write_sources(language: str, *, folder: Path) -> Path:
    """The pages of a language, with their pictures, and the settings to build them by; the path of those."""
    use_language(language)
    docs = folder / "docs"
    (docs / "pictures").mkdir(parents=True)
    for section in sections():
        for name in section.pages:
            text = manual_page(name).text
            while PICTURES in text:
                address = text[text.index(PICTURES) :].partition(")")[0]
                shutil.copy(picture_path(address), docs / "pictures")
                text = text.replace(address, f"pictures/{Path(address).name}")
            (docs / f"{name}.md").write_text(text, "utf-8")
    theme = OF_THEME.get(language, language)
    settings = {
        "INHERIT": str(ROOT / "packaging" / "manual" / "mkdocs.yml"),
        "docs_dir": str(docs),
        "site_dir": str(folder.parent / "site" / language),
        "theme": {"language": theme},
        "plugins": {"offline": {}, "search": {"lang": [theme], "separator": SEPARATOR}},
        "extra": {"alternate": [
            {"name": name, "link": f"../{code}/index.html", "lang": OF_THEME.get(code, code)}
            for code, name in LANGUAGES.items()
        ]},
        "nav": [
            {section.title: [{title_of(name): f"{name}.md"} for name in section.pages]} for section in sections()
        ],
    }  # fmt: skip
    file = folder / "mkdocs.yml"
    file.write_text(json.dumps(settings, ensure_ascii=False, indent=1), "utf-8")  # JSON is YAML
    return file


def main() -> int:
    """Build each language; the first exit code that is not 0."""
    place = ROOT / "build" / "manual"
    shutil.rmtree(place, ignore_errors=True)
    for language in LANGUAGES:
        file = write_sources(language, folder=place / language)
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(file)]
        quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}  # what its makers say of a later version
        if code := subprocess.run(command, check=False, env=quiet).returncode:
            return code
    print(f"The manual is {place / 'site' / 'en' / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
