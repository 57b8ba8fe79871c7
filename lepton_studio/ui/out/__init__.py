"""The parts of the Out page."""
