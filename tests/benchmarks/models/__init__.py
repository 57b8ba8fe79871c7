"""Figures of the models that come with the app."""
