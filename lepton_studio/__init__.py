"""Lepton Studio: label texts, tune a transformer on your own machine, inspect, put labels right, tune again."""

__version__ = "0.1.0"
