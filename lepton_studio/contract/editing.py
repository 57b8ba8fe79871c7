"""What a task's editor is, and what it may ask of the page. No Qt: the protocol names only what the page uses.

An editor is a QWidget with these methods and the signals

    edited(V or None)      the person changed the value; the page saves it. None: no value any more
    finished()             this sample is done (an editor in which one value takes several edits)
    refused(V)             the person turned a part of the suggestion down: what is left of it
    bulk_wanted(BulkEdit)  an edit of many samples; the page shows what it would do, then does it as one undo step

It never touches the project. It handles its keys in `keyPressEvent` and ignores all others, so that they reach the page
(Enter accepts or goes on, Space skips, Backspace goes back, Left and Right step through samples, letters of the page).
An editor that waits for a pause in typing before it emits has `flush()` too: emit now. The page calls it before it
leaves the sample. One that shows the text itself may have `mark_searched(words)`: tint these words, which the person
searches the samples for, in the sample shown, whatever their case; () for none. One that shows how similar samples were
annotated has `index_answered(pairs of Input and value)`, a pure function that the page calls beside the window with
samples of the project, `set_answered(what that gave)`, and `keep_answered(pairs)` for samples that were annotated
since; a value of None: it is not any more. One with `none_key`, a key of its own that says "there is nothing here",
does not have Enter say it of a sample that nobody touched. One for numbers has `set_scale(Scale)`, emits
`scale_wanted(Scale)` where the person chooses another, and says with `problem_with(value)` why a suggestion cannot be
kept, "" where it can.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from lepton_studio.contract.task import Input
from lepton_studio.project.records import Labels

V = TypeVar("V")
V_contra = TypeVar("V_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class BulkEdit(Generic[V]):
    """One edit of many samples. `change(input, value)` gives the new value of a sample, or None to leave it alone.

    `title` names the undo step. `search`: words that every sample concerned holds, "" where that cannot be said.
    """

    title: str
    change: Callable[[Input, V | None], V | None]
    search: str = ""


class Editor(Protocol[V_contra]):
    """See the module. GUI thread only."""

    shows_text: bool
    """It shows the sample's text itself; the page then gives it all the room."""

    one_press: bool
    """One edit decides the sample, and the page goes on to the next."""

    takes_letters: bool
    """Typed letters are its own now: the page's own letter keys move to Ctrl."""

    def set_labels(self, labels: Labels) -> None:
        """The project's labels, in their order."""

    def show_sample(self, input: Input, value: V_contra | None) -> None:
        """Show another sample, or the same after its value was changed elsewhere. Emits nothing."""

    def suggest(self, value: V_contra | None) -> None:
        """What a model, or a dictionary, suggests for the sample shown; None for nothing."""

    def keys(self) -> list[tuple[str, str]]:
        """(key, what it does) for the page's list of keys."""

    def needed_height(self, width: int) -> int:
        """The height that shows everything at this width; the page may give less. Not asked where it shows the text."""
