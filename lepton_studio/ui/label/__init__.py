"""The Label page and its parts."""
