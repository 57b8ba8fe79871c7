"""What the window and the command line share: import, tune, check, export. No Qt, no torch."""
