"""A job: all that the child needs to know, as frozen values and as `job.json` in the run folder."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.models.built_in import ENGLISH

JobKind = Literal["tune", "predict", "measure", "preview", "find_rate"]
TrialKind = Literal["measure", "preview", "find_rate"]
"""Jobs that try something before a run and leave nothing."""

BUILT_IN_MODEL = ENGLISH.id
"""The model name that stands for the English encoder shipped beside the app; see `lepton_studio.models.built_in`."""

_MOST_TIMES = 6


Choices = Mapping[str, str]
"""What may be chosen: the word that is stored, and what a person reads, an English source string for `tr`."""


def setting(
    default: Any,
    title: str,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Choices = MappingProxyType({}),
) -> Any:
    """A field that the form and `--set` are made from: a title and a plain sentence, with limits or `choices`.

    What is a tuple is a list of folders.
    """
    return field(default=default, metadata={"title": title, "help": help, "low": low, "high": high, "choices": choices})


class BadSetting(StudioError, ValueError):
    """A setting that does not exist, is out of its limits or does not apply; its text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a field made by `setting` says of itself. `title` and `help` are English source strings for `tr`."""

    name: str
    default: Any
    title: str
    help: str
    low: float | None
    high: float | None
    choices: Choices = field(default_factory=dict, hash=False)

    def read(self, value: object) -> Any:
        """The value, perhaps from a command line, as a number, as yes or no, a choice or folders. Raises BadSetting."""
        if isinstance(self.default, tuple):
            return _read_folders(value)
        if self.choices:
            return _read_choice(self.name, value, choices=self.choices)
        return _read_setting(self.name, value, low=self.low, high=self.high, kind=type(self.default))


_settings: dict[type[Any], tuple[Setting, ...]] = {}


def settings_of(kind: type[Any]) -> tuple[Setting, ...]:
    """The settings that a dataclass has; kept, as a form asks for those of all methods many times over."""
    if kind not in _settings:
        _settings[kind] = tuple(
            Setting(
                one.name, one.default, *(one.metadata[part] for part in ("title", "help", "low", "high", "choices"))
            )
            for one in dataclasses.fields(kind)
            if "title" in one.metadata
        )
    return _settings[kind]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune. Titles and sentences are English source strings for `tr`; numbers are what the child uses.

    `methods` are ids of tuning methods, `of_methods` their settings by name: see `lepton_studio.methods`, which checks
    and changes them. Where none is named for what learns, a run has the one that is usual for task and model.
    """

    epochs: int = setting(4, "Epochs", "How often the model sees every training sample.", low=1, high=100)
    fewest_steps: int = setting(
        0,
        "Minimum steps",
        "With few samples, training goes on beyond the epochs until this many steps are made.",
        low=0,
        high=100_000,
    )
    batch_size: int = setting(16, "Batch size", "Samples per step; smaller values need less memory.", low=1, high=512)
    learning_rate: float = setting(1e-4, "Learning rate", "How far each step moves the weights.", low=1e-7, high=1e-1)
    weight_decay: float = setting(
        0.01, "Weight decay", "Pulls weights towards zero to reduce overfitting.", low=0, high=1
    )
    warmup: float = setting(
        0.06, "Warm-up", "Share of the steps during which the learning rate rises.", low=0, high=0.9
    )
    decay: str = setting(
        "linear",
        "Learning rate after the warm-up",
        "Linear and cosine end at zero; constant is for runs that will be continued.",
        choices={"linear": "Linear", "cosine": "Cosine", "constant": "Constant"},
    )
    optimizer: str = setting(
        "adamw",
        "Optimizer",
        "AdamW is right for almost everything. Adafactor needs less memory with large models; SGD needs a learning "
        "rate a hundred times as large.",
        choices={"adamw": "AdamW", "adafactor": "Adafactor", "sgd": "SGD"},
    )
    dropout: float = setting(
        0.1, "Dropout", "Share of activations dropped at random to reduce overfitting.", low=0, high=0.9
    )
    max_length: int = setting(0, "Maximum length", "Tokens read per text; 0 means the model's limit.", low=0, high=8192)
    patience: int = setting(
        0,
        "Early stopping",
        "Stop after this many evaluations without a better score; 0 never stops early.",
        low=0,
        high=100,
    )
    evaluations: int = setting(
        1, "Evaluations per epoch", "How often the validation set is scored per epoch.", low=1, high=20
    )
    class_weights: bool = setting(False, "Class weights", "Rare labels count more in the loss.")
    probe: bool = setting(
        True, "Start from a linear probe", "Fit the head on the frozen model first; almost always better."
    )
    label_smoothing: float = setting(
        0.0, "Label smoothing", "Share of probability taken from the right answer to reduce overconfidence.",
        low=0, high=0.5,
    )  # fmt: skip
    head_learning_rate: float = setting(
        0.0,
        "Learning rate of the head",
        "For the new layers on top; 0 means the same as the learning rate.",
        low=0,
        high=1,
    )
    folds: int = setting(
        0,
        "Cross-validation",
        "First trains on so many parts of the labelled samples, each time without one, and says how good that is on "
        "the part left out; 0 leaves this out. Takes so many times as long.",
        low=0,
        high=20,
    )
    seeds: int = setting(
        1,
        "Repeats with other seeds",
        "Trains so many times, each time from another seed, and says how far the scores differ. The model of the first "
        "seed is kept.",
        low=1,
        high=20,
    )
    keep_all_words: bool = setting(
        False,
        "Keep all words",
        "Also saves the words of languages that this project does not use. With a multilingual model the saved model "
        "is about three times as large.",
    )
    max_new_tokens: int = setting(128, "Maximum output length", "Maximum number of generated tokens.", low=1, high=4096)
    min_new_tokens: int = setting(0, "Minimum output length", "Minimum number of generated tokens.", low=0, high=4096)
    beams: int = setting(4, "Beams", "How many candidate outputs are kept during generation.", low=1, high=16)
    length_penalty: float = setting(
        1.0, "Length penalty", "Above 1 favours longer outputs, below 1 shorter ones.", low=-5, high=5
    )
    no_repeat: int = setting(
        3,
        "No-repeat length",
        "No sequence of this many tokens appears twice in an output; 0 allows repetition.",
        low=0,
        high=20,
    )
    seed: int = setting(1, "Seed", "The same seed, data and computer give the same result.", low=0, high=2**31 - 1)
    methods: tuple[str, ...] = ()
    of_methods: Mapping[str, object] = field(default_factory=dict, hash=False)

    def passes(self, samples: int) -> int:
        """How often so many samples are seen: `epochs`, or more where these are fewer steps than `fewest_steps`.

        At most six times as often: 80 sentences gave no better spans after 40 epochs than after 20 (the figure
        `entities_few` of the benchmarks; LEPTON_RECIPE="epochs=40").
        """
        an_epoch = max(1, math.ceil(samples / self.batch_size))
        return max(self.epochs, min(_MOST_TIMES * self.epochs, math.ceil(self.fewest_steps / an_epoch)))

    def to_json(self) -> dict[str, object]:
        """Every setting by its name, those of the methods among them."""
        general = {one.name: getattr(self, one.name) for one in RECIPE_SETTINGS}
        return {**general, "methods": list(self.methods), **self.of_methods}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Recipe:
        """The recipe that `to_json` wrote, in this version or another: what is unknown here may be a method's."""
        general = {one.name for one in RECIPE_SETTINGS}
        return cls(
            **{name: value for name, value in stored.items() if name in general},
            methods=tuple(map(str, stored.get("methods", ()))),
            of_methods={
                name: tuple(value) if isinstance(value, list) else value
                for name, value in stored.items()
                if name not in general and name != "methods"
            },
        )

    def with_settings(self, changes: Mapping[str, object]) -> Recipe:
        """This recipe with some settings changed that every recipe has; values may be strings. Raises BadSetting.

        Who changes only the epochs means just so many: the fewest steps go.
        """
        if "epochs" in changes:
            changes = {"fewest_steps": 0, **changes}
        checked = {}
        for name, value in changes.items():
            found = next((one for one in RECIPE_SETTINGS if one.name == name), None)
            if found is None:
                known = ", ".join(one.name for one in RECIPE_SETTINGS)
                raise BadSetting(tr("There is no setting “{name}”. The settings are: {known}.", name=name, known=known))
            checked[name] = found.read(value)
        return dataclasses.replace(self, **checked)


