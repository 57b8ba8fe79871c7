"""What a run compares, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepton_studio.commands.console import table

if TYPE_CHECKING:
    from lepton_studio.contract.task import Task
    from lepton_studio.runs.events import Tried
    from lepton_studio.runs.trials import Trials


def trial_line(trial: Tried) -> str:
    """How a trial stands, while the run goes on."""
    from lepton_studio.studio.trials import trial_row

    title, score, interval, _, n, time, told = trial_row(trial)
    return "  " + "  ".join(
        one for one in (f"{title}:", score, f"[{interval}]" if interval else "", f"n {n}", time, told)
    )


def trials_words(compared: Trials, task: Task[Any]) -> str:
    """What the run compared, and what came of it."""
    from lepton_studio.studio.trials import basis_words, best_first, trial_head, trial_row

    rows = [trial_head(task), *(trial_row(one) for one in best_first(compared.trials))]
    return "\n\n".join(["\n".join([compared.sentence, basis_words(compared)]), table(rows)])
