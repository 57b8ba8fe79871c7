"""Figures of how data is read and held."""
