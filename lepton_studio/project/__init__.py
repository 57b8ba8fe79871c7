"""The project file: samples, labels, decisions and runs in one SQLite database. No Qt, no torch."""