RECIPE_SETTINGS = settings_of(Recipe)
"""The settings that every recipe has."""


def _read_folders(value: object) -> tuple[str, ...]:
    """Each once, by its whole path; in a string with commas between."""
    named = value.split(",") if isinstance(value, str) else value
    assert isinstance(named, Iterable)
    stripped = [one for part in named if (one := str(part).strip())]
    return tuple(dict.fromkeys(str(Path(one).expanduser().absolute()) for one in stripped))


def _read_choice(name: str, value: object, *, choices: Choices) -> str:
    text = str(value).strip().lower()
    if text not in choices:
        known = ", ".join(choices)
        raise BadSetting(tr("{name} must be one of {known}, not “{value}”.", name=name, known=known, value=text))
    return text


def _read_setting(name: str, value: object, *, low: float | None, high: float | None, kind: type[Any]) -> object:
    text = str(value).strip()
    try:
        if kind is bool:
            number: Any = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
        else:
            number = kind(text)
    except (ValueError, KeyError):
        sentences = {
            bool: tr("{name} must be yes or no, not “{value}”.", name=name, value=text),
            int: tr("{name} must be a whole number, not “{value}”.", name=name, value=text),
            float: tr("{name} must be a number, not “{value}”.", name=name, value=text),
        }
        raise BadSetting(sentences[kind]) from None
    if low is not None and high is not None and not low <= number <= high:
        raise BadSetting(
            tr("{name} must be between {low} and {high}, not {value}.", name=name, low=low, high=high, value=text)
        )
    return number


