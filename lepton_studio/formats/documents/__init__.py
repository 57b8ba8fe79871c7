"""Plain texts: files, lines, folders, pairs of files."""
