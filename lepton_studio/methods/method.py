"""What a method of tuning says of itself, for the form, the command line and the child."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.runs.job import Recipe, Setting, settings_of

Slot = Literal["weights", "pretraining", "examples", "replay", "sampling", "others", "average", "adversary", "loss"]
"""What a method decides: which weights learn, what the model learns before it is tuned, what an epoch's examples are,
which others are seen beside them, how often each is drawn, what of other projects is learned with them, whether an
average of the weights is kept, how words are moved against the model, what the loss is.
A run has one method for the weights, and at most one for each other slot.
"""

ORDER: tuple[Slot, ...] = (
    "weights", "pretraining", "examples", "replay", "sampling", "others", "average", "adversary", "loss",
)  # fmt: skip
"""In which the hooks of a run are called; of a backward pass the first one is outermost."""

OF_COMPARED = (
    "epochs", "batch_size", "learning_rate", "weight_decay", "warmup", "decay", "optimizer", "dropout",
    "max_length", "patience", "class_weights", "keep_all_words", "seed",
)  # fmt: skip
"""Settings of the recipe that mean something where ways of tuning are compared: all but folds and seeds of its own."""


def fits_all(_family: Family, _task: Task[Any] | None) -> str:
    """For a method that stands against no model and no task."""
    return ""


def makes_sense(_recipe: Recipe) -> str:
    """For a method that stands against no other setting."""
    return ""


def fits_here(_recipe: Recipe, _model: str, _labels: Sequence[str]) -> str:
    """For a method that goes with every base model of its kind and all names of labels."""
    return ""


@dataclass(frozen=True, slots=True)
class InRace:
    """How a method takes part where methods are compared (`lepton_studio.racing`).

    `cost`: of a fit, beside full fine-tuning; what takes seconds is far below 0.1. `few` and `many`: what it is
    expected to bring beside the quick model, in points of a hundred, and the standard deviation of that over sets: with
    up to 64 labelled samples of a label, and with more.
    """

    cost: float
    few: tuple[float, float] = (0.0, 5.0)
    many: tuple[float, float] = (0.0, 3.0)


@dataclass(frozen=True)
class Method:
    """One way to tune, or a part of one.

    id                        its folder's name; stored in recipes, never renamed
    title, summary            English source strings for `tr`: a name, and one sentence
    slot                      see Slot
    settings                  a frozen dataclass of `setting` fields; their names are unlike those of every other method
                              and of the recipe: they are what `--set` takes. Its hooks get one of these
    hooks                     "lepton_studio.methods.NAME.hooks:Class", see lepton_studio.methods.hooks
    why_unfit(family, task)   a sentence where it cannot tune such a model for such a task; "" where it can
    at_once                   it fits the model in one go, in seconds, instead of step by step: other methods have no
                              place then, and of the recipe only what `of_recipe` names is used
    on_pairs                  before it does so, the model learns step by step which texts belong together: its hooks'
                              `examples` are pairs (`lepton_studio.training.pairs`)
    changes_texts             it shows the model changed copies of the training texts: there is a preview of them
    needs_model               whether it reads texts by a base model at all
    reads_unlabelled          it learns from texts without a label too
    reads_labels              the model reads the names and descriptions of labels: they go with the job, and a saved
                              model keeps all words, for labels that it will be asked about later
    needs_run                 it goes on from an earlier run: the base model must be the model of one
    of_recipe                 settings of the recipe that mean something with it; None: all of them
    why_senseless(recipe)     a sentence where another setting of the recipe leaves it nothing to do; "" else
    why_not_here(...)         a sentence where, of (recipe, base model as in `Job.model`, names of the labels), the
                              model's files or the labels stand against it; "" else. Loads nothing
    fills_blanks              the base model must fill in hidden words, and answers by the words that it fills in
    only_with                 the ids of the methods for the weights that it goes with; (): with any that take steps
    in_race                   how it takes part where methods are compared; None: it does not
    searched                  settings of its own that a search tries, each with values worth trying
    compares                  it is no way to tune, but chooses among those that take part: the child tunes by the one
                              that wins (`lepton_studio.child.race`)
    """

    id: str
    title: str
    summary: str
    slot: Slot
    settings: type[Any]
    hooks: str
    why_unfit: Callable[[Family, Task[Any] | None], str] = fits_all
    why_senseless: Callable[[Recipe], str] = makes_sense
    why_not_here: Callable[[Recipe, str, Sequence[str]], str] = fits_here
    fills_blanks: bool = False
    at_once: bool = False
    on_pairs: bool = False
    changes_texts: bool = False
    needs_model: bool = True
    needs_run: bool = False
    reads_unlabelled: bool = False
    reads_labels: bool = False
    only_with: tuple[str, ...] = ()
    of_recipe: tuple[str, ...] | None = None
    in_race: InRace | None = None
    searched: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, hash=False)
    compares: bool = False

    @property
    def is_for_weights(self) -> bool:
        """Whether it decides which weights learn: a run has just one such method."""
        return self.slot == "weights"

    @property
    def fields(self) -> tuple[Setting, ...]:
        """Its settings, to show and to read."""
        return settings_of(self.settings)

    def chosen(self, recipe: Recipe) -> Any:
        """Its settings as the recipe has them."""
        names = {one.name for one in self.fields}
        return self.settings(**{name: value for name, value in recipe.of_methods.items() if name in names})

    def fits(self, family: Family, task: Task[Any] | None) -> bool:
        """Whether it can tune such a model for such a task."""
        return not self.why_unfit(family, task)


def why_not_both(one: Method, other: Method) -> str:
    """A sentence where two methods decide the same, or one leaves the other nothing to do; else ""."""
    if one.slot != other.slot:
        for weights, needing in ((one, other), (other, one)):
            if weights.is_for_weights and needing.only_with and weights.id not in needing.only_with:
                return tr(
                    "{method} trains the model's own weights: it does not go with {other}. Choose one of them.",
                    method=tr(needing.title),
                    other=tr(weights.title),
                )
        fitted, beside = (one, other) if one.at_once else (other, one)
        if not fitted.at_once:
            return ""
        return tr(
            "{method} is fitted in one go, without steps: {other} has no effect there. Choose one of them.",
            method=tr(fitted.title),
            other=tr(beside.title),
        )
    names = {"one": tr(one.title), "other": tr(other.title)}
    sentences = {
        "weights": tr("{one} and {other} both decide which weights are trained. Choose one of them.", **names),
        "pretraining": tr("{one} and {other} both train the model before it is tuned. Choose one of them.", **names),
        "examples": tr("{one} and {other} both choose the samples of an epoch. Choose one of them.", **names),
        "replay": tr("{one} and {other} both add samples to an epoch. Choose one of them.", **names),
        "sampling": tr("{one} and {other} both decide how often a sample is seen. Choose one of them.", **names),
        "others": tr("{one} and {other} both learn from other projects. Choose one of them.", **names),
        "average": tr("{one} and {other} both average the weights. Choose one of them.", **names),
        "adversary": tr("{one} and {other} are both adversarial. Choose one of them.", **names),
        "loss": tr("{one} and {other} both define the loss. Choose one of them.", **names),
    }
    return sentences[one.slot]
