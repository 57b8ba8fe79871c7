"""What can be done with rules, on any page that shows samples."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.studio.rules import can_have_rules
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.session import Session


def rule_actions(session: Session, host: QWidget) -> list[Action]:
    """None where the task has no labels for whole texts."""

    def show() -> None:
        from lepton_studio.ui.bulk.rules_card import RulesCard

        RulesCard.over(host.window()).show_rules(session)

    return [Action("rules", tr("Rules…"), show, "", "label")] if can_have_rules(session.task) else []
