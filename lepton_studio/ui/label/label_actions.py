"""What can be done on the Label page, and which of its keys the side panel reminds of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.ui.label.beside import FOLD, TAKE, Beside
from lepton_studio.ui.label.deciding import Deciding
from lepton_studio.ui.label.enough import Enough
from lepton_studio.ui.label.guiding import Guiding
from lepton_studio.ui.label.nearly_equal import LABEL_THEM
from lepton_studio.ui.label.reviewing import Reviewing
from lepton_studio.ui.label.settling import Settling
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.instant import Instant

Run = Callable[[], object]


def label_actions(
    deciding: Deciding,
    *,
    task: Task[Any],
    instant: Instant,
    beside: Beside,
    note: Run,
    copy: Run,
    add_label: Run,
    choose_word_list: Run,
    choose_source: Run,
    reviewing: Reviewing,
    settling: Settling,
    guiding: Guiding,
    enough: Enough,
) -> list[Action]:
    """In the order of the menu. Letters are the page's own unless the editor takes them."""
    editor, suggestions = deciding.editor, deciding.suggestions
    letters = not editor.takes_letters
    stays = not editor.one_press
    next_key, previous_key = ("", "") if editor.shows_text else ("Right", "Left")  # they move in the text

    def has_sample() -> bool:
        return deciding.has_sample

    accept = tr("Accept suggestion, or go to the next sample") if stays else tr("Accept suggestion")
    actions = [
        Action("accept", accept, deciding.accept, "Return", "label", has_sample),
        Action("skip", tr("Skip"), deciding.skip, "Space", "label", has_sample, also=("Ctrl+J",)),
        Action("back", tr('Back to the last sample seen'), deciding.back, "Backspace", "label", also=("Ctrl+B",)),
        Action("next", tr("Next sample"), deciding.forward, next_key, "label", has_sample,
               also=("Ctrl+Right", "Ctrl+PgDown")),
        Action("previous", tr("Previous sample"), deciding.backward, previous_key, "label",
               also=("Ctrl+Left", "Ctrl+PgUp")),
        Action("flag", tr("Flag"), deciding.flag, "F" if letters else "", "label", has_sample, also=("Ctrl+G",)),
        Action("note", tr("Note"), note, "N" if letters else "", "label", has_sample,
               also=("Ctrl+M",)),
        Action("copy", tr("Copy"), copy, "Ctrl+C", "label", has_sample),
        Action("clear", tr('Clear annotation'), deciding.clear, "" if stays else "Delete", "label", has_sample),
    ]  # fmt: skip
    if stays:
        title = tr("Replace annotation with suggestion")
        actions.append(Action("replace", title, deciding.take_suggestion, "Ctrl+Shift+Return", "label", has_sample))
    alike = deciding.nearly_equal
    title = tr("Label nearly equal texts the same")
    actions.append(Action("nearly_equal", title, alike.label, LABEL_THEM, "label", lambda: alike.can_label))
    actions.append(Action("similar", tr("More like this"), deciding.find_similar, "Ctrl+Shift+L", "label", has_sample))
    if task.label_kinds:
        actions.append(Action("add_label", tr("Add label…"), add_label, "Ctrl+L", "label"))
    title = tr("Get suggestions for all unlabelled samples")
    actions.append(Action("suggest", title, suggestions.suggest_unlabelled, "", "label", lambda: suggestions.has_model))
    actions.append(Action("sources", tr("Sources of suggestions…"), choose_source, "", "label"))
    if instant.can_be:
        title = tr("Stop suggesting while I label") if instant.is_on else tr("Suggest while I label")
        actions.append(Action("instant", title, instant.switch, "", "label"))
    if instant.finds_suspects:
        title = tr("Let the model label the rest…")
        actions.append(Action("automate", title, enough.automate, "", "label", lambda: instant.model is not None))
        actions.append(Action("spot_check", tr("Check what the model labelled"), enough.check, "", "label"))
        folds = tr("Hide “At a glance”") if beside.is_open else tr("Show “At a glance”")
        actions += [
            Action("like_nearest", tr("Take the label of the most similar sample"), beside.take, TAKE, "label",
                   lambda: beside.can_take),
            Action("beside", folds, beside.fold, FOLD, "label"),
        ]  # fmt: skip
    actions += [*reviewing.actions(), *settling.actions(), *guiding.actions()]
    actions.append(Action("progress", tr("Progress and forecast…"), enough.show_progress, "", "label"))
    if task.patterns is not None:
        title = tr("Stop suggesting from the word list")
        actions += [
            Action("word_list", tr('Suggest from a word list…'), choose_word_list, "", "label"),
            Action("no_word_list", title, suggestions.forget_word_list, "", "label",
                   lambda: suggestions.word_list is not None),
        ]  # fmt: skip
    return actions


def keys_to_remember(actions: Sequence[Action], *, types: bool, one_press: bool) -> list[tuple[str, str]]:
    """The keys of the page most needed, each with a word or two. `types`: the editor is a field to write in."""
    by_id = {action.id: action for action in actions}
    words = {
        "accept": tr("accept") if one_press else tr("next"),
        "skip": tr("skip"),
        "back": tr("back"),
        "flag": tr("flag"),
        "note": tr("note"),
    }
    keys = [
        (by_id[one].also[0] if types else by_id[one].main_key, what)
        for one, what in words.items()
        if not (types and one == "accept")
    ]
    search, every = ("Ctrl+F", "Ctrl+/") if types else ("/", "?")
    return [*keys, (search, tr("search")), (every, tr("all shortcuts"))]
