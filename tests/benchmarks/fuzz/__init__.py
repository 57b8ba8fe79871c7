"""Readers under attack, for minutes: `python3 packaging/dev.py bench fuzz`."""
