"""Filters beyond the chips: conditions that combine, and filters that are kept by name."""
