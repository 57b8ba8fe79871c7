"""The Inspect page and its parts."""
