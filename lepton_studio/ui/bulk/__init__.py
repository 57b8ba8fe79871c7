"""One step on many samples, from any page: what can be done, and what it would change."""
