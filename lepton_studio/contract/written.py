"""The value of the tasks whose answer is written (a translation, a summary, a reply): a text, and other references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepton_studio.contract.task import BadAnnotation
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Labels
from lepton_studio.words import on_one_line

_WORDS = 200


@dataclass(frozen=True, slots=True)
class Written:
    """The text to learn and, in `others`, texts that would do as well; scores take the best of them."""

    text: str
    others: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        """All of them."""
        return (self.text, *self.others)


def text_of(value: Written | None) -> str:
    """What is written; "" where there is no value."""
    return "" if value is None else value.text


def rewritten(value: Written | None, text: str) -> Written | None:
    """The value with another text; a blank one is no value."""
    return Written(text, () if value is None else value.others) if text.strip() else None


def parse(stored: object, labels: Labels) -> Written:
    """Read `{"text": "...", "others": ["...", ...]}`; `others` may be absent. Raises BadAnnotation."""
    text = stored.get("text") if isinstance(stored, dict) else None
    others = stored.get("others", []) if isinstance(stored, dict) else None
    if not isinstance(text, str):
        raise BadAnnotation(tr("An annotation must have a target text."))
    if not isinstance(others, list) or not all(isinstance(one, str) for one in others):
        raise BadAnnotation(tr("Additional references must be a list of texts."))
    return Written(text, tuple(others))


def dump(value: Written) -> object:
    """The JSON value."""
    return {"text": value.text, "others": list(value.others)} if value.others else {"text": value.text}


def labels_in(value: Written) -> tuple[int, ...]:
    """None: a text refers to no labels."""
    return ()


def relabel(value: Written, mapping: Mapping[int, int | None]) -> Written:
    """The same: it has no labels."""
    return value


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Written | None:
    """The file's targets, blank ones left out; None where it has none."""
    texts = [text for text in marks.targets or () if text.strip()]
    return Written(texts[0], tuple(texts[1:])) if texts else None


def to_marks(value: Written, names: Mapping[int, str]) -> Marks:
    """Its texts as targets."""
    return Marks(targets=value.references)


def words(value: Written, labels: Labels) -> str:
    """The text on one line, cut where it is long."""
    return on_one_line(value.text, _WORDS)
