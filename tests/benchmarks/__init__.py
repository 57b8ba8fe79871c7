"""The figures: `python packaging/dev.py bench GROUP`. Measurements, never tests."""
