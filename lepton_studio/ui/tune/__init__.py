"""The Tune page and its parts."""
