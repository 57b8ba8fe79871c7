"""The keys that a person gave to actions, in place of those that they come with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from lepton_studio.ui.shared.actions import Action


def own_keys(stored: Sequence[str]) -> dict[str, str]:
    """Action id -> key, of the "id=key" of the settings; "" takes the key away."""
    return {name: key for name, equals, key in (one.partition("=") for one in stored) if equals}


def stored_keys(keys: Mapping[str, str]) -> tuple[str, ...]:
    """What `own_keys` reads."""
    return tuple(f"{name}={key}" for name, key in sorted(keys.items()))


def with_keys(actions: Iterable[Action], stored: Sequence[str]) -> list[Action]:
    """The actions with the person's keys; an action that lost its key to another one has none."""
    keys = own_keys(stored)
    taken = {key for key in keys.values() if key}
    found = []
    for action in actions:
        if action.id in keys:
            found.append(replace(action, shortcut=keys[action.id], also=()))
        elif action.shortcut in taken:
            found.append(replace(action, shortcut=""))
        else:
            found.append(action)
    return found
