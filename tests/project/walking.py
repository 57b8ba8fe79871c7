"""Whatever a person can do to a project, at random: for walks that are undone."""

from __future__ import annotations

import random
from collections.abc import Callable

from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, SampleId
from tests.project.steps import choice, new, relabel_to

Action = Callable[[Project, random.Random], object]


def _any_sample(project: Project, chance: random.Random) -> SampleId:
    return chance.choice(project.sample_ids())


def import_some(project: Project, chance: random.Random) -> object:
    ids = [one.id for one in project.labels()]
    with project.change("Import") as change:
        if chance.random() < 0.5:
            name = f"label {chance.random()}"
            ids.append(change.add_label(name).id)
        texts = [f"text {chance.randrange(30)} \0 “{chance.random()}”" for _ in range(chance.randrange(1, 40))]
        change.add_samples(
            new(
                text,
                *([chance.choice(ids)] if ids and chance.random() < 0.5 else []),
                split=chance.choice([*SPLITS, None]),
            )
            for text in texts
        )
        if chance.random() < 0.3:
            change.set_split([one for one in project.sample_ids() if one % 3 == 0], "test")
            change.add_samples([new("one more")])
    return change.result


def _annotate(project: Project, chance: random.Random) -> object:
    chosen = tuple(one.id for one in chance.sample(project.labels(), chance.randint(0, min(2, len(project.labels())))))
    value = choice(*chosen) if chosen else None
    if not chosen and chance.random() < 0.5:
        return project.annotate(_any_sample(project, chance), None, draft={"begun": chance.random()})
    return project.annotate(_any_sample(project, chance), value, labels=chosen, seconds=chance.random())


def _annotate_many(project: Project, chance: random.Random) -> object:
    if not project.labels():
        return None
    one = chance.choice(project.labels()).id
    return project.annotate_many([(_any_sample(project, chance), choice(one), (one,)) for _ in range(9)])


def _change_labels(project: Project, chance: random.Random) -> object:
    if len(project.labels()) < 3:
        return project.add_label(f"label {chance.random()}")
    one, other = chance.sample(project.labels(), 2)
    return chance.choice(
        [
            lambda: project.rename_label(one.id, f"name {chance.random()}"),
            lambda: project.recolor_label(one.id, f"#{chance.randrange(2**24):06x}"),
            lambda: project.rekey_label(one.id, chance.choice("123abcz")),
            lambda: project.describe_label(one.id, f"about {chance.random()}"),
            lambda: project.move_label(one.id, chance.randrange(5)),
            lambda: project.merge_labels(one.id, other.id, relabel=relabel_to(one.id, other.id)),
            lambda: project.delete_label(one.id, relabel=relabel_to(one.id, None)),
        ]
    )()


def _remove(project: Project, chance: random.Random) -> object:
    return project.remove_samples([_any_sample(project, chance) for _ in range(chance.randrange(1, 6))])


_ACTIONS: list[Action] = [
    _remove,
    import_some,
    _annotate,
    _annotate,
    _annotate_many,
    _change_labels,
    _change_labels,
    lambda project, chance: project.skip(_any_sample(project, chance), chance.random() < 0.6),
    lambda project, chance: project.flag(_any_sample(project, chance), chance.random() < 0.6),
    lambda project, chance: project.note(_any_sample(project, chance), chance.choice(["", "why? \0", "日本 🙂"])),
    lambda project, chance: project.assign_splits(
        {_any_sample(project, chance): chance.choice([*SPLITS, None]) for _ in range(5)}
    ),
]


def step(project: Project, chance: random.Random) -> None:
    """Do one of them; it may change nothing."""
    action = chance.choice(_ACTIONS) if project.count() else import_some
    action(project, chance)
