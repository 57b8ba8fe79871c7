"""What learns before tuning is a part of the child (`lepton_studio.training.pretraining`); tuning itself is as ever."""

from __future__ import annotations

from lepton_studio.methods.hooks import Hooks


class DomainHooks(Hooks):
    """The model reads otherwise than the base model by the time that a head is fitted."""

    reads_otherwise = True
