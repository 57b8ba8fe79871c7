"""The pages of the reference, made from what the app itself goes by: so they cannot say anything else."""

from __future__ import annotations

import re
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Iterable, Sequence
from functools import cache, partial

from lepton_studio.commands.usage import VERBS
from lepton_studio.formats import all_formats
from lepton_studio.language import language_in_use, tr
from lepton_studio.manual.pages import title_of
from lepton_studio.methods import all_methods
from lepton_studio.runs.job import RECIPE_SETTINGS, Setting

_COLUMNS = 80
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def command_line() -> str:
    """Every verb with its options."""
    return _command_line(language_in_use())


def settings() -> str:
    """Every setting of a run, and of each method."""
    return _settings(language_in_use())


def formats() -> str:
    """Every format, and what can be done with it."""
    return _formats(language_in_use())


@cache
def _command_line(_language: str) -> str:
    parts = [
        f"# {title_of('reference-command-line')}",
        tr(
            "`lepton-studio` does all that the window does. With `--json`, each command prints one JSON object; "
            "progress goes to stderr. Exit codes: 0 done, 1 it failed and says why in one sentence, 2 wrong usage."
        ),
        tr("`lepton-studio [DIR]` opens the window with the project in DIR."),
        _table(
            (tr("Command"), tr("What it does")),
            [(f"[{one.name}](#{one.name})", tr(one.summary)) for one in VERBS.values()],
        ),
    ]
    for verb in VERBS.values():
        made = ArgumentParser(
            prog=f"lepton-studio {verb.name}",
            formatter_class=partial(HelpFormatter, width=_COLUMNS, max_help_position=28),
            add_help=False,
        )
        if verb.of_project:
            made.add_argument("dir", metavar="DIR", help=tr("the project's folder"))
        verb.takes(made)
        usage = _COLOUR.sub("", made.format_help()).rstrip()
        parts += [f"## {verb.name}", _sentence(tr(verb.summary)), f"```text\n{usage}\n```"]
    return "\n\n".join(parts) + "\n"


@cache
def _settings(_language: str) -> str:
    parts = [
        f"# {title_of('reference-settings')}",
        tr(
            "All of them stand under “More settings” on the Tune page. On the command line each is given by its name: "
            "`--set epochs=8`. A setting of a method brings the method along."
        ),
        f"## {tr('For every method')}",
        _settings_table(RECIPE_SETTINGS),
    ]
    for method in all_methods().values():
        parts += [f"## {tr(method.title)} (`{method.id}`)", tr(method.summary)]
        if method.fields:
            parts.append(_settings_table(method.fields))
    return "\n\n".join(parts) + "\n"


@cache
def _formats(_language: str) -> str:
    rows = [
        (tr(one.title), f"`{one.id}`", tr("reads, writes") if one.write is not None else tr("reads"))
        for one in all_formats().values()
    ]
    return (
        "\n\n".join(
            (
                f"# {title_of('reference-formats')}",
                tr(
                    "Which format a file has is found by looking into it; the import shows what was found, and you can "
                    "change it. The Export page lists what can be written, and says what a format leaves out. On the "
                    "command line a format is given by its name: `--format conll`."
                ),
                _table((tr("Format"), tr("Name"), ""), sorted(rows, key=lambda one: one[0].casefold())),
            )
        )
        + "\n"
    )


def _settings_table(fields: Sequence[Setting]) -> str:
    heads = (tr("Setting"), tr("Name"), tr("Default"), tr("What it does"))
    return _table(heads, [(tr(one.title), f"`{one.name}`", _default(one), _help(one)) for one in fields])


def _default(setting: Setting) -> str:
    if isinstance(setting.default, bool):
        return tr("on") if setting.default else tr("off")
    if isinstance(setting.default, tuple):
        return tr("none")
    return f"{setting.default:g}" if isinstance(setting.default, float) else str(setting.default)


def _help(setting: Setting) -> str:
    said = tr(setting.help)
    if setting.choices:
        return f"{said} {', '.join(f'`{word}`' for word in setting.choices)}"
    if isinstance(setting.default, tuple):
        return f"{said} {tr('Give the folders, with commas between.')}"
    if setting.low is None:
        return said
    return f"{said} {tr('{low} to {high}.', low=f'{setting.low:g}', high=f'{setting.high:g}')}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("。" if language_in_use().startswith("zh") else ".")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in cells] for cells in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
