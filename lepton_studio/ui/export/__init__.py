"""The Export page and its parts."""