def presets(settings: Mapping[str, object]) -> dict[str, Recipe]:
    """How thorough: the first choice of the Tune page, for a task with these settings of its own (`Task.settings`)."""
    balanced = Recipe().with_settings(settings)
    return {
        "quick": dataclasses.replace(
            balanced, epochs=max(1, balanced.epochs // 2), fewest_steps=balanced.fewest_steps // 2
        ),
        "balanced": balanced,
        "best": dataclasses.replace(
            balanced, epochs=balanced.epochs * 2, fewest_steps=balanced.fewest_steps * 2, patience=3
        ),
    }


DESCRIPTION = "description"
"""The option of a `JobLabel` with what the label means, where a method reads that."""


@dataclass(frozen=True, slots=True)
class JobLabel:
    """A label as the child knows it; `options` as in `lepton_studio.project.records.Label`, and DESCRIPTION."""

    id: int
    name: str
    options: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class OtherProject:
    """A project that a run learns from too: its name, its task, its labels, and how many `samples` of its training
    samples, which are `available`, lie in the run's folder.
    """

    name: str
    task: str
    labels: tuple[JobLabel, ...]
    samples: int
    available: int


@dataclass(frozen=True, slots=True)
class Job:
    """What the child is asked to do in one run folder.

    kind "tune": train on data/train.jsonl, choose on data/validation.jsonl, look once at data/test.jsonl (each may be
    absent but train). "measure": a few steps, then `Estimated`; "preview": `Previewed`; "find_rate": `RateFound`.
    "predict": run `model` (a tuned model's folder) over data/input.jsonl. `model` is the name of a built-in one, a
    local folder (in job.json by its `runs.references`), or one of the Hub with the commit that was downloaded
    ("owner/name@commit"). `tracking`: where the run is written to when it ends, see `runs.trackers`. `others`: what
    it learns from besides, data/other-1.jsonl and so on, in this order.
    """

    kind: JobKind
    task: str
    labels: tuple[JobLabel, ...]
    model: str = BUILT_IN_MODEL
    recipe: Recipe = Recipe()
    project: str = ""
    run: int = 0
    language: str = "en"
    versions: Mapping[str, str] = field(default_factory=dict)
    tracking: Mapping[str, str] = field(default_factory=dict)
    others: tuple[OtherProject, ...] = ()

    def to_json(self) -> dict[str, object]:
        """What stands in job.json."""
        return {**dataclasses.asdict(self), "recipe": self.recipe.to_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Job:
        """The job that `to_json` wrote; fields of a newer version are ignored, settings are kept as they stand."""
        known = {one.name for one in dataclasses.fields(cls)}
        content = {name: value for name, value in stored.items() if name in known}
        content["recipe"] = Recipe.from_json(content.get("recipe", {}))
        content["labels"] = tuple(JobLabel(**label) for label in content["labels"])
        content["others"] = tuple(
            OtherProject(**{**one, "labels": tuple(JobLabel(**label) for label in one["labels"])})
            for one in content.get("others", ())
        )
        return cls(**content)
