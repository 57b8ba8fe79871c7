"""The manual in a window beside the one it tells of."""
