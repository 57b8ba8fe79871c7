"""Word statistics and the quick model: how good they are, and how long they take."""
