"""Label Studio's labelling configuration, the XML beside its tasks: which labels there are, in which colours.

The tags: https://labelstud.io/tags/. What is said of a region by itself (`perRegion`) is no label of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from lepton_studio.formats.base import OutLabel
from lepton_studio.formats.tools.css_colors import css_color

CONFIGURATION = "label_config.xml"
"""What our own is called; another name is as good."""
_MOST_BYTES, _START = 1 << 20, 4 << 10
_SPANS = {"Labels": "labels", "HyperTextLabels": "hypertextlabels", "ParagraphLabels": "paragraphlabels"}
_CHOICES = {"Choices": "choices", "Taxonomy": "taxonomy"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a project of Label Studio offers: its labels in order, and the types of result that they come as. `file` is
    where it stands, "" for nowhere."""

    file: str = ""
    labels: tuple[OutLabel, ...] = ()
    kinds: frozenset[str] = frozenset()


def configuration_beside(path: Path) -> Configuration:
    """The configuration in the folder of this file; an empty one where there is none, or several of names that say
    nothing."""
    files = sorted(path.parent.glob("*.xml"))
    known = [(file, root) for file in files if (root := _root(file)) is not None]
    named = [one for one in known if one[0].name == CONFIGURATION] or known
    return _configuration(*named[0]) if len(named) == 1 else Configuration()


def is_configuration(path: Path) -> bool:
    """Whether this file is one."""
    return path.suffix.lower() == ".xml" and _root(path) is not None


def _root(path: Path) -> ElementTree.Element | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return _parsed(path, about.st_mtime_ns, about.st_size) if about.st_size <= _MOST_BYTES else None


@lru_cache(maxsize=16)
def _parsed(path: Path, _changed: int, _size: int) -> ElementTree.Element | None:
    """The `<View>` of this state of the file; None for other XML, and where it declares entities of its own."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_START)
            if b"<View" not in text:
                return None
            text += stream.read()
        root = None if b"<!ENTITY" in text else ElementTree.fromstring(text)
    except (OSError, ElementTree.ParseError, LookupError, ValueError):
        return None
    return root if root is not None and root.tag == "View" else None


def _configuration(path: Path, root: ElementTree.Element) -> Configuration:
    labels: dict[tuple[str, str], OutLabel] = {}
    kinds: set[str] = set()
    for control in root.iter():
        if control.get("perRegion", "").lower() == "true":
            continue
        if control.tag in _SPANS:
            kinds.add(_SPANS[control.tag])
            found = [_label(one, kind="span") for one in control.iter("Label")]
        elif control.tag in _CHOICES:
            kinds.add(_CHOICES[control.tag])
            found = list(_leaves(control))
        elif control.tag == "Relations":
            kinds.add("relation")
            found = [_label(one, kind="relation") for one in control.iter("Relation")]
        else:
            continue
        for one in found:
            labels.setdefault((one.kind, one.name), one)
    return Configuration(path.name, tuple(one for one in labels.values() if one.name), frozenset(kinds))


def _leaves(element: ElementTree.Element, path: tuple[str, ...] = ()) -> Iterator[OutLabel]:
    """The choices that have none below them, named by their way down, as results name them."""
    for one in element:
        if one.tag != "Choice":
            yield from _leaves(one, path)
            continue
        below = (*path, _name(one))
        if one.find(".//Choice") is None:
            yield _label(one, kind="label", name="/".join(below))
        else:
            yield from _leaves(one, below)


def _label(element: ElementTree.Element, *, kind: str, name: str = "") -> OutLabel:
    color = css_color(element.get("background") or element.get("color") or "")
    key = element.get("hotkey", "")
    return OutLabel(name or _name(element), color, key if len(key) == 1 else "", element.get("hint", ""), kind)


def _name(element: ElementTree.Element) -> str:
    """An alias stands in the results in place of the value."""
    return element.get("alias") or element.get("value") or ""
