"""What a task's editor is, and what it may ask of the page. No Qt: the protocol names only what the page uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lepton_studio.contract.task import Input
from lepton_studio.project.records import Labels, Scale

V = TypeVar("V", contravariant=True)


@dataclass(frozen=True, slots=True)
class BulkEdit(Generic[V]):
    """One edit of many samples. `change(input, value)` gives the new value of a sample, or None to leave it alone.

    `title` names the undo step. `search`: words that every sample concerned holds, "" where that cannot be said.
    """

    title: str
    change: Callable[[Input, V | None], V | None]
    search: str = ""


class Told(Protocol):
    """A signal of an editor."""

    def connect(self, slot: Callable[..., object], /) -> object:
        """Call `slot` with what is said, each time."""

    def emit(self, *said: Any) -> None:
        """Say it."""


class Editor(Protocol[V]):
    """A QWidget that shows a value and lets a person change it; `widgets.editor_widget.EditorWidget` is the base of
    all, and has every part that a task has nothing to say about. GUI thread only.

    It never touches the project. It handles its keys in `keyPressEvent` and ignores all others, so that they reach the
    page (Enter accepts or goes on, Space skips, Backspace goes back, Left and Right step through samples, F flags, N
    writes a note, / searches, ? shows all keys). Of its own edits it keeps the value itself: `show_sample` is not
    called for them. A value that is not done (`Task.is_done`) is kept as a draft: it is shown again, but not counted,
    tuned on or exported.
    """

    @property
    def edited(self) -> Told:
        """(V or None): the person changed the value; the page saves it. None: no value any more."""

    @property
    def finished(self) -> Told:
        """(), behind the last `edited`: this sample is done, where one value takes several edits."""

    @property
    def refused(self) -> Told:
        """(V): the person turned a part of the suggestion down: what is left of it."""

    @property
    def bulk_wanted(self) -> Told:
        """(BulkEdit): an edit of many samples; the page shows what it would do, then does it as one undo step."""

    @property
    def shows_text(self) -> bool:
        """It shows the sample itself; the page then gives it all the room."""

    @property
    def one_press(self) -> bool:
        """One edit decides the sample, and the page goes on to the next."""

    @property
    def takes_letters(self) -> bool:
        """Typed letters are its own now: the page's own letter keys move to Ctrl."""

    @property
    def none_key(self) -> str:
        """A key of its own that says "there is nothing here": Enter does not say it then of a sample that nobody
        touched. "" for none."""

    @property
    def scaled(self) -> Scaled | None:
        """Itself, where it is one for ratings."""

    @property
    def comparing(self) -> Comparing[V] | None:
        """Itself, where it shows how similar samples were annotated."""

    def set_labels(self, labels: Labels) -> None:
        """The project's labels, in their order."""

    def show_sample(self, input: Input, value: V | None) -> None:
        """Show another sample, or the same after its value was changed elsewhere. Emits nothing."""

    def suggest(self, value: V | None) -> None:
        """What a model, or a dictionary, suggests for the sample shown; None for nothing."""

    def problem_with(self, value: V) -> str:
        """Why a suggestion cannot be kept, in a sentence; "" where it can."""

    def mark_searched(self, words: Sequence[str]) -> None:
        """Tint these words, which the person searches the samples for, in the sample shown, whatever their case; ()
        for none."""

    def flush(self) -> None:
        """Emit now what waits for a pause in typing. The page calls it before it leaves the sample."""

    def keys(self) -> list[tuple[str, str]]:
        """(key, what it does) for the page's list of keys."""

    def needed_height(self, width: int) -> int:
        """The height that shows everything at this width; the page may give less. Not asked where it shows the text."""


class Viewer(Protocol):
    """A QWidget that shows what is read of a sample beside its text, or in place of it (a picture), where the editor
    does not show it; `widgets.viewer_widget.ViewerWidget` is the base of all. GUI thread only: it loads beside it.
    """

    def show_input(self, input: Input) -> None:
        """Show another sample."""


class Scaled(Protocol):
    """An editor of ratings, which are given on a scale of the project."""

    @property
    def scale_wanted(self) -> Told:
        """(Scale): the person chooses another one."""

    def set_scale(self, scale: Scale) -> None:
        """Ratings are given on this scale from now on."""


class Comparing(Protocol[V]):
    """An editor that shows how similar samples were annotated."""

    def index_answered(self, pairs: Iterable[tuple[Input, V]]) -> Any:
        """What `set_answered` takes, of samples with their values. A pure function: called beside the window."""

    def set_answered(self, answered: Any) -> None:
        """The samples of the project that have a value, as `index_answered` gave them."""

    def keep_answered(self, pairs: Iterable[tuple[Input, V | None]]) -> None:
        """Some of them have another value now, None for none any more."""
