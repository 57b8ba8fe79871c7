"""The choices of a run: how thorough, which base model, and every setting of the recipe folded below."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.hub.places import hub_name, local_folder
from lepton_studio.language import tr
from lepton_studio.methods.families import family_of
from lepton_studio.methods.recipes import presets_for, stored_recipe
from lepton_studio.models.built_in import BuiltInModel, built_in
from lepton_studio.models.places import is_installed
from lepton_studio.runs.job import BUILT_IN_MODEL, BadSetting, Recipe
from lepton_studio.runs.origin import model_in, origin_of
from lepton_studio.studio.proposing import Proposal, fitting_models, writers_words
from lepton_studio.ui.shared.fetch_row import FetchRow
from lepton_studio.ui.shared.gguf_row import GgufRow
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.ui.tune.settings import SettingsPanel
from lepton_studio.widgets.fold import Fold
from lepton_studio.widgets.layouts import button, column, quiet, row, words
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION


class RecipePanel(QWidget):
    """Emits `changed()` when the model or the recipe changed, or became unreadable; `hub_asked(str)` for a model of the
    Hub, `models_asked()` for the built-in ones.

    The fields under "More settings" are made when somebody opens them, or a recipe is none of the presets: most people
    never look, and to make them takes as long as the rest of the page.
    """

    changed = Signal()
    settings_made = Signal(object)
    """SettingsPanel."""
    hub_asked = Signal(str)
    models_asked = Signal()

    def __init__(self, task: Task[Any], *, desk: ModelDesk | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._family = family_of(BUILT_IN_MODEL, task=task)
        self._recipes = presets_for(task, self._family)
        self._recipe = self._recipes["balanced"]
        """What is chosen, while there are no fields that say it."""
        self._settings: SettingsPanel | None = None
        self._writes = "beams" not in task.hidden_settings
        self.presets = Segments(
            [
                ("quick", tr("Quick") if task.linear else tr("Brief")),
                ("balanced", tr("Balanced")),
                ("best", tr("Best")),
            ],
            name=tr("Thoroughness"),
        )
        self.presets.chosen.connect(self._take_preset)
        self.preset_words = words(size=CAPTION, muted=True, wrap=True)
        self.tune_instead = button(tr("Tune instead"), role="link", tip=tr("Choose full tuning, however long it takes"))
        self.tune_instead.clicked.connect(lambda: self._take_preset("balanced"))
        self._why_quick = ""
        """Why the quick model was chosen for the person; "" where it was not."""
        self._has_recipe = False
        """The person, or an earlier run, said how to tune: the quick model is not put first any more."""
        self.models = Segments(
            [("built-in", tr("Built-in")), ("folder", tr("Folder")), ("hub", tr("Hub"))], name=tr("Base model")
        )
        self.models.chosen.connect(self._choose_model)
        self.built_in = ChoiceBox()
        self.built_in.setAccessibleName(tr("Built-in model"))
        self._fill_built_in()
        self.built_in.activated.connect(lambda _row: self._choose_built_in())
        self.manage = button(tr("Models…"), role="link", tip=tr("Show, download and delete the built-in models"))
        self.manage.clicked.connect(self.models_asked)
        desk = desk or ModelDesk(self)
        self.fetch = FetchRow(desk)
        self.gguf = GgufRow(desk)
        self.why = words(size=CAPTION, muted=True, wrap=True)
        self._proposal = Proposal(BUILT_IN_MODEL, "")
        self._is_chosen = False
        """The person, or an earlier run, said which model: proposals do not change it any more."""
        self.model = QLineEdit()
        self.model.textChanged.connect(lambda _text: self._take_typed())
        self.gguf.ready.connect(self.model.setText)
        self.browse = button(tr("Choose…"), name=tr("Choose the model folder"))
        self.browse.clicked.connect(self._browse)
        self.browse_file = button(tr("GGUF file…"), name=tr("Choose a GGUF file"))
        self.browse_file.clicked.connect(self._browse_file)
        self.find_model = button(tr("Find…"), name=tr("Find a model on the Hub"))
        self.find_model.clicked.connect(lambda: self.hub_asked.emit(self._hub_id()))
        self.model_words = words(size=CAPTION, muted=True, wrap=True)
        self.more = Fold(tr("More settings"))
        self.more.opened.connect(lambda _opened: self.settings)
        self.setLayout(
            column(
                words(tr("Thoroughness"), size=BODY, bold=True),
                self._left(self.presets),
                self.preset_words,
                self._left(self.tune_instead),
                8,
                words(tr("Base model"), size=BODY, bold=True),
                self._left(self.models),
                row(self.built_in, self.manage),
                self.model,
                row(self.browse, self.browse_file, self.find_model, None),
                self.model_words,
                self.gguf,
                self.fetch,
                self.why,
                4,
                self.more,
                gap=4,
            )
        )
        self.show_model(BUILT_IN_MODEL)
        self._say_preset()

    @property
    def settings(self) -> SettingsPanel:
        """The fields under "More settings"; made now where they are not yet."""
        if self._settings is None:
            self._settings = SettingsPanel(self._task, family=self._family, parent=self.more)
            self._settings.show_recipe(self._recipe)
            self._settings.changed.connect(self._take_own)
            self.settings_made.emit(self._settings)
            self.more.fill(self._settings)
        return self._settings

    def choose_method(self, method: str) -> None:
        """Choose what learns, for the person, in view."""
        self.more.open()
        self.settings.methods.choose(method)

    def recipe(self) -> Recipe | None:
        """The recipe that is chosen; None where one of the fields cannot be read (its sentence stands beside it)."""
        if self._settings is None:
            return self._recipe
        return self._settings.recipe(self._recipes["balanced"], family=self._family)

    def base_model(self) -> str:
        """The model's name as jobs know it; "" where a folder or an id is still to be given."""
        if self.models.choice() != "built-in":
            return self.model.text().strip()
        return str(self.built_in.currentData())

    def show_recipe(self, recipe: Recipe) -> None:
        """Choose all that it says. Raises BadSetting where it has a method that this version does not know."""
        if self._settings is not None or not self._preset(recipe):
            self.settings.show_recipe(recipe)
        self._recipe = recipe
        self._say_preset()

    def show_model(self, model: str) -> None:
        """Choose the kind of model and its name."""
        kind = (
            "built-in"
            if built_in(model) is not None
            else "folder"
            if model.startswith(("/", ".", "~")) or ":" in model
            else "hub"
        )
        self.models.choose(kind)
        if kind == "built-in":
            self._show_built_in(model)
        with quiet(self.model):
            self.model.setText("" if kind == "built-in" else model)
        self._fit_to_model()
        self._dress_model()

    def choose_model(self, model: str) -> None:
        """Choose a model for the person, who named it elsewhere: that is a change."""
        self.show_model(model)
        self._is_chosen = True
        self._take_model()

    def show_what_is_here(self) -> None:
        """Models came to this computer, or went."""
        self._fill_built_in()
        self._dress_model()

    def model_to_fetch(self) -> BuiltInModel | None:
        """The built-in model that is chosen and is not on this computer yet."""
        known = built_in(self.base_model())
        return known if known is not None and not is_installed(known) else None

    def propose(self, proposal: Proposal) -> None:
        """Show what the project's texts call for, and choose it where nobody has chosen yet: that is a change."""
        self._proposal = proposal
        self._dress_model()
        may_change = not self._is_chosen and self.models.choice() == "built-in"
        if may_change and self.built_in.findData(proposal.model) not in (-1, self.built_in.currentIndex()):
            self._show_built_in(proposal.model)
            self._dress_model()
            self._take_model()

    def propose_quick(self, why: str) -> bool:
        """Choose the quick model, for the reason that a sentence gives, where nobody has said how to tune: that is a
        change. Whether it was chosen.
        """
        if self._has_recipe or self._why_quick or not self._task.linear:
            return False
        self._why_quick = why
        self._choose_preset("quick")
        return True

    def choose_stored(self, *, model: str, recipe: Mapping[str, object]) -> None:
        """The choices of an earlier run; one that cannot be made in this version is named beside the methods."""
        self.show_model(model)
        self._is_chosen = self._has_recipe = True
        self._why_quick = ""
        try:
            self.show_recipe(stored_recipe(recipe, task=self._task, family=self._family))
        except BadSetting as error:
            self.show_recipe(self._recipes["balanced"])
            self.more.open()
            self.settings.methods.say(str(error))

    def _take_preset(self, preset: str) -> None:
        self._has_recipe, self._why_quick = True, ""
        self._choose_preset(preset)

    def _take_own(self) -> None:
        """The person said how to tune."""
        self._has_recipe, self._why_quick = True, ""
        self._say_preset()
        self.changed.emit()

    def _choose_preset(self, preset: str) -> None:
        """Choose a preset, be it for the person or by it: that is a change."""
        self.show_recipe(self._recipes[preset])
        self.changed.emit()

    def _say_preset(self) -> None:
        recipe = self.recipe()
        same = self._preset(recipe)
        passes = str(recipe.epochs if recipe else 0)
        if recipe is not None and recipe.fewest_steps:
            passes = tr("{count} (more with few samples)", count=passes)
        sentences = {
            "quick": tr("Passes over the data: {count}. For a first impression.", count=passes),
            "balanced": tr("Passes over the data: {count}. Right for most projects.", count=passes),
            "best": tr(
                "Passes over the data: up to {count}, stopping early when the score no longer improves.", count=passes
            ),
            "": tr("Custom settings."),
        }
        if self._task.linear:
            sentences["quick"] = tr("The quick model. Takes seconds; for a first model, and often for good.")
            sentences["best"] = tr(
                "Compares the methods on your own labelled samples and uses the one that does best. Takes several "
                "times as long; for when you have labelled what you want to label."
            )
        self.presets.choose(same)
        chosen = f"{self._why_quick} {tr('So it is chosen.')}" if self._why_quick else sentences[same]
        self.preset_words.setText(chosen)
        self.tune_instead.setVisible(bool(self._why_quick))

    def _fill_built_in(self) -> None:
        chosen = self.built_in.currentData()
        with quiet(self.built_in):
            self.built_in.clear()
            for one in fitting_models(self._task):
                self.built_in.addItem(tr("{name} · {languages}", name=one.name, languages=tr(one.languages)), one.id)
            self.built_in.setCurrentIndex(max(self.built_in.findData(chosen), 0))

    def _show_built_in(self, model: str) -> None:
        """Choose one; of a model that is not here the box keeps what it shows."""
        self.built_in.setCurrentIndex(max(self.built_in.findData(model), 0))

    def _choose_built_in(self) -> None:
        self._is_chosen = True
        self._dress_model()
        self._take_model()

    def _choose_model(self, _kind: str) -> None:
        self._is_chosen = True
        self._dress_model()
        if self.model.isVisible():
            self.model.setFocus(Qt.FocusReason.OtherFocusReason)
        self._take_model()

    def _take_typed(self) -> None:
        if self.models.choice() == "folder" and (made := self.gguf.show_named(self.model.text().strip())):
            self.model.setText(made)
            return
        self._dress_model()
        self._take_model()

    def _preset(self, recipe: Recipe | None) -> str:
        """Which it is; "" for one of the person's own."""
        return next((name for name, preset in self._recipes.items() if preset == recipe), "")

    def _fit_to_model(self) -> None:
        """Methods and presets are those for the model chosen; what is as thorough as a preset stays so."""
        family = family_of(self.base_model(), task=self._task)
        if family == self._family:
            return
        chosen = self._preset(self.recipe())
        self._family, self._recipes = family, presets_for(self._task, family)
        if self._settings is not None:
            self._settings.set_family(family)
        if chosen:
            self.show_recipe(self._recipes[chosen])

    def _take_model(self) -> None:
        if self._why_quick:  # another model may be tuned sooner
            self._why_quick = ""
            self.show_recipe(self._recipes["balanced"])
        self._fit_to_model()
        self._say_preset()
        self.changed.emit()

    def _dress_model(self) -> None:
        kind = self.models.choice()
        known = built_in(self.base_model()) if kind == "built-in" else None
        self.built_in.setVisible(kind == "built-in" and self.built_in.count() > 1)
        self.manage.setVisible(kind == "built-in")
        self.fetch.show_model(known)
        self.why.setText(self._proposal.sentence)
        self.why.setVisible(bool(self._proposal.sentence) and self.built_in.isVisibleTo(self))
        self.model.setVisible(kind != "built-in")
        self.browse.setVisible(kind == "folder")
        self.browse_file.setVisible(kind == "folder" and self._writes)
        if kind != "folder":
            self.gguf.show_named("")
        self.find_model.setVisible(kind == "hub")
        self.model.setAccessibleName(tr("Model folder") if kind == "folder" else tr("Model ID on the Hub"))
        self.model.setPlaceholderText(tr("/path/to/a/model") if kind == "folder" else tr("organisation/model"))
        sentences = {
            "built-in": self._words_for(known),
            "folder": self._words_of_folder() if kind == "folder" else "",
            "hub": self._words_of_hub() if kind == "hub" else "",
        }
        examples = f"\n{writers_words()}" if self._writes and kind != "built-in" else ""
        self.model_words.setText(sentences[kind] + examples)

    def _hub_id(self) -> str:
        """What was typed, as far as it names a model of the Hub."""
        name = hub_name(self.model.text().strip())
        return "" if name is None else name.id

    def _words_of_folder(self) -> str:
        origin = origin_of(self.model.text().strip(), task=self._task.id)
        if origin is None:
            if self._writes:
                return tr("A folder with a transformers model (config.json and weights), or a GGUF file.")
            return tr("A folder with a transformers model: config.json and weights.")
        if not origin.number:
            return tr("A tuned model. Tuning continues from it, with what it knows of the labels.")
        return tr(
            "Run {number} of “{project}”. Tuning continues from it, with what it knows of the labels.",
            number=origin.number,
            project=origin.project,
        )

    def _words_of_hub(self) -> str:
        model = self.model.text().strip()
        if not model:
            return tr("A model from the Hugging Face Hub. The network is used only while you search or download.")
        if local_folder(model) is not None:
            return tr("This model is on this computer. No network needed.")
        return tr("This model is not on this computer. Press Find to download it.")

    def _words_for(self, model: BuiltInModel | None) -> str:
        if model is None:
            return ""
        if not is_installed(model):
            return tr("{purpose} It is downloaded once; after that no network is needed.", purpose=tr(model.purpose))
        if self._writes and not model.writes:
            return tr("A small English encoder, with a decoder initialised from it. No network needed.")
        size = round(model.size / 1e6)
        return tr("{purpose} {size} MB, no network needed.", purpose=tr(model.purpose), size=size)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Model folder"), self.model.text())
        if folder:
            self.model.setText(str(model_in(Path(folder))))

    def _browse_file(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(
            self, tr("GGUF file"), self.model.text(), f"{tr('GGUF files')} (*.gguf)"
        )
        if file:
            self.model.setText(file)

    @staticmethod
    def _left(widget: QWidget) -> QWidget:
        holder = QWidget()
        holder.setLayout(row(widget, None))
        return holder
