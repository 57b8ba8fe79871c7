"""The curves of a run, as its events tell them. Standard library only."""

from __future__ import annotations

from lepton_studio.runs.events import Evaluated, Event, Stepped


def metric_rows(event: Event) -> list[tuple[int, str, float | None]]:
    """The points (step, curve, value) that an event adds to the curves of a run.

    Curves: train_loss, learning_rate, samples_per_second, memory_mb, seconds_left; {split}_loss and
    {split}_{score}, for example validation_accuracy.
    """
    if isinstance(event, Stepped):
        return [
            (event.step, "train_loss", event.loss),
            (event.step, "learning_rate", event.learning_rate),
            (event.step, "samples_per_second", event.samples_per_second),
            (event.step, "memory_mb", event.memory_mb),
            (event.step, "seconds_left", event.seconds_left),
        ]
    if isinstance(event, Evaluated):
        scores = [(event.step, f"{event.split}_{name}", value) for name, value in event.scores.items()]
        return [(event.step, f"{event.split}_loss", event.loss), *scores]
    return []
